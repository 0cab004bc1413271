"""Registration where a meeting is open to all: places, a waiting list, and who is told what."""

from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from beraad.identifiers import new_id
from beraad.perform import transaction
from beraad.storage.tables import known_seats
from beraad_meetings.domain.registrations import Registration
from meetings.vocabulary import ANYWAY, EVENING, Circle, a_circle
from worlds.callers import Caller, ok, problem
from worlds.races import at_once
from worlds.world import World, WorldMaker


@pytest.fixture
def world(a_world: WorldMaker) -> World:
    return a_world("meetings")


@pytest.fixture
def circle(world: World) -> Circle:
    return a_circle(world)


def path_of(meeting: dict[str, Any], more: str = "/registrations/me") -> str:
    return f"/v1/meetings/{meeting['id']}{more}"


def joins(person: Caller, meeting: dict[str, Any]) -> dict[str, Any]:
    """Their registration afterwards."""
    mine: dict[str, Any] = ok(person.put(path_of(meeting)))["mine"]
    return mine


def people(world: World, number: int) -> list[Caller]:
    return [world.person(f"Person {n}") for n in range(number)]


def told(circle: Circle, occasion: str) -> list[str]:
    return [one["person_id"] for one in circle.invited("invited") if one["occasion"] == occasion]


def leaves(circle: Circle, person: Caller) -> None:
    """Their seat ends."""
    held = known_seats.c.person_id == person.id
    with transaction(circle.world.store) as work:
        seat = work.session.execute(select(known_seats).where(held)).one()
    told = {name: getattr(seat, name) for name in ("seat_id", "group_id", "person_id")}
    term = {"starts_on": "2017-01-01", "ends_on": None}
    circle.world.hears("membership.seat.vacated.v1", **told, **term, reason="resigned")


def a_member_who_waits(circle: Circle) -> tuple[dict[str, Any], Caller]:
    """The stranger has the only place; whoever waits for it is seated meanwhile."""
    meeting = circle.meeting(registration={"capacity": 1})
    (waiting,) = people(circle.world, 1)
    for one in (circle.stranger, waiting):
        joins(one, meeting)
    circle.world.seat(circle.group_id, waiting.id)
    return meeting, waiting


def test_whoever_comes_first_gets_a_place_and_a_calendar(circle: Circle) -> None:
    meeting = circle.meeting(registration={"capacity": 1})
    first, second, third = people(circle.world, 3)

    assert [joins(one, meeting)["state"] for one in (first, second, third)] == [
        "registered",
        "waiting",
        "waiting",
    ]

    seen = ok(third.get(path_of(meeting, "")))
    assert seen["registration"]["mine"]["place"] == 2
    assert (seen["registration"]["registered"], seen["registration"]["waiting"]) == (1, 2)
    assert told(circle, "registered") == [str(first.id)]
    (invited,) = [one for one in circle.invited() if one["occasion"]]
    assert invited["role"] == "guest"
    assert f"UID:{meeting['id']}" in invited["calendar"]
    waitlisted = circle.world.published("meetings.registration.waitlisted.v1")
    assert [(one["person_id"], one["waiting_place"]) for one in waitlisted] == [
        (str(second.id), 1),
        (str(third.id), 2),
    ]
    assert ok(first.get(path_of(meeting, "")))["my_invitation"]["role"] == "guest"
    assert seen["my_invitation"] is None


def test_registering_again_changes_nothing(circle: Circle) -> None:
    meeting = circle.meeting(registration={"capacity": 1})
    (first,) = people(circle.world, 1)
    mine = joins(first, meeting)
    before = len(circle.world.published())
    assert joins(first, meeting) == mine
    assert len(circle.world.published()) == before


def test_who_withdraws_makes_place_for_exactly_one(circle: Circle) -> None:
    meeting = circle.meeting(registration={"capacity": 1})
    first, second, third = people(circle.world, 3)
    for one in (first, second, third):
        joins(one, meeting)

    for _ in range(2):
        assert ok(first.delete(path_of(meeting)))["mine"] is None

    assert told(circle, "promoted") == [str(second.id)]
    confirmed = circle.world.published("meetings.registration.confirmed.v1")
    assert [(one["person_id"], one["promoted"]) for one in confirmed] == [
        (str(first.id), False),
        (str(second.id), True),
    ]
    assert len(circle.world.published("meetings.registration.withdrawn.v1")) == 1
    assert joins(third, meeting)["place"] == 1
    again = joins(first, meeting)
    assert (again["state"], again["place"]) == ("waiting", 2)
    assert ok(first.get(path_of(meeting, "")))["my_invitation"] is None


def test_who_waits_no_longer_makes_nobody_else_come(circle: Circle) -> None:
    meeting = circle.meeting(registration={"capacity": 1})
    first, second, third = people(circle.world, 3)
    for one in (first, second, third):
        joins(one, meeting)
    ok(second.delete(path_of(meeting)))
    assert told(circle, "promoted") == []
    assert joins(third, meeting)["place"] == 1


def test_whoever_is_invited_anyway_takes_no_place(circle: Circle) -> None:
    meeting = circle.meeting(registration={"capacity": 1})
    expert = {"person_id": str(circle.expert.id), "role": "expert"}
    ok(circle.facilitator.post(path_of(meeting, "/guests"), expert), 201)
    for one in (circle.member, circle.expert):
        problem(one.put(path_of(meeting)), 409, "AlreadyInvited")
    assert (
        joins(circle.stranger, meeting)["state"] == joins(circle.stranger, meeting)["state"] == "registered"
    )
    assert told(circle, "registered") == [str(circle.stranger.id)]


def test_one_who_waits_and_is_seated_is_told_of_their_place_and_stays_a_member(circle: Circle) -> None:
    meeting, second = a_member_who_waits(circle)
    ok(circle.stranger.delete(path_of(meeting)))
    (again,) = [one for one in circle.invited() if one["occasion"] == "promoted"]
    assert (again["person_id"], again["role"], again["revision"]) == (str(second.id), "member", 2)
    ok(second.delete(path_of(meeting)))
    assert ok(second.get(path_of(meeting, "")))["my_invitation"]["role"] == "member"


def test_whoever_declines_gives_up_their_place(circle: Circle) -> None:
    meeting = circle.meeting(registration={"capacity": 1})
    first, second = people(circle.world, 2)
    joins(first, meeting)
    joins(second, meeting)
    ok(first.put(path_of(meeting, "/invitations/me"), {"answer": "declined"}))
    assert ok(second.get(path_of(meeting, "")))["registration"]["mine"]["state"] == "registered"
    assert ok(first.get(path_of(meeting, "")))["registration"]["mine"] is None


def test_a_member_who_registered_and_leaves_the_group_comes_as_a_guest(circle: Circle) -> None:
    meeting, second = a_member_who_waits(circle)
    ok(circle.stranger.delete(path_of(meeting)))
    leaves(circle, second)
    invitation = ok(second.get(path_of(meeting, "")))["my_invitation"]
    assert invitation["role"] == "guest"
    circle.change(meeting, starts_at="2017-10-11T17:00:00+00:00")
    assert str(second.id) in {one["person_id"] for one in circle.invited("moved")}


def test_a_guest_who_is_seated_and_withdraws_stays_invited_as_every_member(circle: Circle) -> None:
    meeting = circle.meeting(registration={"capacity": 5})
    (guest,) = people(circle.world, 1)
    joins(guest, meeting)
    circle.world.seat(circle.group_id, guest.person_id)  # type: ignore[arg-type]
    ok(guest.delete(path_of(meeting)))
    assert ok(guest.get(path_of(meeting, "")))["my_invitation"]["role"] == "member"
    leaves(circle, guest)
    assert ok(guest.get(path_of(meeting, "")))["my_invitation"] is None


def test_more_places_go_to_those_who_wait_and_fewer_take_nobodys(circle: Circle) -> None:
    meeting = circle.meeting(registration={"capacity": 1})
    everyone = people(circle.world, 4)
    some, last = everyone[:3], everyone[3]
    for one in everyone:
        joins(one, meeting)

    answer = ok(circle.facilitator.put(path_of(meeting, "/registration"), {"capacity": 3}))
    assert (answer["registered"], answer["waiting"]) == (3, 1)
    assert told(circle, "promoted") == [str(one.id) for one in some[1:]]

    fewer = ok(circle.facilitator.put(path_of(meeting, "/registration"), {"capacity": 1}))
    assert (fewer["capacity"], fewer["registered"]) == (1, 3)
    ok(some[0].delete(path_of(meeting)))
    assert joins(last, meeting)["state"] == "waiting"


def many_wait(circle: Circle, meeting: dict[str, Any], number: int) -> list[str]:
    """So many people whom nobody invited, as if each had come; returns their ids in the order of arrival."""
    with transaction(circle.world.store) as work:
        waiting = [
            Registration(
                id=new_id(),
                meeting_id=UUID(meeting["id"]),
                person_id=new_id(),
                number=at,
                registered_at=work.now,
                revision=1,
            )
            for at in range(1, number + 1)
        ]
        work.registrations.keep(waiting)
        places = work.registrations.list_of(UUID(meeting["id"]))
        places.last_number = number
        work.registrations.keep_list(places)
    return [str(one.person_id) for one in waiting]


def test_hundreds_get_a_place_in_as_many_statements_as_one_and_each_is_told_once(
    a_world: WorldMaker, each_engine: str
) -> None:
    circle = a_circle(a_world("meetings", on=each_engine))
    meeting = circle.meeting(registration={"capacity": 1})
    waiting = many_wait(circle, meeting, 500)
    path = path_of(meeting, "/registration")

    with circle.world.counting_statements() as few:
        ok(circle.facilitator.put(path, {"capacity": 2}))
    with circle.world.counting_statements() as many:
        ok(circle.facilitator.put(path, {"capacity": 450}))
    listed = ok(circle.facilitator.put(path, {"capacity": 450}))

    assert (listed["registered"], listed["waiting"]) == (450, 50)
    assert len(many) == len(few)
    assert told(circle, "promoted") == waiting[:450]
    confirmed = circle.world.published("meetings.registration.confirmed.v1")
    assert [(one["person_id"], one["promoted"], one["revision"]) for one in confirmed] == [
        (one, True, 2) for one in waiting[:450]
    ]


def test_hundreds_who_wait_are_told_of_a_move_and_a_cancellation_in_as_many_statements_as_one(
    circle: Circle,
) -> None:
    short, long = (circle.meeting(registration={"capacity": 1}) for _ in range(2))
    many_wait(circle, short, 1)
    waiting = many_wait(circle, long, 300)

    def statements(meeting: dict[str, Any]) -> list[int]:
        with circle.world.counting_statements() as moving:
            circle.change(meeting, starts_at="2017-10-11T17:00:00+00:00", **ANYWAY)
        with circle.world.counting_statements() as cancelling:
            ok(circle.facilitator.post(path_of(meeting, "/cancel"), {"reason": "storm"}))
        return [len(moving), len(cancelling)]

    assert statements(short) == statements(long)
    for topic in ("rescheduled", "lapsed"):
        events = circle.world.published(f"meetings.registration.{topic}.v1")
        assert [one["person_id"] for one in events if one["meeting_id"] == long["id"]] == waiting


def test_who_waits_is_told_that_the_meeting_moved_without_being_invited(circle: Circle) -> None:
    meeting = circle.meeting(registration={"capacity": 1})
    first, second, member = people(circle.world, 3)
    for one in (first, second, member):
        joins(one, meeting)
    circle.world.seat(circle.group_id, member.id)

    circle.change(meeting, starts_at="2017-10-11T17:00:00+00:00")
    circle.change(meeting, place="Elsewhere")

    (moved,) = circle.world.published("meetings.registration.rescheduled.v1")
    assert (moved["person_id"], moved["revision"]) == (str(second.id), 2)
    assert (moved["previous_starts_at"], moved["previous_ends_at"]) == (
        "2017-10-10T16:00:00+00:00",
        "2017-10-10T17:00:00+00:00",
    )
    assert (moved["starts_at"], moved["ends_at"]) == (
        "2017-10-11T17:00:00+00:00",
        "2017-10-11T18:00:00+00:00",
    )
    assert {one["person_id"] for one in circle.invited("moved")} == {
        str(first.id),
        *(str(one.id) for one in [*circle.seated, member]),
    }
    assert str(second.id) not in {one["person_id"] for one in circle.invited()}
    ok(first.delete(path_of(meeting)))
    (promoted,) = [one for one in circle.invited("invited") if one["occasion"] == "promoted"]
    assert (promoted["person_id"], promoted["starts_at"]) == (str(second.id), "2017-10-11T17:00:00+00:00")


def test_who_waits_for_one_meeting_of_a_series_is_told_of_what_becomes_of_the_series(circle: Circle) -> None:
    series = circle.series()
    second, third, last = (series["meetings"][at] for at in (1, 2, 4))
    for meeting in (second, third, last):
        ok(circle.facilitator.put(path_of(meeting, "/registration"), {"capacity": 1}))
    some, others, member = people(circle.world, 3)
    for one in (circle.stranger, some, member):
        joins(one, second)
    circle.world.seat(circle.group_id, member.id)
    joins(some, third)
    for one in (circle.stranger, others):
        joins(one, last)

    circle.change_series(series, start_time="19:00", reason="traffic")

    def told_of(topic: str) -> list[tuple[str, str, str]]:
        events = circle.world.published(f"meetings.registration.{topic}.v1")
        return sorted((one["meeting_id"], one["person_id"], one["reason"]) for one in events)

    assert told_of("rescheduled") == sorted(
        [(second["id"], str(some.id), "traffic"), (last["id"], str(others.id), "traffic")]
    )
    ok(circle.facilitator.post(f"/v1/series/{series['id']}/cancel", {"reason": "storm"}))
    assert told_of("lapsed") == sorted(
        [
            (second["id"], str(some.id), "storm"),
            (second["id"], str(member.id), "storm"),
            (last["id"], str(others.id), "storm"),
        ]
    )


def test_a_meeting_is_opened_to_all_later(circle: Circle) -> None:
    meeting = circle.meeting()
    problem(circle.stranger.get(path_of(meeting, "")), 404, "NotFound")
    problem(circle.stranger.put(path_of(meeting)), 404, "NotFound")
    problem(circle.member.put(path_of(meeting)), 409, "RegistrationNotOffered")
    assert ok(circle.member.get(path_of(meeting, "")))["registration"] is None

    ok(circle.facilitator.put(path_of(meeting, "/registration"), {"capacity": 3}))

    assert ok(circle.stranger.get(path_of(meeting, "")))["title"] == meeting["title"]
    assert [one["id"] for one in ok(circle.stranger.get("/v1/meetings"))["items"]] == [meeting["id"]]
    assert joins(circle.stranger, meeting)["place"] == 1
    problem(circle.stranger.get(path_of(meeting, "/registrations")), 404, "NotFound")
    problem(circle.facilitator.put(path_of(meeting, "/registration"), {"capacity": 0}), 422, "InvalidRequest")


def test_coordinators_see_who_comes_in_the_order_of_arrival(circle: Circle) -> None:
    meeting = circle.meeting(registration={"capacity": 2})
    for one in people(circle.world, 4):
        joins(one, meeting)
    first = circle.facilitator.get(path_of(meeting, "/registrations?limit=3"))
    rest = circle.facilitator.get(first.headers["Link"].split(">")[0][1:])
    shown = [*ok(first)["items"], *ok(rest)["items"]]
    assert [(one["name"], one["state"], one["place"], one["number"]) for one in shown] == [
        ("Person 0", "registered", 1, 1),
        ("Person 1", "registered", 2, 2),
        ("Person 2", "waiting", 1, 3),
        ("Person 3", "waiting", 2, 4),
    ]


def test_a_meeting_that_has_begun_takes_and_gives_no_places(circle: Circle) -> None:
    meeting = circle.meeting(registration={"capacity": 1})
    first, second = people(circle.world, 2)
    joins(first, meeting)
    joins(second, meeting)
    ok(circle.facilitator.post(path_of(meeting, "/open")))
    problem(circle.stranger.put(path_of(meeting)), 409, "MeetingHasBegun")
    problem(first.delete(path_of(meeting)), 409, "MeetingHasBegun")
    problem(
        circle.facilitator.put(path_of(meeting, "/registration"), {"capacity": 9}), 409, "MeetingHasBegun"
    )
    assert told(circle, "promoted") == []


def test_a_place_that_becomes_free_after_the_start_is_given_to_nobody(circle: Circle) -> None:
    meeting = circle.meeting(registration={"capacity": 1})
    first, second = people(circle.world, 2)
    joins(first, meeting)
    joins(second, meeting)
    circle.world.days_pass(100)
    problem(circle.stranger.put(path_of(meeting)), 409, "MeetingHasBegun")
    ok(first.delete(path_of(meeting)))
    assert told(circle, "promoted") == []


def test_who_waits_is_told_that_the_meeting_is_cancelled(circle: Circle) -> None:
    meeting = circle.meeting(registration={"capacity": 1})
    first, second = people(circle.world, 2)
    joins(first, meeting)
    joins(second, meeting)
    for _ in range(2):
        ok(circle.facilitator.post(path_of(meeting, "/cancel"), {"reason": "storm"}))
    lapsed = circle.world.published("meetings.registration.lapsed.v1")
    assert [(one["person_id"], one["reason"]) for one in lapsed] == [(str(second.id), "storm")]
    assert str(first.id) in [one["person_id"] for one in circle.invited("cancelled")]
    problem(circle.stranger.put(path_of(meeting)), 409, "MeetingIsCancelled")


def test_the_place_of_one_who_is_erased_goes_to_who_waits(circle: Circle) -> None:
    meeting = circle.meeting(registration={"capacity": 1})
    first, second = people(circle.world, 2)
    joins(first, meeting)
    joins(second, meeting)
    erased = {"person_id": first.id, "pseudonym": "former associate"}
    for _ in range(2):
        circle.world.hears("membership.person.erased.v1", **erased)
    assert told(circle, "promoted") == [str(second.id)]
    listed = ok(circle.facilitator.get(path_of(meeting, "/registrations")))["items"]
    assert [(one["person_id"], one["state"]) for one in listed] == [(str(second.id), "registered")]


def test_of_fifty_at_once_one_gets_the_place_and_the_rest_wait_in_order(
    a_world: WorldMaker, each_engine: str
) -> None:
    """Each request has a connection, as where it is served."""
    circle = a_circle(a_world("meetings", on=each_engine, pool_size=50))
    meeting = circle.meeting(registration={"capacity": 1})
    everyone = people(circle.world, 50)

    assert at_once([partial(told_their_place, one, meeting) for one in everyone]) == [None] * 50

    listed = ok(circle.facilitator.get(path_of(meeting, "/registrations?limit=100")))["items"]
    assert [(one["state"], one["place"], one["number"]) for one in listed] == [
        ("registered", 1, 1),
        *(("waiting", place, place + 1) for place in range(1, 50)),
    ]
    assert {one["person_id"] for one in listed} == {str(one.id) for one in everyone}
    confirmed = circle.world.published("meetings.registration.confirmed.v1")
    assert [one["person_id"] for one in confirmed] == [listed[0]["person_id"]]
    waitlisted = circle.world.published("meetings.registration.waitlisted.v1")
    assert sorted((one["waiting_place"], one["person_id"]) for one in waitlisted) == [
        (one["place"], one["person_id"]) for one in listed[1:]
    ]


def test_ten_who_withdraw_at_once_make_place_for_as_many_as_had_one(
    a_world: WorldMaker, each_engine: str
) -> None:
    circle = a_circle(a_world("meetings", on=each_engine, pool_size=8))
    meeting = circle.meeting(registration={"capacity": 10})
    everyone = people(circle.world, 25)
    for one in everyone:
        joins(one, meeting)

    assert (
        at_once([partial(told_their_place, one, meeting, "DELETE") for one in everyone[:10]]) == [None] * 10
    )

    assert told(circle, "promoted") == [str(one.id) for one in everyone[10:20]]
    listed = ok(circle.facilitator.get(path_of(meeting, "/registrations")))["items"]
    assert [(one["person_id"], one["state"]) for one in listed] == [
        *((str(one.id), "registered") for one in everyone[10:20]),
        *((str(one.id), "waiting") for one in everyone[20:]),
    ]


def told_their_place(one: Caller, meeting: dict[str, Any], method: str = "PUT") -> None:
    """Nobody is asked to come again."""
    ok(one.call(method, path_of(meeting)))


def test_a_registration_list_costs_the_same_however_long_it_is(circle: Circle) -> None:
    meeting = circle.meeting(registration={"capacity": 3})
    (first, *rest) = people(circle.world, 30)
    joins(first, meeting)
    with circle.world.counting_statements() as few:
        circle.facilitator.get(path_of(meeting, "/registrations"))
    for one in rest:
        joins(one, meeting)
    with circle.world.counting_statements() as many:
        circle.facilitator.get(path_of(meeting, "/registrations"))
    assert len(many) == len(few)


def test_a_meeting_named_with_places_is_listed_for_everybody(circle: Circle) -> None:
    body = {**EVENING, "group_id": str(circle.group_id), "registration": {"capacity": 2}}
    meeting = ok(circle.facilitator.post("/v1/meetings", body), 201)
    assert meeting["registration"] == {"capacity": 2, "registered": 0, "waiting": 0, "mine": None}
    assert meeting["id"] in [one["id"] for one in ok(circle.stranger.get("/v1/meetings"))["items"]]
