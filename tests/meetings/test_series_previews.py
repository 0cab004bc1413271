"""A rule is looked at before it is kept: exact instants, warnings, and what holidays move."""

from datetime import UTC, datetime
from typing import Any

import pytest

from meetings.test_calendars import NINE
from meetings.vocabulary import MONTHLY_RULE, Circle, a_circle
from worlds.callers import ok, problem
from worlds.world import WorldMaker

REFERENCE = {
    **MONTHLY_RULE,
    "recurrence": "FREQ=MONTHLY;BYDAY=1TU;UNTIL=20180630T220000Z",
    "exceptions": [
        {"original_starts_on": "2017-11-07", "starts_on": "2017-11-14", "start_time": "19:30"},
        {"original_starts_at": "2018-01-02T18:00:00+01:00", "cancelled": True},
    ],
}


@pytest.fixture
def circle(a_world: WorldMaker) -> Circle:
    return a_circle(a_world("meetings"))


def preview(circle: Circle, **body: Any) -> dict[str, Any]:
    shown: dict[str, Any] = ok(circle.stranger.post("/v1/series-previews", {**MONTHLY_RULE, **body}))
    return shown


def test_the_nine_instants_of_the_reference_year_come_out(circle: Circle) -> None:
    shown = preview(circle, **REFERENCE)

    assert [one["starts_at"][:16] for one in shown["occurrences"]] == NINE
    november = shown["occurrences"][2]
    assert november == {
        "original_starts_at": "2017-11-07T17:00:00+00:00",
        "original_starts_on": "2017-11-07",
        "starts_at": "2017-11-14T18:30:00+00:00",
        "ends_at": "2017-11-14T20:30:00+00:00",
        "local_starts_at": "2017-11-14T19:30:00+01:00",
        "local_ends_at": "2017-11-14T21:30:00+01:00",
        "moved": True,
        "warning": "",
    }
    assert [one["moved"] for one in shown["occurrences"]].count(True) == 1
    assert shown["occurrences"][0]["local_starts_at"] == "2017-09-05T18:00:00+02:00"
    assert [one["original_starts_on"] for one in shown["cancelled"]] == ["2018-01-02"]
    assert (shown["warnings"], shown["avoided"]) == ([], [])
    assert ok(circle.world.administrator().get("/v1/series"))["items"] == []


def test_times_the_wall_clock_skips_or_repeats_are_warned_of(circle: Circle) -> None:
    rule = {"recurrence": "FREQ=WEEKLY;COUNT=2", "start_time": "02:30"}
    skipped = preview(circle, **rule, first_starts_on="2018-03-18")
    repeated = preview(circle, **rule, first_starts_on="2018-10-28")

    assert skipped["warnings"] == [
        {
            "code": "nonexistent_local_time",
            "wall_clock": "2018-03-25T02:30:00",
            "starts_at": "2018-03-25T01:30:00+00:00",
        }
    ]
    assert skipped["occurrences"][1]["local_starts_at"] == "2018-03-25T03:30:00+02:00"
    assert repeated["warnings"] == [
        {
            "code": "ambiguous_local_time",
            "wall_clock": "2018-10-28T02:30:00",
            "starts_at": "2018-10-28T00:30:00+00:00",
        }
    ]


def test_a_day_that_does_not_exist_has_no_meeting_of_its_own(circle: Circle) -> None:
    rule = {
        "recurrence": "FREQ=DAILY;COUNT=4",
        "first_starts_on": "2011-12-29",
        "time_zone": "Pacific/Apia",
        "avoid": None,
    }
    circle.world.it_is(datetime(2011, 12, 1, tzinfo=UTC))
    shown, series = preview(circle, **rule), circle.series(**rule)
    starts = [one["starts_at"] for one in shown["occurrences"]]
    assert starts == [f"{day}T04:00:00+00:00" for day in ("2011-12-30", "2011-12-31", "2012-01-01")]
    assert [one["wall_clock"] for one in shown["warnings"]] == ["2011-12-30T18:00:00"]
    assert [one["starts_at"] for one in series["meetings"]] == starts
    assert [one["starts_at"] for one in series["warnings"]] == starts[1:2]


def test_an_exception_may_be_moved_into_the_hour_the_clock_skips(circle: Circle) -> None:
    moved = {"original_starts_on": "2018-03-06", "starts_on": "2018-03-25", "start_time": "02:30"}
    shown = preview(circle, recurrence="FREQ=MONTHLY;BYDAY=1TU;COUNT=7", exceptions=[moved])
    assert [one["wall_clock"] for one in shown["warnings"]] == ["2018-03-25T02:30:00"]


def test_an_exception_keeps_the_clock_or_the_day_it_does_not_name(circle: Circle) -> None:
    shown = preview(
        circle,
        exceptions=[
            {"original_starts_on": "2017-09-05", "starts_on": "2017-09-06"},
            {"original_starts_on": "2017-10-03", "start_time": "20:00", "duration_minutes": 60},
            {"original_starts_on": "2017-11-07", "starts_at": "2017-11-08T12:00:00+01:00"},
        ],
    )
    first, second, third, *_ = shown["occurrences"]
    assert first["local_starts_at"] == "2017-09-06T18:00:00+02:00"
    assert (second["local_starts_at"], second["local_ends_at"]) == (
        "2017-10-03T20:00:00+02:00",
        "2017-10-03T21:00:00+02:00",
    )
    assert third["starts_at"] == "2017-11-08T11:00:00+00:00"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"recurrence": "FREQ=MONTHLY;BYDAY=1TU"}, "/recurrence"),
        ({"recurrence": "FREQ=DAILY;BYSECOND=1;COUNT=2"}, "/recurrence"),
        ({"first_starts_on": "2017-09-04"}, "/first_starts_on"),
        ({"time_zone": "Mars/Olympus"}, "/time_zone"),
        (
            {"exceptions": [{"original_starts_on": "2017-09-06", "cancelled": True}]},
            "/exceptions/0/original_starts_on",
        ),
        (
            {"exceptions": [{"original_starts_at": "2017-09-05T18:00:00Z", "cancelled": True}]},
            "/exceptions/0/original_starts_at",
        ),
        (
            {"exceptions": [{"original_starts_on": "2017-09-05", "cancelled": True}] * 2},
            "/exceptions/1/original_starts_on",
        ),
        ({"exceptions": [{"cancelled": True}]}, "/exceptions/0"),
        ({"exceptions": [{"original_starts_on": "2017-09-05"}]}, "/exceptions/0"),
        (
            {"exceptions": [{"original_starts_on": "2017-09-05", "cancelled": True, "start_time": "19:00"}]},
            "/exceptions/0",
        ),
        (
            {
                "exceptions": [
                    {
                        "original_starts_on": "2017-09-05",
                        "starts_at": "2017-09-06T18:00:00Z",
                        "start_time": "19:00",
                    }
                ]
            },
            "/exceptions/0/starts_at",
        ),
        ({"avoid": {"holidays": "belgium"}}, "/avoid/holidays"),
        ({"avoid": {"holidays": "XX"}}, "/avoid/holidays"),
        ({"avoid": {"holidays": "DE-XX"}}, "/avoid/holidays"),
        ({"avoid": {"instead": "never"}}, "/avoid/instead"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_where_it_is_wrong(
    circle: Circle, body: dict[str, Any], pointer: str
) -> None:
    answer = circle.member.post("/v1/series-previews", {**MONTHLY_RULE, **body})
    refusal = problem(answer, 422, "InvalidRequest")
    assert [error["pointer"] for error in refusal["errors"]] == [pointer]


# -- days to avoid -------------------------------------------------------------------------------------------


def avoided(shown: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(one["on"], one["name"], one["to"] and one["to"][:16]) for one in shown["avoided"]]


def test_the_first_tuesday_of_may_is_labour_day_and_moves_a_week(circle: Circle) -> None:
    shown = preview(circle, **{**REFERENCE, "avoid": {}})

    assert avoided(shown) == [("2018-05-01", "Labor Day", "2018-05-08T16:00")]
    may = shown["occurrences"][7]
    assert (may["original_starts_at"], may["starts_at"]) == (
        "2018-05-01T16:00:00+00:00",
        "2018-05-08T16:00:00+00:00",
    )


def test_a_day_after_is_neither_a_holiday_nor_one_of_the_organisation_s_own_days(circle: Circle) -> None:
    shown = preview(
        circle,
        recurrence="FREQ=WEEKLY;COUNT=3",
        first_starts_on="2017-12-18",
        avoid={"holidays": "BE", "days": ["2017-12-26", "2017-12-27"], "instead": "next_day"},
    )
    assert avoided(shown) == [
        ("2017-12-25", "Christmas Day", "2017-12-28T17:00"),
        ("2018-01-01", "New Year's Day", "2018-01-02T17:00"),
    ]


def test_a_meeting_that_finds_no_free_day_before_the_next_is_cancelled(circle: Circle) -> None:
    weekly = {"recurrence": "FREQ=WEEKLY;COUNT=3", "first_starts_on": "2017-12-18"}
    shown = preview(circle, **weekly, avoid={"instead": "next_week"})

    assert avoided(shown) == [
        ("2017-12-25", "Christmas Day", None),
        ("2018-01-01", "New Year's Day", "2018-01-08T17:00"),
    ]
    assert [one["original_starts_on"] for one in shown["cancelled"]] == ["2017-12-25"]


def test_days_may_be_the_organisation_s_own_alone_and_cancel(circle: Circle) -> None:
    own = {"holidays": None, "days": ["2017-10-03"], "instead": "cancel"}
    shown = preview(circle, recurrence="FREQ=MONTHLY;BYDAY=1TU;COUNT=9", avoid=own)
    assert avoided(shown) == [("2017-10-03", "", None)]


def test_another_country_has_other_holidays(circle: Circle) -> None:
    reformation = {"recurrence": "FREQ=YEARLY;COUNT=1", "first_starts_on": "2018-10-31"}
    assert avoided(preview(circle, **reformation, avoid={"holidays": "DE-BY"})) == []
    assert len(avoided(preview(circle, **reformation, avoid={"holidays": "DE-NI"}))) == 1


@pytest.mark.parametrize(("home", "expected"), [("NL", []), ("", []), ("FR", ["Labor Day"])])
def test_the_organisation_s_holidays_are_avoided_where_none_are_named(
    a_world: WorldMaker, home: str, expected: list[str]
) -> None:
    circle = a_circle(a_world("meetings", holidays=home))
    shown = preview(circle, **{**REFERENCE, "avoid": {}})
    assert [name for _day, name, _to in avoided(shown)] == expected


def test_what_is_moved_by_hand_is_not_moved_again_and_its_day_is_taken(circle: Circle) -> None:
    by_hand = [{"original_starts_on": "2018-04-03", "starts_on": "2018-05-08"}]
    shown = preview(circle, **{**REFERENCE, "exceptions": by_hand, "avoid": {}})
    assert avoided(shown) == [("2018-05-01", "Labor Day", "2018-05-15T16:00")]
    kept = [{"original_starts_on": "2018-05-01", "start_time": "10:00"}]
    assert avoided(preview(circle, **{**REFERENCE, "exceptions": kept, "avoid": {}})) == []


def test_a_series_is_made_without_the_holidays_and_tells_what_it_moved(circle: Circle) -> None:
    body = {**REFERENCE, "avoid": {"days": ["2017-10-03"], "instead": "next_day"}}
    del body["exceptions"]

    series = circle.series(**body)

    assert [(one["on"], one["name"], one["from"], one["to"]) for one in series["avoided"]] == [
        ("2017-10-03", "", "2017-10-03T16:00:00+00:00", "2017-10-04T16:00:00+00:00"),
        ("2018-05-01", "Labor Day", "2018-05-01T16:00:00+00:00", "2018-05-02T16:00:00+00:00"),
    ]
    moved = {one["id"]: one for one in series["meetings"]}[series["avoided"][1]["meeting_id"]]
    assert (moved["occurs_at"], moved["starts_at"]) == (
        "2018-05-01T16:00:00+00:00",
        "2018-05-02T16:00:00+00:00",
    )
    assert series["avoid"] == {"holidays": "BE", "days": ["2017-10-03"], "instead": "next_day"}
    assert ok(circle.member.get(f"/v1/series/{series['id']}"))["avoided"] == series["avoided"]


def test_a_meeting_on_a_holiday_is_cancelled_from_the_beginning(circle: Circle) -> None:
    body = {**REFERENCE, "avoid": {"instead": "cancel"}}
    del body["exceptions"]
    series = circle.series(**body)
    (may,) = (one for one in series["meetings"] if one["state"] == "cancelled")
    assert (may["occurs_at"], may["cancelled_reason"]) == ("2018-05-01T16:00:00+00:00", "Labor Day")
    assert {event["change"] for event in circle.invited()} == {"invited"}
    assert "EXDATE;TZID=Europe/Brussels:20180501T180000" in circle.invited()[0]["calendar"]
