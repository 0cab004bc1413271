"""Who coordinates a group is invited to its meetings as its seat holders are, also without a seat."""

from typing import Any

import pytest

from meetings.vocabulary import EVENING, Circle, a_circle
from worlds.callers import Caller, ok, problem
from worlds.world import WorldMaker

FIRST_SLOT = "2017-09-12T16:00:00+00:00"


@pytest.fixture
def circle(a_world: WorldMaker) -> Circle:
    return a_circle(a_world("meetings"))


@pytest.fixture
def fien(circle: Circle) -> Caller:
    """She facilitates the group and does not sit in it."""
    fien = circle.world.person("Fien")
    circle.world.role(circle.group_id, fien.id, "facilitator")
    return fien


def mine(who: Caller, meeting: dict[str, Any]) -> str | None:
    invitation = ok(who.get(f"/v1/meetings/{meeting['id']}"))["my_invitation"]
    return invitation and str(invitation["role"])


def withdraw(circle: Circle, who: Caller, role: str) -> None:
    circle.world.hears("membership.role.withdrawn.v1", group_id=circle.group_id, person_id=who.id, role=role)


def told(circle: Circle) -> list[str]:
    return [one["person_id"] for one in circle.invited("invited")]


def test_a_facilitator_without_a_seat_is_invited_and_answers(circle: Circle, fien: Caller) -> None:
    body = {**EVENING, "group_id": str(circle.group_id)}
    meeting = ok(fien.post("/v1/meetings", body), 201)
    series = circle.series()

    assert told(circle).count(str(fien.id)) == 2
    assert mine(fien, meeting) == mine(fien, series["meetings"][0]) == "member"
    said = ok(fien.put(f"/v1/meetings/{meeting['id']}/invitations/me", {"answer": "accepted"}))
    assert said["invitations"]["invited"] == 4
    refusal = problem(circle.facilitator.post("/v1/meetings", body), 409, "DoubleBooking")
    assert "Fien" in {one["name"] for one in refusal["conflicts"]}


def test_whoever_begins_to_coordinate_is_invited_to_what_is_to_come(circle: Circle) -> None:
    meeting, series = circle.meeting(), circle.series()
    fien, watcher = circle.world.person("Fien"), circle.world.person("Wout")
    before = len(told(circle))
    circle.world.role(circle.group_id, watcher.id, "observer")
    circle.world.role(circle.group_id, fien.id, "secretary")
    circle.world.role(circle.group_id, fien.id, "board_link")
    assert told(circle)[before:] == [str(fien.id)] * 2
    assert mine(fien, meeting) == mine(fien, series["meetings"][0]) == "member"
    assert mine(watcher, meeting) is None


def test_the_invitation_ends_with_the_last_role_or_seat(circle: Circle, fien: Caller) -> None:
    meeting = circle.meeting()
    circle.world.role(circle.group_id, fien.id, "secretary")
    circle.world.role(circle.group_id, fien.id, "observer")
    withdraw(circle, fien, "facilitator")
    assert mine(fien, meeting) == "member"
    withdraw(circle, fien, "secretary")
    assert mine(fien, meeting) is None
    withdraw(circle, circle.secretary, "secretary")
    assert mine(circle.secretary, meeting) == "member"


def test_whoever_no_longer_observes_keeps_what_they_were_invited_to(circle: Circle) -> None:
    meeting = circle.meeting()
    eva = circle.expert
    circle.world.role(circle.group_id, eva.id, "expert")
    ok(
        circle.facilitator.post(
            f"/v1/meetings/{meeting['id']}/guests", {"person_id": str(eva.id), "role": "expert"}
        ),
        201,
    )
    withdraw(circle, eva, "expert")
    assert mine(eva, meeting) == "expert"


def test_a_poll_asks_whether_coordinators_are_elsewhere(circle: Circle, fien: Caller) -> None:
    other = circle.world.group("Housing")
    circle.world.seat(other, fien.id)
    hans = circle.world.person("Hans")
    circle.world.role(other, hans.id, "facilitator")
    taken = {**EVENING, "group_id": str(other), "starts_at": FIRST_SLOT}
    ok(hans.post("/v1/meetings", taken), 201)

    poll = circle.poll()
    slots = ok(circle.facilitator.get(f"/v1/polls/{poll['id']}"))["slots"]

    told = {one["code"]: [person["person_id"] for person in one["people"]] for one in slots[0]["reasons"]}
    assert told["DoubleBooking"] == [str(fien.id)]
