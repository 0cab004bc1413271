from datetime import UTC, datetime

import pytest

from meetings.reading import calendar_of, events_of
from meetings.vocabulary import MONTHLY, Circle, a_circle
from worlds.callers import ok, problem
from worlds.world import WorldMaker


@pytest.fixture
def circle(a_world: WorldMaker, each_engine: str) -> Circle:
    return a_circle(a_world("meetings", on=each_engine))


def test_a_monthly_series_stands_at_its_wall_clock_across_the_clock_change(circle: Circle) -> None:
    series = circle.series()

    assert [meeting["starts_at"] for meeting in series["meetings"]] == [
        "2017-09-05T16:00:00+00:00",
        "2017-10-03T16:00:00+00:00",
        "2017-11-07T17:00:00+00:00",
        "2017-12-05T17:00:00+00:00",
        "2018-01-02T17:00:00+00:00",
    ]
    assert series["warnings"] == []
    assert ok(circle.secretary.get(f"/v1/series/{series['id']}")) == series
    (listed,) = ok(circle.member.get(f"/v1/series?group_id={circle.group_id}"))["items"]
    assert (listed["id"], listed["start_time"]) == (series["id"], "18:00")
    assert len(circle.world.published("meetings.meeting.scheduled.v1")) == 5


def test_a_series_invites_each_seat_holder_once(circle: Circle) -> None:
    series = circle.series()

    invited = circle.invited()
    assert {event["person_id"] for event in invited} == {str(one.person_id) for one in circle.seated}
    assert len(invited) == 3
    first = invited[0]
    assert (first["method"], first["change"], first["meeting_id"]) == ("REQUEST", "invited", None)
    assert first["series_id"] == series["id"]
    calendar = calendar_of(first["calendar"])
    (event,) = calendar.walk("VEVENT")
    assert event["RRULE"].to_ical() == b"FREQ=MONTHLY;COUNT=5;BYDAY=1TU"
    assert len(calendar.walk("VTIMEZONE")) == 1
    assert "ATTENDEE" not in event
    assert "ORGANIZER" not in event


def test_one_who_is_seated_later_gets_the_present_state_alone(circle: Circle) -> None:
    series = circle.series()
    circle.change(series["meetings"][2], starts_at="2017-11-14T18:30:00+00:00")
    ok(circle.facilitator.post(f"/v1/meetings/{series['meetings'][4]['id']}/cancel", {"reason": "holiday"}))
    before = len(circle.invited())
    circle.world.it_is(datetime(2017, 9, 20, tzinfo=UTC))
    newcomer = circle.world.person("Nora")

    circle.world.seat(circle.group_id, newcomer.person_id)  # type: ignore[arg-type]

    (invitation,) = circle.invited()[before:]
    assert invitation["person_id"] == str(newcomer.person_id)
    assert (invitation["change"], invitation["meeting_id"]) == ("invited", None)
    assert invitation["starts_at"] == "2017-10-03T16:00:00+00:00"
    master, override = events_of(invitation["calendar"])
    assert {int(part["SEQUENCE"]) for part in (master, override)} == {2}
    assert override["RECURRENCE-ID"].dt.astimezone(UTC) == datetime(2017, 11, 7, 17, tzinfo=UTC)
    assert master["EXDATE"].dts[0].dt.astimezone(UTC) == datetime(2018, 1, 2, 17, tzinfo=UTC)
    assert len(ok(newcomer.get("/v1/me/pending"))["items"]) == 3


def test_one_who_is_seated_after_the_last_meeting_is_not_invited(circle: Circle) -> None:
    circle.series()
    circle.world.it_is(datetime(2018, 6, 1, tzinfo=UTC))
    newcomer = circle.world.person("Nora")
    before = len(circle.invited())

    circle.world.seat(circle.group_id, newcomer.person_id)  # type: ignore[arg-type]

    assert len(circle.invited()) == before


def test_moving_one_occurrence_overrides_it_and_tells_everyone(circle: Circle) -> None:
    series = circle.series()
    november = series["meetings"][2]

    moved = circle.change(november, starts_at="2017-11-14T18:30:00+00:00")

    assert moved["starts_at"] == "2017-11-14T18:30:00+00:00"
    assert moved["occurs_at"] == "2017-11-07T17:00:00+00:00"
    told = circle.invited("moved")
    assert len(told) == 3
    assert told[0]["previous_starts_at"] == "2017-11-07T17:00:00+00:00"
    assert (told[0]["meeting_id"], told[0]["series_id"]) == (november["id"], series["id"])
    assert told[0]["revision"] == 2
    (event,) = events_of(told[0]["calendar"])
    assert event["UID"] == series["id"]
    assert int(event["SEQUENCE"]) == 1
    assert event["RECURRENCE-ID"].dt.astimezone(UTC) == datetime(2017, 11, 7, 17, tzinfo=UTC)
    assert "RRULE" not in event
    (announced,) = circle.world.published("meetings.meeting.moved.v1")
    assert announced["previous_starts_at"] == "2017-11-07T17:00:00+00:00"
    assert len(circle.world.published("meetings.series.changed.v1")) == 1


def test_an_occurrence_becomes_a_visit_with_the_same_sequence(circle: Circle) -> None:
    series = circle.series()

    visit = circle.change(series["meetings"][1], kind="visit", place="The bakery")

    assert (visit["kind"], visit["place"]) == ("visit", "The bakery")
    told = circle.invited("updated")
    assert len(told) == 3
    assert (told[0]["kind"], told[0]["previous_starts_at"]) == ("visit", None)
    (event,) = events_of(told[0]["calendar"])
    assert int(event["SEQUENCE"]) == 0
    assert event["LOCATION"] == "The bakery"


def test_cancelling_one_occurrence_sends_a_cancel_for_it_alone_and_only_once(circle: Circle) -> None:
    series = circle.series()
    path = f"/v1/meetings/{series['meetings'][4]['id']}/cancel"

    cancelled = ok(circle.facilitator.post(path, {"reason": "new year"}))
    again = ok(circle.facilitator.post(path, {"reason": "new year"}))

    assert {event["reason"] for event in circle.invited("cancelled")} == {"new year"}
    assert cancelled["state"] == again["state"] == "cancelled"
    assert cancelled["revision"] == again["revision"]
    told = circle.invited("cancelled")
    assert len(told) == 3
    assert told[0]["method"] == "CANCEL"
    calendar = calendar_of(told[0]["calendar"])
    assert calendar["METHOD"] == "CANCEL"
    (event,) = calendar.walk("VEVENT")
    assert event["STATUS"] == "CANCELLED"
    assert event["RECURRENCE-ID"].dt.astimezone(UTC) == datetime(2018, 1, 2, 17, tzinfo=UTC)
    assert (int(event["SEQUENCE"]), "RRULE" in event) == (1, False)
    (announced,) = circle.world.published("meetings.meeting.cancelled.v1")
    assert announced["reason"] == "new year"


def test_two_moves_count_in_one_sequence(circle: Circle) -> None:
    series = circle.series()
    circle.change(series["meetings"][1], starts_at="2017-10-04T16:00:00+00:00")
    circle.change(series["meetings"][2], duration_minutes=90)

    sequences = [event["calendar"].partition("SEQUENCE:")[2][0] for event in circle.invited("moved")]
    assert sequences == ["1"] * 3 + ["2"] * 3


def test_times_the_wall_clock_skips_or_repeats_are_warned_of(circle: Circle) -> None:
    skipped = circle.series(
        recurrence="FREQ=WEEKLY;COUNT=2", first_starts_on="2018-03-18", start_time="02:30"
    )
    repeated = circle.series(
        recurrence="FREQ=WEEKLY;COUNT=2", first_starts_on="2018-10-28", start_time="02:30"
    )

    (warning,) = skipped["warnings"]
    assert (warning["code"], warning["starts_at"]) == ("nonexistent_local_time", "2018-03-25T01:30:00+00:00")
    (warning,) = repeated["warnings"]
    assert (warning["code"], warning["starts_at"]) == ("ambiguous_local_time", "2018-10-28T00:30:00+00:00")


def test_nobody_is_invited_to_a_series_of_which_nothing_takes_place(a_world: WorldMaker) -> None:
    circle = a_circle(a_world("meetings"))
    days = [meeting["starts_at"][:10] for meeting in circle.series()["meetings"]]
    before = len(circle.invited())
    series = circle.series(avoid={"holidays": None, "days": days, "instead": "cancel"})
    assert {meeting["state"] for meeting in series["meetings"]} == {"cancelled"}
    assert len(circle.invited()) == before


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"recurrence": "FREQ=MONTHLY;BYDAY=1TU"}, 422, "InvalidRequest", "/recurrence"),
        ({"first_starts_on": "2016-09-06"}, 422, "InvalidRequest", "/first_starts_on"),
        ({"recurrence": "every month"}, 422, "InvalidRequest", "/recurrence"),
        ({"recurrence": "FREQ=SECONDLY;COUNT=5"}, 422, "InvalidRequest", "/recurrence"),
        ({"recurrence": "FREQ=MONTHLY;BYDAY=9TU;COUNT=2"}, 422, "InvalidRequest", "/recurrence"),
        ({"recurrence": "FREQ=DAILY;BYMONTHDAY=5;COUNT=2"}, 422, "InvalidRequest", "/recurrence"),
        ({"recurrence": "FREQ=YEARLY;BYMONTHDAY=5;COUNT=2"}, 422, "InvalidRequest", "/recurrence"),
        ({"recurrence": "FREQ=DAILY;BYDAY=TU;BYSETPOS=2;COUNT=2"}, 422, "InvalidRequest", "/recurrence"),
        ({"recurrence": "FREQ=WEEKLY;BYDAY=TU;BYSETPOS=2;COUNT=2"}, 422, "InvalidRequest", "/recurrence"),
        ({"recurrence": "FREQ=MONTHLY;BYSETPOS=2;COUNT=2"}, 422, "InvalidRequest", "/recurrence"),
        ({"first_starts_on": "2017-09-01"}, 422, "InvalidRequest", "/first_starts_on"),
        ({"first_starts_on": "0001-01-01"}, 422, "InvalidRequest", "/first_starts_on"),
        ({"start_time": "25:00"}, 422, "InvalidRequest", "/start_time"),
        ({"time_zone": "Mars/Olympus"}, 422, "InvalidRequest", "/time_zone"),
        ({"online_link": "javascript:alert(1)"}, 422, "InvalidRequest", "/online_link"),
        ({"recurrence": "FREQ=DAILY;COUNT=101"}, 409, "SeriesTooLong", None),
        ({"recurrence": "FREQ=YEARLY;COUNT=20"}, 409, "SeriesTooLong", None),
    ],
)
def test_a_series_that_cannot_be_is_refused(
    a_world: WorldMaker, changes: dict[str, str], status: int, code: str, pointer: str | None
) -> None:
    circle = a_circle(a_world("meetings"))
    body = {**MONTHLY, "group_id": str(circle.group_id), **changes}

    refusal = problem(circle.facilitator.post("/v1/series", body), status, code)

    assert [error["pointer"] for error in refusal.get("errors", [])] == ([pointer] if pointer else [])
    assert circle.invited() == []


def test_only_coordinators_schedule_and_strangers_see_nothing(circle: Circle) -> None:
    body = {**MONTHLY, "group_id": str(circle.group_id)}
    problem(circle.world.nobody.post("/v1/series", body), 401, "SignInRequired")
    assert problem(circle.member.post("/v1/series", body), 403, "NotAllowed")["rule"] == "CoordinatorsOnly"
    problem(circle.stranger.post("/v1/series", body), 404, "NotFound")
    series = circle.series()
    problem(circle.stranger.get(f"/v1/series/{series['id']}"), 404, "NotFound")
    assert ok(circle.stranger.get("/v1/series"))["items"] == []
    assert ok(circle.world.administrator().get("/v1/series"))["items"] != []
