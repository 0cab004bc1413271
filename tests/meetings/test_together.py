"""Many at once, on PostgreSQL, where locks are real; on SQLite the one writer already decides."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from beraad.storage.autogenerate import differences
from beraad_meetings.storage.database import DATABASE
from meetings.vocabulary import ANYWAY, EVENING, Circle, a_circle
from worlds.callers import ok
from worlds.races import at_once
from worlds.world import WorldMaker


@pytest.fixture
def circle(a_world: WorldMaker, each_engine: str) -> Circle:
    return a_circle(a_world("meetings", on=each_engine, pool_size=20))


def test_the_migrations_make_the_tables(circle: Circle) -> None:
    assert differences(circle.world.store.engine, DATABASE) == []


def test_who_is_seated_while_a_meeting_is_called_is_invited_once(circle: Circle) -> None:
    body = {**EVENING, **ANYWAY, "group_id": str(circle.group_id)}
    for _ in range(5):
        newcomer = circle.world.person("Nora")
        seat: partial[Any] = partial(circle.world.seat, circle.group_id, newcomer.person_id)  # type: ignore[arg-type]
        called: list[Any] = at_once([partial(circle.facilitator.post, "/v1/meetings", body), seat])
        assert not isinstance(called[1], Exception), called[1]
        meeting = ok(called[0], 201)
        told = [event for event in circle.invited() if event["meeting_id"] == meeting["id"]]
        assert [event["person_id"] for event in told].count(str(newcomer.person_id)) == 1


def test_sixteen_answers_of_one_person_leave_one(circle: Circle) -> None:
    meeting = circle.meeting()
    path = f"/v1/meetings/{meeting['id']}/invitations/me"
    answers = ["accepted", "declined"] * 8

    at_once([partial(circle.member.put, path, {"answer": answer}) for answer in answers])

    counts = ok(circle.member.get(f"/v1/meetings/{meeting['id']}"))["invitations"]
    assert counts["accepted"] + counts["declined"] == 1
    revisions = [event["revision"] for event in circle.world.published("meetings.invitation.answered.v1")]
    assert sorted(revisions) == list(range(2, 18))


def test_two_workers_remind_once(circle: Circle) -> None:
    meeting = circle.meeting()
    circle.world.it_is(an_hour_into_the_day_before(meeting))
    at_once([circle.world.falls_due] * 8)
    assert len(circle.world.published("meetings.meeting.reminder_due.v1")) == 1


def test_occurrences_moved_at_once_each_have_a_sequence(circle: Circle) -> None:
    series = circle.series()

    def move(meeting: dict[str, Any]) -> Any:
        path = f"/v1/meetings/{meeting['id']}"
        return ok(circle.facilitator.patch(path, {"duration_minutes": 60}, if_match=meeting["revision"]))

    moved = at_once([partial(move, meeting) for meeting in series["meetings"]])

    assert [one["duration_minutes"] for one in moved] == [60] * 5  # type: ignore[index]
    changes = circle.world.published("meetings.series.changed.v1")
    assert sorted(event["revision"] for event in changes) == [2, 3, 4, 5, 6]


def test_of_two_first_minutes_one_is_told_that_there_are_some(circle: Circle) -> None:
    meeting = circle.meeting()
    ok(circle.secretary.post(f"/v1/meetings/{meeting['id']}/open"))
    path = f"/v1/meetings/{meeting['id']}/minutes"
    answers = at_once(
        [partial(one.put, path, {"text": "x"}) for one in (circle.secretary, circle.facilitator)]
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]  # type: ignore[union-attr]


def an_hour_into_the_day_before(meeting: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(meeting["starts_at"]) - timedelta(hours=23)
