"""Date polls: answers, availability said once, what is excluded and why, the order, and booking in one act."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from meetings.vocabulary import POLL, Circle, a_circle
from worlds.callers import Caller, ok, problem
from worlds.races import at_once
from worlds.world import World, WorldMaker

FIRST, SECOND, THIRD = (f"2017-09-{day}T16:00:00+00:00" for day in (12, 13, 14))
ANY = {"quorum_percent": 0}


@pytest.fixture
def world(a_world: WorldMaker) -> World:
    return a_world("meetings")


@pytest.fixture
def circle(world: World) -> Circle:
    return a_circle(world)


def path_of(poll: dict[str, Any], more: str = "") -> str:
    return f"/v1/polls/{poll['id']}{more}"


def seen(circle: Circle, poll: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = ok(circle.facilitator.get(path_of(poll)))
    return found


def answer(person: Caller, poll: dict[str, Any], *answers: str) -> dict[str, Any]:
    """One word per slot; "" for none."""
    named = [
        {"slot_id": slot["id"], "answer": said}
        for slot, said in zip(poll["slots"], answers, strict=True)
        if said
    ]
    shown: dict[str, Any] = ok(person.put(path_of(poll, "/answers/me"), {"answers": named}))
    return shown


def available(person: Caller, *ranges: tuple[str, str, str]) -> None:
    body = [{"starts_at": start, "ends_at": end, "answer": said} for start, end, said in ranges]
    ok(person.put("/v1/availability/me", {"ranges": body}))


def mine(person: Caller, poll: dict[str, Any]) -> list[tuple[str, str] | None]:
    slots = ok(person.get(path_of(poll)))["slots"]
    said = [slot["my_answer"] for slot in slots]
    return [(one["answer"], one["source"]) if one else None for one in said]


def codes(poll: dict[str, Any]) -> list[list[str]]:
    return [[reason["code"] for reason in slot["reasons"]] for slot in poll["slots"]]


def everybody_answers(circle: Circle, poll: dict[str, Any], *answers: str) -> dict[str, Any]:
    for person in circle.seated:
        answer(person, poll, *answers)
    return seen(circle, poll)


# -- opening -------------------------------------------------------------------------------------------------


def test_a_poll_asks_the_group_about_slots_in_the_order_of_time(circle: Circle) -> None:
    created = circle.facilitator.post(
        "/v1/polls",
        {**POLL, "group_id": str(circle.group_id), "slots": list(reversed(POLL["slots"]))},  # type: ignore[call-overload]
    )
    poll = ok(created, 201)
    assert created.headers["Location"] == path_of(poll)
    assert [slot["starts_at"] for slot in poll["slots"]] == [FIRST, SECOND, THIRD]
    assert poll["slots"][0]["ends_at"] == "2017-09-12T17:00:00+00:00"
    assert poll["remind_at"] == "2017-08-31T12:00:00+00:00"
    assert (poll["asked"], poll["answered"]) == (3, 0)
    assert [person["name"] for person in poll["unanswered"]] == ["Fatima", "Mo", "Sam"]
    assert poll["first_slot_id"] is None
    (opened,) = circle.world.published("meetings.poll.opened.v1")
    assert opened["slot_starts"] == [FIRST, SECOND, THIRD]


def test_a_wall_clock_that_jumps_is_told(circle: Circle) -> None:
    poll = circle.poll(slots=[{"starts_on": "2018-03-25", "start_time": "02:30"}])
    (slot,) = poll["slots"]
    assert (slot["starts_at"], slot["local_time_warning"]) == (
        "2018-03-25T01:30:00+00:00",
        "nonexistent_local_time",
    )


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"closes_at": "2017-07-01T12:00:00+00:00"}, "/closes_at"),
        ({"slots": [{"starts_at": "2017-07-01T12:00:00+00:00"}]}, "/slots/0"),
        ({"slots": [{"starts_at": FIRST}, {"starts_on": "2017-09-12", "start_time": "18:00"}]}, "/slots/1"),
        ({"slots": [{"starts_at": FIRST}, {"starts_on": "2017-09-12"}]}, "/slots/1"),
        ({"slots": [{"starts_at": FIRST, "start_time": "18:00"}]}, "/slots/0"),
        ({"slots": []}, "/slots"),
        ({"slots": [{"starts_at": FIRST}] * 51}, "/slots"),
        ({"quorum_percent": 101}, "/quorum_percent"),
    ],
)
def test_a_poll_that_cannot_be_is_refused(circle: Circle, changes: dict[str, Any], pointer: str) -> None:
    body = {**POLL, "group_id": str(circle.group_id), **changes}
    refusal = problem(circle.facilitator.post("/v1/polls", body), 422, "InvalidRequest")
    assert [error["pointer"] for error in refusal["errors"]] == [pointer]


def test_a_group_that_has_ended_is_asked_nothing(circle: Circle) -> None:
    circle.world.hears("membership.group.ended.v1", group_id=circle.group_id, ended_on="2017-08-01")
    refused = circle.facilitator.post("/v1/polls", {**POLL, "group_id": str(circle.group_id)})
    problem(refused, 409, "GroupHasEnded")


# -- answering -----------------------------------------------------------------------------------------------


def test_an_answer_may_change_until_the_poll_closes(circle: Circle) -> None:
    poll = circle.poll()
    answer(circle.member, poll, "yes", "no", "")
    assert mine(circle.member, poll) == [("yes", "poll"), ("no", "poll"), None]
    answer(circle.member, poll, "", "if_need_be", "yes")
    assert mine(circle.member, poll) == [None, ("if_need_be", "poll"), ("yes", "poll")]
    told = circle.world.published("meetings.poll.answered.v1")
    assert [(one["person_id"], len(one["answers"])) for one in told] == [(str(circle.member.id), 2)] * 2

    circle.world.it_is(datetime(2017, 9, 1, 12, tzinfo=UTC))
    problem(circle.member.put(path_of(poll, "/answers/me"), {"answers": []}), 409, "PollIsClosed")


def test_an_answer_names_each_slot_of_the_poll_once(circle: Circle) -> None:
    poll, other = circle.poll(), circle.poll()
    once = {"slot_id": poll["slots"][0]["id"], "answer": "yes"}
    path = path_of(poll, "/answers/me")
    problem(circle.member.put(path, {"answers": [once, once]}), 422, "InvalidRequest")
    elsewhere = {"slot_id": other["slots"][0]["id"], "answer": "yes"}
    problem(circle.member.put(path, {"answers": [elsewhere]}), 404, "NotFound")
    problem(circle.stranger.put(path, {"answers": [once]}), 404, "NotFound")
    refusal = problem(circle.world.administrator().put(path, {"answers": [once]}), 403, "NotAllowed")
    assert refusal["rule"] == "NotAsked"


def test_a_coordinator_without_a_seat_is_asked(circle: Circle) -> None:
    lea = circle.world.person("Lea")
    circle.world.role(circle.group_id, lea.id, "board_link")
    poll = circle.poll()
    assert poll["asked"] == 4
    shown = answer(lea, poll, "no", "yes", "yes")
    (reason,) = [one for one in shown["slots"][0]["reasons"] if one["code"] == "CoordinatorCannot"]
    assert reason["people"] == [{"person_id": str(lea.id), "name": "Lea"}]


# -- availability, said once ---------------------------------------------------------------------------------


def test_availability_said_once_answers_the_polls_of_all_groups(circle: Circle) -> None:
    other = another(circle, circle.member)
    available(
        circle.member,
        ("2017-09-12T00:00:00+00:00", "2017-09-13T00:00:00+00:00", "yes"),
        ("2017-09-13T00:00:00+00:00", "2017-09-13T16:30:00+00:00", "yes"),
        ("2017-09-13T16:30:00+00:00", "2017-09-14T00:00:00+00:00", "if_need_be"),
        ("2017-09-14T16:59:00+00:00", "2017-09-14T18:00:00+00:00", "no"),
    )
    expected = [("yes", "availability"), ("if_need_be", "availability"), ("no", "availability")]
    for poll in (circle.poll(), other.poll()):
        assert mine(circle.member, poll) == expected
        assert str(circle.member.id) not in [one["person_id"] for one in poll["unanswered"]]
    assert len(ok(circle.member.get("/v1/availability/me"))["ranges"]) == 4


def test_availability_that_leaves_part_of_a_slot_open_answers_nothing(circle: Circle) -> None:
    available(circle.member, ("2017-09-12T16:00:00+00:00", "2017-09-12T16:59:00+00:00", "yes"))
    poll = circle.poll()
    assert mine(circle.member, poll) == [None, None, None]
    assert "Mo" in [one["name"] for one in poll["unanswered"]]


def test_what_is_answered_in_the_poll_wins_and_availability_follows_what_is_not(circle: Circle) -> None:
    poll = circle.poll()
    available(circle.member, ("2017-09-01T00:00:00+00:00", "2017-10-01T00:00:00+00:00", "no"))
    answer(circle.member, poll, "yes", "", "")
    expected = [("yes", "poll"), ("no", "availability"), ("no", "availability")]
    assert mine(circle.member, poll) == expected
    available(circle.member)
    assert mine(circle.member, poll) == [("yes", "poll"), None, None]


def test_an_answer_counts_for_the_same_time_in_other_polls(circle: Circle) -> None:
    other = another(circle, circle.member)
    first, second = circle.poll(), other.poll(slots=[{"starts_at": FIRST}, {"starts_at": THIRD}])
    longer = other.poll(duration_minutes=90)
    available(circle.member, ("2017-09-01T00:00:00+00:00", "2017-10-01T00:00:00+00:00", "yes"))

    answer(circle.member, first, "no", "no", "if_need_be")

    assert mine(circle.member, second) == [("no", "same_time"), ("if_need_be", "same_time")]
    assert mine(circle.member, longer) == [("yes", "availability")] * 3
    answer(circle.member, first, "yes", "no", "no")
    assert mine(circle.member, second) == [("yes", "same_time"), ("no", "same_time")]
    answer(circle.member, second, "no", "")
    assert mine(circle.member, first) == [("yes", "poll"), ("no", "poll"), ("no", "poll")]


def test_what_was_known_when_a_poll_closes_stays(circle: Circle) -> None:
    poll = circle.poll()
    available(circle.member, ("2017-09-01T00:00:00+00:00", "2017-10-01T00:00:00+00:00", "yes"))
    ok(circle.facilitator.post(path_of(poll, "/close")))
    available(circle.member)
    assert mine(circle.member, poll) == [("yes", "availability")] * 3
    problem(circle.member.put(path_of(poll, "/answers/me"), {"answers": []}), 409, "PollIsClosed")
    problem(circle.facilitator.post(path_of(poll, "/close")), 409, "PollIsClosed")


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts_at": FIRST, "ends_at": FIRST, "answer": "yes"},
        {"starts_at": FIRST, "ends_at": SECOND, "answer": "perhaps"},
        {"starts_at": FIRST, "answer": "yes"},
    ],
)
def test_availability_that_cannot_be_is_refused(circle: Circle, wrong: dict[str, str]) -> None:
    problem(circle.member.put("/v1/availability/me", {"ranges": [wrong]}), 422, "InvalidRequest")


# -- the result ----------------------------------------------------------------------------------------------


def test_slots_are_ranked_by_who_can_come_then_by_plain_yes_then_by_start(circle: Circle) -> None:
    nora = circle.world.person("Nora")
    circle.world.seat(circle.group_id, nora.id)
    days = [{"starts_at": f"2017-09-{day}T16:00:00+00:00"} for day in (12, 13, 14, 15, 16)]
    poll = circle.poll(slots=days, **ANY)
    said = [
        ["yes", "yes", "if_need_be", "yes", "yes"],
        ["yes", "yes", "if_need_be", "yes", "yes"],
        ["no", "if_need_be", "if_need_be", "yes", "yes"],
        ["no", "if_need_be", "yes", "no", "no"],
    ]
    for person, answers in zip((*circle.seated, nora), said, strict=True):
        answer(person, poll, *answers)

    shown = seen(circle, poll)

    assert [slot["rank"] for slot in shown["slots"]] == [5, 1, 2, 3, 4]
    second = shown["slots"][1]
    assert (second["yes"], second["if_need_be"], second["no"], second["unanswered"]) == (2, 2, 0, 0)
    assert shown["first_slot_id"] == second["id"]
    assert [(one["name"], one["answer"], one["source"]) for one in second["answers"]] == [
        ("Fatima", "yes", "poll"),
        ("Mo", "if_need_be", "poll"),
        ("Nora", "if_need_be", "poll"),
        ("Sam", "yes", "poll"),
    ]


def test_a_slot_on_which_a_coordinator_cannot_is_excluded(circle: Circle) -> None:
    poll = circle.poll(**ANY)
    answer(circle.secretary, poll, "no", "no", "no")
    answer(circle.member, poll, "yes", "yes", "yes")
    answer(circle.facilitator, poll, "no", "if_need_be", "yes")
    shown = seen(circle, poll)
    assert codes(shown) == [["CoordinatorCannot"], [], []]
    (reason,) = shown["slots"][0]["reasons"]
    assert reason["reason"] == "Fatima cannot come, and coordinates"
    assert [slot["rank"] for slot in shown["slots"]] == [None, 2, 1]
    assert [slot["excluded"] for slot in shown["slots"]] == [True, False, False]


def test_a_slot_without_somebody_of_each_profile_is_excluded(circle: Circle) -> None:
    client = circle.world.person("Cleo", profiles=("client", "artist"))
    circle.world.seat(circle.group_id, client.id)
    poll = circle.poll(**ANY)
    answer(circle.facilitator, poll, "yes", "yes", "")
    answer(client, poll, "no", "if_need_be", "yes")
    shown = seen(circle, poll)
    assert codes(shown) == [["ProfileNotRepresented"], [], ["ProfileNotRepresented"]]
    assert shown["slots"][0]["reasons"][0]["profiles"] == ["artist", "client"]
    assert shown["slots"][2]["reasons"][0]["profiles"] == ["user"]


def test_half_of_eleven_is_six(circle: Circle) -> None:
    more = [circle.world.person(f"P{n:02}") for n in range(8)]
    for person in more:
        circle.world.seat(circle.group_id, person.id)
    poll = circle.poll()
    for person in (*circle.seated, *more[:2]):
        answer(person, poll, "yes", "yes", "yes")
    answer(more[2], poll, "if_need_be", "no", "")
    shown = seen(circle, poll)
    assert codes(shown) == [[], ["QuorumNotReachable"], ["QuorumNotReachable"]]
    reason = shown["slots"][1]["reasons"][0]["reason"]
    assert reason == "5 of 11 seat holders can come, the quorum is 6"


def test_a_slot_on_which_a_member_is_elsewhere_is_excluded(circle: Circle) -> None:
    other = another(circle, circle.member)
    other.meeting(starts_at="2017-09-12T16:59:00+00:00", title="Something secret")
    other.meeting(starts_at="2017-09-13T17:00:00+00:00")
    shown = everybody_answers(circle, circle.poll(), "yes", "yes", "yes")
    assert codes(shown) == [["DoubleBooking"], [], []]
    (reason,) = shown["slots"][0]["reasons"]
    assert reason["people"] == [{"person_id": str(circle.member.id), "name": "Mo"}]
    assert "secret" not in str(shown)


def test_a_slot_that_has_begun_is_excluded(circle: Circle) -> None:
    poll = circle.poll(closes_at="2017-09-30T12:00:00+00:00")
    everybody_answers(circle, poll, "yes", "yes", "yes")
    circle.world.it_is(datetime(2017, 9, 13, 16, tzinfo=UTC))
    shown = seen(circle, poll)
    assert codes(shown) == [["SlotIsPast"], ["SlotIsPast"], []]
    past = {"slot_id": shown["slots"][0]["id"], "despite_exclusion": "why not"}
    problem(circle.facilitator.post(path_of(poll, "/book"), past), 409, "SlotIsExcluded")


def test_a_poll_of_many_is_read_in_a_fixed_number_of_statements_and_counts(circle: Circle) -> None:
    poll = circle.poll()
    everybody_answers(circle, poll, "yes", "yes", "yes")
    with circle.world.counting_statements() as few:
        seen(circle, poll)
    for number in range(120):
        person = circle.world.person(f"Person {number:03}")
        circle.world.seat(circle.group_id, person.id)
        if number < 3:
            answer(person, poll, "yes", "yes", "no")
    with circle.world.counting_statements() as many:
        shown = seen(circle, poll)
    assert len(many) == len(few)
    assert (shown["asked"], shown["answered"], len(shown["unanswered"])) == (123, 6, 100)
    assert (shown["slots"][0]["yes"], shown["slots"][0]["answers"]) == (6, [])


def test_a_poll_has_not_changed_for_one_who_has_it_unless_availability_did(circle: Circle) -> None:
    poll = circle.poll()
    etag = circle.member.get(path_of(poll)).headers["ETag"]
    assert circle.member.get(path_of(poll), if_none_match=etag).status_code == 304
    available(circle.member, ("2017-09-01T00:00:00+00:00", "2017-10-01T00:00:00+00:00", "yes"))
    assert circle.member.get(path_of(poll), if_none_match=etag).status_code == 200


def test_polls_are_listed_by_group_state_and_page(circle: Circle) -> None:
    other = another(circle, circle.member)
    first, second, elsewhere = circle.poll(), circle.poll(), other.poll()
    ok(circle.facilitator.post(path_of(first, "/close")))
    assert len(ok(circle.member.get("/v1/polls"))["items"]) == 3
    listed = ok(circle.member.get(f"/v1/polls?group_id={circle.group_id}&state=open"))["items"]
    assert [one["id"] for one in listed] == [second["id"]]
    assert "Link" in circle.member.get("/v1/polls?limit=2").headers
    assert ok(circle.stranger.get("/v1/polls"))["items"] == []
    problem(circle.facilitator.get(path_of(elsewhere)), 404, "NotFound")
    problem(circle.world.administrator().get(f"/v1/polls/{UUID(int=7)}"), 404, "NotFound")


def test_polls_that_wait_for_an_answer_are_pending(circle: Circle) -> None:
    poll, other = circle.poll(), circle.poll(slots=[{"starts_at": "2017-09-20T16:00:00+00:00"}])
    assert pending(circle.member) == [f"polls/{poll['id']}", f"polls/{other['id']}"]
    answer(circle.member, poll, "yes", "", "")
    assert pending(circle.member) == [f"polls/{other['id']}"]
    available(circle.member, ("2017-09-20T16:00:00+00:00", "2017-09-20T17:00:00+00:00", "no"))
    assert pending(circle.member) == []
    assert pending(circle.stranger) == []


def pending(person: Caller) -> list[str]:
    items = ok(person.get("/v1/me/pending"))["items"]
    return [one["subject"] for one in items if one["kind"] == "poll.unanswered"]


# -- booking and closing -------------------------------------------------------------------------------------


def test_booking_schedules_the_first_ranked_slot_and_closes_in_one_act(circle: Circle) -> None:
    poll = circle.poll(place="The mill")
    everybody_answers(circle, poll, "if_need_be", "yes", "yes")

    booked = ok(circle.facilitator.post(path_of(poll, "/book"), {}))

    assert (booked["state"], booked["booked_despite"]) == ("booked", None)
    meeting = ok(circle.member.get(f"/v1/meetings/{booked['meeting_id']}"))
    assert (meeting["starts_at"], meeting["title"], meeting["kind"], meeting["place"]) == (
        SECOND,
        POLL["title"],
        "visit",
        "The mill",
    )
    assert [one["meeting_id"] for one in circle.invited("invited")] == [meeting["id"]] * 3
    (closed,) = circle.world.published("meetings.poll.closed.v1")
    assert (closed["outcome"], closed["meeting_id"], closed["starts_at"]) == ("booked", meeting["id"], SECOND)
    assert codes(booked) == [[], [], []]
    problem(circle.facilitator.post(path_of(poll, "/book"), {}), 409, "PollIsBooked")
    problem(circle.facilitator.post(path_of(poll, "/close")), 409, "PollIsBooked")
    problem(circle.member.put(path_of(poll, "/answers/me"), {"answers": []}), 409, "PollIsBooked")
    assert booked["allowed_actions"]["poll.book"]["code"] == "PollIsBooked"


def test_the_result_of_a_booked_poll_stays_what_it_was(circle: Circle) -> None:
    other = another(circle, circle.member)
    crossing = other.meeting(starts_at=THIRD)
    poll = circle.poll()
    everybody_answers(circle, poll, "yes", "if_need_be", "yes")
    booked = ok(circle.facilitator.post(path_of(poll, "/book"), {}))
    assert codes(booked) == [[], [], ["DoubleBooking"]]

    other.meeting(starts_at=SECOND)
    ok(other.facilitator.post(f"/v1/meetings/{crossing['id']}/cancel", {"reason": "no flour"}))
    for _ in range(5):
        circle.world.seat(circle.group_id, circle.world.person().id)
    circle.world.role(circle.group_id, circle.expert.id, "board_link")

    fixed = ("asked", "answered", "unanswered", "slots", "first_slot_id")
    assert {name: seen(circle, poll)[name] for name in fixed} == {name: booked[name] for name in fixed}


def test_an_excluded_slot_is_booked_with_a_reason_which_is_kept(circle: Circle) -> None:
    poll = circle.poll()
    everybody_answers(circle, poll, "no", "yes", "yes")
    excluded = {"slot_id": poll["slots"][0]["id"]}

    refusal = problem(circle.facilitator.post(path_of(poll, "/book"), excluded), 409, "SlotIsExcluded")
    told = [one["code"] for one in refusal["reasons"]]
    assert told == ["CoordinatorCannot", "ProfileNotRepresented", "QuorumNotReachable"]
    assert circle.world.published("meetings.meeting.scheduled.v1") == []

    booked = ok(
        circle.facilitator.post(path_of(poll, "/book"), {**excluded, "despite_exclusion": "it must be"})
    )
    assert booked["booked_despite"] == "it must be"
    (scheduled,) = circle.world.published("meetings.meeting.scheduled.v1")
    assert scheduled["starts_at"] == FIRST


def test_a_double_booking_is_overridden_with_the_slot(circle: Circle) -> None:
    another(circle, circle.member).meeting(starts_at=FIRST)
    poll = circle.poll(slots=[{"starts_at": FIRST}])
    everybody_answers(circle, poll, "yes")
    problem(circle.facilitator.post(path_of(poll, "/book"), {}), 409, "NoSlotIsLeft")
    chosen = {"slot_id": poll["slots"][0]["id"], "despite_exclusion": "Mo leaves early"}
    booked = ok(circle.facilitator.post(path_of(poll, "/book"), chosen))
    meeting = ok(circle.facilitator.get(f"/v1/meetings/{booked['meeting_id']}"))
    assert [one["reason"] for one in meeting["overridden_conflicts"]] == ["Mo leaves early"]


def test_a_slot_of_another_poll_is_not_booked(circle: Circle) -> None:
    poll, other = circle.poll(), circle.poll()
    answered = circle.facilitator.post(path_of(poll, "/book"), {"slot_id": other["slots"][0]["id"]})
    problem(answered, 404, "NotFound")


def test_an_assembly_is_booked_by_those_who_call_assemblies(circle: Circle) -> None:
    lea = circle.world.person("Lea")
    circle.world.role(circle.group_id, lea.id, "board_link")
    poll = circle.poll(kind="assembly")
    problem(lea.post(path_of(poll, "/book"), {}), 403, "NotAllowed")
    problem(
        lea.post("/v1/polls", {**POLL, "kind": "assembly", "group_id": str(circle.group_id)}),
        403,
        "NotAllowed",
    )


def test_a_poll_whose_time_is_over_closes_itself_and_may_still_be_booked(circle: Circle) -> None:
    poll = circle.poll()
    everybody_answers(circle, poll, "yes", "yes", "yes")
    circle.world.it_is(datetime(2017, 9, 1, 12, tzinfo=UTC))
    circle.world.falls_due()
    shown = seen(circle, poll)
    assert (shown["state"], shown["meeting_id"]) == ("expired", None)
    (closed,) = circle.world.published("meetings.poll.closed.v1")
    assert (closed["outcome"], closed["meeting_id"]) == ("expired", None)
    assert circle.world.falls_due() == 0
    assert ok(circle.facilitator.post(path_of(poll, "/book"), {}))["state"] == "booked"


def test_those_who_have_not_answered_are_reminded_once(circle: Circle) -> None:
    poll = circle.poll(remind_hours_before=48)
    answer(circle.facilitator, poll, "yes", "", "")
    available(circle.secretary, ("2017-09-01T00:00:00+00:00", "2017-10-01T00:00:00+00:00", "yes"))
    circle.world.it_is(datetime(2017, 8, 30, 11, 59, tzinfo=UTC))
    circle.world.falls_due()
    assert circle.world.published("meetings.poll.reminder_due.v1") == []
    circle.world.it_is(datetime(2017, 8, 30, 12, tzinfo=UTC))
    for _ in range(2):
        circle.world.falls_due()
    (reminder,) = circle.world.published("meetings.poll.reminder_due.v1")
    assert reminder["unanswered_ids"] == [str(circle.member.id)]


def test_nobody_is_reminded_of_a_poll_whose_time_is_over(circle: Circle) -> None:
    circle.poll()
    circle.world.it_is(datetime(2017, 9, 2, tzinfo=UTC))
    circle.world.falls_due()
    assert circle.world.published("meetings.poll.reminder_due.v1") == []
    assert len(circle.world.published("meetings.poll.closed.v1")) == 1


@pytest.mark.parametrize("hours", [0, 336])
def test_no_reminder_is_due_where_none_is_wanted_or_its_time_is_past(circle: Circle, hours: int) -> None:
    poll = circle.poll(remind_hours_before=hours, closes_at="2017-08-10T12:00:00+00:00")
    assert poll["remind_at"] is None


def test_nobody_is_reminded_where_all_have_answered_or_the_poll_is_closed(circle: Circle) -> None:
    everybody_answers(circle, circle.poll(), "yes", "yes", "yes")
    ok(circle.facilitator.post(path_of(circle.poll(), "/close")))
    circle.world.it_is(datetime(2017, 9, 1, tzinfo=UTC))
    circle.world.falls_due()
    assert circle.world.published("meetings.poll.reminder_due.v1") == []


def test_more_than_a_hundred_are_reminded_by_several_events_and_nobody_else(circle: Circle) -> None:
    for _ in range(120):
        circle.world.seat(circle.group_id, circle.world.person().id)
    poll = circle.poll()
    answer(circle.member, poll, "yes", "yes", "yes")
    circle.world.it_is(datetime(2017, 9, 1, tzinfo=UTC))
    circle.world.falls_due()
    reminders = circle.world.published("meetings.poll.reminder_due.v1")
    assert [len(one["unanswered_ids"]) for one in reminders] == [100, 22]
    assert len({one["revision"] for one in reminders}) == 2
    named = [person for one in reminders for person in one["unanswered_ids"]]
    assert str(circle.member.id) not in named
    assert len(set(named)) == 122


def test_nothing_is_kept_of_when_one_who_is_erased_could_come(circle: Circle) -> None:
    poll = circle.poll()
    answer(circle.member, poll, "yes", "yes", "yes")
    available(circle.member, (FIRST, SECOND, "yes"))
    circle.world.hears(
        "membership.person.erased.v1", person_id=circle.member.id, pseudonym="former associate"
    )
    assert mine(circle.member, poll) == [None, None, None]
    assert ok(circle.member.get("/v1/availability/me"))["ranges"] == []
    (told,) = circle.world.published("meetings.poll.answered.v1")
    assert told["answers"] == []


def test_of_one_who_is_erased_a_booked_poll_keeps_that_they_were_asked(circle: Circle) -> None:
    another(circle, circle.member).meeting(starts_at=THIRD)
    poll = circle.poll(**ANY)
    everybody_answers(circle, poll, "yes", "yes", "yes")
    ok(circle.facilitator.post(path_of(poll, "/book"), {}))
    circle.world.hears(
        "membership.person.erased.v1", person_id=circle.member.id, pseudonym="former associate"
    )
    shown = seen(circle, poll)
    assert codes(shown) == [[], [], []]
    assert (shown["asked"], [one["name"] for one in shown["unanswered"]]) == (3, ["former associate"])


def test_of_why_one_who_is_erased_booked_an_excluded_slot_no_words_are_kept(circle: Circle) -> None:
    polls = []
    for by, start, why in (
        (circle.secretary, FIRST, "Mo is ill"),
        (circle.facilitator, SECOND, "it must be"),
    ):
        poll = circle.poll(slots=[{"starts_at": start}])
        everybody_answers(circle, poll, "no")
        chosen = {"slot_id": poll["slots"][0]["id"], "despite_exclusion": why}
        polls.append(ok(by.post(path_of(poll, "/book"), chosen)))

    for _ in range(2):
        circle.world.hears(
            "membership.person.erased.v1", person_id=circle.secretary.id, pseudonym="former associate"
        )

    assert [seen(circle, poll)["booked_despite"] for poll in polls] == ["", "it must be"]


# -- at once -------------------------------------------------------------------------------------------------


def test_of_eight_who_book_at_once_one_schedules_a_meeting(a_world: WorldMaker, each_engine: str) -> None:
    circle = a_circle(a_world("meetings", on=each_engine, pool_size=8))
    poll = circle.poll()
    everybody_answers(circle, poll, "yes", "yes", "yes")
    bookings = [
        partial(circle.facilitator.post, path_of(poll, "/book"), {"slot_id": slot["id"]})
        for slot in (*poll["slots"], *poll["slots"], *poll["slots"][:2])
    ]
    answers = at_once(bookings)
    assert sorted(one.status_code for one in answers) == [200, *[409] * 7]  # type: ignore[union-attr]
    assert len(circle.world.published("meetings.meeting.scheduled.v1")) == 1


def test_of_polls_booked_at_once_that_share_a_member_one_succeeds(
    a_world: WorldMaker, each_engine: str
) -> None:
    circle = a_circle(a_world("meetings", on=each_engine, pool_size=8))
    groups = [another(circle, circle.member) for _ in range(8)]
    acts = []
    for group in groups:
        poll = group.poll(slots=[{"starts_at": FIRST}])
        for person in (group.facilitator, circle.member):
            answer(person, poll, "yes")
        acts.append(partial(group.facilitator.post, path_of(poll, "/book"), {}))
    answers = at_once(acts)
    assert sorted(one.status_code for one in answers) == [200, *[409] * 7]  # type: ignore[union-attr]
    assert len(circle.world.published("meetings.meeting.scheduled.v1")) == 1


def test_workers_remind_and_close_once(a_world: WorldMaker, each_engine: str) -> None:
    circle = a_circle(a_world("meetings", on=each_engine, pool_size=8))
    circle.poll()
    circle.world.it_is(datetime(2017, 9, 1, tzinfo=UTC))
    at_once([circle.world.falls_due] * 8)
    circle.world.it_is(datetime(2017, 9, 1, 12, tzinfo=UTC) + timedelta(seconds=1))
    at_once([circle.world.falls_due] * 8)
    assert len(circle.world.published("meetings.poll.reminder_due.v1")) == 1
    assert len(circle.world.published("meetings.poll.closed.v1")) == 1


def test_answers_given_at_once_all_count(a_world: WorldMaker, each_engine: str) -> None:
    circle = a_circle(a_world("meetings", on=each_engine, pool_size=8))
    poll = circle.poll()
    said: Sequence[str] = ("yes", "no", "if_need_be")
    acts = [partial(answer, person, poll, *said) for person in circle.seated for _ in range(3)]
    at_once(acts)
    shown = seen(circle, poll)
    assert [slot["yes"] for slot in shown["slots"]] == [3, 0, 0]
    revisions = [one["revision"] for one in circle.world.published("meetings.poll.answered.v1")]
    assert sorted(revisions) == list(range(2, 11))


def another(circle: Circle, *shared: Caller) -> Circle:
    """A second group with these members of the first, led by somebody who is only there."""
    world = circle.world
    group_id, hans = world.group("Housing"), world.person("Hans")
    for person in (hans, *shared):
        world.seat(group_id, person.id)
    world.role(group_id, hans.id, "facilitator")
    return Circle(world, group_id, hans, hans, hans, circle.expert, circle.stranger)
