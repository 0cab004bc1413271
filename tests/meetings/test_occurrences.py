"""Occurrences of a rule and the days they avoid; rules that end earlier, go on or begin later. Without a database."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beraad.domain import InvalidRequest
from beraad_meetings.domain.occurrences import Avoid, avoiding, by_rule
from beraad_meetings.domain.series import still_open
from beraad_meetings.storage.calendars.public_holidays import PublicHolidays
from beraad_meetings.storage.calendars.recurrence import begins, continued, ended, local_starts, normalize

BRUSSELS = "Europe/Brussels"
TUESDAY = date(2018, 5, 1)


def six(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 18)  # noqa: DTZ001 - a wall clock


def weekly(times: int, every: int = 7) -> list[datetime]:
    return [six(TUESDAY + timedelta(days=every * number)) for number in range(times)]


def go(starts: Iterable[datetime], days: Iterable[date], instead: str) -> list[date | None]:
    """Where each occurrence goes; none: cancelled."""
    found = avoiding(by_rule(starts, BRUSSELS, 60), dict.fromkeys(days, "closed"), instead, BRUSSELS)
    return [None if one.cancelled else one.start.local_day(BRUSSELS) for one in found]


def test_a_rule_without_occurrences_avoids_nothing() -> None:
    assert avoiding([], {TUESDAY: "Labor Day"}, "next_day", BRUSSELS) == []


def test_on_a_day_that_does_not_exist_and_the_next_there_is_one_meeting() -> None:
    """Samoa went from 29 to 31 December 2011."""
    starts = [datetime(2011, 12, day, 18) for day in (29, 30, 31)]  # noqa: DTZ001 - wall clocks
    found = by_rule(starts, "Pacific/Apia", 60)
    assert [one.start.local_day("Pacific/Apia").day for one in found] == [29, 31]
    assert [one.start.warning for one in found] == ["", "nonexistent_local_time"]


def test_the_last_occurrence_moves_at_most_a_month() -> None:
    closed = [TUESDAY + timedelta(days=number) for number in range(29)]
    assert go([six(TUESDAY)], closed, "next_day") == [date(2018, 5, 30)]
    assert go([six(TUESDAY)], closed, "next_week") == [None]


@given(
    every=st.integers(1, 20),
    closed=st.sets(st.integers(0, 70), max_size=40),
    instead=st.sampled_from(["next_day", "next_week", "cancel"]),
)
def test_no_meeting_is_on_a_day_to_avoid_or_on_another_s_and_their_order_stays(
    every: int, closed: set[int], instead: str
) -> None:
    starts = weekly(4, every)
    days = {TUESDAY + timedelta(days=number) for number in closed}

    gone = go(starts, days, instead)

    there = [day for day in gone if day is not None]
    assert not days.intersection(there)
    assert there == sorted(set(there))
    for start, day in zip(starts, gone, strict=True):
        if start.date() not in days:
            assert day == start.date()
        elif day is not None and instead == "next_week":
            assert (day - start.date()).days % 7 == 0


def test_what_is_avoided_is_read_as_it_was_kept() -> None:
    avoid = Avoid(instead="next_day", holidays="BE", days=(TUESDAY,))
    assert Avoid.from_document(avoid.to_document()) == avoid


def test_holidays_are_told_in_the_language_of_the_organisation() -> None:
    names = [PublicHolidays(language).named("BE", [2018])[TUESDAY] for language in ("nl", "fr", "en", "de")]
    assert names == ["Dag van de Arbeid", "Fête du Travail", "Labor Day", "Tag der Arbeit"]


def test_holidays_of_nowhere_are_refused() -> None:
    with pytest.raises(InvalidRequest):
        PublicHolidays("en").named("XX", [2018])


# -- rules ---------------------------------------------------------------------------------------------------


def test_a_rule_ends_with_the_occurrence_named() -> None:
    rule = normalize("FREQ=WEEKLY;COUNT=9", BRUSSELS)
    shorter = ended(rule, datetime(2018, 5, 15, 16, tzinfo=UTC))
    assert shorter == "FREQ=WEEKLY;UNTIL=20180515T160000Z"
    assert local_starts(shorter, six(TUESDAY), BRUSSELS) == weekly(3)


def test_a_rule_goes_on_for_as_many_as_are_left_or_until_its_end() -> None:
    rest = weekly(3)
    assert continued("FREQ=WEEKLY;COUNT=9", rest, BRUSSELS) == "FREQ=WEEKLY;COUNT=3"
    until = "FREQ=WEEKLY;UNTIL=20180520T220000Z"
    assert continued(until, rest, BRUSSELS) == until


def test_an_end_that_would_cut_the_last_one_off_is_moved() -> None:
    at_seven = [one.replace(hour=19) for one in weekly(3)]
    exact = "FREQ=WEEKLY;UNTIL=20180515T160000Z"
    assert continued(exact, at_seven, BRUSSELS) == "FREQ=WEEKLY;UNTIL=20180515T170000Z"


def test_a_rule_begins_on_its_first_day_from_then_on() -> None:
    assert begins("FREQ=WEEKLY;BYDAY=FR;COUNT=2", six(TUESDAY)) == six(date(2018, 5, 4))
    assert begins("FREQ=WEEKLY;COUNT=2", six(TUESDAY)) == six(TUESDAY)
    with pytest.raises(InvalidRequest, match="no day within ten years"):
        begins("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1", six(TUESDAY))


def test_a_series_is_open_to_change_while_something_is_to_come() -> None:
    assert still_open(cancelled=False, to_come=True).allowed
    assert still_open(cancelled=False, to_come=False).code == "SeriesIsOver"
    assert still_open(cancelled=True, to_come=False).code == "SeriesIsCancelled"
