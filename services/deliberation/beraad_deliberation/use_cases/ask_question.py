"""Ask the proposers something."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from beraad.identifiers import new_id
from beraad_deliberation.domain.questions import Question
from beraad_deliberation.domain.stages import expect_possible
from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True, kw_only=True)
class AskQuestion:
    """`id` lets a client retry."""

    proposal_id: UUID
    text: str
    id: UUID = field(default_factory=new_id)


def ask_question(command: AskQuestion, work: Work, now: datetime) -> Question:
    """Raises `WrongStage`, `NotFound`."""
    proposal = work.proposals.get(command.proposal_id)
    work.authorize("question.ask", proposal.group_id)
    expect_possible("question.ask", proposal.stage)
    question = Question(
        id=command.id,
        proposal_id=proposal.id,
        group_id=proposal.group_id,
        asked_by=work.actor.person,
        text=command.text,
        asked_at=now,
    )
    work.questions.add(question)
    return question
