"""Whatever is done to a series, calendars show its meetings: drawn at random, the same in every run."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from meetings.reading import occurrences_shown, starts_shown
from meetings.vocabulary import MONTHLY, SUMMER, Circle, a_circle
from worlds.callers import Caller, ok
from worlds.world import WorldMaker

ZONES = ["Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
HOURS = ["02:30", "09:00", "18:00", "23:30"]
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def a_rule(draw: Random, first: date) -> str:
    day = DAYS[first.weekday()]
    week = (first.day - 1) // 7 + 1
    rules = [
        f"FREQ=WEEKLY;INTERVAL={draw.randint(1, 3)}",
        f"FREQ=WEEKLY;BYDAY={day},{draw.choice(DAYS)}",
        f"FREQ=MONTHLY;INTERVAL={draw.randint(1, 2)};BYDAY={week if week < 5 else -1}{day}",
        "FREQ=DAILY;INTERVAL=11",
    ]
    ends = [f"COUNT={draw.randint(2, 12)}", f"UNTIL={first + timedelta(days=draw.randint(20, 300)):%Y%m%d}"]
    return f"{draw.choice(rules)};{draw.choice(ends)}"


def a_series(draw: Random, circle: Circle) -> dict[str, Any]:
    first = date(2017, 8, 20) + timedelta(days=draw.randint(0, 200))
    avoid: dict[str, Any] | None = {"instead": draw.choice(["next_day", "next_week", "cancel"])}
    return circle.series(
        recurrence=a_rule(draw, first),
        first_starts_on=f"{first}",
        start_time=draw.choice(HOURS),
        time_zone=draw.choice(ZONES),
        avoid=draw.choice([avoid, None]),
        duration_minutes=draw.choice([60, MONTHLY["duration_minutes"]]),
    )


def by_hand(draw: Random, circle: Circle, series: dict[str, Any]) -> None:
    for meeting in series["meetings"]:
        begins = datetime.fromisoformat(meeting["starts_at"])
        if meeting["state"] == "planned" and draw.random() < 0.2:
            circle.change(meeting, starts_at=f"{begins + timedelta(hours=draw.randint(1, 60))}")
        elif meeting["state"] == "planned" and draw.random() < 0.2:
            ok(circle.facilitator.post(f"/v1/meetings/{meeting['id']}/cancel", {"reason": "x"}))


def as_a_whole(draw: Random, circle: Circle, series: dict[str, Any]) -> None:
    """A change or a cancellation, from a day on or of everything; what cannot be is refused."""
    planned = [one for one in series["meetings"] if one["state"] == "planned"]
    days = [one["starts_at"][:10] for one in planned] or ["2017-12-01"]
    since: dict[str, str] = draw.choice([{}, {"from": draw.choice(days)}])
    changes: list[dict[str, Any]] = [
        {"start_time": draw.choice(HOURS)},
        {"recurrence": a_rule(draw, date.fromisoformat(draw.choice(days)))},
        {"recurrence": f"FREQ=WEEKLY;BYDAY={draw.choice(DAYS)};COUNT={draw.randint(1, 8)}"},
        {"title": "Ethics and care", "duration_minutes": 45},
        {"place": "Town hall"},
    ]
    path = f"/v1/series/{series['id']}"
    if draw.random() < 0.2:
        ok(circle.facilitator.post(f"{path}/cancel", {"reason": "x", **since}))
        return
    revision = ok(circle.facilitator.get(path))["revision"]
    answer = circle.facilitator.patch(path, {**draw.choice(changes), **since}, if_match=revision)
    assert answer.status_code in {200, 409, 422}, answer.text


def invite_guests(draw: Random, circle: Circle, series: dict[str, Any]) -> set[str]:
    """The expert, to some of the meetings; returns which."""
    guest = {"person_id": str(circle.expert.id), "role": "expert"}
    to = [one["id"] for one in series["meetings"] if one["state"] == "planned" and draw.random() < 0.3]
    return {
        one for one in to if circle.facilitator.post(f"/v1/meetings/{one}/guests", guest).status_code == 201
    }


def read(caller: Caller, series: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = ok(caller.get(f"/v1/series/{series['id']}"))
    return found


def everything(caller: Caller) -> list[dict[str, Any]]:
    return [
        ok(caller.get(f"/v1/series/{one['id']}")) for one in ok(caller.get("/v1/series?limit=100"))["items"]
    ]


def take_place(meetings: list[dict[str, Any]]) -> list[datetime]:
    return sorted(datetime.fromisoformat(one["starts_at"]) for one in meetings if one["state"] != "cancelled")


@pytest.mark.parametrize("seed", range(40))
def test_calendars_show_the_meetings_there_are(a_world: WorldMaker, seed: int) -> None:
    draw = Random(seed)
    circle = a_circle(a_world("meetings"))
    url = ok(circle.member.post("/v1/calendar-feeds", {}), 201)["url"]
    its = ok(circle.expert.post("/v1/calendar-feeds", {}), 201)["url"]
    first = a_series(draw, circle)
    guest_of = invite_guests(draw, circle, first)
    by_hand(draw, circle, first)
    for month in range(3):
        circle.world.it_is(SUMMER + timedelta(days=30 * month + draw.randint(1, 25)))
        for series in everything(circle.facilitator):
            as_a_whole(draw, circle, series)
            guest_of |= invite_guests(draw, circle, read(circle.facilitator, series))

    series_now = everything(circle.facilitator)
    feed = circle.world.nobody.get(url.removeprefix("http://beraad.test/meetings")).text
    meetings = [one for series in series_now for one in series["meetings"]]
    assert starts_shown(feed) == take_place(meetings)
    guests = circle.world.nobody.get(its.removeprefix("http://beraad.test/meetings")).text
    seen = [one.start for one in occurrences_shown(guests) if one.status != "CANCELLED"]
    assert seen == take_place([one for one in meetings if one["id"] in guest_of])
    for series in series_now:
        told = [one for one in circle.invited() if one["series_id"] == series["id"] and not one["meeting_id"]]
        sequences = [int(one["calendar"].partition("SEQUENCE:")[2].split("\r\n")[0]) for one in told]
        assert sequences == sorted(sequences)
        if len(told) > 3:
            expected = [] if told[-1]["method"] == "CANCEL" else take_place(series["meetings"])
            shown = [] if told[-1]["method"] == "CANCEL" else starts_shown(told[-1]["calendar"])
            assert shown == expected
    assert all(start.tzinfo == UTC for start in starts_shown(feed))
