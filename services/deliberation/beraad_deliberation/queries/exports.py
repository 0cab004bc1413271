"""Exports: a proposal or a group, whole, as documents with a named format. As many statements for a hundred proposals as for one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from beraad.domain import RuleBroken
from beraad_deliberation.documents.export_schemas import GROUP_FORMAT, PROPOSAL_FORMAT
from beraad_deliberation.documents.exporting import exported_contribution, exported_proposal, register_line
from beraad_deliberation.documents.plain import plain, written
from beraad_deliberation.queries.parts import PUBLISHED, WHOLE, parts_of
from beraad_deliberation.queries.people import people_of
from beraad_deliberation.queries.record import ledger_of
from beraad_deliberation.queries.visible import one_row, rows_of
from beraad_deliberation.storage.tables import contributions, group_profiles, proposals, rounds, votes
from beraad_deliberation.storage.work import Work

MOST_PROPOSALS = 1_000
MOST_ANSWERS = 50_000


class ExportIsTooLarge(RuleBroken):
    """This group has more than 1,000 proposals, or more than 50,000 people asked in all: export its proposals one by one."""


def export_proposal(work: Work, proposal_id: UUID) -> dict[str, Any]:
    """See `documents.export_schemas.ProposalDocument`. Raises `NotFound`."""
    proposal = one_row(work, proposals, proposal_id, "no such proposal")
    work.authorize("proposal.export", proposal.group_id)
    (one,) = _exported(work, proposals.c.id == proposal_id)
    return _document(work, PROPOSAL_FORMAT, proposal.group_id, one)


def export_group(work: Work, group_id: UUID) -> dict[str, Any]:
    """See `documents.export_schemas.GroupDocument`. Raises `NotFound`, `NotYetKnown`, `ExportIsTooLarge`."""
    work.authorize("group.export", group_id)
    _expect_bounded(work, group_id)
    set_for = select(group_profiles).where(group_profiles.c.group_id == group_id)
    shared = select(contributions).where(contributions.c.group_id == group_id, PUBLISHED)
    whole = list(_exported(work, proposals.c.group_id == group_id))
    decided = [one["decision"] | {"proposal_id": one["proposal"]["id"]} for one in whole if one["decision"]]
    members = {
        "profiles": [written(one) for one in rows_of(work, set_for.order_by(group_profiles.c.revision))],
        "register": sorted(map(register_line, decided), key=lambda line: int(line["number"])),
        "proposals": whole,
        "contributions": [
            exported_contribution(one) for one in rows_of(work, shared.order_by(contributions.c.id))
        ],
    }
    return _document(work, GROUP_FORMAT, group_id, members) | {"ledger": ledger_of(work, group_id)}


def _document(work: Work, named: str, group_id: UUID, members: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "format": named,
        "exported_at": plain(work.now),
        "group": _group(work, group_id),
        "people": people_of(work, dict(members)),
        **members,
    }


def _group(work: Work, group_id: UUID) -> dict[str, Any]:
    group = vars(work.groups.get(group_id))
    return {"id": str(group_id), **written(group)}


def _exported(work: Work, which: Any) -> Iterable[dict[str, Any]]:
    rows = parts_of(work, which, WHOLE)
    for proposal in rows_of(work, select(proposals).where(which).order_by(proposals.c.id)):
        parts = {name: of.get(proposal["id"], []) for name, of in rows.items()}
        yield exported_proposal(proposal, parts)


def _expect_bounded(work: Work, group_id: UUID) -> None:
    """Raise `ExportIsTooLarge` before anything is read."""
    counted = select(func.count()).select_from(proposals).where(proposals.c.group_id == group_id)
    asked = [
        select(func.coalesce(func.sum(run.c.electors), 0)).where(run.c.group_id == group_id).scalar_subquery()
        for run in (rounds, votes)
    ]
    told = work.session.execute(select(counted.scalar_subquery(), asked[0] + asked[1])).one()
    if told[0] > MOST_PROPOSALS or told[1] > MOST_ANSWERS:
        raise ExportIsTooLarge(proposals=told[0], asked=told[1])
