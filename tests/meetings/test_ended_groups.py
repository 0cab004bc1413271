"""A group's mandate ends: what it had still planned does not take place, and those invited are told, once."""

from datetime import datetime
from typing import Any

import pytest

from beraad_meetings.use_cases.end_meetings import REASONS
from meetings.vocabulary import Circle, a_circle
from worlds.callers import ok
from worlds.world import WorldMaker


@pytest.fixture
def circle(a_world: WorldMaker, each_engine: str) -> Circle:
    return a_circle(a_world("meetings", on=each_engine))


def ends(circle: Circle) -> None:
    circle.world.hears("membership.group.ended.v1", group_id=circle.group_id, ended_on="2017-10-20")


def states(circle: Circle) -> list[str]:
    meetings = ok(circle.world.administrator().get("/v1/meetings"))["items"]
    return [meeting["state"] for meeting in meetings]


def test_what_a_group_had_still_planned_is_cancelled_with_it_and_each_hears_once(circle: Circle) -> None:
    meeting, series = circle.meeting(), circle.series()
    before = len(circle.invited())
    ends(circle)
    assert set(states(circle)) == {"cancelled"}
    told: list[dict[str, Any]] = circle.invited()[before:]
    assert len(told) == 3 * 2, "three members, a meeting and a series"
    assert {(one["method"], one["change"], one["reason"]) for one in told} == {
        ("CANCEL", "cancelled", REASONS[circle.world.settings.language])
    }
    assert {one["meeting_id"] for one in told} == {meeting["id"], None}
    assert {one["series_id"] for one in told} == {series["id"], None}
    ends(circle)
    assert len(circle.invited()) == before + len(told)


def test_what_was_held_or_has_begun_stays(circle: Circle) -> None:
    series = circle.series()
    first = series["meetings"][0]
    circle.world.it_is(datetime.fromisoformat(first["starts_at"]))
    ok(circle.facilitator.post(f"/v1/meetings/{first['id']}/open"))
    ends(circle)
    assert states(circle) == ["open", *["cancelled"] * (len(series["meetings"]) - 1)]
