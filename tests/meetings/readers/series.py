"""Random series as we accept them: every part of a rule, zones of all kinds, occurrences moved and cancelled."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from hypothesis import assume
from hypothesis import strategies as st

from beraad_meetings.domain.local_time import NONEXISTENT, instant_of
from beraad_meetings.domain.meeting_states import PLANNED
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.series import Series, SeriesTooLong
from meetings.test_calendars import a_series
from meetings.vocabulary import SUMMER

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ZONES = (
    "Europe/Brussels",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "Africa/Lagos",
    "Asia/Kolkata",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)
TIMES = (time(0, 30), time(2), time(2, 30), time(9), time(18, 45), time(23, 59))


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Without COUNT or UNTIL. Left out is what ical.js misreads: BYMONTH with INTERVAL, with several days or with
    negative ones, BYDAY with BYMONTHDAY, and days of YEARLY that one of its months lacks (it doubles or drops some);
    `test_defects_of_readers` shows each.
    """
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}"]
    by_month = (
        draw(st.sets(st.integers(1, 12), min_size=1, max_size=4)) if draw(st.integers(0, 3)) == 0 else ()
    )
    if draw(st.booleans()) and not (by_month and frequency == "MONTHLY"):
        parts.append(f"INTERVAL={draw(st.integers(2, 4))}")
    by_day = _by_day(draw, frequency, 1 if by_month else 4) if draw(st.booleans()) else ()
    may = not by_day and (frequency == "MONTHLY" or (frequency == "YEARLY" and by_month))
    longest = 28 if frequency == "YEARLY" else 31
    month_days = st.integers(1, longest) if by_month else st.integers(1, longest) | st.just(-1)
    most = 1 if by_month else 2
    by_month_day = draw(st.sets(month_days, min_size=1, max_size=most)) if may and draw(st.booleans()) else ()
    for name, chosen in (("BYMONTH", by_month), ("BYMONTHDAY", by_month_day), ("BYDAY", by_day)):
        if chosen:
            parts.append(f"{name}={','.join(map(str, sorted(chosen)))}")
    if frequency == "MONTHLY" and by_day and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(st.sampled_from([-1, 1, 2]))}")
    if frequency == "WEEKLY" and draw(st.booleans()):
        parts.append(f"WKST={draw(st.sampled_from(['MO', 'SU']))}")
    return ";".join(parts)


def _by_day(draw: st.DrawFn, frequency: str, most: int) -> set[str]:
    days = draw(st.sets(st.sampled_from(DAYS), min_size=1, max_size=most))
    if frequency == "MONTHLY" and draw(st.booleans()):
        return {f"{draw(st.sampled_from([1, 2, 3, 4, -1]))}{day}" for day in days}
    return days


@st.composite
def series_with_exceptions(draw: st.DrawFn) -> tuple[Series, list[Meeting]]:
    """Some of their meetings moved by hours or days, some cancelled."""
    rule, zone = draw(rules()), draw(st.sampled_from(ZONES))
    from_on = datetime.combine(
        draw(st.dates(date(2016, 1, 1), date(2028, 12, 31))), draw(st.sampled_from(TIMES))
    )
    first = _first_of(rule, from_on)
    assume(first is not None)
    assert first is not None
    end = f"COUNT={draw(st.integers(1, 30))}"
    if draw(st.booleans()):
        end = f"UNTIL={first + timedelta(days=draw(st.integers(1, 500))):%Y%m%d}"
    try:
        series, meetings = a_series(f"{rule};{end}", first, zone)
    except SeriesTooLong:
        assume(False)
        raise
    for meeting in draw(st.lists(st.sampled_from(meetings), unique=True, max_size=3)):
        _except(draw, meeting)
        series.except_one(SUMMER)
    return series, meetings


def _first_of(rule: str, begin: datetime) -> datetime | None:
    """The rule's first day within eight years: without an end dateutil looks for one to the end of time."""
    until = f"{begin + timedelta(days=3000):%Y%m%dT%H%M%S}"
    found: list[datetime] = list(islice(rrulestr(f"{rule};UNTIL={until}", dtstart=begin), 1))
    return found[0] if found else None


def _except(draw: st.DrawFn, meeting: Meeting) -> None:
    if draw(st.booleans()):
        meeting.cancel("nobody can come", SUMMER)
        return
    by = timedelta(hours=draw(st.integers(-72, 72)), minutes=draw(st.sampled_from([0, 15])))
    now = min(SUMMER, meeting.starts_at + by) - timedelta(days=1)
    meeting.change({"starts_at": (meeting.starts_at + by).astimezone(UTC)}, meeting.revision, now)


def has_no_clock(series: Series, meetings: list[Meeting]) -> bool:
    """Whether the clock of some occurrence does not exist."""
    zone = ZoneInfo(series.time_zone)
    for meeting in meetings:
        assert meeting.occurs_at is not None
        on = meeting.occurs_at.astimezone(zone).date()
        days = [on - timedelta(days=1), on, on + timedelta(days=1)]
        if any(
            instant_of(datetime.combine(day, series.start_time), series.time_zone).warning == NONEXISTENT
            for day in days
        ):
            return True
    return False


def still_planned(meetings: list[Meeting]) -> list[tuple[datetime, datetime]]:
    """From when to when, those that take place."""
    return sorted((meeting.starts_at, meeting.ends_at) for meeting in meetings if meeting.state == PLANNED)
