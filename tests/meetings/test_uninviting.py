"""Whoever is not invited any more is told, alone, and what they had leaves their calendar (RFC 5546 §3.2.5)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from meetings.reading import events_of
from meetings.vocabulary import Circle, a_circle
from worlds.callers import Caller, ok
from worlds.world import WorldMaker


@pytest.fixture
def circle(a_world: WorldMaker, each_engine: str) -> Circle:
    return a_circle(a_world("meetings", on=each_engine))


def leaves(circle: Circle, who: Caller, seat_id: UUID) -> None:
    circle.world.hears(
        "membership.seat.vacated.v1",
        group_id=circle.group_id,
        seat_id=seat_id,
        person_id=who.id,
        starts_on="2017-01-01",
        ends_on=None,
        reason="resigned",
    )


def joins(circle: Circle) -> tuple[Caller, UUID]:
    bram = circle.world.person("Bram")
    return bram, circle.world.seat(circle.group_id, bram.id)


def registered(circle: Circle, meeting: dict[str, Any]) -> Caller:
    path = f"/v1/meetings/{meeting['id']}"
    ok(circle.facilitator.put(f"{path}/registration", {"capacity": 1}))
    ok(circle.stranger.put(f"{path}/registrations/me"))
    return circle.stranger


def uninvited(circle: Circle) -> list[dict[str, Any]]:
    return [one for one in circle.invited("cancelled") if one["occasion"] == "uninvited"]


def newest(circle: Circle, who: Caller, *changes: str) -> dict[str, Any]:
    return [one for one in circle.invited(*changes) if one["person_id"] == str(who.id)][-1]


def sequences(told: dict[str, Any]) -> set[int]:
    return {int(event["SEQUENCE"]) for event in events_of(told["calendar"])}


def test_whoever_leaves_the_group_is_told_alone_of_the_series_and_of_the_meeting(circle: Circle) -> None:
    series, meeting = circle.series(), circle.meeting()
    bram, seat_id = joins(circle)
    had = {one["series_id"]: one for one in circle.invited() if one["person_id"] == str(bram.id)}
    leaves(circle, bram, seat_id)

    told = uninvited(circle)
    assert {(one["person_id"], one["method"], one["role"]) for one in told} == {
        (str(bram.id), "CANCEL", "member")
    }
    by_scope = {one["series_id"]: one for one in told}
    assert set(by_scope) == {series["id"], None}
    assert by_scope[None]["meeting_id"] == meeting["id"]
    assert by_scope[series["id"]]["starts_at"] == series["meetings"][0]["starts_at"]
    for scope, one in by_scope.items():
        assert one["revision"] == had[scope]["revision"] + 1
        (event,) = events_of(one["calendar"])
        assert str(event["UID"]) == (series["id"] if scope else meeting["id"])
        assert "STATUS" not in event
        assert max(sequences(had[scope])) < int(event["SEQUENCE"])
        assert ("RRULE" in event, "RECURRENCE-ID" in event) == (scope is not None, False)

    leaves(circle, bram, seat_id)
    assert len(uninvited(circle)) == 2


def test_of_a_series_what_was_held_stays_in_the_calendar(circle: Circle) -> None:
    series = circle.series()
    bram, seat_id = joins(circle)
    circle.world.it_is(datetime.fromisoformat(series["meetings"][1]["starts_at"]) + timedelta(days=1))
    leaves(circle, bram, seat_id)
    (told,) = uninvited(circle)
    coming = [one["starts_at"] for one in series["meetings"][2:]]
    named = [event["RECURRENCE-ID"].dt for event in events_of(told["calendar"])]
    assert named == [datetime.fromisoformat(one) for one in coming]
    assert told["starts_at"] == coming[0]


def test_nothing_is_told_of_what_is_over_or_of_a_group_that_ended(circle: Circle) -> None:
    over, _series = circle.meeting(starts_at="2017-08-02T16:00:00+00:00"), circle.series()
    bram, seat_id = joins(circle)
    circle.world.it_is(datetime.fromisoformat(over["starts_at"]) + timedelta(days=1))
    circle.world.hears("membership.group.ended.v1", group_id=circle.group_id, ended_on="2017-08-03")
    leaves(circle, bram, seat_id)
    assert uninvited(circle) == []


def test_whoever_is_invited_by_name_too_keeps_that_meeting(circle: Circle) -> None:
    series = circle.series()
    october = series["meetings"][1]
    guest = {"person_id": str(circle.expert.id), "role": "expert"}
    ok(circle.facilitator.post(f"/v1/meetings/{october['id']}/guests", guest), 201)
    seat_id = circle.world.seat(circle.group_id, circle.expert.id)
    leaves(circle, circle.expert, seat_id)
    (told,) = uninvited(circle)
    named = [event["RECURRENCE-ID"].dt for event in events_of(told["calendar"])]
    others = [one for one in series["meetings"] if one is not october]
    assert named == [datetime.fromisoformat(one["starts_at"]) for one in others]


def test_whoever_withdraws_from_a_meeting_or_an_occurrence_is_told(circle: Circle) -> None:
    series = circle.series()
    for meeting in (circle.meeting(), series["meetings"][1]):
        guest = registered(circle, meeting)
        before = newest(circle, guest, "invited")
        ok(guest.delete(f"/v1/meetings/{meeting['id']}/registrations/me"))
        told = uninvited(circle)[-1]
        assert (told["person_id"], told["role"], told["meeting_id"]) == (
            str(guest.id),
            "guest",
            meeting["id"],
        )
        assert max(sequences(before)) < min(sequences(told))
    assert len(uninvited(circle)) == 2
    moved = circle.change(series["meetings"][2], starts_at="2017-11-14T18:30:00+00:00")
    assert sequences(newest(circle, circle.member, "moved")) == {max(sequences(told)) + 2}
    assert moved["state"] == "planned"


def test_whoever_is_invited_again_gets_a_later_sequence_than_what_took_it_away(circle: Circle) -> None:
    series, meeting = circle.series(), circle.meeting()
    bram, seat_id = joins(circle)
    leaves(circle, bram, seat_id)
    gone = {one["series_id"]: sequences(one) for one in uninvited(circle)}
    circle.world.seat(circle.group_id, bram.id)
    again = [one for one in circle.invited("invited") if one["person_id"] == str(bram.id)][-2:]
    guest = registered(circle, meeting)
    ok(guest.delete(f"/v1/meetings/{meeting['id']}/registrations/me"))
    withdrawn = newest(circle, guest, "cancelled")
    ok(guest.put(f"/v1/meetings/{meeting['id']}/registrations/me"))

    assert {one["series_id"] for one in again} == set(gone) == {series["id"], None}
    assert all(min(sequences(one)) > max(gone[one["series_id"]]) for one in again)
    assert min(sequences(newest(circle, guest, "invited"))) > max(sequences(withdrawn))


@pytest.mark.parametrize("leaving", ["withdraws", "declines"])
def test_whoever_is_invited_to_the_series_by_now_keeps_the_occurrence(circle: Circle, leaving: str) -> None:
    october = circle.series()["meetings"][1]
    guest, path = registered(circle, october), f"/v1/meetings/{october['id']}"
    circle.world.seat(circle.group_id, guest.id)
    if leaving == "withdraws":
        ok(guest.delete(f"{path}/registrations/me"))
    else:
        ok(guest.put(f"{path}/invitations/me", {"answer": "declined"}))
    told = ok(guest.get(path))
    assert (told["registration"]["mine"], told["my_invitation"]["role"]) == (None, "member")
    assert uninvited(circle) == []


def test_whoever_waited_or_was_erased_is_told_nothing(circle: Circle) -> None:
    meeting = circle.meeting()
    guest = registered(circle, meeting)
    waiting = circle.world.person("Wout")
    path = f"/v1/meetings/{meeting['id']}/registrations/me"
    ok(waiting.put(path))
    ok(waiting.delete(path))
    circle.world.hears("membership.person.erased.v1", person_id=guest.id, pseudonym="erased-1")
    assert uninvited(circle) == []
