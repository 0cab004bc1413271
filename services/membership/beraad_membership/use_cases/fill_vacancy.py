"""Fill a seat that was left: from the reserve of the last draw, as far as policy and conflicts permit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from beraad.identifiers import new_id
from beraad_membership.domain.candidacies import Candidacy
from beraad_membership.domain.groups import Group, Seat
from beraad_membership.domain.vacancies import NobodyFits, Vacancy, Waiting
from beraad_membership.use_cases.ports import Work
from beraad_membership.use_cases.seating import conflicted_with, profiles_of


@dataclass(frozen=True)
class FillVacancy:
    """Which seat of which group was left."""

    group_id: UUID
    seat_id: UUID


def fill_vacancy(command: FillVacancy, work: Work, now: datetime) -> Group:
    """Look through the reserve again. Raises `NobodyFits` with all reasons, `VacancyIsFilled`, `GroupHasEnded`, `NotFound`."""
    work.authorize("vacancy.fill", command.group_id)
    group = work.groups.get(command.group_id)
    group.refuse_ended(group.day(now))
    vacancy = work.vacancies.get(command.group_id, command.seat_id)
    if not fill_from_reserve(vacancy, group, work, now):
        raise NobodyFits(skipped=vacancy.skipped, blocking=vacancy.blocking)
    return group


def open_vacancy(group: Group, seat: Seat, size: int, work: Work, now: datetime) -> None:
    """The seat was just left. In the middle of a term the first of the reserve who fits sits down for what is left of it.

    `size`: how many seats were held before. An assembly is everybody: nobody takes another's place in it.
    """
    today = group.day(now)
    over = group.ended_on is not None or (group.ends_on is not None and group.ends_on <= today)
    if group.kind == "assembly" or over:
        return
    vacancy = Vacancy(seat_id=seat.id, group_id=group.id, size=size, ends_on=seat.ends_on, opened_at=now)
    work.vacancies.add(vacancy)
    if vacancy.ends_on is None or vacancy.ends_on > today:
        fill_from_reserve(vacancy, group, work, now)


def fill_from_reserve(vacancy: Vacancy, group: Group, work: Work, now: datetime) -> bool:
    """Seat the first of the reserve who fits; whether there was one."""
    found = vacancy.fill_from(group, _waiting(vacancy, group, work, now))
    if found is None:
        return False
    work.publish(*group.appoint([found.seat], vacancy.target(group)))
    work.vacancies.close(vacancy, found.seat.id, now)
    return True


def close_vacancies(group: Group, seats: list[Seat], work: Work, now: datetime) -> None:
    """Whoever was appointed took the place of whoever left first."""
    for vacancy, seat in zip(work.vacancies.open_in(group.id), seats, strict=False):
        work.vacancies.close(vacancy, seat.id, now)


def _waiting(vacancy: Vacancy, group: Group, work: Work, now: datetime) -> list[Waiting]:
    reserve = work.vacancies.reserve(group.id)
    people = [candidacy.person_id for _, candidacy in reserve]
    out, profiles = conflicted_with(group, people, work.conflicts), profiles_of(people, work.people)
    term = _term(vacancy, group, group.day(now))
    return [
        Waiting(
            position,
            candidacy,
            seat_of(candidacy, term),
            conflicted=candidacy.person_id in out,
            lapsed=candidacy.profile not in profiles.get(candidacy.person_id, ()),
        )
        for position, candidacy in reserve
    ]


def _term(vacancy: Vacancy, group: Group, today: date) -> tuple[date, date | None]:
    """What is left of the term; a whole one, where that is over."""
    starts_on = max(today, group.starts_on)
    over = vacancy.ends_on is not None and vacancy.ends_on <= starts_on
    return starts_on, group.term_from(starts_on) if over else vacancy.ends_on


def seat_of(candidacy: Candidacy, term: tuple[date, date | None]) -> Seat:
    """The seat that candidacy is about, for the term `[start, end)`."""
    return Seat(
        id=new_id(),
        group_id=candidacy.group_id,
        person_id=candidacy.person_id,
        profile=candidacy.profile,
        attributes=dict(candidacy.attributes),
        starts_on=term[0],
        ends_on=term[1],
    )
