"""What deliberation holds of a person, for their export."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from beraad.held import KERNEL, Held, Section, answers
from beraad_deliberation.domain.events import PersonExportAnswered
from beraad_deliberation.storage import tables

HELD = (
    *KERNEL,
    Held(
        tables.proposals,
        (tables.proposals.c.proposer_ids, tables.proposals.c.responsible_id, tables.proposals.c.tasks),
        frozenset({"profile"}),
    ),
    Held(tables.versions, (tables.versions.c.author_id,)),
    Held(tables.stage_moves, (tables.stage_moves.c.moved_by,)),
    Held(tables.questions, (tables.questions.c.asked_by,)),
    Held(tables.reactions, (tables.reactions.c.person_id,)),
    Held(tables.group_profiles, (tables.group_profiles.c.set_by,), frozenset({"profile"})),
    Held(
        tables.amendments,
        (tables.amendments.c.author_id, tables.amendments.c.contested_by),
        frozenset({"edits", "clashes"}),
    ),
    Held(tables.electors, (tables.electors.c.person_id,)),
    Held(tables.responses, (tables.responses.c.person_id,)),
    Held(tables.ballots, (tables.ballots.c.person_id,)),
    Held(
        tables.objections,
        (
            tables.objections.c.objector_id,
            tables.objections.c.raised_by_id,
            tables.objections.c.strategy_owner_id,
        ),
    ),
    Held(tables.opinions, (tables.opinions.c.person_id,)),
    Held(tables.approvals, (tables.approvals.c.proposer_ids, tables.approvals.c.answered_by)),
    Held(tables.tasks, (tables.tasks.c.owner_id,)),
    Held(tables.contributions, (tables.contributions.c.author_id,)),
    Held(tables.pseudonyms, (tables.pseudonyms.c.person_id,)),
    Held(tables.record_texts, (tables.record_texts.c.author_id,)),
)
"""The tables that tell of people; a row that holds another's words is theirs, whoever wrote it down."""


def export_answers(session: Session, export_id: UUID, person_id: UUID) -> list[PersonExportAnswered]:
    """Everything, in as many parts as it takes."""

    def part(number: int, parts: int, content: Section) -> PersonExportAnswered:
        of = {"export_id": export_id, "person_id": person_id}
        return PersonExportAnswered(**of, revision=number, part=number, parts=parts, content=content)

    return answers(session, person_id, HELD, part)
