"""Live rounds: who is present, and what they say aloud. Source: design, "Live rounds"."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.objection_states import ObjectionState
from beraad_deliberation.domain.responding import (
    Answer,
    ConcernNeedsWords,
    NotEntitledToRespond,
    NothingToContest,
    ObjectionNeedsReason,
    refuse_response,
)
from beraad_deliberation.domain.rounds import ConsentRound, RoundIsNotLive, RunState
from beraad_deliberation.record.facts import round_contested
from beraad_deliberation.use_cases.end_objection import end_objection
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.raise_objection import RaiseObjection, put_objection
from beraad_deliberation.use_cases.reconsider_round import reconsider_round


@dataclass(frozen=True)
class NotePresent:
    """Who is there now."""

    round_id: UUID
    person_ids: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class RecordSpoken:
    """What an elector said aloud about the version everybody has before them."""

    round_id: UUID
    person_id: UUID
    round_number: int
    version: int
    answer: Answer
    concern: str | None = None
    reason: str = ""
    kind: str = "aim"


@dataclass(frozen=True)
class ContestSpoken:
    """The caller did not say what was recorded."""

    round_id: UUID
    reason: str


def note_present_now(command: NotePresent, work: Work, _now: datetime) -> ConsentRound:
    """Raises `RoundIsNotLive`, `NotFound`."""
    consent_round = work.rounds.get_for_response(command.round_id)
    work.authorize("round.record", consent_round.group_id)
    _expect_live(consent_round)
    note_present(consent_round, command.person_ids, work)
    return consent_round


def note_present(consent_round: ConsentRound, person_ids: Collection[UUID], work: Work) -> None:
    """Those named, else those the meeting counts; where neither is known, everybody is waited for."""
    present = person_ids or work.groups.present_at(consent_round.meeting_id)
    work.electorates.set_present(consent_round.id, present)


def record_spoken(command: RecordSpoken, work: Work, now: datetime) -> ConsentRound:
    """The member's answer as if they had given it, marked as recorded; they may contest it for 24 hours.

    Raises `RoundIsNotLive`, `NotEntitledToRespond`, `RoundIsClosed`, `VersionMismatch`, `ObjectionNeedsReason`, `ConcernNeedsWords`.
    """
    consent_round = work.rounds.get_for_response(command.round_id)
    work.authorize("round.record", consent_round.group_id)
    _expect_live(consent_round)
    _expect_words(command)
    refuse_response(
        consent_round.asked,
        entitled=work.electorates.includes(consent_round.id, command.person_id),
        number=command.round_number,
        version=command.version,
        answer=command.answer,
        at=now,
    )
    _put(command, consent_round, work, now)
    return consent_round


def contest_spoken(command: ContestSpoken, work: Work, now: datetime) -> ConsentRound:
    """While the round runs, the answer is taken out; afterwards, a decision that needed it comes up for review.

    Raises `NothingToContest`, `NotEntitledToRespond`, `NotFound`.
    """
    proposal = work.proposals.of_round(command.round_id)
    work.authorize("round.contest")
    me = work.actor.person
    consent_round = work.rounds.get(command.round_id)
    if not work.electorates.includes(consent_round.id, me):
        work.authorize("round.read", consent_round.group_id)  # a stranger is not told there is a round
        raise NotEntitledToRespond
    spoken = work.rounds.spoken_of(consent_round.id, me)
    if spoken is None:
        raise NothingToContest
    spoken.expect_contestable(now)
    work.rounds.contest(consent_round, me, command.reason, now)
    if consent_round.state is RunState.CLOSED:
        _tell_contested(consent_round, me, command.reason, work)
    objection = work.objections.raised_in(consent_round.id, me)
    if objection is not None and objection.is_open:
        end_objection(objection, ObjectionState.WITHDRAWN, work, now)
    if consent_round.state is RunState.CLOSED and proposal.decision_id is not None:
        work.decisions.get(proposal.decision_id).bring_review_forward(now)
    reconsider_round(proposal, work, now)
    return consent_round


def _tell_contested(consent_round: ConsentRound, me: UUID, reason: str, work: Work) -> None:
    """While a round runs, contesting is a leaf; afterwards an entry."""
    elector, said = work.record.person(consent_round.group_id, me), work.record.text(reason, by=me)
    work.record.tell(consent_round.group_id, round_contested(consent_round, elector, reason=said))


def _expect_live(consent_round: ConsentRound) -> None:
    if not consent_round.is_live:
        raise RoundIsNotLive


def _expect_words(command: RecordSpoken) -> None:
    if command.answer is Answer.OBJECT and not command.reason.strip():
        raise ObjectionNeedsReason
    if command.answer is Answer.CONSENT_WITH_CONCERN and not (command.concern or "").strip():
        raise ConcernNeedsWords


def _put(command: RecordSpoken, consent_round: ConsentRound, work: Work, now: datetime) -> None:
    person, by = command.person_id, work.actor.person_id
    work.rounds.put_response(consent_round, person, command.answer, command.concern, now, recorded_by=by)
    if command.answer is Answer.OBJECT:
        raised = RaiseObjection(
            round_id=command.round_id,
            round_number=command.round_number,
            version=command.version,
            reason=command.reason,
            kind=command.kind,
        )
        put_objection(raised, consent_round, person, work, now)
        return
    objection = work.objections.raised_in(consent_round.id, person)
    if objection is not None and objection.is_open:
        end_objection(objection, ObjectionState.WITHDRAWN, work, now)
