"""Answer a consent round. Objecting, and taking an objection back, go the ordinary way; the rest the hot one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import NotFound
from beraad.identifiers import new_id
from beraad_deliberation.domain.objections import Objection, ObjectionState
from beraad_deliberation.domain.responding import (
    Answer,
    ConcernNeedsWords,
    ObjectionNeedsReason,
    refuse_response,
)
from beraad_deliberation.domain.rounds import ConsentRound
from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True, kw_only=True)
class Respond:
    """The caller's answer to the version they read; `reason` and `kind` of an objection."""

    round_id: UUID
    round_number: int
    version: int
    answer: Answer
    concern: str | None = None
    reason: str = ""
    kind: str = "aim"


def respond(command: Respond, work: Work, now: datetime) -> None:
    """Raises `NotEntitledToRespond`, `RoundIsClosed`, `VersionMismatch`, `ObjectionNeedsReason`, `ConcernNeedsWords`."""
    work.authorize("round.respond")
    _expect_words(command)
    if command.answer is Answer.OBJECT:
        _object(command, work, now)
    elif not _recorded(command, work, now):
        _replace_objection(command, work, now)


def _expect_words(command: Respond) -> None:
    if command.answer is Answer.OBJECT and not command.reason.strip():
        raise ObjectionNeedsReason
    if command.answer is Answer.CONSENT_WITH_CONCERN and not (command.concern or "").strip():
        raise ConcernNeedsWords


def _recorded(command: Respond, work: Work, now: datetime) -> bool:
    """The hot statement; false where an objection of the caller has to be taken back."""
    seen = work.rounds.record(
        command.round_id, command.round_number, command.version, command.answer, command.concern, now
    )
    if seen is None:
        raise NotFound("no such round")
    if seen.written:
        return True
    if not seen.entitled:
        work.authorize("round.read", seen.group_id)  # a stranger is not told there is a round
    refuse_response(
        seen.asked, entitled=seen.entitled, number=command.round_number, version=command.version, at=now
    )
    return False


def _object(command: Respond, work: Work, now: datetime) -> None:
    consent_round, me = _admitted(command, work, now)
    work.rounds.put_response(consent_round, me, Answer.OBJECT, None, now)
    again = work.objections.raised_in(consent_round.id, me)
    if again is not None:
        work.publish(*again.raise_again(command.reason, command.kind, now))
        return
    earlier = [
        o
        for o in work.objections.open_by(me, consent_round.group_id)
        if o.proposal_id == consent_round.proposal_id
    ]
    objection = Objection(
        id=new_id(),
        round_id=consent_round.id,
        proposal_id=consent_round.proposal_id,
        group_id=consent_round.group_id,
        title=consent_round.title,
        objector_id=me,
        reason=command.reason,
        kind=command.kind,
        raised_at=now,
        follows_id=earlier[-1].id if earlier else None,
    )
    work.objections.add(objection)
    work.publish(objection.raised())


def _replace_objection(command: Respond, work: Work, now: datetime) -> None:
    consent_round, me = _admitted(command, work, now)
    work.rounds.put_response(consent_round, me, command.answer, command.concern, now)
    objection = work.objections.raised_in(consent_round.id, me)
    if objection is not None and objection.is_open:
        work.publish(*objection.end(ObjectionState.WITHDRAWN, now))


def _admitted(command: Respond, work: Work, now: datetime) -> tuple[ConsentRound, UUID]:
    """The round (FOR SHARE) and the caller (their elector's row locked), if the rule admits the response."""
    me = work.actor.person
    consent_round = work.rounds.get_for_response(command.round_id)
    entitled = work.electorates.lock_elector(consent_round.id, me)
    if not entitled:
        work.authorize("round.read", consent_round.group_id)
    refuse_response(
        consent_round.asked, entitled=entitled, number=command.round_number, version=command.version, at=now
    )
    return consent_round, me
