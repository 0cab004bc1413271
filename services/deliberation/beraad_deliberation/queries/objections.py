"""Reading objections and the opinions on them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from beraad_deliberation.queries.visible import one_row, rows_of
from beraad_deliberation.storage.tables import objections, opinions, proposals
from beraad_deliberation.storage.work import Work


def list_objections(work: Work, proposal_id: UUID) -> list[dict[str, Any]]:
    """All objections to a proposal, oldest first. Raises `NotFound`."""
    proposal = one_row(work, proposals, proposal_id, "no such proposal")
    work.authorize("objection.read", proposal.group_id)
    query = select(objections).where(objections.c.proposal_id == proposal_id).order_by(objections.c.id)
    return _shown(work, work.session.execute(query).all())


def one_objection(work: Work, objection_id: UUID) -> dict[str, Any]:
    """An objection with the opinions on it. Raises `NotFound`."""
    row = one_row(work, objections, objection_id, "no such objection")
    work.authorize("objection.read", row.group_id)
    return _shown(work, [row])[0]


def _shown(work: Work, rows: Iterable[Row[Any]]) -> list[dict[str, Any]]:
    """Two statements, however many they are."""
    found = list(rows)
    query = select(opinions).where(opinions.c.objection_id.in_([row.id for row in found]))
    given = rows_of(work, query.order_by(opinions.c.given_at))
    return [
        {
            **row._mapping,  # noqa: SLF001 - SQLAlchemy's documented way
            "opinions": [opinion for opinion in given if opinion["objection_id"] == row.id],
            "allowed_actions": {
                **work.actions(("objection.opine", "objection.test"), row.group_id),
                **work.actions(("objection.withdraw",), row.group_id, row.objector_id),
            },
        }
        for row in found
    ]
