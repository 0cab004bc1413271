"""Series of any shape: what we stored is what programs show that share no code with ours."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, time

import pytest
from hypothesis import HealthCheck, given, settings

from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.series import Series
from beraad_meetings.storage.calendars.objects import feed
from meetings.readers.running import ICAL_JS, NODE_ICAL, Reader
from meetings.readers.series import has_no_clock, series_with_exceptions, still_planned
from meetings.reading import Shown, occurrences_shown
from meetings.test_calendars import a_series

EARLIEST, BEFORE = datetime(2010, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def programs() -> Iterator[dict[str, Reader]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(Reader(name, "America/New_York")) for name in (ICAL_JS, NODE_ICAL)}


@settings(
    max_examples=500, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
@given(series=series_with_exceptions())
def test_five_hundred_series_are_shown_as_we_stored_them(
    programs: dict[str, Reader], series: tuple[Series, list[Meeting]]
) -> None:
    """By dateutil, and by ical.js and rrule-temporal (in node-ical), which share no code with ours."""
    text = feed("Any", [series], [])
    expected = still_planned(series[1])
    assert spans(occurrences_shown(text)) == expected
    for name, program in programs.items():
        if not KNOWN_DEFECTS[name](*series):
            shown = spans(program.read(text, EARLIEST, BEFORE))
            assert shown == expected, (name, series[0].recurrence, series[0].time_zone)


def spans(shown: list[Shown]) -> list[tuple[datetime, datetime]]:
    return sorted((one.start, one.end) for one in shown)


KNOWN_DEFECTS: dict[str, Callable[[Series, list[Meeting]], bool]] = {
    ICAL_JS: has_no_clock,
    NODE_ICAL: lambda series, _meetings: series.start_time < time(3),
}
"""By day and in the evening both are right; what they do at night is in `test_defects_of_readers`."""
NEW_YORK, BRUSSELS = "America/New_York", "Europe/Brussels"


@pytest.mark.parametrize(
    ("name", "rule", "first", "zone", "what"),
    [
        (ICAL_JS, "FREQ=DAILY;COUNT=2", "2021-03-13T02:30", NEW_YORK, "a clock that does not exist"),
        (NODE_ICAL, "FREQ=DAILY;COUNT=3", "2021-03-13T02:00", NEW_YORK, "the clock after it did not exist"),
        (ICAL_JS, "FREQ=YEARLY;BYMONTH=1,2,9;BYMONTHDAY=-1;COUNT=3", "2018-01-31T09:00", BRUSSELS, "last"),
        (ICAL_JS, "FREQ=YEARLY;COUNT=3;BYMONTHDAY=29;BYMONTH=1,2", "2016-01-29T09:00", BRUSSELS, "no 29 February"),
        (ICAL_JS, "FREQ=MONTHLY;BYMONTH=1,2,8;BYDAY=FR,WE;UNTIL=20251218", "2025-08-01T09:00", BRUSSELS, "doubled"),
    ],
)  # fmt: skip
def test_defects_of_readers(
    programs: dict[str, Reader], name: str, rule: str, first: str, zone: str, what: str
) -> None:
    """Their own, with data that RFC 5545 reads otherwise: once mended, this fails and the line goes."""
    series, meetings = a_series(rule, datetime.fromisoformat(first), zone)
    text = feed("Any", [(series, meetings)], [])
    assert spans(occurrences_shown(text)) == still_planned(meetings)
    assert spans(programs[name].read(text, EARLIEST, BEFORE)) != still_planned(meetings), what


@pytest.mark.parametrize(
    ("first", "zone"),
    [
        ("2021-11-06T01:30", NEW_YORK),
        ("2021-03-13T01:30", NEW_YORK),
        ("2027-10-31T02:30", BRUSSELS),
        ("2027-10-30T01:45", "Asia/Jerusalem"),
        ("2027-10-29T23:30", "Asia/Jerusalem"),
    ],
)
def test_where_the_clock_is_there_twice_or_is_set_meanwhile_all_show_the_same(
    programs: dict[str, Reader], first: str, zone: str
) -> None:
    series, meetings = a_series("FREQ=DAILY;COUNT=3", datetime.fromisoformat(first), zone)
    text = feed("Any", [(series, meetings)], [])
    assert spans(occurrences_shown(text)) == still_planned(meetings)
    for program in programs.values():
        assert spans(program.read(text, EARLIEST, BEFORE)) == still_planned(meetings)
