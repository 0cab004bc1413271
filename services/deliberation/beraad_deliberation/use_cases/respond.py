"""Answer a consent round. Objecting (raise_objection.py), and taking that back, go the ordinary way; the rest the hot one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import NotFound
from beraad.perform import TakesATransaction
from beraad.record.entries import Sealed
from beraad_deliberation.domain.objection_states import ObjectionState
from beraad_deliberation.domain.responding import (
    Answer,
    ConcernNeedsWords,
    refuse_response,
)
from beraad_deliberation.use_cases.admit_response import admit_response
from beraad_deliberation.use_cases.end_objection import end_objection
from beraad_deliberation.use_cases.ports import Recorded, Work
from beraad_deliberation.use_cases.raise_objection import RaiseObjection, raise_objection

NEEDS_WORDS = frozenset({Answer.OBJECT, Answer.CONSENT_WITH_CONCERN})


@dataclass(frozen=True, kw_only=True)
class Respond:
    """The caller's answer to the version they read; the rest is of an objection."""

    round_id: UUID
    round_number: int
    version: int
    answer: Answer
    concern: str | None = None
    reason: str = ""
    kind: str = "aim"
    anchor_start: int | None = None
    anchor_end: int | None = None
    amendment_id: UUID | None = None


def respond(command: Respond, work: Work, now: datetime) -> Sealed | None:
    """Its leaf in the record, where there is one. Raises `NotEntitledToRespond`, `RoundIsClosed`, `VersionMismatch`, `ObjectionNeedsReason`, `ConcernNeedsWords`."""
    work.authorize("round.respond")
    _expect_words(command)
    if command.answer is Answer.OBJECT:
        return raise_objection(_objection(command), work, now)
    seen = _recorded(command, work, now)
    return seen.leaf if seen.written else _replace_objection(command, work, now)


def respond_at_once(command: Respond, work: Work, now: datetime) -> Sealed | None:
    """The same by the hot statement alone: no objection, no concern (whose words are kept too). Raises `TakesATransaction`."""
    if command.answer in NEEDS_WORDS or command.concern:
        raise TakesATransaction
    written = work.rounds.record_at_once(
        command.round_id, command.round_number, command.version, command.answer, now
    )
    if written is None:
        raise TakesATransaction
    return written.leaf


def _objection(command: Respond) -> RaiseObjection:
    return RaiseObjection(
        round_id=command.round_id,
        round_number=command.round_number,
        version=command.version,
        reason=command.reason,
        kind=command.kind,
        anchor_start=command.anchor_start,
        anchor_end=command.anchor_end,
        amendment_id=command.amendment_id,
    )


def _expect_words(command: Respond) -> None:
    if command.answer is Answer.CONSENT_WITH_CONCERN and not (command.concern or "").strip():
        raise ConcernNeedsWords


def _recorded(command: Respond, work: Work, now: datetime) -> Recorded:
    """The hot statement; nothing is written where an objection of the caller has to be taken back."""
    seen = work.rounds.record(
        command.round_id, command.round_number, command.version, command.answer, command.concern, now
    )
    if seen is None:
        raise NotFound("no such round")
    if seen.written:
        return seen
    if not seen.entitled:
        work.authorize("round.read", seen.group_id)  # a stranger is not told there is a round
    refuse_response(
        seen.asked,
        entitled=seen.entitled,
        number=command.round_number,
        version=command.version,
        answer=command.answer,
        at=now,
    )
    return seen


def _replace_objection(command: Respond, work: Work, now: datetime) -> Sealed | None:
    consent_round, me = admit_response(
        command.round_id, command.round_number, command.version, command.answer, work, now
    )
    leaf = work.rounds.put_response(consent_round, me, command.answer, command.concern, now)
    objection = work.objections.raised_in(consent_round.id, me)
    if objection is not None and objection.is_open:
        end_objection(objection, ObjectionState.WITHDRAWN, work, now)
    return leaf
