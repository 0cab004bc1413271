import time as machine
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from beraad.identifiers import new_id
from beraad_meetings.domain.local_time import instant_of
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.series import Series
from beraad_meetings.storage.calendars.objects import Calendars, feed
from beraad_meetings.storage.calendars.recurrence import local_starts, normalize
from beraad_meetings.storage.calendars.zones import footer, time_zone
from meetings.reading import calendar_of, events_of, starts_shown, zone_of
from meetings.vocabulary import GROUP, SUMMER, a_meeting

BRUSSELS = "Europe/Brussels"
SIX_IN_SEPTEMBER = datetime(2017, 9, 5, 18)  # noqa: DTZ001 - a wall clock
NOON = datetime(2038, 1, 1, 12)  # noqa: DTZ001 - the same
NINE = [
    "2017-09-05T16:00",
    "2017-10-03T16:00",
    "2017-11-14T18:30",
    "2017-12-05T17:00",
    "2018-02-06T17:00",
    "2018-03-06T17:00",
    "2018-04-03T16:00",
    "2018-05-01T16:00",
    "2018-06-05T16:00",
]


def a_series(
    recurrence: str, first: datetime, zone: str = BRUSSELS, *, title: str = "Ethics", place: str = ""
) -> tuple[Series, list[Meeting]]:
    rule = normalize(recurrence, zone)
    series = Series(
        id=new_id(),
        group_id=GROUP,
        title=title,
        recurrence=rule,
        time_zone=zone,
        first_starts_on=first.date(),
        start_time=first.time(),
        duration_minutes=120,
        place=place,
        online_link="",
        changed_at=SUMMER,
    )
    occurrences = [_occurrence(series, local) for local in local_starts(rule, first, zone)]
    return series, occurrences


def _occurrence(series: Series, local: datetime) -> Meeting:
    start = instant_of(local, series.time_zone).starts_at
    return a_meeting(
        series_id=series.id,
        title=series.title,
        place=series.place,
        starts_at=start,
        occurs_at=start,
        time_zone=series.time_zone,
    )


def the_reference_year() -> tuple[Series, list[Meeting]]:
    """First Tuesdays 18:00, 7 November moved to 14 November 19:30, 2 January cancelled."""
    series, meetings = a_series("FREQ=MONTHLY;BYDAY=1TU;UNTIL=20180630T220000Z", SIX_IN_SEPTEMBER)
    november, january = meetings[2], meetings[4]
    november.change({"starts_at": datetime(2017, 11, 14, 18, 30, tzinfo=UTC)}, november.revision, SUMMER)
    series.except_one(SUMMER)
    january.cancel("new year", SUMMER)
    series.except_one(SUMMER)
    return series, meetings


@pytest.fixture(params=["Europe/Brussels", "America/New_York"])
def local_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    machine.tzset()
    yield
    monkeypatch.undo()
    machine.tzset()


def test_a_calendar_program_shows_the_nine_meetings(local_zone: None) -> None:
    series, meetings = the_reference_year()
    for text in (Calendars().series(series, meetings), feed("Ethics", [(series, meetings)], [])):
        assert [f"{start:%Y-%m-%dT%H:%M}" for start in starts_shown(text)] == NINE


def test_every_component_of_a_series_has_its_one_sequence() -> None:
    calendar = calendar_of(Calendars().series(*the_reference_year()))
    assert [int(event["SEQUENCE"]) for event in calendar.walk("VEVENT")] == [2, 2]
    assert len({str(event["UID"]) for event in calendar.walk("VEVENT")}) == 1


def test_until_is_told_in_utc() -> None:
    assert normalize("FREQ=DAILY;UNTIL=20180630", BRUSSELS).endswith("UNTIL=20180630T215959Z")
    assert normalize("FREQ=DAILY;UNTIL=20180630T120000", BRUSSELS).endswith("UNTIL=20180630T100000Z")
    assert normalize("RRULE:freq=daily;until=20180630T120000Z", BRUSSELS).endswith("UNTIL=20180630T120000Z")


HOSTILE = [
    "a\r\nATTENDEE:mailto:x@example.org",
    "a\rATTENDEE:x",
    "a\nEND:VEVENT\nBEGIN:VALARM",
    "a\x0bATTENDEE:x",
    "a\x85ATTENDEE:x\u2028ATTENDEE:y",
    'semi;colon, comma \\ and "quotes"',
    "é" * 200,
    "😀" * 100,
]


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_adds_a_property_or_breaks_a_line(title: str) -> None:
    harmless = calendar_of(Calendars().meeting(a_meeting(title="x", place="y"), 0))
    text = Calendars().meeting(a_meeting(title=title, place=title), 0)

    (event,) = events_of(text)
    assert set(event) == set(harmless.walk("VEVENT")[0])
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert len(text.splitlines()) == text.count("\r\n")
    assert text.endswith("\r\n")


def test_a_title_is_read_back_as_it_was_written() -> None:
    (event,) = events_of(Calendars().meeting(a_meeting(title=HOSTILE[5]), 0))
    assert event["SUMMARY"] == HOSTILE[5]


def test_a_zone_has_its_yearly_rules() -> None:
    text = time_zone(BRUSSELS).to_ical().decode()
    assert footer(BRUSSELS) == "CET-1CEST,M3.5.0,M10.5.0/3"
    assert "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in text
    assert "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10" in text
    assert "RDATE" not in text


@pytest.mark.parametrize(
    "zone",
    [
        BRUSSELS,
        "America/New_York",
        "America/Santiago",
        "America/Nuuk",
        "Africa/Cairo",
        "Asia/Jerusalem",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Europe/Dublin",
        "Antarctica/Troll",
        "UTC",
    ],
)
def test_a_zone_by_its_rules_is_the_zone_of_the_database(zone: str) -> None:
    ours = zone_of(time_zone(zone))
    for day in range(365 * 8):
        noon = NOON + timedelta(days=day)
        assert noon.replace(tzinfo=ours).utcoffset() == noon.replace(tzinfo=ZoneInfo(zone)).utcoffset(), noon


@pytest.mark.parametrize(
    "zone",
    [
        "Africa/Cairo",
        "Africa/Casablanca",
        "America/Mexico_City",
        "America/Sao_Paulo",
        "America/Santiago",
        "Asia/Gaza",
        "Asia/Tehran",
        "Pacific/Apia",
    ],
)
def test_a_zone_whose_law_changed_is_right_before_and_after(zone: str) -> None:
    ours = zone_of(time_zone(zone))
    for month in range(31 * 12):
        noon = datetime(2010 + month // 12, month % 12 + 1, 15, 12)  # noqa: DTZ001 - a wall clock
        assert noon.replace(tzinfo=ours).utcoffset() == noon.replace(tzinfo=ZoneInfo(zone)).utcoffset(), noon


def test_no_observance_lists_single_dates() -> None:
    """A widely used reader misreads them; an observance that begins once has neither rule nor dates."""
    for zone in ("Asia/Tehran", "Africa/Casablanca", "America/Santiago"):
        assert "RDATE" not in time_zone(zone).to_ical().decode()


WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOMENTS = st.tuples(
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.sampled_from([time(0, 30), time(2, 30), time(9), time(18), time(23, 59)]),
)


@settings(max_examples=200, deadline=None)
@example(moment=(date(2020, 10, 4), time(2, 30)), monthly=False, interval=1, count=2, zone="Australia/Sydney")
@given(
    moment=MOMENTS,
    monthly=st.booleans(),
    interval=st.integers(1, 3),
    count=st.integers(1, 20),
    zone=st.sampled_from([BRUSSELS, "America/New_York", "Asia/Tokyo", "Australia/Sydney"]),
)
def test_a_calendar_program_shows_the_meetings_we_stored(
    moment: tuple[date, time], monthly: bool, interval: int, count: int, zone: str
) -> None:
    first = datetime.combine(*moment)
    weekday = WEEKDAYS[first.weekday()]
    week = (first.day - 1) // 7 + 1
    day = f"{week if week < 5 else -1}{weekday}" if monthly else weekday
    frequency = "MONTHLY" if monthly else "WEEKLY"

    series, meetings = a_series(
        f"FREQ={frequency};INTERVAL={interval};BYDAY={day};COUNT={count}", first, zone
    )

    assert len(meetings) == count
    stored = [meeting.starts_at for meeting in meetings]
    assert starts_shown(Calendars().series(series, meetings)) == stored


def test_a_meeting_at_the_second_of_two_equal_clocks_is_told_in_utc() -> None:
    second = datetime(2018, 10, 28, 1, 30, tzinfo=UTC)
    text = Calendars().meeting(a_meeting(starts_at=second), 0)
    assert "DTSTART:20181028T013000Z" in text
    assert starts_shown(text) == [second]


def test_a_rule_is_told_in_words_that_programs_read_alike() -> None:
    """COUNT with months left out is misread by ical.js, a 31st that is not named by rrule-temporal."""
    without_summer = "FREQ=MONTHLY;BYDAY=1MO;BYMONTH=1,2,3,9,10,11,12;COUNT=8"
    text = Calendars().series(*a_series(without_summer, datetime(2017, 9, 4, 18)))  # noqa: DTZ001 - a wall clock
    assert "UNTIL=20180904" not in text
    assert "UNTIL=20180903T160000Z" in text

    text = Calendars().series(*a_series("FREQ=MONTHLY;COUNT=3", datetime(2017, 8, 31, 18)))  # noqa: DTZ001
    assert "FREQ=MONTHLY;COUNT=3;BYMONTHDAY=31" in text


@pytest.mark.parametrize(
    ("minutes", "told"), [(75, "DURATION:PT1H15M"), (1440, "DTEND;TZID=Europe/Brussels:20180326T033000")]
)
def test_a_rule_says_how_long_its_meetings_last_and_never_in_days(minutes: int, told: str) -> None:
    """Days are counted by the wall clock, which would make a meeting an hour longer or shorter."""
    series, meetings = a_series("FREQ=WEEKLY;COUNT=2", datetime(2018, 3, 25, 2, 30))  # noqa: DTZ001 - a wall clock
    series.duration_minutes = minutes
    text = Calendars().series(series, meetings)
    assert f"\r\n{told}\r\n" in text
    (master,) = (event for event in events_of(text) if "RRULE" in event)
    assert ("DURATION" in master) != ("DTEND" in master)
