"""Many at once, on PostgreSQL, where locks are real; on SQLite the one writer already decides."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from beraad.domain import Actor
from beraad.perform import transaction
from beraad.storage.autogenerate import differences
from beraad.storage.engine import LOCK_TIMEOUT_MS
from beraad_meetings.storage.database import DATABASE
from beraad_meetings.use_cases.withdraw_registration import WithdrawRegistration, withdraw_registration
from meetings.vocabulary import ANYWAY, EVENING, Circle, a_circle
from worlds.callers import Caller, ok
from worlds.races import at_once, until_somebody_waits
from worlds.world import WorldMaker


@pytest.fixture
def circle(a_world: WorldMaker, each_engine: str) -> Circle:
    return a_circle(a_world("meetings", on=each_engine, pool_size=20))


@pytest.fixture
def on_postgresql(a_world: WorldMaker) -> Circle:
    return a_circle(a_world("meetings", on="postgresql"))


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


def test_erasing_and_giving_a_place_in_another_meeting_of_a_series_do_not_block_each_other(
    on_postgresql: Circle,
) -> None:
    """Whoever gives a place in an occurrence wants its series, so who holds a series may want no meeting."""
    circle = on_postgresql
    first, second = circle.series()["meetings"][:2]
    leaving, erased, waiting = (circle.world.person(name) for name in ("Lea", "Emil", "Willem"))
    opened_to(circle, first, erased, waiting)
    opened_to(circle, second, leaving, erased)

    withdraws_while_another_is_erased(circle, leaving, second, erased)

    assert promoted(circle) == [erased.id, waiting.id]


def test_one_who_is_promoted_while_being_erased_makes_place_for_the_next(on_postgresql: Circle) -> None:
    circle = on_postgresql
    meeting = circle.meeting()
    leaving, erased, waiting = (circle.world.person(name) for name in ("Lea", "Emil", "Willem"))
    opened_to(circle, meeting, leaving, erased, waiting)

    withdraws_while_another_is_erased(circle, leaving, meeting, erased)

    assert promoted(circle) == [erased.id, waiting.id]


def test_who_comes_for_a_place_waits_longer_than_others_for_the_meeting(on_postgresql: Circle) -> None:
    circle = on_postgresql
    meeting = circle.meeting(registration={"capacity": 1})
    path = f"/v1/meetings/{meeting['id']}/registrations/me"
    with ThreadPoolExecutor(1) as beside, transaction(circle.world.store) as work:
        work.meetings.get(UUID(meeting["id"]))
        coming = beside.submit(circle.stranger.put, path)
        until_somebody_waits(circle.world.store.engine)
        time.sleep(LOCK_TIMEOUT_MS / 1000 + 0.5)
    assert ok(coming.result())["mine"]["state"] == "registered"


def opened_to(circle: Circle, meeting: dict[str, Any], *people: Caller) -> None:
    """There is a place for the first of them."""
    path = f"/v1/meetings/{meeting['id']}/registration"
    ok(circle.facilitator.put(path, {"capacity": 1}))
    for one in people:
        ok(one.put(f"{path}s/me"))


def promoted(circle: Circle) -> list[UUID]:
    return [UUID(one["person_id"]) for one in circle.invited() if one["occasion"] == "promoted"]


def withdraws_while_another_is_erased(
    circle: Circle, leaving: Caller, meeting: dict[str, Any], erased: Caller
) -> None:
    """Erasing begins when the meeting is locked, and the one who withdraws goes on once it waits for that."""
    told = {"person_id": erased.id, "pseudonym": "former associate"}
    meeting_id = UUID(meeting["id"])
    store = circle.world.store
    with ThreadPoolExecutor(1) as beside, transaction(store, Actor(person_id=leaving.id)) as work:
        work.meetings.get(meeting_id)
        erasing = beside.submit(circle.world.hears, "membership.person.erased.v1", **told)
        until_somebody_waits(store.engine)
        withdraw_registration(WithdrawRegistration(meeting_id), work, work.now)
    erasing.result()


def an_hour_into_the_day_before(meeting: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(meeting["starts_at"]) - timedelta(hours=23)
