"""What a calendar program is told in the life of a series, message by message (RFC 5546), through the API."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from meetings.reading import calendar_of, starts_shown
from meetings.vocabulary import Circle, a_circle
from worlds.callers import ok
from worlds.world import WorldMaker


@dataclass
class Mailbox:
    """What each person is sent, read since the last look."""

    circle: Circle
    read: int = 0
    sequences: dict[str, list[int]] = field(default_factory=dict)

    def opens(self) -> list[dict[str, Any]]:
        issued = self.circle.invited()[self.read :]
        self.read += len(issued)
        return issued

    def one_each(self, change: str, people: int = 3) -> "Message":
        """Everybody invited heard once, and all the same."""
        issued = self.opens()
        assert len({event["person_id"] for event in issued}) == len(issued) == people
        assert {event["change"] for event in issued} == {change}
        (text,) = {event["calendar"] for event in issued}
        return Message(issued[0], text)


@dataclass
class Message:
    """One calendar object as it was published."""

    event: dict[str, Any]
    text: str

    @property
    def method(self) -> str:
        assert str(calendar_of(self.text)["METHOD"]) == self.event["method"]
        return str(self.event["method"])

    @property
    def components(self) -> list[Any]:
        return list(calendar_of(self.text).walk("VEVENT"))

    @property
    def master(self) -> Any:
        (master,) = (one for one in self.components if "RECURRENCE-ID" not in one)
        return master

    @property
    def overrides(self) -> list[Any]:
        return [one for one in self.components if "RECURRENCE-ID" in one]

    @property
    def sequence(self) -> int:
        """One counter for every component of the UID."""
        (sequence,) = {int(one["SEQUENCE"]) for one in self.components}
        return sequence

    @property
    def uid(self) -> str:
        (uid,) = {str(one["UID"]) for one in self.components}
        return uid

    @property
    def stamp(self) -> datetime:
        stamps: list[datetime] = [one["DTSTAMP"].dt for one in self.components]
        return max(stamps)


def instants(prop: Any) -> list[str]:
    return [f"{one.dt.astimezone(UTC):%Y-%m-%dT%H:%M}" for one in prop.dts]


def original(component: Any) -> str:
    return f"{component['RECURRENCE-ID'].dt.astimezone(UTC):%Y-%m-%dT%H:%M}"


def start(component: Any) -> str:
    return f"{component['DTSTART'].dt.astimezone(UTC):%Y-%m-%dT%H:%M}"


@pytest.fixture
def circle(a_world: WorldMaker, each_engine: str) -> Circle:
    return a_circle(a_world("meetings", on=each_engine))


def test_the_life_of_a_series_in_calendars(circle: Circle) -> None:
    mailbox = Mailbox(circle)
    series = circle.series()
    uid = series["id"]
    november, january = series["meetings"][2], series["meetings"][4]

    # created
    created = mailbox.one_each("invited")
    assert (created.method, created.sequence, created.uid) == ("REQUEST", 0, uid)
    assert created.overrides == []
    assert "STATUS" not in created.master
    assert "EXDATE" not in created.master
    assert created.master["RRULE"].to_ical() == b"FREQ=MONTHLY;COUNT=5;BYDAY=1TU"

    # retitled: the same SEQUENCE, a later DTSTAMP
    circle.world.it_is(datetime(2017, 8, 2, 12, tzinfo=UTC))
    circle.change_series(series, title="Ethics and care")
    retitled = mailbox.one_each("updated")
    assert (retitled.method, retitled.sequence, retitled.uid) == ("REQUEST", 0, uid)
    assert retitled.master["SUMMARY"] == "Ethics and care"
    assert retitled.stamp > created.stamp
    assert retitled.overrides == []

    # one moved: it alone, by its original start, without a master
    circle.change(november, starts_at="2017-11-14T18:30:00+00:00")
    moved = mailbox.one_each("moved")
    assert (moved.method, moved.sequence, moved.uid) == ("REQUEST", 1, uid)
    (override,) = moved.components
    assert (original(override), start(override)) == ("2017-11-07T17:00", "2017-11-14T18:30")
    assert override["STATUS"] == "CONFIRMED"
    assert "RRULE" not in override
    assert moved.event["previous_starts_at"] == "2017-11-07T17:00:00+00:00"

    # retitled alone: the same SEQUENCE, a later DTSTAMP, where it was moved to
    circle.world.it_is(datetime(2017, 8, 3, 12, tzinfo=UTC))
    circle.change(november, title="Ethics of bread")
    renamed = mailbox.one_each("updated")
    assert (renamed.method, renamed.sequence, renamed.uid) == ("REQUEST", 1, uid)
    (override,) = renamed.components
    assert (original(override), start(override)) == ("2017-11-07T17:00", "2017-11-14T18:30")
    assert override["SUMMARY"] == "Ethics of bread"
    assert renamed.stamp > moved.stamp

    # moved again: still by its original start
    circle.change(november, starts_at="2017-11-15T18:30:00+00:00")
    again = mailbox.one_each("moved")
    assert (again.sequence, [original(one) for one in again.components]) == (2, ["2017-11-07T17:00"])

    # one cancelled: CANCEL of it alone, without a master
    path = f"/v1/meetings/{january['id']}/cancel"
    ok(circle.facilitator.post(path, {"reason": "new year"}))
    cancelled = mailbox.one_each("cancelled")
    assert (cancelled.method, cancelled.sequence, cancelled.uid) == ("CANCEL", 3, uid)
    (gone,) = cancelled.components
    assert (original(gone), gone["STATUS"]) == ("2018-01-02T17:00", "CANCELLED")
    assert "RRULE" not in gone
    assert cancelled.event["reason"] == "new year"

    # cancelled once more: nothing
    ok(circle.facilitator.post(path, {"reason": "new year"}))
    assert mailbox.opens() == []

    # a newcomer: the present state alone
    newcomer = circle.world.person("Nora")
    assert newcomer.person_id is not None
    circle.world.seat(circle.group_id, newcomer.person_id)
    arrived = mailbox.one_each("invited", people=1)
    assert (arrived.method, arrived.sequence, arrived.uid) == ("REQUEST", 3, uid)
    assert instants(arrived.master["EXDATE"]) == ["2018-01-02T17:00"]
    assert [(original(one), start(one)) for one in arrived.overrides] == [
        ("2017-11-07T17:00", "2017-11-15T18:30")
    ]

    # the whole series an hour later: exceptions stay, by the start the rule gives them now
    circle.change_series(series, start_time="19:00")
    shifted = mailbox.one_each("moved", people=4)
    assert (shifted.method, shifted.sequence, shifted.uid) == ("REQUEST", 4, uid)
    assert start(shifted.master) == "2017-09-05T17:00"
    assert instants(shifted.master["EXDATE"]) == ["2018-01-02T18:00"]
    assert [(original(one), start(one)) for one in shifted.overrides] == [
        ("2017-11-07T18:00", "2017-11-15T18:30")
    ]
    assert shifted.event["previous_starts_at"] == "2017-09-05T16:00:00+00:00"
    assert shifted.event["starts_at"] == "2017-09-05T17:00:00+00:00"
    assert [f"{one:%m%d %H%M}" for one in starts_shown(shifted.text)] == [
        "0905 1700",
        "1003 1700",
        "1115 1830",
        "1205 1800",
    ]

    # the series cancelled: CANCEL of the master
    path = f"/v1/series/{uid}/cancel"
    ok(circle.facilitator.post(path, {"reason": "the group stops"}))
    ended = mailbox.one_each("cancelled", people=4)
    assert (ended.method, ended.sequence, ended.uid) == ("CANCEL", 5, uid)
    (master,) = ended.components
    assert master["STATUS"] == "CANCELLED"
    assert "RECURRENCE-ID" not in master
    assert (ended.event["meeting_id"], ended.event["series_id"]) == (None, uid)

    # and once more: nothing
    ok(circle.facilitator.post(path, {"reason": "the group stops"}))
    assert mailbox.opens() == []


def test_a_series_that_is_split_ends_one_calendar_and_begins_another(circle: Circle) -> None:
    series = circle.series()
    mailbox = Mailbox(circle, read=3)

    after = circle.change_series(series, start_time="19:00", **{"from": "2017-11-01"})

    issued = mailbox.opens()
    old = [Message(one, one["calendar"]) for one in issued if one["series_id"] == series["id"]]
    new = [Message(one, one["calendar"]) for one in issued if one["series_id"] == after["id"]]
    assert (len(old), len(new), len(issued)) == (3, 3, 6)
    assert (old[0].method, old[0].uid, old[0].sequence) == ("REQUEST", series["id"], 1)
    assert old[0].master["RRULE"].to_ical() == b"FREQ=MONTHLY;UNTIL=20171003T160000Z;BYDAY=1TU"
    assert (old[0].event["change"], old[0].event["last_starts_at"]) == (
        "updated",
        "2017-10-03T16:00:00+00:00",
    )
    assert (new[0].method, new[0].uid) == ("REQUEST", after["id"])
    assert new[0].master["RRULE"].to_ical() == b"FREQ=MONTHLY;COUNT=3;BYDAY=1TU"
    assert start(new[0].master) == "2017-11-07T18:00"
    assert (new[0].event["change"], new[0].event["previous_starts_at"]) == (
        "moved",
        "2017-11-07T17:00:00+00:00",
    )
    shown = [*starts_shown(old[0].text), *starts_shown(new[0].text)]
    assert [f"{one:%m%d %H}" for one in shown] == ["0905 16", "1003 16", "1107 18", "1205 18", "0102 18"]


def test_a_guest_of_one_meeting_keeps_it_through_every_change_of_the_series(circle: Circle) -> None:
    series = circle.series()
    november = series["meetings"][2]
    guest = {"person_id": str(circle.expert.id), "role": "expert"}
    ok(circle.facilitator.post(f"/v1/meetings/{november['id']}/guests", guest), 201)
    mailbox = Mailbox(circle, read=len(circle.invited()))

    def told() -> Message:
        (mine,) = (one for one in mailbox.opens() if one["person_id"] == str(circle.expert.id))
        return Message(mine, mine["calendar"])

    circle.change_series(series, start_time="19:00")
    shifted = told()
    after = circle.change_series(series, start_time="20:00", **{"from": "2017-11-01"})
    split = told()
    circle.change(november, starts_at="2017-11-14T18:30:00+00:00")
    moved = told()
    ok(circle.facilitator.post(f"/v1/series/{after['id']}/cancel", {"reason": "enough"}))
    cancelled = told()

    messages = (shifted, split, moved, cancelled)
    assert {one.uid for one in messages} == {series["id"]}
    assert {original(one.components[0]) for one in messages} == {"2017-11-07T17:00"}
    assert [len(one.components) for one in messages] == [1, 1, 1, 1]
    assert [one.sequence for one in messages] == sorted({one.sequence for one in messages})
    assert [start(one.components[0]) for one in messages] == [
        "2017-11-07T18:00",
        "2017-11-07T19:00",
        "2017-11-14T18:30",
        "2017-11-14T18:30",
    ]
    assert [one.event["change"] for one in messages] == ["moved", "moved", "moved", "cancelled"]
    assert (cancelled.method, cancelled.components[0]["STATUS"]) == ("CANCEL", "CANCELLED")


def test_a_series_that_ends_earlier_keeps_what_was_held_in_the_calendars(circle: Circle) -> None:
    series = circle.series()
    circle.world.it_is(datetime(2017, 9, 20, tzinfo=UTC))
    mailbox = Mailbox(circle, read=3)

    ok(circle.facilitator.post(f"/v1/series/{series['id']}/cancel", {"reason": "the work is done"}))

    ended = mailbox.one_each("cancelled")
    assert (ended.method, ended.sequence, ended.overrides) == ("REQUEST", 1, [])
    assert ended.master["RRULE"].to_ical() == b"FREQ=MONTHLY;UNTIL=20170905T160000Z;BYDAY=1TU"
    assert [f"{one:%m%d}" for one in starts_shown(ended.text)] == ["0905"]
    assert ended.event["last_starts_at"] == "2017-09-05T16:00:00+00:00"
    assert ended.event["starts_at"] == "2017-10-03T16:00:00+00:00"
    assert ended.event["reason"] == "the work is done"
