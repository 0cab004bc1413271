"""Nobody is in two meetings at once, unless somebody says why."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from beraad_meetings.domain.double_booking import Span, overlaps_among
from meetings.vocabulary import EVENING, MONTHLY, Circle, a_circle
from worlds.callers import Caller, ok, problem
from worlds.races import at_once
from worlds.world import World, WorldMaker

NOON = datetime(2017, 10, 10, 12, tzinfo=UTC)
REASON = {"despite_conflicts": "she says it does not matter"}


@pytest.fixture
def world(a_world: WorldMaker) -> World:
    return a_world("meetings")


@pytest.fixture
def circle(world: World) -> Circle:
    return a_circle(world)


def another(circle: Circle, *shared: Caller, name: str = "Housing") -> tuple[UUID, Caller]:
    """A second group with these members of the first, and its facilitator, who is only there."""
    world = circle.world
    group_id, facilitator = world.group(name), world.person("Hans")
    for person in (facilitator, *shared):
        world.seat(group_id, person.id)
    world.role(group_id, facilitator.id, "facilitator")
    return group_id, facilitator


def body(group_id: UUID, **changes: Any) -> dict[str, Any]:
    return {**EVENING, "group_id": str(group_id), **changes}


def hours(start: float, end: float) -> Span:
    return Span(NOON + timedelta(hours=start), NOON + timedelta(hours=end))


def test_what_touches_does_not_overlap() -> None:
    assert hours(0, 1).shared_with(hours(1, 2)) is None
    assert hours(1, 2).shared_with(hours(0, 1)) is None
    assert hours(0, 2).shared_with(hours(1, 3)) == hours(1, 2)
    assert hours(0, 3).shared_with(hours(1, 2)) == hours(1, 2)


def test_spans_that_overlap_one_another_are_found() -> None:
    assert overlaps_among([hours(4, 5), hours(0, 1), hours(1, 4)]) is None
    assert overlaps_among([hours(4, 5), hours(0, 1), hours(1, 4.5)]) == hours(4, 4.5)


def test_a_refusal_names_the_member_the_meeting_and_the_overlap(circle: Circle) -> None:
    group_id, _ = another(circle, circle.facilitator, circle.member)
    circle.world.role(group_id, circle.facilitator.id, "facilitator")
    taken = circle.meeting()

    late = body(group_id, starts_at="2017-10-10T16:30:00+00:00")
    refusal = problem(circle.facilitator.post("/v1/meetings", late), 409, "DoubleBooking")

    assert refusal["total"] == 2
    assert {one["name"] for one in refusal["conflicts"]} == {"Fatima", "Mo"}
    for one in refusal["conflicts"]:
        assert one["meeting"] == {
            "id": taken["id"],
            "title": taken["title"],
            "group_id": str(circle.group_id),
        }
        assert one["overlap_starts_at"] == "2017-10-10T16:30:00+00:00"
        assert one["overlap_ends_at"] == "2017-10-10T17:00:00+00:00"
    assert "is in “Visit to a bakery” from 2017-10-10 16:30 to 2017-10-10 17:00 UTC" in refusal["detail"]
    assert ok(circle.facilitator.get(f"/v1/meetings?group_id={group_id}"))["items"] == []
    assert len(circle.world.published("meetings.meeting.scheduled.v1")) == 1


def test_of_a_meeting_one_may_not_see_nothing_but_its_time_is_told(circle: Circle) -> None:
    group_id, hans = another(circle, circle.member)
    circle.meeting(title="Something secret")

    refusal = problem(hans.post("/v1/meetings", body(group_id)), 409, "DoubleBooking")

    (one,) = refusal["conflicts"]
    assert (one["name"], one["meeting"]) == ("Mo", None)
    assert "Mo is in another meeting" in refusal["detail"]
    assert "secret" not in str(refusal)
    assert str(circle.group_id) not in str(refusal)


@pytest.mark.parametrize("start", ["2017-10-10T17:00:00+00:00", "2017-10-10T15:00:00+00:00"])
def test_meetings_may_touch(circle: Circle, start: str) -> None:
    group_id, hans = another(circle, circle.member)
    circle.meeting()
    ok(hans.post("/v1/meetings", body(group_id, starts_at=start)), 201)


def _cancels(circle: Circle, meeting: dict[str, Any]) -> None:
    ok(circle.facilitator.post(f"/v1/meetings/{meeting['id']}/cancel", {"reason": "storm"}))


def _declines(circle: Circle, meeting: dict[str, Any]) -> None:
    ok(circle.member.put(f"/v1/meetings/{meeting['id']}/invitations/me", {"answer": "declined"}))


def _leaves(circle: Circle, meeting: dict[str, Any]) -> None:
    ok(circle.facilitator.post(f"/v1/meetings/{meeting['id']}/open"))
    circle.attends(meeting, circle.member)
    ok(circle.facilitator.post(f"/v1/meetings/{meeting['id']}/close", {"report": "We met."}))


@pytest.mark.parametrize("frees", [_cancels, _declines, _leaves])
def test_who_is_free_is_booked(circle: Circle, frees: Callable[[Circle, dict[str, Any]], None]) -> None:
    group_id, hans = another(circle, circle.member)
    frees(circle, circle.meeting())
    ok(hans.post("/v1/meetings", body(group_id)), 201)


def test_a_reason_overrides_is_kept_and_shown(circle: Circle) -> None:
    group_id, hans = another(circle, circle.member)
    circle.meeting()

    meeting = ok(hans.post("/v1/meetings", body(group_id, **REASON)), 201)

    (kept,) = meeting["overridden_conflicts"]
    assert (kept["people"], kept["reason"]) == (1, "she says it does not matter")
    assert (kept["overridden_by"], kept["overridden_by_name"]) == (str(hans.id), "Hans")


def test_a_reason_that_was_not_needed_is_not_kept(circle: Circle) -> None:
    meeting = ok(circle.facilitator.post("/v1/meetings", body(circle.group_id, **REASON)), 201)
    assert meeting["overridden_conflicts"] == []


def test_a_series_is_refused_for_one_of_its_meetings(circle: Circle) -> None:
    group_id, hans = another(circle, circle.member)
    circle.meeting(starts_at="2017-11-07T18:00:00+00:00")
    series = {**MONTHLY, "group_id": str(group_id)}

    refusal = problem(hans.post("/v1/series", series), 409, "DoubleBooking")

    assert [one["overlap_starts_at"] for one in refusal["conflicts"]] == ["2017-11-07T18:00:00+00:00"]
    kept = ok(hans.post("/v1/series", {**series, **REASON}), 201)
    shown = [ok(hans.get(f"/v1/meetings/{one['id']}"))["overridden_conflicts"] for one in kept["meetings"]]
    assert [len(one) for one in shown] == [0, 0, 1, 0, 0]


def test_a_series_whose_meetings_overlap_each_other_is_refused(circle: Circle) -> None:
    daily = {**MONTHLY, "group_id": str(circle.group_id), "recurrence": "FREQ=DAILY;COUNT=3"}
    refused = circle.facilitator.post("/v1/series", {**daily, "duration_minutes": 1500})
    problem(refused, 409, "DoubleBooking")
    ok(circle.facilitator.post("/v1/series", {**daily, "duration_minutes": 1440}), 201)


def test_a_meeting_moves_to_where_people_are_free(circle: Circle) -> None:
    group_id, hans = another(circle, circle.member)
    circle.meeting()
    meeting = ok(hans.post("/v1/meetings", body(group_id, starts_at="2017-10-11T16:00:00+00:00")), 201)
    path, there = f"/v1/meetings/{meeting['id']}", {"starts_at": EVENING["starts_at"]}

    problem(hans.patch(path, there, if_match=1), 409, "DoubleBooking")
    ok(hans.patch(path, {"starts_at": "2017-10-10T17:00:00+00:00"}, if_match=1))
    ok(hans.patch(path, {"duration_minutes": 90}, if_match=2))
    moved = ok(hans.patch(path, {**there, **REASON}, if_match=3))

    assert [one["people"] for one in moved["overridden_conflicts"]] == [1]
    assert len(circle.world.published("meetings.meeting.moved.v1")) == 3


@pytest.mark.parametrize("since", [{}, {"from": "2017-10-01"}])
def test_a_series_that_moves_asks_also_those_who_declined_the_time_it_had(
    circle: Circle, since: dict[str, str]
) -> None:
    group_id, hans = another(circle, circle.member)
    ok(hans.post("/v1/meetings", body(group_id, starts_at="2017-11-07T18:00:00+00:00")), 201)
    series = circle.series()
    path, later = f"/v1/series/{series['id']}", {"start_time": "19:00", **since}

    declines = {"answer": "declined"}
    ok(circle.member.put(f"/v1/meetings/{series['meetings'][2]['id']}/invitations/me", declines))
    refusal = problem(circle.facilitator.patch(path, later, if_match=1), 409, "DoubleBooking")
    assert [one["name"] for one in refusal["conflicts"]] == ["Mo"]
    ok(circle.facilitator.patch(path, {**later, **REASON}, if_match=1))


@pytest.mark.parametrize("since", [{}, {"from": "2017-10-01"}])
def test_a_series_asks_the_guests_of_each_meeting(circle: Circle, since: dict[str, str]) -> None:
    group_id, hans = another(circle, circle.expert)
    ok(hans.post("/v1/meetings", body(group_id, starts_at="2017-11-07T18:00:00+00:00")), 201)
    series = circle.series()
    path, later = f"/v1/series/{series['id']}", {"start_time": "19:00", **since}
    guest = {"person_id": str(circle.expert.id), "role": "expert"}

    ok(circle.facilitator.post(f"/v1/meetings/{series['meetings'][3]['id']}/guests", guest), 201)
    earlier = ok(circle.facilitator.patch(path, {**later, "duration_minutes": 90}, if_match=1))
    november = next(one for one in earlier["meetings"] if one["starts_at"].startswith("2017-11"))
    ok(circle.facilitator.post(f"/v1/meetings/{november['id']}/guests", {**guest, **REASON}), 201)
    path, back = f"/v1/series/{earlier['id']}", {"start_time": "18:30"}
    refusal = problem(
        circle.facilitator.patch(path, back, if_match=earlier["revision"]), 409, "DoubleBooking"
    )

    assert [one["name"] for one in refusal["conflicts"]] == ["Eva"]
    ok(circle.facilitator.patch(path, {**back, **REASON}, if_match=earlier["revision"]))
    kept = ok(circle.facilitator.get(f"/v1/meetings/{november['id']}"))["overridden_conflicts"]
    assert [one["people"] for one in kept] == [1, 1]


def test_a_guest_who_is_elsewhere_is_not_invited(circle: Circle) -> None:
    _, hans = another(circle, circle.member)
    circle.meeting()
    other = ok(circle.world.administrator().post("/v1/meetings", body(*another(circle)[:1])), 201)
    guest = {"person_id": str(circle.member.id), "role": "guest"}
    path = f"/v1/meetings/{other['id']}/guests"
    admin = circle.world.administrator()

    problem(admin.post(path, guest), 409, "DoubleBooking")
    ok(admin.post(path, {**guest, **REASON}), 201)

    problem(
        admin.post(path, {"person_id": str(hans.id), "role": "guest", "despite_conflicts": ""}),
        422,
        "InvalidRequest",
    )


def test_who_is_seated_later_is_never_refused(circle: Circle) -> None:
    group_id, hans = another(circle)
    ok(hans.post("/v1/meetings", body(group_id)), 201)
    meeting = circle.meeting()
    circle.world.seat(group_id, circle.member.id)
    assert ok(circle.member.get(f"/v1/meetings/{meeting['id']}"))["my_invitation"] is not None
    assert len(ok(circle.member.get("/v1/meetings"))["items"]) == 2


def test_at_most_twenty_are_named_and_all_are_counted(circle: Circle) -> None:
    for _ in range(30):
        circle.world.seat(circle.group_id, circle.world.person().id)
    circle.meeting(kind="assembly")

    refusal = problem(
        circle.facilitator.post("/v1/meetings", body(circle.group_id, kind="assembly")), 409, "DoubleBooking"
    )

    assert (len(refusal["conflicts"]), refusal["total"]) == (20, 33)
    assert "and 32 more" in refusal["detail"]


def test_the_number_of_statements_does_not_grow_with_people_and_meetings(circle: Circle) -> None:
    series = {**MONTHLY, "group_id": str(circle.group_id), **REASON}
    ok(circle.facilitator.post("/v1/series", series), 201)
    with circle.world.counting_statements() as few:
        ok(circle.facilitator.post("/v1/series", series), 201)
    for _ in range(297):
        circle.world.seat(circle.group_id, circle.world.person().id)
    weekly = {**series, "recurrence": "FREQ=WEEKLY;COUNT=100"}
    ok(circle.facilitator.post("/v1/series", weekly), 201)
    with circle.world.counting_statements() as many:
        ok(circle.facilitator.post("/v1/series", weekly), 201)
    assert len(many) == len(few)


def test_of_bookings_at_once_that_share_a_member_one_succeeds(a_world: WorldMaker, each_engine: str) -> None:
    circle = a_circle(a_world("meetings", on=each_engine, pool_size=8))
    groups = [another(circle, circle.member, circle.secretary, name=f"Group {n}") for n in range(8)]

    answers = at_once([partial(hans.post, "/v1/meetings", body(group)) for group, hans in groups])

    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]  # type: ignore[union-attr]
    assert len(circle.world.published("meetings.meeting.scheduled.v1")) == 1


def test_moving_and_booking_and_inviting_at_once_book_a_member_once(
    a_world: WorldMaker, each_engine: str
) -> None:
    circle = a_circle(a_world("meetings", on=each_engine, pool_size=8))
    groups = [another(circle, circle.member, name=f"Group {n}") for n in range(6)]
    there = {"starts_at": EVENING["starts_at"]}
    acts: list[Callable[[], Any]] = []
    for number, (group, hans) in enumerate(groups):
        elsewhere = body(group, starts_at=f"2017-10-{11 + number}T16:00:00+00:00")
        meeting = ok(hans.post("/v1/meetings", elsewhere), 201)
        acts.append(partial(hans.patch, f"/v1/meetings/{meeting['id']}", there, if_match=1))
    for group, hans in (another(circle), another(circle)):
        meeting = ok(hans.post("/v1/meetings", body(group)), 201)
        guest = {"person_id": str(circle.member.id), "role": "guest"}
        acts.append(partial(hans.post, f"/v1/meetings/{meeting['id']}/guests", guest))

    answers = at_once(acts)

    refused = [answer for answer in answers if answer.status_code == 409]  # type: ignore[union-attr]
    assert len(refused) == 7, answers
    coming = ok(circle.member.get("/v1/meetings?from=2017-10-10T16:00:00Z&to=2017-10-10T17:00:00Z"))["items"]
    assert len(coming) == 1
