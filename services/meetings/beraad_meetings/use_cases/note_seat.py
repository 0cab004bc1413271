"""Remember who held a seat when: how many seats there were is the base of a quorum."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from beraad_meetings.domain.quorum import Term, held_from
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class NoteSeatFilled:
    """`told_at`: when membership filled it; `starts_on`: the first day of the term."""

    group_id: UUID
    seat_id: UUID
    person_id: UUID
    starts_on: date
    told_at: datetime


@dataclass(frozen=True)
class NoteSeatVacated:
    """`told_at`: when membership vacated it; `person_id`: who left it."""

    seat_id: UUID
    person_id: UUID
    told_at: datetime


def note_seat_filled(command: NoteSeatFilled, work: Work, _now: datetime) -> None:
    """May be repeated."""
    term = Term(command.person_id, held_from(command.starts_on, command.told_at))
    work.attendance.note_term(command.seat_id, command.group_id, term)


def note_seat_vacated(command: NoteSeatVacated, work: Work, _now: datetime) -> None:
    """May be repeated, also once somebody else holds the seat."""
    work.attendance.end_term(command.seat_id, command.person_id, command.told_at)
