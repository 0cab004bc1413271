"""Leave the electorate of a running round before it closes: by one's own choice, or recorded by the facilitator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.responding import NotEntitledToRespond, RoundIsClosed
from beraad_deliberation.domain.rounds import ConsentRound, NotAnElector, ObjectorsDoNotRecuse, RunState
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.recording import tell_electorate


@dataclass(frozen=True)
class Recuse:
    """The caller has an interest of their own in this."""

    round_id: UUID
    reason: str


@dataclass(frozen=True)
class RecordDepartureByHand:
    """Somebody left whose departure has not been heard of yet."""

    round_id: UUID
    person_id: UUID
    note: str


def recuse(command: Recuse, work: Work, now: datetime) -> ConsentRound:
    """Out of the denominator; an answer given before stays as history.

    Raises `NotEntitledToRespond`, `RoundIsClosed`, `ObjectorsDoNotRecuse`, `NotFound`.
    """
    work.authorize("round.recuse")
    me = work.actor.person
    consent_round = work.rounds.get_for_response(command.round_id)
    if not work.electorates.includes(consent_round.id, me):
        work.authorize("round.read", consent_round.group_id)  # a stranger is not told there is a round
        raise NotEntitledToRespond
    _expect_running(consent_round, now)
    objection = work.objections.raised_in(consent_round.id, me)
    if objection is not None and objection.is_open:
        raise ObjectorsDoNotRecuse
    work.electorates.leave(consent_round.id, me, "recused", now, command.reason)
    tell_electorate(consent_round.group_id, consent_round.id, me, "recused", "recused", work, command.reason)
    return consent_round


def record_departure_by_hand(command: RecordDepartureByHand, work: Work, now: datetime) -> ConsentRound:
    """An objection of theirs stands until it is tested. Raises `RoundIsClosed`, `NotAnElector`, `NotFound`."""
    consent_round = work.rounds.get_for_response(command.round_id)
    work.authorize("round.depart", consent_round.group_id)
    _expect_running(consent_round, now)
    if not work.electorates.leave(consent_round.id, command.person_id, "recorded", now, command.note):
        raise NotAnElector
    tell_electorate(
        consent_round.group_id,
        consent_round.id,
        command.person_id,
        "departed",
        "recorded",
        work,
        command.note,
    )
    return consent_round


def _expect_running(consent_round: ConsentRound, now: datetime) -> None:
    if consent_round.state is not RunState.OPEN or now >= consent_round.closes_at:
        raise RoundIsClosed
