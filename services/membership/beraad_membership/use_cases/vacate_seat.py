"""Free a seat: its holder resigns, the mandating body removes them, or the term is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import NotFound
from beraad_membership.domain.groups import TERM_ENDED, Group, Seat
from beraad_membership.use_cases.change_group import end_mandate
from beraad_membership.use_cases.fill_vacancy import open_vacancy
from beraad_membership.use_cases.ports import Work


@dataclass(frozen=True)
class VacateSeat:
    """Which seat of which group."""

    group_id: UUID
    seat_id: UUID


@dataclass(frozen=True)
class EndTerms:
    """End the terms that are over in one group, if there is such a group."""


@dataclass(frozen=True)
class AnnounceEnds:
    """Announce the terms that end soon in one group, if there is such a group."""


def vacate_seat(command: VacateSeat, work: Work, now: datetime) -> Group:
    """`resigned` when the holder asks, else `removed`. Raises `SeatIsVacant`, `NotFound`."""
    group = work.groups.get(command.group_id)
    holder = next((seat.person_id for seat in group.seats if seat.id == command.seat_id), None)
    work.authorize("seat.vacate", command.group_id, holder)
    if holder is None:
        raise NotFound("no such seat in this group")
    reason = "resigned" if holder == work.actor.person_id else "removed"
    vacate(group, command.seat_id, reason, work, now)
    return group


def vacate(group: Group, seat_id: UUID, reason: str, work: Work, now: datetime) -> None:
    """Free it, and seat the first of the reserve who fits for what is left of the term."""
    size = _composed_for(group, work)
    work.publish(*group.vacate(seat_id, reason, group.day(now)))
    seat = next(seat for seat in group.seats if seat.id == seat_id)
    _stand_no_more(group, [seat], work, now)
    open_vacancy(group, seat, size, work, now)


def _composed_for(group: Group, work: Work) -> int:
    """How many seats the group was composed for: those that are held, and those that were left and wait for somebody."""
    return len(group.filled) + len(work.vacancies.open_in(group.id))


def _stand_no_more(group: Group, left: list[Seat], work: Work, now: datetime) -> None:
    """Whoever leaves a seat stands for none any more: else the reserve might seat them again, or the next lot draw them, unasked."""
    for candidacy in work.candidacies.of(group.id, [seat.person_id for seat in left]).values():
        work.publish(candidacy.withdraw(now))


def end_terms(_command: EndTerms, work: Work, now: datetime) -> bool:
    """Vacate the seats whose term is over in one group; true if there was one. Once, however many workers."""
    group = work.groups.with_ended_seat(now) or work.groups.ended_and_not_empty()
    if group is None:
        return False
    if group.ended_on is not None:  # by a release that left its seats and roles
        work.publish(*group.empty(group.ended_on))
        return True
    today = group.day(now)
    if group.mandate_is_over(today):
        end_mandate(group, work, now)
        return True
    size = _composed_for(group, work)
    over = [seat for seat in group.filled if seat.ends_on is not None and seat.ends_on <= today]
    _stand_no_more(group, over, work, now)
    for seat in over:
        work.publish(*group.vacate(seat.id, TERM_ENDED, seat.ends_on or today))
        open_vacancy(group, seat, size, work, now)
    return True


def announce_ends(_command: AnnounceEnds, work: Work, now: datetime) -> bool:
    """Tell each holder once that the term ends within `term_warning_days`; true if there was one to tell."""
    days = work.settings.term_warning_days
    group = work.groups.with_unannounced_end(now, days)
    if group is None:
        return False
    work.publish(*group.warn(group.day(now), days))
    return True
