"""Answer a question about a proposal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.questions import Question
from beraad_deliberation.domain.stages import expect_possible
from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True)
class AnswerQuestion:
    """Which question, and the answer."""

    question_id: UUID
    text: str


def answer_question(command: AnswerQuestion, work: Work, now: datetime) -> Question:
    """Raises `QuestionIsAnswered`, `WrongStage`, `NotFound`."""
    question = work.questions.get(command.question_id)
    proposal = work.proposals.get(question.proposal_id)
    work.authorize("question.answer", proposal.group_id, proposal.proposer_ids)
    expect_possible("question.answer", proposal.stage)
    question.reply(command.text, work.actor.person_id, now)
    return question
