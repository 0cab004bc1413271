"""What was said about a meeting counts for the time it has: another start or end asks anew."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from beraad.identifiers import new_id
from meetings.vocabulary import EVENING, SUMMER, Circle, a_circle
from worlds.callers import Caller, ok, problem
from worlds.world import WorldMaker

NOVEMBER = "2017-11-14T16:00:00+00:00"


@pytest.fixture
def circle(a_world: WorldMaker, each_engine: str) -> Circle:
    return a_circle(a_world("meetings", on=each_engine))


def says(who: Caller, meeting: dict[str, Any], answer: str) -> dict[str, Any]:
    said: dict[str, Any] = ok(who.put(f"/v1/meetings/{meeting['id']}/invitations/me", {"answer": answer}))
    return said


def answered(circle: Circle, **changes: Any) -> dict[str, Any]:
    """The secretary accepts, the member declines; an hour later it changes."""
    meeting = circle.meeting()
    says(circle.secretary, meeting, "accepted")
    says(circle.member, meeting, "declined")
    circle.world.it_is(SUMMER + timedelta(hours=1))
    return circle.change(meeting, **changes)


def shown(circle: Circle, meeting: dict[str, Any]) -> list[tuple[str, str | None]]:
    items = ok(circle.facilitator.get(f"/v1/meetings/{meeting['id']}/invitations"))["items"]
    return sorted((one["name"], one["answer"]) for one in items)


def unanswered(who: Caller) -> list[str]:
    items = ok(who.get("/v1/me/pending"))["items"]
    return [one["subject"] for one in items if one["kind"] == "invitation.unanswered"]


@pytest.mark.parametrize("changes", [{"starts_at": NOVEMBER}, {"duration_minutes": 90}])
def test_another_start_or_end_asks_everybody_anew(circle: Circle, changes: dict[str, Any]) -> None:
    moved = answered(circle, **changes)

    assert shown(circle, moved) == [("Fatima", None), ("Mo", None), ("Sam", None)]
    assert moved["invitations"] == {
        "invited": 3,
        "unanswered": 3,
        "accepted": 0,
        "declined": 0,
        "tentative": 0,
    }
    assert unanswered(circle.member) == [f"meetings/{moved['id']}"]
    assert ok(circle.member.get(f"/v1/meetings/{moved['id']}"))["my_invitation"]["answer"] is None

    says(circle.member, moved, "tentative")
    assert shown(circle, moved) == [("Fatima", None), ("Mo", "tentative"), ("Sam", None)]
    assert unanswered(circle.member) == []


def test_another_place_leaves_answers_as_they_are(circle: Circle) -> None:
    there = answered(circle, place="The mill")
    assert shown(circle, there) == [("Fatima", None), ("Mo", "declined"), ("Sam", "accepted")]


def test_whoever_declined_another_time_is_reminded_of_this_one(circle: Circle) -> None:
    moved = answered(circle, starts_at=NOVEMBER)
    circle.world.it_is(datetime.fromisoformat(moved["starts_at"]) - timedelta(hours=20))
    circle.world.falls_due()
    (reminder,) = circle.world.published("meetings.meeting.reminder_due.v1")
    assert str(circle.member.id) in reminder["invitee_ids"]


def test_whoever_declined_another_time_is_not_booked_twice(circle: Circle) -> None:
    meeting = circle.meeting()
    says(circle.member, meeting, "declined")
    other, hans = circle.world.group("Housing"), circle.world.person("Hans")
    circle.world.seat(other, circle.member.id)
    circle.world.role(other, hans.id, "facilitator")
    there = {**EVENING, "group_id": str(other), "starts_at": NOVEMBER}
    ok(hans.post("/v1/meetings", there), 201)
    circle.world.it_is(SUMMER + timedelta(hours=1))

    path = f"/v1/meetings/{meeting['id']}"
    revision = ok(circle.facilitator.get(path))["revision"]
    refusal = problem(
        circle.facilitator.patch(path, {"starts_at": NOVEMBER}, if_match=revision), 409, "DoubleBooking"
    )
    assert [one["name"] for one in refusal["conflicts"]] == ["Mo"]

    circle.change(meeting, starts_at=NOVEMBER, despite_conflicts="it must be then")
    later = {**there, "starts_at": "2017-11-14T16:30:00+00:00"}
    refusal = problem(hans.post("/v1/meetings", later), 409, "DoubleBooking")
    assert sorted(one["name"] for one in refusal["conflicts"]) == ["Hans", "Mo", "Mo"]


def test_an_answer_given_before_the_move_and_heard_after_it_counts_for_nothing(circle: Circle) -> None:
    meeting = circle.meeting()
    ok(circle.facilitator.put(f"/v1/meetings/{meeting['id']}/registration", {"capacity": 1}))
    ok(circle.expert.put(f"/v1/meetings/{meeting['id']}/registrations/me"))
    circle.world.it_is(SUMMER + timedelta(hours=1))
    circle.change(meeting, starts_at=NOVEMBER)
    circle.world.hears(
        "notifications.reply.given.v1",
        reply_id=new_id(),
        person_id=circle.expert.id,
        answer="declined",
        given_at=SUMMER.isoformat(),
        meeting_id=meeting["id"],
        series_id=None,
    )
    assert circle.world.published("meetings.invitation.answered.v1") == []
    (place,) = ok(circle.facilitator.get(f"/v1/meetings/{meeting['id']}/registrations"))["items"]
    assert place["state"] == "registered"


def test_whoever_accepts_hears_that_they_are_in_another_meeting_then(circle: Circle) -> None:
    meeting = circle.meeting()
    other = circle.meeting(title="Bakery again", starts_at="2017-10-10T16:30:00+00:00")

    assert says(circle.member, meeting, "tentative")["warnings"] == []
    (warning,) = says(circle.member, meeting, "accepted")["warnings"]

    assert warning == {
        "code": "in_another_meeting",
        "meeting": {"id": other["id"], "title": "Bakery again", "group_id": str(circle.group_id)},
        "overlap_starts_at": "2017-10-10T16:30:00+00:00",
        "overlap_ends_at": "2017-10-10T17:00:00+00:00",
    }
    says(circle.member, other, "declined")
    assert says(circle.member, meeting, "accepted")["warnings"] == []
