"""Our calendars in the calendar programs of others: every one shows the instants we stored, wherever it runs."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from beraad.identifiers import new_id
from beraad_meetings.storage.calendars.objects import Calendars, feed
from meetings.readers.running import KHAL, PYTHON, READERS, Reader, by_time, shown_by_khal
from meetings.reading import Shown
from meetings.test_calendars import NINE, the_reference_year
from meetings.vocabulary import ANYWAY, Circle, a_circle
from worlds.callers import ok
from worlds.world import WorldMaker

MACHINES = ("America/New_York", "Australia/Lord_Howe")
EVERYWHERE = [(reader, machine) for reader in (*READERS, KHAL) for machine in MACHINES]
EARLIEST, BEFORE = datetime(2017, 8, 1, tzinfo=UTC), datetime(2018, 12, 1, tzinfo=UTC)
ZONES = (
    "Europe/Brussels",
    "Europe/Dublin",
    "Asia/Kolkata",
    "Africa/Lagos",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "America/Santiago",
    "Pacific/Apia",
    "Asia/Tehran",
    "UTC",
)
Read = Callable[..., list[Shown]]


@pytest.fixture(scope="module")
def running() -> Iterator[dict[tuple[str, str], Reader]]:
    with ExitStack() as stack:
        yield {
            (name, machine): stack.enter_context(Reader(name, machine))
            for name in READERS
            for machine in MACHINES
        }


@pytest.fixture(params=EVERYWHERE, ids=lambda where: "-".join(where).replace(" ", "_"))
def read(request: pytest.FixtureRequest, running: dict[tuple[str, str], Reader], tmp_path: Path) -> Read:
    """`read(text, …)`: what one program on one machine shows of these calendars together."""
    name, machine = request.param

    def reading(*texts: str, earliest: datetime = EARLIEST, before: datetime = BEFORE) -> list[Shown]:
        if name == KHAL:
            return shown_by_khal(texts, machine, tmp_path / str(new_id()), earliest, before)
        reader = running[name, machine]
        return sorted((one for text in texts for one in reader.read(text, earliest, before)), key=by_time)

    return reading


def when(shown: list[Shown]) -> list[tuple[datetime, datetime, str]]:
    return sorted((one.start, one.end, one.uid) for one in shown)


def stored(meetings: list[dict[str, Any]]) -> list[tuple[datetime, datetime, str]]:
    """As the API tells them, without those that are cancelled."""
    return sorted(
        (
            datetime.fromisoformat(one["starts_at"]),
            datetime.fromisoformat(one["ends_at"]),
            one["series_id"] or one["id"],
        )
        for one in meetings
        if one["state"] != "cancelled"
    )


def test_every_program_shows_the_nine_meetings(read: Read) -> None:
    series, meetings = the_reference_year()
    for text in (Calendars().series(series, meetings), feed("Ethics", [(series, meetings)], [])):
        assert [f"{one.start:%Y-%m-%dT%H:%M}" for one in read(text)] == NINE


@pytest.fixture
def circle(a_world: WorldMaker) -> Circle:
    return a_circle(a_world("meetings"))


def test_every_program_shows_a_year_of_meetings_everywhere(circle: Circle, read: Read) -> None:
    """The feed of a group: a series with one moved and one cancelled in each zone, and single meetings."""
    years = [a_year(circle, zone) for zone in ZONES]

    expected = stored([meeting for year in years for meeting in year])
    assert len(expected) == len(ZONES) * (12 - 1 + 2)
    assert when(read(the_feed(circle))) == expected


def test_every_program_shows_what_each_invitation_says(circle: Circle, read: Read) -> None:
    """One occurrence that was moved comes without its series; a single meeting is told again when it moves."""
    for zone in ZONES:
        a_year(circle, zone)
    mine = [event for event in circle.invited() if event["person_id"] == str(circle.member.person_id)]
    alone = [event for event in mine if event["meeting_id"] and event["method"] == "REQUEST"]

    assert [event["change"] for event in alone] == ["moved", "invited", "invited"] * len(ZONES)
    shown = read(*(event["calendar"] for event in alone))
    assert when(shown) == stored(
        [{**event, "id": event["meeting_id"], "state": "planned"} for event in alone]
    )
    assert {one.status for one in shown} == {"CONFIRMED"}


@pytest.mark.parametrize(
    ("zone", "first_on"), [("Europe/Brussels", "2018-03-25"), ("Australia/Lord_Howe", "2017-10-01")]
)
def test_every_program_shows_how_long_meetings_last_of_which_the_first_has_no_clock(
    circle: Circle, read: Read, request: pytest.FixtureRequest, zone: str, first_on: str
) -> None:
    """The third is moved. Two programs misread such starts themselves, see `test_defects_of_readers`."""
    rule = {"time_zone": zone, "first_starts_on": first_on, "start_time": "02:15"}
    series = circle.series(**rule, recurrence="FREQ=WEEKLY;COUNT=4", duration_minutes=75)
    moved = datetime.fromisoformat(series["meetings"][2]["starts_at"]) + timedelta(hours=15)
    circle.change(series["meetings"][2], starts_at=moved.isoformat(), **ANYWAY)

    shown = read(the_feed(circle))

    assert [one.end - one.start for one in shown] == [timedelta(minutes=75)] * 4
    if request.node.callspec.params["read"][0] in {PYTHON, KHAL}:
        assert when(shown) == stored(ok(circle.member.get(f"/v1/series/{series['id']}"))["meetings"])


def test_a_program_shows_which_occurrence_was_moved(
    circle: Circle, running: dict[tuple[str, str], Reader]
) -> None:
    a_year(circle, "Australia/Lord_Howe")
    text = the_feed(circle)
    for reader in running.values():
        original = {one.start: one.recurrence_id for one in reader.read(text, EARLIEST, BEFORE)}
        (moved,) = (start for start, was in original.items() if was is not None)
        assert f"{moved:%m%d %H%M}" == "1114 1830"
        assert f"{original[moved]:%m%d %H%M}" == "1107 0730"


@pytest.mark.parametrize(
    ("zone", "first", "recurrence"),
    [
        ("Asia/Tehran", "2021-09-01", "FREQ=MONTHLY;BYMONTHDAY=1;COUNT=24"),
        ("Pacific/Apia", "2020-06-02", "FREQ=MONTHLY;BYDAY=1TU;COUNT=24"),
        ("Africa/Casablanca", "2019-01-01", "FREQ=WEEKLY;COUNT=60"),
        ("America/Mexico_City", "2022-03-01", "FREQ=MONTHLY;BYMONTHDAY=1;COUNT=24"),
        ("Africa/Cairo", "2022-06-01", "FREQ=MONTHLY;BYMONTHDAY=1;COUNT=24"),
    ],
)
def test_every_program_knows_how_clocks_were_set_before_a_law_changed(
    circle: Circle, running: dict[tuple[str, str], Reader], zone: str, first: str, recurrence: str
) -> None:
    series = circle.series(time_zone=zone, first_starts_on=first, recurrence=recurrence)
    text = the_feed(circle)
    for reader in running.values():
        shown = reader.read(text, EARLIEST, datetime(2025, 1, 1, tzinfo=UTC))
        assert when(shown) == stored(series["meetings"])


def a_year(circle: Circle, zone: str) -> list[dict[str, Any]]:
    """A monthly series over the end of a year, its third moved, its fifth cancelled; a single meeting in each half."""
    local = {"time_zone": zone, "start_time": "18:30"}
    series = circle.series(**local, recurrence="FREQ=MONTHLY;BYDAY=1TU;COUNT=12")
    circle.change(series["meetings"][2], starts_at="2017-11-14T18:30:00+00:00", **ANYWAY)
    path = f"/v1/meetings/{series['meetings'][4]['id']}/cancel"
    ok(circle.facilitator.post(path, {"reason": "new year"}))
    facts = {"group_id": str(circle.group_id), "title": "Alone", "duration_minutes": 45, **local, **ANYWAY}
    single = [
        ok(circle.facilitator.post("/v1/meetings", {**facts, "starts_on": day}), 201)
        for day in ("2017-12-31", "2018-07-15")
    ]
    return [*ok(circle.member.get(f"/v1/series/{series['id']}"))["meetings"], *single]


def the_feed(circle: Circle) -> str:
    address = ok(circle.member.post("/v1/calendar-feeds", {"group_id": str(circle.group_id)}), 201)["url"]
    return circle.world.nobody.get(address.removeprefix("http://beraad.test/meetings")).text
