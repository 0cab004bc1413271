"""Who was there when, and whether that was a quorum: the rule itself, without a database."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from beraad_meetings.domain.meeting_states import ORDINARY_QUORUM
from beraad_meetings.domain.quorum import Interval, Line, Presence, Term, held_from, needed_of

SEATS = [UUID(int=number) for number in range(1, 13)]
HELD = SEATS[:11]
EXPERT, OBSERVER = UUID(int=100), UUID(int=101)
LONG_AGO = datetime(2017, 1, 1, tzinfo=UTC)


def at(clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2017, 9, 5, hour, minute, tzinfo=UTC)


def came(clock: str, *people: UUID, coordinates: bool = False) -> list[tuple[UUID, str, datetime, bool]]:
    return [(person, "present", at(clock), coordinates) for person in people]


def left(clock: str, *people: UUID) -> list[tuple[UUID, str, datetime, bool]]:
    return [(person, "left", at(clock), False) for person in people]


def lines(*told: list[tuple[UUID, str, datetime, bool]]) -> list[Line]:
    every = [one for some_ in told for one in some_]
    return [Line(number, *one) for number, one in enumerate(every, 1)]


def terms(people: list[UUID]) -> list[Term]:
    return [Term(person, LONG_AGO) for person in people]


EVENING = lines(
    came("18:00", SEATS[0], coordinates=True),
    came("18:00", *SEATS[1:5]),
    came("18:00", EXPERT, OBSERVER),
    came("18:05", SEATS[5]),
    left("18:45", SEATS[4]),
    came("18:50", SEATS[6]),
)
"""Twelve seats, one vacant. Five at six o'clock, a sixth at five past; one leaves at a quarter to seven; one comes at ten to."""


@pytest.mark.parametrize(
    ("clock", "present", "reached"),
    [
        ("17:59", 0, False),
        ("18:00", 5, False),
        ("18:04", 5, False),
        ("18:05", 6, True),
        ("18:44", 6, True),
        ("18:45", 5, False),
        ("18:49", 5, False),
        ("18:50", 6, True),
    ],
)
def test_whoever_comes_counts_from_that_moment_and_whoever_leaves_not_from_that_moment(
    clock: str, present: int, reached: bool
) -> None:
    quorum = Presence(EVENING, terms(HELD), None).quorum(ORDINARY_QUORUM, at(clock))
    assert (quorum.base, quorum.needed, quorum.present, quorum.reached) == (11, 6, present, reached)


def test_a_second_before_the_boundary_is_not_the_boundary() -> None:
    presence = Presence(EVENING, terms(HELD), None)
    second = timedelta(seconds=1)
    assert not presence.quorum(ORDINARY_QUORUM, at("18:05") - second).reached
    assert presence.quorum(ORDINARY_QUORUM, at("18:45") - second).reached


def test_without_a_coordinator_there_is_no_quorum_where_one_is_required() -> None:
    gone = [*EVENING, Line(50, SEATS[0], "left", at("18:30")), Line(51, SEATS[7], "present", at("18:30"))]
    presence = Presence(gone, terms(HELD), None)
    quorum = presence.quorum(ORDINARY_QUORUM, at("18:30"))
    assert (quorum.present, quorum.coordinator_present, quorum.reached) == (6, False, False)
    lenient = {"share": "1/2", "coordinator_required": False}
    assert presence.quorum(lenient, at("18:30")).reached


def test_a_seat_vacated_during_the_meeting_is_out_of_base_and_presence_from_that_moment() -> None:
    held = [Term(SEATS[1], LONG_AGO, at("18:30")), *terms([one for one in HELD if one != SEATS[1]])]
    presence = Presence(EVENING, held, None)
    before, after = (presence.quorum(ORDINARY_QUORUM, at(clock)) for clock in ("18:29", "18:30"))
    assert (before.base, before.present, before.needed) == (11, 6, 6)
    assert (after.base, after.present, after.needed) == (10, 5, 5)
    assert after.reached


def test_whoever_coordinated_with_a_seat_does_so_until_they_leave_it_and_others_all_the_while() -> None:
    seated = Line(1, SEATS[0], "present", at("18:00"), coordinates=True, counts=True)
    without = Line(2, EXPERT, "present", at("18:00"), coordinates=True)
    held = [Term(SEATS[0], LONG_AGO, at("18:30"))]

    def coordinated(line: Line, clock: str) -> bool:
        return Presence([line], held, None).quorum(ORDINARY_QUORUM, at(clock)).coordinator_present

    assert [coordinated(seated, clock) for clock in ("18:29", "18:30")] == [True, False]
    assert coordinated(without, "18:30")


def test_a_seat_filled_during_the_meeting_counts_from_that_moment() -> None:
    held = [*terms(HELD), Term(SEATS[11], at("18:20"))]
    presence = Presence(EVENING, held, None)
    assert [presence.quorum(ORDINARY_QUORUM, at(clock)).base for clock in ("18:19", "18:20")] == [11, 12]


@pytest.mark.parametrize(
    ("base", "share", "needed"),
    [
        (11, "1/2", 6),
        (12, "1/2", 6),
        (3, "2/3", 2),
        (4, "2/3", 3),
        (5, "1/1", 5),
        (0, "1/2", 1),
        (1, "1/2", 1),
    ],
)
def test_a_share_is_rounded_up(base: int, share: str, needed: int) -> None:
    assert needed_of(base, share) == needed


def test_a_corrected_line_no_longer_counts_and_its_correction_does() -> None:
    told = [*EVENING, Line(60, SEATS[5], "present", at("18:10"), replaces_id=8)]
    assert EVENING[7] == Line(8, SEATS[5], "present", at("18:05"))
    presence = Presence(told, terms(HELD), None)
    assert presence.quorum(ORDINARY_QUORUM, at("18:05")).present == 5
    assert presence.quorum(ORDINARY_QUORUM, at("18:10")).present == 6


def test_a_line_that_should_not_have_been_written_is_as_if_it_had_not() -> None:
    told = [Line(1, SEATS[0], "present", at("18:00")), Line(2, SEATS[0], "void", at("18:00"), replaces_id=1)]
    presence = Presence(told, terms(HELD), None)
    assert (presence.state(SEATS[0]), presence.taken(at("18:00"))) == (None, False)
    assert presence.intervals(SEATS[0]) == []


def test_attendance_is_taken_when_somebody_came_or_every_seat_holder_is_known_not_to_have_come() -> None:
    def taken(*told: Line, held: list[UUID] = SEATS[:2]) -> bool:
        return Presence(told, terms(held), None).taken(at("18:00"))

    excused = Line(1, SEATS[0], "excused", at("17:00"))
    absent = Line(2, SEATS[1], "absent", at("18:00"))
    assert not taken()
    assert not taken(excused)
    assert not taken(excused, Line(2, EXPERT, "absent", at("18:00")))
    assert taken(excused, absent)
    assert taken(Line(1, SEATS[0], "present", at("18:00")), Line(2, SEATS[0], "left", at("18:30")))
    assert not taken(held=[])
    assert taken(excused, held=[])


def test_intervals_are_from_coming_to_leaving_and_end_with_the_meeting() -> None:
    told = lines(
        came("18:00", SEATS[0]),
        came("18:01", SEATS[0]),
        left("18:30", SEATS[0]),
        left("18:31", SEATS[0]),
        came("19:00", SEATS[0]),
    )
    assert Presence(told, [], at("20:00")).intervals(SEATS[0]) == [
        Interval(at("18:00"), at("18:30")),
        Interval(at("19:00"), at("20:00")),
    ]
    assert Presence(told, [], None).intervals(SEATS[0])[-1].left_at is None


def test_nobody_is_there_after_the_meeting() -> None:
    presence = Presence(EVENING, terms(HELD), at("20:00"))
    assert len(presence.present(at("20:00"))) == 8
    assert presence.present(at("20:01")) == frozenset()


@pytest.mark.parametrize(
    ("starts_on", "counts_from"),
    [
        (date(2017, 9, 4), datetime(2017, 9, 4, tzinfo=UTC)),
        (date(2017, 9, 5), at("18:20")),
        (date(2017, 10, 1), at("18:20")),
    ],
)
def test_a_seat_counts_from_when_it_was_filled_unless_its_term_began_on_an_earlier_day(
    starts_on: date, counts_from: datetime
) -> None:
    assert held_from(starts_on, at("18:20")) == counts_from


EVENTS = some.lists(
    some.tuples(some.sampled_from(SEATS[:4]), some.sampled_from(["present", "left"]), some.integers(0, 60)),
    max_size=12,
)


@given(EVENTS, some.integers(0, 61))
def test_somebody_is_there_at_an_instant_exactly_when_one_of_their_intervals_holds_it(
    told: list[tuple[UUID, str, int]], minute: int
) -> None:
    begin = at("18:00")
    log = [
        Line(number, person, state, begin + timedelta(minutes=offset))
        for number, (person, state, offset) in enumerate(told, 1)
    ]
    presence, instant = Presence(log, [], None), begin + timedelta(minutes=minute)
    held = {
        person
        for person in SEATS[:4]
        for one in presence.intervals(person)
        if one.came_at <= instant and (one.left_at is None or instant < one.left_at)
    }
    assert presence.present(instant) == held
