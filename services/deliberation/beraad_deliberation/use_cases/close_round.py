"""Close a consent round: one idempotent path for the facilitator and for the deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.domain.rounds import (
    ConsentRound,
    RunState,
    refuse_early_close,
    refuse_to_cut_silence_short,
)
from beraad_deliberation.domain.verdict import Outcome, after_answer
from beraad_deliberation.use_cases.end_objection import end_objection
from beraad_deliberation.use_cases.hear_round import hear_round
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.recording import tell_extended, tell_round_closed
from beraad_deliberation.use_cases.settle_verdict import settle_verdict


@dataclass(frozen=True)
class CloseRound:
    """`reason`: why it closes although not everybody answered before the deadline."""

    round_id: UUID
    reason: str | None = None


@dataclass(frozen=True)
class CloseDueRound:
    """One round whose deadline has passed, if there is one."""


@dataclass(frozen=True)
class CloseLiveRound:
    """One live round in which all present have answered, if there is one."""


def close_round(command: CloseRound, work: Work, now: datetime) -> ConsentRound:
    """The verdict, or an extension where the quorum is missing the first time. Closed already: no effect.

    Raises `RoundStillRuns`, `SilenceNeedsTime`, `NotFound`.
    """
    proposal = work.proposals.of_round(command.round_id)
    work.authorize("round.close", proposal.group_id)
    consent_round = work.rounds.get(command.round_id)
    if consent_round.state is RunState.OPEN:
        _refuse_early(command, consent_round, work, now)
        _close(proposal, consent_round, command.reason, work, now)
    return consent_round


def close_due_round(_command: CloseDueRound, work: Work, now: datetime) -> bool:
    """Close one whose deadline has passed; true if there was one."""
    proposal = work.proposals.with_due_round(now)
    if proposal is None or proposal.round_id is None:
        return False
    consent_round = work.rounds.get(proposal.round_id)
    if consent_round.state is RunState.OPEN and consent_round.closes_at <= now:
        _close(proposal, consent_round, None, work, now)
    return True


def _refuse_early(command: CloseRound, consent_round: ConsentRound, work: Work, now: datetime) -> None:
    complete = is_complete(consent_round, work)
    refuse_early_close(complete=complete, closes_at=consent_round.closes_at, reason=command.reason, now=now)
    refuse_to_cut_silence_short(
        silence=consent_round.silence, complete=complete, closes_at=consent_round.closes_at, now=now
    )


def close_live_round(_command: CloseLiveRound, work: Work, now: datetime) -> bool:
    """One live round in which all present have answered closes, or lets those absent answer. True if there was one."""
    proposal = work.proposals.with_answered_live_round(now)
    if proposal is None or proposal.round_id is None:
        return False
    consent_round = work.rounds.get(proposal.round_id)
    if consent_round.is_live and consent_round.state is RunState.OPEN and is_complete(consent_round, work):
        deadline = consent_round.closes_at
        absent_missing = not work.rounds.all_answered(consent_round.id)
        waiting = consent_round.let_absent_answer(now) if absent_missing else None
        if waiting is not None:
            work.publish(waiting)
            if consent_round.closes_at > deadline:
                tell_extended(consent_round, work)
        else:
            _close(proposal, consent_round, None, work, now)
    return True


def is_complete(consent_round: ConsentRound, work: Work) -> bool:
    """Everybody (in a live round: everybody present) has answered, and no objection is untested."""
    answered = work.rounds.all_answered(consent_round.id, present_only=consent_round.is_live)
    return answered and not work.objections.untested_of(consent_round.proposal_id)


def _close(
    proposal: Proposal, consent_round: ConsentRound, reason: str | None, work: Work, now: datetime
) -> None:
    _hear_earlier_objectors(consent_round, work, now)
    difference = work.electorates.difference(consent_round.id, consent_round.group_id)
    heard = hear_round(proposal, consent_round, work.rounds, work.objections)
    verdict, closed = consent_round.close(heard, difference, reason, now)
    work.publish(closed)
    if verdict.outcome is Outcome.EXTENDED:
        tell_extended(consent_round, work, automatic=True)
    else:
        tell_round_closed(consent_round, heard, verdict, work)
        settle_verdict(proposal, verdict, work, now)


def _hear_earlier_objectors(consent_round: ConsentRound, work: Work, now: datetime) -> None:
    """Earlier objections end by what their objectors answer now: see `after_answer`."""
    standing = work.objections.open_of(consent_round.proposal_id)
    earlier = [one for one in standing if one.round_id != consent_round.id]
    answers = work.rounds.answers_of(consent_round.id, [objection.objector_id for objection in earlier])
    for objection in earlier:
        answer = answers.get(objection.objector_id)
        asked = answer is not None or work.electorates.lists(consent_round.id, objection.objector_id)
        state = after_answer(objection.state, answer, asked=asked)
        if state is not objection.state:
            end_objection(objection, state, work, now)
