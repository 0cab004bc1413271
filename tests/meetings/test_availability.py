"""What people say once of when they can come, and what follows for the slots of a poll; without a database."""

from datetime import timedelta
from uuid import UUID

import pytest

from beraad.domain import NotFound
from beraad.identifiers import new_id
from beraad_meetings.domain.availability import Asked, Range, Said, said_of
from beraad_meetings.domain.double_booking import Span
from beraad_meetings.domain.poll_results import Basis, has_answered, results_of, unanswered
from beraad_meetings.domain.polls import EXPIRED, Poll, PollIsBooked, PollIsClosed, PollSlot
from meetings.vocabulary import ANNA, BRAM, FIRST_TUESDAY, GROUP, SUMMER, later

SLOT = Span(FIRST_TUESDAY, FIRST_TUESDAY + timedelta(hours=2))


def hours(start: float, end: float, answer: str) -> Range:
    """Counted from the slot's start."""
    return Range(Span(FIRST_TUESDAY + timedelta(hours=start), FIRST_TUESDAY + timedelta(hours=end)), answer)


@pytest.mark.parametrize(
    ("ranges", "answer"),
    [
        ([], None),
        ([hours(0, 2, "yes")], "yes"),
        ([hours(-5, 5, "if_need_be")], "if_need_be"),
        ([hours(1, 3, "yes"), hours(-1, 1, "yes")], "yes"),
        ([hours(0, 1, "yes"), hours(1, 2, "if_need_be")], "if_need_be"),
        ([hours(0, 1, "yes"), hours(1.5, 2, "yes")], None),
        ([hours(0.5, 2, "yes")], None),
        ([hours(0, 1.5, "yes")], None),
        ([hours(-2, 3, "yes"), hours(1.9, 4, "no")], "no"),
        ([hours(-2, 0, "no"), hours(2, 4, "no")], None),
        ([hours(-2, 3, "yes"), hours(2, 4, "no")], "yes"),
        ([hours(-1, 3, "yes"), hours(0, 1, "yes")], "yes"),
    ],
)
def test_availability_answers_a_slot_it_covers_and_refuses_one_it_touches(
    ranges: list[Range], answer: str | None
) -> None:
    assert said_of(SLOT, ranges) == answer


def a_poll(*days: float, quorum_percent: int = 50) -> Poll:
    poll_id = new_id()
    poll = Poll(
        id=poll_id,
        group_id=GROUP,
        title="Visit",
        kind="visit",
        place="",
        online_link="",
        duration_minutes=120,
        time_zone="Europe/Brussels",
        closes_at=later(-1),
        remind_at=None,
        quorum_percent=quorum_percent,
        opened_at=SUMMER,
        opened_by=ANNA,
        slots=[PollSlot(id=new_id(), poll_id=poll_id, starts_at=later(day)) for day in days],
    )
    poll.opened()
    return poll


@pytest.mark.parametrize(
    ("seats", "percent", "needed"),
    [(11, 50, 6), (12, 50, 6), (0, 50, 0), (3, 67, 3), (5, 100, 5), (5, 0, 0), (1, 1, 1)],
)
def test_a_quorum_is_rounded_up(seats: int, percent: int, needed: int) -> None:
    assert a_poll(0, quorum_percent=percent).quorum(seats) == needed


def test_ties_are_decided_by_the_earliest_start() -> None:
    poll = a_poll(0, 1, 2)
    said = {slot.id: {ANNA: Said("yes", "poll")} for slot in poll.slots}
    ranked = results_of(poll, Basis([Asked(ANNA, "Anna")], {}), said, SUMMER)
    assert [one.rank for one in ranked] == [1, 2, 3]


def test_only_seat_holders_count_for_quorum_and_profiles() -> None:
    poll = a_poll(0)
    asked = [Asked(ANNA, "Anna", ("user",)), Asked(BRAM, "Bram", ("client",), seated=False, coordinator=True)]
    said = {poll.slots[0].id: {BRAM: Said("yes", "poll")}}
    (result,) = results_of(poll, Basis(asked, {}), said, SUMMER)
    assert [one.code for one in result.exclusions] == ["ProfileNotRepresented", "QuorumNotReachable"]
    assert result.available == 1


def test_many_names_are_cut_short() -> None:
    poll = a_poll(0, quorum_percent=0)
    asked = [Asked(UUID(int=n), f"P{n:02}") for n in range(25)]
    booked = {poll.slots[0].id: {person.person_id for person in asked}}
    (result,) = results_of(poll, Basis(asked, booked), {}, SUMMER)
    (exclusion,) = result.exclusions
    assert exclusion.reason.endswith("P19 and 5 others would be in two meetings at once")
    assert len(exclusion.people) == 25


def test_one_has_answered_who_said_something_there_or_of_every_slot_elsewhere() -> None:
    assert has_answered([Said("no", "poll")], 3)
    assert has_answered([Said("no", "availability"), Said("yes", "same_time")], 2)
    assert not has_answered([Said("no", "availability")], 2)
    assert not has_answered([], 1)
    asked = [Asked(ANNA, "Anna"), Asked(BRAM, "Bram")]
    said = {new_id(): {ANNA: Said("yes", "poll")}, new_id(): {BRAM: Said("yes", "availability")}}
    assert unanswered(asked, said, 2) == [asked[1]]


def test_a_poll_ends_once() -> None:
    poll = a_poll(0, 1)
    poll.close(EXPIRED, later(-1))
    with pytest.raises(PollIsClosed):
        poll.close(EXPIRED, later(-1))
    closed = poll.book(poll.slots[1], new_id(), None, later(-1), by=ANNA)
    assert (closed.outcome, closed.starts_at, closed.revision) == ("booked", later(1), 3)
    with pytest.raises(PollIsBooked):
        poll.book(poll.slots[0], new_id(), None, later(-1), by=ANNA)


def test_an_answer_is_about_a_slot_of_the_poll_and_in_time() -> None:
    poll = a_poll(0)
    with pytest.raises(NotFound):
        poll.answer(ANNA, {new_id(): "yes"}, SUMMER)
    with pytest.raises(PollIsClosed):
        poll.answer(ANNA, {poll.slots[0].id: "yes"}, later(-1))
