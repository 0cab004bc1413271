"""Reading the trail of every objection to a proposal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from beraad_deliberation.documents.trail import TrailRows, trails
from beraad_deliberation.queries.parts import TRAIL, Rows, parts_of
from beraad_deliberation.queries.people import people_of
from beraad_deliberation.queries.visible import one_row
from beraad_deliberation.storage.tables import proposals
from beraad_deliberation.storage.work import Work


def trail_of_proposal(work: Work, proposal_id: UUID) -> dict[str, Any]:
    """Every objection with its steps, oldest first, and the names of those they speak of. Raises `NotFound`."""
    proposal = one_row(work, proposals, proposal_id, "no such proposal")
    work.authorize("objection.read", proposal.group_id)
    items = trails(trail_rows(parts_of(work, proposals.c.id == proposal_id, TRAIL), proposal_id))
    return {"title": proposal.title, "items": items, "people": people_of(work, items)}


def trail_rows(rows: dict[str, Rows], proposal_id: UUID) -> TrailRows:
    """Those of one proposal."""
    return TrailRows(**{name: rows[name].get(proposal_id, []) for name in TRAIL})
