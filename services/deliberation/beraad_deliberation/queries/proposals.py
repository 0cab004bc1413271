"""Reading proposals, their versions, questions, reactions and amendments."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Label, Row, Table, Uuid, bindparam, func, select, type_coerce

from beraad.http import Pages
from beraad.roster import groups_seen_by
from beraad.storage.types import Document
from beraad_deliberation.domain.stages import ACTS, Stage
from beraad_deliberation.queries.visible import authorize_list, one_row
from beraad_deliberation.storage.tables import amendments, proposals, questions, reactions, versions
from beraad_deliberation.storage.work import Work

ACTIONS = tuple(ACTS)


def _count_of(table: Table, name: str) -> Label[int]:
    mine = table.c.proposal_id == proposals.c.id
    return select(func.count()).select_from(table).where(mine).correlate(proposals).label(name)


LISTED = (
    *(column for column in proposals.c if column is not proposals.c.profile),
    type_coerce(proposals.c.profile, Document)["name"].as_string().label("profile"),
)
COUNTED = {"questions_asked": questions.c.proposal_id, "reactions_given": reactions.c.proposal_id}
COUNTS = tuple(_count_of(of.table, name) for name, of in COUNTED.items())


def one_proposal(work: Work, proposal_id: UUID) -> dict[str, Any]:
    """A proposal with its text and what the caller may do. Raises `NotFound`."""
    row = one_row(work, proposals, proposal_id, "no such proposal")
    work.authorize("proposal.read", row.group_id)
    actions = work.actions(ACTIONS, row.group_id, row.proposer_ids, row.stage)
    profile = row.profile.name if row.profile else None
    return {**_shown(row), "profile": profile, "allowed_actions": actions}


def list_proposals(
    work: Work, group_id: UUID | None, stage: str | None, limit: int, cursor: str | None
) -> list[dict[str, Any]]:
    """Proposals of the caller's groups, or of one of them, oldest first, with how many asked and reacted."""
    authorize_list(work, group_id, "proposal.list")
    one, staged, administrator = group_id is not None, stage is not None, work.actor.administrator
    given = {"the_group": group_id, "the_stage": stage, "me": work.actor.person_id}
    pages = _pages(of_one=one, staged=staged, administrator=administrator)
    return [_shown(row) for row in pages.read(work.session, given, limit, cursor)]


@cache
def _pages(*, of_one: bool, staged: bool, administrator: bool) -> Pages:
    """Made once for each kind of question."""
    mine = groups_seen_by(bindparam("me", type_=Uuid()), administrator=administrator)
    group_id, stage = proposals.c.group_id, proposals.c.stage
    wanted = group_id == bindparam("the_group", type_=Uuid()) if of_one else group_id.in_(mine)
    query = select(*LISTED, *COUNTS).where(wanted)
    if staged:
        query = query.where(stage == bindparam("the_stage", type_=stage.type))
    marks = (proposals.c.id, proposals.c.revision)
    return Pages(query, (proposals.c.id,), marks=marks, counts=COUNTED)


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {
        **dict(zip(row._fields, row, strict=True)),
        "open_round_id": row.round_id if row.stage is Stage.CONSENT_ROUND else None,
        "open_vote_id": row.vote_id if row.stage is Stage.VOTE else None,
    }


def list_versions(work: Work, proposal_id: UUID) -> list[dict[str, Any]]:
    """All versions, oldest first; none while it is a draft."""
    return _parts(work, proposal_id, versions, "number")


def list_questions(work: Work, proposal_id: UUID) -> list[dict[str, Any]]:
    """Questions with their answers, oldest first."""
    return _parts(work, proposal_id, questions, "id")


def list_reactions(work: Work, proposal_id: UUID) -> list[dict[str, Any]]:
    """Reactions, oldest first."""
    return _parts(work, proposal_id, reactions, "id")


def list_amendments(work: Work, proposal_id: UUID) -> list[dict[str, Any]]:
    """Amendments in every state, oldest first."""
    return _parts(work, proposal_id, amendments, "id")


def one_amendment(work: Work, amendment_id: UUID) -> dict[str, Any]:
    """An amendment. Raises `NotFound`."""
    row = one_row(work, amendments, amendment_id, "no such amendment")
    work.authorize("proposal.read", row.group_id)
    return dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way


def one_question(work: Work, question_id: UUID) -> dict[str, Any]:
    """A question. Raises `NotFound`."""
    row = one_row(work, questions, question_id, "no such question")
    work.authorize("proposal.read", row.group_id)
    return dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way


def _parts(work: Work, proposal_id: UUID, table: Table, order: str) -> list[dict[str, Any]]:
    proposal = one_row(work, proposals, proposal_id, "no such proposal")
    work.authorize("proposal.read", proposal.group_id)
    query = select(table).where(table.c.proposal_id == proposal_id).order_by(table.c[order])
    return [dict(row) for row in work.session.execute(query).mappings()]
