"""The attendance log as people use it, and the quorum it tells of."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from beraad.perform import transaction
from beraad_meetings.domain.quorum import Term
from beraad_meetings.storage.tables import seat_terms
from meetings.vocabulary import Circle, a_circle
from worlds.callers import Caller, ok, problem
from worlds.world import WorldMaker

SIX = datetime.fromisoformat("2017-10-10T16:00:00+00:00")


@pytest.fixture
def circle(a_world: WorldMaker) -> Circle:
    return a_circle(a_world("meetings"))


def at(minutes: int) -> str:
    return (SIX + timedelta(minutes=minutes)).isoformat()


def quorum(circle: Circle, meeting: dict[str, Any], minutes: int | None = None) -> dict[str, Any]:
    query = {} if minutes is None else {"at": at(minutes)}
    answer = circle.member.get(f"/v1/meetings/{meeting['id']}/quorum", query_string=query)
    told: dict[str, Any] = ok(answer)
    return told


def attendee(circle: Circle, meeting: dict[str, Any], person: Caller) -> dict[str, Any]:
    listed = ok(circle.member.get(f"/v1/meetings/{meeting['id']}/attendance"))["items"]
    found: dict[str, Any] = next(one for one in listed if one["person_id"] == str(person.id))
    return found


def test_a_seat_that_is_told_again_to_have_been_left_ends_no_later_term_of_the_same_person(
    circle: Circle,
) -> None:
    seat_id, person_id = uuid4(), uuid4()
    with transaction(circle.world.store) as work:
        work.attendance.note_term(seat_id, circle.group_id, Term(person_id, SIX))
        for _ in range(2):
            work.attendance.end_term(seat_id, person_id, SIX + timedelta(minutes=5))
            work.attendance.note_term(seat_id, circle.group_id, Term(person_id, SIX + timedelta(minutes=9)))
        terms = work.session.execute(
            select(seat_terms).where(seat_terms.c.seat_id == seat_id).order_by(seat_terms.c.from_at)
        ).all()
    assert [one.vacated_at for one in terms] == [SIX + timedelta(minutes=5), None]


def test_twelve_seats_one_vacant_and_who_is_there_at_six_five_past_a_quarter_to_and_ten_to_seven(
    circle: Circle,
) -> None:
    people = [circle.world.person(f"P{number}") for number in range(9)]
    seats = [circle.world.seat(circle.group_id, one.id) for one in people]
    circle.world.hears(
        "membership.seat.vacated.v1",
        group_id=circle.group_id,
        seat_id=seats[8],
        person_id=people[8].id,
        starts_on="2017-01-01",
        ends_on=None,
        reason="resigned",
    )
    meeting = circle.opened(duration_minutes=120)
    circle.world.it_is(SIX + timedelta(minutes=110))
    for one in (circle.facilitator, *people[:4]):
        circle.attends(meeting, one, at=at(0))
    circle.attends(meeting, people[4], at=at(5))
    circle.attends(meeting, people[3], "left", at=at(45))
    circle.attends(meeting, people[5], at=at(50))

    told = {minutes: quorum(circle, meeting, minutes) for minutes in (0, 5, 45, 50)}

    assert {(one["base"], one["needed"]) for one in told.values()} == {(11, 6)}
    assert {minutes: (one["present"], one["reached"]) for minutes, one in told.items()} == {
        0: (5, False),
        5: (6, True),
        45: (5, False),
        50: (6, True),
    }
    assert str(people[3].id) not in told[45]["present_ids"]


def test_a_seat_that_was_left_is_told_again_without_ending_the_next_holders_term(circle: Circle) -> None:
    seat_id, term = uuid4(), {"starts_on": "2017-01-01", "ends_on": None}
    leaving, staying = circle.world.person("Lea"), circle.world.person("Sol")

    def told(what: str, person: Caller, **more: str) -> None:
        seat = {"group_id": circle.group_id, "seat_id": seat_id, "person_id": person.id, **term}
        circle.world.hears(f"membership.seat.{what}.v1", **seat, **more)

    told("filled", leaving)
    told("vacated", leaving, reason="resigned")
    told("filled", staying)
    told("vacated", leaving, reason="resigned")

    assert quorum(circle, circle.opened())["base"] == 4


def test_a_moment_is_within_the_meeting_and_not_in_the_future(circle: Circle) -> None:
    meeting = circle.opened()
    path = f"/v1/meetings/{meeting['id']}/attendance/{circle.member.id}"
    for minutes in (-1, 30):
        refusal = problem(
            circle.secretary.put(path, {"state": "present", "at": at(minutes)}), 422, "InvalidRequest"
        )
        assert refusal["errors"][0]["pointer"] == "/at"
    problem(
        circle.member.get(f"/v1/meetings/{meeting['id']}/quorum?at=2099-01-01T00:00:00Z"),
        422,
        "InvalidRequest",
    )
    circle.world.it_is(SIX + timedelta(minutes=50))
    circle.attends(meeting, circle.facilitator, at=at(0))
    ok(circle.secretary.post(f"/v1/meetings/{meeting['id']}/close", {"report": "We met."}))
    circle.world.it_is(SIX + timedelta(minutes=70))
    problem(circle.secretary.put(path, {"state": "present"}), 422, "InvalidRequest")
    problem(circle.secretary.put(path, {"state": "present", "at": at(60)}), 422, "InvalidRequest")
    circle.attends(meeting, circle.member, at=at(10))
    assert quorum(circle, meeting)["present"] == 2


def test_a_correction_names_the_line_it_replaces_and_both_can_be_read(circle: Circle) -> None:
    meeting = circle.opened()
    circle.world.it_is(SIX + timedelta(minutes=20))
    circle.attends(meeting, circle.member, at=at(0))
    (line,) = attendee(circle, meeting, circle.member)["lines"]

    circle.attends(
        meeting, circle.member, at=at(10), replaces_id=line["id"], remark="came by the later train"
    )

    seen = attendee(circle, meeting, circle.member)
    assert seen["intervals"] == [{"came_at": at(10), "left_at": None}]
    first, second = seen["lines"]
    assert (first["at"], first["replaced_by_id"], first["recorded_by_name"]) == (at(0), second["id"], "Sam")
    assert (second["replaces_id"], second["remark"]) == (line["id"], "came by the later train")
    path = f"/v1/meetings/{meeting['id']}/attendance/{circle.member.id}"
    again = {"state": "left", "replaces_id": line["id"]}
    problem(circle.secretary.put(path, again), 409, "LineIsReplaced")
    problem(circle.secretary.put(path, {**again, "replaces_id": 999}), 404, "NotFound")
    other = f"/v1/meetings/{meeting['id']}/attendance/{circle.facilitator.id}"
    problem(circle.secretary.put(other, {**again, "replaces_id": second["id"]}), 404, "NotFound")


def test_a_line_that_should_not_be_there_is_voided_and_stays_readable(circle: Circle) -> None:
    meeting = circle.opened()
    circle.attends(meeting, circle.member)
    (line,) = attendee(circle, meeting, circle.member)["lines"]
    path = f"/v1/meetings/{meeting['id']}/attendance/{circle.member.id}"
    problem(circle.secretary.put(path, {"state": "void"}), 422, "InvalidRequest")

    counts = circle.attends(meeting, circle.member, "void", replaces_id=line["id"], remark="it was Sam")

    assert counts["present"] == 0
    seen = attendee(circle, meeting, circle.member)
    assert (seen["state"], seen["intervals"], len(seen["lines"])) == ("absent", [], 2)
    last = circle.world.published("meetings.attendance.recorded.v1")[-1]
    assert (last["state"], last["present_ids"]) == ("absent", [])
    refused = circle.secretary.post(f"/v1/meetings/{meeting['id']}/close", {"report": "x"})
    problem(refused, 409, "AttendanceNotTaken")


def test_an_excuse_noted_ahead_of_the_meeting_is_voided_ahead_of_it(circle: Circle) -> None:
    meeting = circle.meeting()
    circle.attends(meeting, circle.member, "excused")
    (line,) = attendee(circle, meeting, circle.member)["lines"]

    counts = circle.attends(meeting, circle.member, "void", replaces_id=line["id"], remark="Mo comes")

    assert counts["excused"] == 0
    seen = attendee(circle, meeting, circle.member)
    assert (seen["state"], len(seen["lines"])) == ("absent", 2)
    path = f"/v1/meetings/{meeting['id']}/attendance/{circle.member.id}"
    came = {"state": "present", "replaces_id": seen["lines"][1]["id"]}
    problem(circle.secretary.put(path, came), 409, "MeetingNotOpened")


def test_a_meeting_to_which_nobody_came_closes_once_every_seat_holder_is_noted(circle: Circle) -> None:
    meeting = circle.opened()
    close = f"/v1/meetings/{meeting['id']}/close"
    circle.attends(meeting, circle.member, "excused")
    refused = problem(circle.secretary.post(close, {"report": "x"}), 409, "AttendanceNotTaken")
    assert "every seat holder was noted as excused or absent" in refused["detail"]
    circle.attends(meeting, circle.facilitator, "absent")
    problem(circle.secretary.post(close, {"report": "x"}), 409, "AttendanceNotTaken")
    circle.attends(meeting, circle.secretary, "absent")
    assert ok(circle.secretary.post(close, {"report": "Nobody came."}))["state"] == "closed"


def test_what_is_told_of_those_present_is_who_is_there_now_also_after_a_correction_of_the_past(
    circle: Circle,
) -> None:
    meeting = circle.opened()
    circle.world.it_is(SIX + timedelta(minutes=30))
    circle.attends(meeting, circle.member, at=at(0))
    circle.attends(meeting, circle.member, "left", at=at(20))
    circle.attends(meeting, circle.facilitator, at=at(5))
    last = circle.world.published("meetings.attendance.recorded.v1")[-1]
    assert last["present_ids"] == [str(circle.facilitator.id)]

    circle.attends(meeting, circle.member, at=at(10))

    last = circle.world.published("meetings.attendance.recorded.v1")[-1]
    assert (last["state"], last["present_ids"]) == ("left", [str(circle.facilitator.id)])


def test_a_meeting_has_a_rule_of_its_own(circle: Circle) -> None:
    rule = {"share": "2/3", "coordinator_required": False}
    meeting = circle.opened(quorum=rule)
    assert meeting["quorum"] == rule
    circle.attends(meeting, circle.member)
    assert not quorum(circle, meeting)["reached"]
    for wrong in (
        {"share": "0/2", "coordinator_required": True},
        {"share": "3/2", "coordinator_required": True},
        {},
    ):
        answer = circle.facilitator.patch(
            f"/v1/meetings/{meeting['id']}", {"quorum": wrong}, if_match=meeting["revision"] + 1
        )
        problem(answer, 422, "InvalidRequest")


def test_another_rule_is_told_to_all_until_the_meeting_begins(circle: Circle) -> None:
    rule = {"share": "1/3", "coordinator_required": False}
    changed = circle.change(circle.meeting(), quorum=rule)
    (updated,) = circle.world.published("meetings.meeting.updated.v1")
    assert changed["quorum"] == updated["quorum"] == rule
    (scheduled,) = circle.world.published("meetings.meeting.scheduled.v1")
    assert scheduled["quorum"] == {"share": "1/2", "coordinator_required": True}


def test_the_rule_is_fixed_once_the_meeting_has_begun(circle: Circle) -> None:
    meeting = circle.opened()
    circle.attends(meeting, circle.facilitator)
    path, lower = f"/v1/meetings/{meeting['id']}", {"share": "1/3", "coordinator_required": False}
    now = ok(circle.facilitator.get(path))
    change = {"title": "Later", "quorum": lower}

    problem(circle.facilitator.patch(path, change, if_match=now["revision"]), 409, "MeetingHasBegun")

    assert ok(circle.facilitator.get(path)) == now
    assert not quorum(circle, meeting)["reached"]
    assert circle.change(meeting, title="Later", quorum=now["quorum"])["title"] == "Later"


def test_a_coordinator_is_required_where_the_meeting_says_nothing_else(circle: Circle) -> None:
    meeting = circle.opened()
    newcomer = circle.world.person("Nora")
    circle.world.seat(circle.group_id, newcomer.id)
    circle.attends(meeting, circle.member)
    circle.attends(meeting, newcomer)
    told = quorum(circle, meeting)
    assert (told["present"], told["needed"], told["coordinator_present"], told["reached"]) == (
        2,
        2,
        False,
        False,
    )
    circle.attends(meeting, circle.secretary)
    assert quorum(circle, meeting)["reached"]


def test_the_list_costs_the_same_for_few_and_many(circle: Circle) -> None:
    meeting = circle.opened()
    circle.attends(meeting, circle.member)
    path = f"/v1/meetings/{meeting['id']}/attendance"
    with circle.world.counting_statements() as few:
        circle.member.get(path)
    for _ in range(10):
        newcomer = circle.world.person()
        circle.world.seat(circle.group_id, newcomer.id)
        circle.attends(meeting, newcomer)
    with circle.world.counting_statements() as many:
        circle.member.get(path)
    assert len(many) == len(few)
