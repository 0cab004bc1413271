"""Withdraw an objection, with the answer that replaces it; also after the round closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.objection_states import ObjectionState
from beraad_deliberation.domain.objections import Objection
from beraad_deliberation.domain.responding import Answer, ConcernNeedsWords, expect_permitted
from beraad_deliberation.use_cases.end_objection import end_objection
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.reconsider_round import reconsider_round


@dataclass(frozen=True)
class WithdrawObjection:
    """Which objection, and what its objector answers instead."""

    objection_id: UUID
    answer: Answer
    concern: str | None = None


def withdraw_objection(command: WithdrawObjection, work: Work, now: datetime) -> Objection:
    """Raises `ObjectionIsSettled`, `AnswerIsNotPermitted`, `ConcernNeedsWords`, `NotFound`, `NotAllowed`."""
    proposal = work.proposals.of_objection(command.objection_id)
    round_id, objector_id = work.objections.origin(command.objection_id)
    work.authorize("objection.withdraw", proposal.group_id, objector_id)
    if command.answer is Answer.CONSENT_WITH_CONCERN and not (command.concern or "").strip():
        raise ConcernNeedsWords
    consent_round = work.rounds.get_for_response(round_id)
    expect_permitted(command.answer, consent_round.asked)
    leaf = work.rounds.put_response(consent_round, objector_id, command.answer, command.concern, now)
    objection = work.objections.get(command.objection_id)
    # while the round runs, a leaf would tell the answer to whoever tries the few there are
    over = not consent_round.runs(now)
    end_objection(objection, ObjectionState.WITHDRAWN, work, now, leaf if over else None)
    reconsider_round(proposal, work, now)
    return objection
