"""A whole series changes, or the rest of it from a day on; and is cancelled."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from meetings.reading import starts_shown
from meetings.vocabulary import MONTHLY, SUMMER, Circle, a_circle
from worlds.callers import ok, problem
from worlds.races import at_once
from worlds.world import WorldMaker

SEPTEMBER_20 = datetime(2017, 9, 20, tzinfo=UTC)


@pytest.fixture
def circle(a_world: WorldMaker) -> Circle:
    return a_circle(a_world("meetings"))


def read(circle: Circle, series: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = ok(circle.facilitator.get(f"/v1/series/{series['id']}"))
    return found


def held(series: dict[str, Any]) -> list[str]:
    """Day and hour in UTC of what takes place."""
    return [
        one["starts_at"][5:13].replace("-", "").replace("T", " ")
        for one in series["meetings"]
        if one["state"] != "cancelled"
    ]


def outcomes(changed: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["on"][5:], one["outcome"]) for one in changed["outcomes"]]


def cancel(circle: Circle, series: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer = circle.facilitator.post(f"/v1/series/{series['id']}/cancel", {"reason": "storm", **body})
    cancelled: dict[str, Any] = ok(answer)
    return cancelled


# -- all of it -----------------------------------------------------------------------------------------------


def test_another_hour_moves_every_meeting_keeps_agendas_and_voids_answers(circle: Circle) -> None:
    series = circle.series()
    october = f"/v1/meetings/{series['meetings'][1]['id']}"
    item = {"title": "Bread", "kind": "exploration", "minutes": 10}
    ok(circle.facilitator.post(f"{october}/agenda-items", item), 201)
    ok(circle.member.put(f"{october}/invitations/me", {"answer": "accepted"}))
    circle.world.it_is(SUMMER + timedelta(hours=1))

    changed = circle.change_series(series, start_time="19:00", reason="the room is taken")

    assert changed["id"] == series["id"]
    assert [one["id"] for one in changed["meetings"]] == [one["id"] for one in series["meetings"]]
    assert held(changed) == ["0905 17", "1003 17", "1107 18", "1205 18", "0102 18"]
    assert outcomes(changed)[0] == ("09-05", "moved")
    assert changed["outcomes"][0]["previous_starts_at"] == "2017-09-05T16:00:00+00:00"
    kept = ok(circle.member.get(october))
    assert (len(kept["agenda"]), kept["my_invitation"]["answer"]) == (1, None)
    assert ok(circle.member.get(f"/v1/series/{series['id']}"))["my_answers"] == []
    assert kept["occurs_at"] == kept["starts_at"] == "2017-10-03T17:00:00+00:00"
    told = circle.invited("moved")
    assert len(told) == 3
    assert (told[0]["meeting_id"], told[0]["reason"]) == (None, "the room is taken")
    assert (told[0]["previous_starts_at"], told[0]["starts_at"]) == (
        "2017-09-05T16:00:00+00:00",
        "2017-09-05T17:00:00+00:00",
    )
    assert len(circle.world.published("meetings.meeting.moved.v1")) == 5
    (announced,) = circle.world.published("meetings.series.changed.v1")
    assert announced["first_starts_at"] == "2017-09-05T17:00:00+00:00"
    assert announced["revision"] == changed["revision"] == 2


def test_a_shorter_series_tells_until_when_it_lasted(circle: Circle) -> None:
    circle.change_series(circle.series(), duration_minutes=90)
    told = circle.invited("moved")[0]
    assert (told["previous_ends_at"], told["ends_at"]) == (
        "2017-09-05T18:00:00+00:00",
        "2017-09-05T17:30:00+00:00",
    )


def test_another_title_or_place_leaves_the_times_and_who_had_their_own(circle: Circle) -> None:
    series = circle.series()
    visit = circle.change(series["meetings"][1], kind="visit", place="The bakery")

    changed = circle.change_series(series, title="Ethics and care", place="Online", online_link="")

    by_id = {one["id"]: one for one in changed["meetings"]}
    assert {one["title"] for one in by_id.values()} == {"Ethics and care"}
    assert by_id[visit["id"]]["place"] == "The bakery"
    assert {one["place"] for one in by_id.values()} == {"The bakery", "Online"}
    assert {outcome for _day, outcome in outcomes(changed)} == {"updated"}
    assert len(circle.invited("updated")) == 6
    assert circle.invited("moved") == []


def test_what_is_the_same_already_changes_and_sends_nothing(circle: Circle) -> None:
    series = circle.series()
    same = circle.change_series(series, title="Ethics", start_time="18:00", recurrence=MONTHLY["recurrence"])
    nothing = circle.change_series(series)
    assert (same["revision"], nothing["revision"], same["outcomes"]) == (1, 1, [])
    assert len(circle.invited()) == 3


def test_on_another_weekday_meetings_keep_what_was_prepared_for_them(circle: Circle) -> None:
    series = circle.series(recurrence="FREQ=WEEKLY;BYDAY=FR;COUNT=3", first_starts_on="2017-09-08")
    ids = [one["id"] for one in series["meetings"]]
    circle.item(series["meetings"][0], "Bread")
    second = f"/v1/meetings/{ids[1]}"
    ok(circle.facilitator.put(f"{second}/registration", {"capacity": 5}))
    ok(circle.stranger.put(f"{second}/registrations/me"))
    ok(circle.member.put(f"{second}/invitations/me", {"answer": "accepted"}))
    before = len(circle.invited())

    changed = circle.change_series(series, recurrence="FREQ=WEEKLY;BYDAY=MO;COUNT=3")

    assert [one["id"] for one in changed["meetings"]] == ids
    assert held(changed) == ["0911 16", "0918 16", "0925 16"]
    assert outcomes(changed) == [("09-08", "moved"), ("09-15", "moved"), ("09-22", "moved")]
    first, kept = ok(circle.member.get(f"/v1/meetings/{ids[0]}")), ok(circle.member.get(second))
    assert [one["title"] for one in first["agenda"]] == ["Bread"]
    assert (kept["my_invitation"]["answer"], kept["registration"]["registered"]) == (None, 1)
    told = circle.invited()[before:]
    assert [(one["meeting_id"], one["change"]) for one in told] == [(None, "moved")] * 3 + [(ids[1], "moved")]
    assert [(one["previous_starts_at"][5:10], one["starts_at"][5:10]) for one in told[2:]] == [
        ("09-08", "09-11"),
        ("09-15", "09-18"),
    ]
    assert [f"{one:%m%d}" for one in starts_shown(told[0]["calendar"])] == ["0911", "0918", "0925"]


def test_days_that_are_new_go_to_meetings_whose_day_is_gone_in_order_and_a_surplus_is_added(
    circle: Circle,
) -> None:
    series = circle.series()
    circle.change(series["meetings"][1], starts_at="2017-10-04T10:00:00+00:00")
    ok(circle.facilitator.post(f"/v1/meetings/{series['meetings'][2]['id']}/cancel", {"reason": "x"}))

    changed = circle.change_series(series, recurrence="FREQ=MONTHLY;BYDAY=2TU;COUNT=4")

    assert outcomes(changed) == [
        ("09-05", "moved"),
        ("12-05", "moved"),
        ("01-02", "moved"),
        ("12-12", "added"),
        ("10-03", "removed"),
    ]
    assert held(changed) == ["0912 16", "1010 16", "1114 17", "1212 17"]


def test_who_is_a_guest_of_a_meeting_and_of_a_new_one_on_its_former_day_sees_both(circle: Circle) -> None:
    series = circle.series(recurrence="FREQ=WEEKLY;BYDAY=FR;COUNT=2", first_starts_on="2017-09-08")
    guest = {"person_id": str(circle.expert.id), "role": "expert"}
    ok(circle.facilitator.post(f"/v1/meetings/{series['meetings'][0]['id']}/guests", guest), 201)
    circle.change_series(series, recurrence="FREQ=WEEKLY;BYDAY=MO;COUNT=2")
    both = circle.change_series(
        series, recurrence="FREQ=WEEKLY;BYDAY=MO,FR;COUNT=4", **{"from": "2017-09-08"}
    )
    new = next(one for one in both["meetings"] if one["starts_at"].startswith("2017-09-08"))

    ok(circle.facilitator.post(f"/v1/meetings/{new['id']}/guests", guest), 201)

    url = ok(circle.expert.post("/v1/calendar-feeds", {}), 201)["url"]
    feed = circle.world.nobody.get(url.removeprefix("http://beraad.test/meetings")).text
    assert [f"{one:%m%d}" for one in starts_shown(feed)] == ["0908", "0911"]


def test_another_rule_keeps_the_days_it_has_moves_to_new_ones_and_drops_the_others(circle: Circle) -> None:
    series = circle.series()
    november = series["meetings"][2]
    guest = {"person_id": str(circle.expert.id), "role": "expert"}
    ok(circle.facilitator.post(f"/v1/meetings/{november['id']}/guests", guest), 201)
    before = len(circle.invited())

    changed = circle.change_series(
        series, recurrence="FREQ=MONTHLY;INTERVAL=3;BYDAY=1TU;COUNT=3", reason="fewer"
    )

    assert outcomes(changed) == [
        ("09-05", "kept"),
        ("12-05", "kept"),
        ("10-03", "moved"),
        ("11-07", "removed"),
        ("01-02", "removed"),
    ]
    assert held(changed) == ["0905 16", "1205 17", "0306 17"]
    told = circle.invited()[before:]
    assert sorted((one["change"], one["meeting_id"] is None) for one in told) == [
        ("cancelled", False),
        ("moved", True),
        ("moved", True),
        ("moved", True),
    ]
    (guests,) = (one for one in told if one["change"] == "cancelled")
    assert (guests["person_id"], guests["reason"], guests["method"]) == (
        str(circle.expert.id),
        "fewer",
        "CANCEL",
    )
    assert "RECURRENCE-ID;TZID=Europe/Brussels:20171107T180000" in guests["calendar"]
    moved = next(one for one in told if one["change"] == "moved")
    assert [f"{one:%m%d}" for one in starts_shown(moved["calendar"])] == ["0905", "1205", "0306"]
    assert "EXDATE" not in moved["calendar"]
    assert (moved["previous_starts_at"][:10], moved["starts_at"][:10]) == ("2017-10-03", "2018-03-06")
    back = circle.change_series(series, recurrence="FREQ=MONTHLY;BYDAY=1TU;COUNT=5")
    assert held(back) == ["0905 16", "1003 16", "1107 17", "1205 17", "0102 17"]


def test_another_weekday_counts_from_the_day_it_holds(circle: Circle) -> None:
    monday = {"recurrence": "FREQ=MONTHLY;BYDAY=1MO;COUNT=2"}
    others = a_circle(circle.world)
    late = circle.change_series(circle.series(), **monday)
    early = others.change_series(others.series(), **monday, **{"from": "2017-09-01"})
    assert held(late) == ["1002 16", "1106 17"]
    assert held(early) == ["0904 16", "1002 16"]
    told = circle.invited("moved")
    assert [one["previous_starts_at"][5:10] for one in told] == ["09-05"] * 6
    assert [one["starts_at"][5:10] for one in told] == ["10-02"] * 3 + ["09-04"] * 3


def test_the_last_meeting_of_a_rule_that_ends_with_it_can_be_later(circle: Circle) -> None:
    series = circle.series(recurrence="FREQ=MONTHLY;BYDAY=1TU;UNTIL=20171107T170000Z")
    later = circle.change_series(series, start_time="20:00", **{"from": "2017-11-01"})
    assert held(later) == ["1107 19"]


def test_meetings_moved_or_cancelled_by_hand_stay_so_where_their_day_stays(circle: Circle) -> None:
    series = circle.series()
    circle.change(series["meetings"][1], starts_at="2017-10-10T10:00:00+00:00")
    circle.change(series["meetings"][2], starts_at="2017-11-14T18:30:00+00:00")
    for gone in series["meetings"][3:5]:
        ok(circle.facilitator.post(f"/v1/meetings/{gone['id']}/cancel", {"reason": "x"}))

    fewer = circle.change_series(series, recurrence="FREQ=MONTHLY;BYDAY=1TU;COUNT=4", start_time="19:00")

    assert outcomes(fewer) == [
        ("09-05", "moved"),
        ("10-03", "stays_moved"),
        ("11-07", "stays_moved"),
        ("12-05", "stays_cancelled"),
    ]
    assert held(fewer) == ["0905 17", "1010 10", "1114 18"]
    calendar = circle.invited("moved")[-1]["calendar"]
    assert "EXDATE;TZID=Europe/Brussels:20171205T190000" in calendar
    assert "20180102" not in calendar
    assert [f"{one:%m%d %H}" for one in starts_shown(calendar)] == ["0905 17", "1010 10", "1114 18"]


def test_an_end_told_as_an_instant_does_not_cut_the_last_meeting_off(circle: Circle) -> None:
    series = circle.series(recurrence="FREQ=MONTHLY;BYDAY=1TU;UNTIL=20171107T170000Z")
    later = circle.change_series(series, start_time="20:00")
    assert held(later) == ["0905 18", "1003 18", "1107 19"]
    assert "UNTIL=20171107T190000Z" in later["recurrence"]
    earlier = circle.change_series(series, start_time="09:00")
    assert held(earlier) == ["0905 07", "1003 07", "1107 08"]


def test_what_avoids_a_holiday_avoids_it_at_the_new_hour_and_by_the_new_rule(circle: Circle) -> None:
    rule = {"first_starts_on": "2018-04-03", "recurrence": "FREQ=MONTHLY;BYDAY=1TU;COUNT=3"}
    series = circle.series(**rule, avoid={})
    assert held(series) == ["0403 16", "0508 16", "0605 16"]

    later = circle.change_series(series, start_time="19:00")
    assert held(later) == ["0403 17", "0508 17", "0605 17"]
    assert later["avoided"][0]["to"] == "2018-05-08T17:00:00+00:00"
    assert ("05-01", "moved") in outcomes(later)

    weekly = circle.change_series(series, recurrence="FREQ=WEEKLY;INTERVAL=2;COUNT=4")
    assert held(weekly) == ["0403 17", "0417 17", "0508 17", "0515 17"]
    assert [one["on"] for one in weekly["avoided"]] == ["2018-05-01"]


# -- from a day on -------------------------------------------------------------------------------------------


def test_from_a_later_day_the_series_ends_and_another_goes_on_with_the_change(circle: Circle) -> None:
    series = circle.series()
    ids = [one["id"] for one in series["meetings"]]
    ok(circle.member.put(f"/v1/meetings/{ids[3]}/invitations/me", {"answer": "declined"}))
    circle.change(series["meetings"][4], starts_at="2018-01-09T17:00:00+00:00")

    after = circle.change_series(series, start_time="19:00", place="Town hall", **{"from": "2017-11-01"})

    before = read(circle, series)
    assert after["id"] != series["id"]
    assert (after["follows_series_id"], before["followed_by_id"]) == (series["id"], after["id"])
    assert [one["id"] for one in before["meetings"]] == ids[:2]
    assert [one["id"] for one in after["meetings"]] == ids[2:]
    assert (held(before), held(after)) == (["0905 16", "1003 16"], ["1107 18", "1205 18", "0109 17"])
    assert before["recurrence"] == "FREQ=MONTHLY;UNTIL=20171003T160000Z;BYDAY=1TU"
    assert (after["recurrence"], after["first_starts_on"]) == ("FREQ=MONTHLY;COUNT=3;BYDAY=1TU", "2017-11-07")
    assert {one["place"] for one in before["meetings"]} == {"Coenraetsstraat 72"}
    assert {one["place"] for one in after["meetings"]} == {"Town hall"}
    assert outcomes(after) == [("11-07", "moved"), ("12-05", "moved"), ("01-02", "stays_moved")]
    mine = ok(circle.member.get(f"/v1/meetings/{ids[3]}"))
    assert (mine["series_id"], mine["my_invitation"]["answer"]) == (after["id"], None)
    assert mine["invitations"] == {
        "invited": 3,
        "accepted": 0,
        "declined": 0,
        "tentative": 0,
        "unanswered": 3,
    }
    created = circle.world.published("meetings.series.created.v1")[-1]
    assert (created["series_id"], created["follows_series_id"]) == (after["id"], series["id"])
    assert circle.world.published("meetings.series.changed.v1")[-1]["series_id"] == series["id"]


def test_a_feed_shows_both_parts_of_a_series_that_was_split(circle: Circle) -> None:
    series = circle.series()
    circle.change_series(series, start_time="19:00", **{"from": "2017-11-01"})
    url = ok(circle.member.post("/v1/calendar-feeds", {}), 201)["url"]
    text = circle.world.nobody.get(url.removeprefix("http://beraad.test/meetings")).text
    assert [f"{one:%m%d %H}" for one in starts_shown(text)] == [
        "0905 16",
        "1003 16",
        "1107 18",
        "1205 18",
        "0102 18",
    ]


def test_what_was_held_is_not_touched(circle: Circle) -> None:
    series = circle.series()
    circle.world.it_is(SEPTEMBER_20)

    after = circle.change_series(series, start_time="19:00")

    assert after["follows_series_id"] == series["id"]
    assert held(read(circle, series)) == ["0905 16"]
    assert held(after) == ["1003 17", "1107 18", "1205 18", "0102 18"]


def test_another_title_for_what_is_to_come_needs_no_other_series(circle: Circle) -> None:
    series = circle.series()
    circle.world.it_is(SEPTEMBER_20)

    changed = circle.change_series(series, title="Ethics and care")

    assert changed["id"] == series["id"]
    assert [one["title"] for one in changed["meetings"]] == ["Ethics"] + ["Ethics and care"] * 4
    calendar = circle.invited("updated")[0]["calendar"]
    assert calendar.count("SUMMARY:Ethics\r\n") == 1
    assert "SEQUENCE:1" not in calendar


def test_another_title_from_a_day_on_needs_one(circle: Circle) -> None:
    series = circle.series()
    after = circle.change_series(series, title="Ethics and care", **{"from": "2017-12-01"})
    assert after["follows_series_id"] == series["id"]
    assert {one["title"] for one in after["meetings"]} == {"Ethics and care"}
    assert outcomes(after) == [("12-05", "updated"), ("01-02", "updated")]
    assert {event["change"] for event in circle.invited()[3:]} == {"updated"}


def test_a_meeting_held_before_its_day_keeps_what_comes_before_it(circle: Circle) -> None:
    series = circle.series()
    november = circle.change(series["meetings"][2], starts_at="2017-09-12T16:00:00+00:00")
    circle.world.it_is(SEPTEMBER_20)

    after = circle.change_series(series, start_time="19:00")

    before = read(circle, series)
    assert november["id"] in {one["id"] for one in before["meetings"]}
    assert held(before) == ["0905 16", "1003 16", "0912 16"]
    assert held(after) == ["1205 18", "0102 18"]


def test_another_rule_from_before_a_meeting_that_was_held_counts_from_after_it(circle: Circle) -> None:
    """Else the series and the one that goes on would meet side by side."""
    series = circle.series()
    circle.change(series["meetings"][2], starts_at="2017-09-12T16:00:00+00:00")
    circle.world.it_is(SEPTEMBER_20)

    changes = {"recurrence": "FREQ=MONTHLY;BYDAY=2WE;COUNT=2", "from": "2017-10-01"}
    after = circle.change_series(series, **changes)

    assert held(read(circle, series)) == ["0905 16", "1003 16", "0912 16"]
    assert held(after) == ["1108 17", "1213 17"]


def test_a_meeting_called_off_before_that_day_stays_with_the_part_it_was_in(circle: Circle) -> None:
    series = circle.series()
    october, december = series["meetings"][1], series["meetings"][3]
    for gone in (october, december):
        ok(circle.facilitator.post(f"/v1/meetings/{gone['id']}/cancel", {"reason": "x"}))
    before = len(circle.invited())

    after = circle.change_series(series, start_time="19:00", **{"from": "2017-11-01"})

    assert [one["id"] for one in read(circle, series)["meetings"]] == [
        one["id"] for one in series["meetings"][:2]
    ]
    assert outcomes(after) == [("11-07", "moved"), ("12-05", "stays_cancelled"), ("01-02", "moved")]
    shown = {one["series_id"]: starts_shown(one["calendar"]) for one in circle.invited()[before:]}
    assert [f"{one:%m%d %H}" for one in shown[series["id"]]] == ["0905 16"]
    assert [f"{one:%m%d %H}" for one in shown[after["id"]]] == ["1107 18", "0102 18"]


def test_holidays_that_were_avoided_go_over_with_their_meetings(circle: Circle) -> None:
    rule = {"first_starts_on": "2018-04-03", "recurrence": "FREQ=MONTHLY;BYDAY=1TU;COUNT=3"}
    series = circle.series(**rule, avoid={})
    after = circle.change_series(series, start_time="19:00", **{"from": "2018-05-01"})
    assert read(circle, series)["avoided"] == []
    assert [one["to"] for one in after["avoided"]] == ["2018-05-08T17:00:00+00:00"]


# -- cancelling ----------------------------------------------------------------------------------------------


def test_a_series_is_cancelled_with_all_its_meetings_and_leaves_the_feed(circle: Circle) -> None:
    series = circle.series()
    url = ok(circle.member.post("/v1/calendar-feeds", {}), 201)["url"]

    cancelled = cancel(circle, series)
    again = cancel(circle, series)

    assert {one["state"] for one in cancelled["meetings"]} == {"cancelled"}
    assert {one["cancelled_reason"] for one in cancelled["meetings"]} == {"storm"}
    assert cancelled["cancelled_at"] is not None
    assert again["revision"] == cancelled["revision"] == 2
    told = circle.invited("cancelled")
    assert (len(told), told[0]["method"], told[0]["reason"]) == (3, "CANCEL", "storm")
    assert len(circle.world.published("meetings.meeting.cancelled.v1")) == 5
    assert circle.world.published("meetings.series.changed.v1")[-1]["cancelled"] is True
    text = circle.world.nobody.get(url.removeprefix("http://beraad.test/meetings")).text
    assert starts_shown(text) == []
    assert cancelled["allowed_actions"]["series.change"]["code"] == "SeriesIsCancelled"
    refused = circle.facilitator.patch(f"/v1/series/{series['id']}", {"title": "x"}, if_match=2)
    problem(refused, 409, "SeriesIsCancelled")


def test_from_a_day_on_the_series_ends_earlier(circle: Circle) -> None:
    series = circle.series()
    december = series["meetings"][3]
    ok(circle.facilitator.post(f"/v1/meetings/{december['id']}/cancel", {"reason": "x"}))

    ended = cancel(circle, series, **{"from": "2017-11-01"})
    again = cancel(circle, series, **{"from": "2017-11-01"})

    assert held(ended) == ["0905 16", "1003 16"]
    assert ended["recurrence"] == "FREQ=MONTHLY;UNTIL=20171003T160000Z;BYDAY=1TU"
    assert (ended["cancelled_at"], again["revision"]) == (None, ended["revision"])
    told = [one for one in circle.invited("cancelled") if one["meeting_id"] is None]
    assert (len(told), told[0]["method"]) == (3, "REQUEST")
    assert (told[0]["starts_at"], told[0]["last_starts_at"]) == (
        "2017-11-07T17:00:00+00:00",
        "2017-10-03T16:00:00+00:00",
    )
    assert "EXDATE" not in told[0]["calendar"]


def test_what_is_cancelled_before_a_meeting_that_was_held_is_an_exception_of_the_rule(circle: Circle) -> None:
    series = circle.series()
    circle.change(series["meetings"][2], starts_at="2017-09-12T16:00:00+00:00")
    circle.world.it_is(SEPTEMBER_20)

    ended = cancel(circle, series)

    assert held(ended) == ["0905 16", "0912 16"]
    assert ended["recurrence"].endswith("UNTIL=20171107T170000Z;BYDAY=1TU")
    calendar = next(one for one in circle.invited("cancelled") if one["meeting_id"] is None)["calendar"]
    assert "EXDATE;TZID=Europe/Brussels:20171003T180000\r\n" in calendar
    assert [f"{one:%m%d}" for one in starts_shown(calendar)] == ["0905", "0912"]


def test_a_series_without_meetings_to_come_is_not_changed_and_cancelling_it_changes_nothing(
    circle: Circle,
) -> None:
    series = circle.series()
    circle.world.it_is(datetime(2018, 3, 1, tzinfo=UTC))
    over = read(circle, series)
    assert over["allowed_actions"]["series.cancel"]["code"] == "SeriesIsOver"
    refused = circle.facilitator.patch(f"/v1/series/{series['id']}", {"title": "x"}, if_match=1)
    problem(refused, 409, "SeriesIsOver")
    assert cancel(circle, series)["revision"] == 1
    assert circle.invited("cancelled") == []


def test_everybody_may_be_told_again_after_a_series_was_split(circle: Circle) -> None:
    series = circle.series()
    after = circle.change_series(series, start_time="19:00", **{"from": "2017-11-01"})
    before = len(circle.invited())
    cancel(circle, after)
    cancel(circle, series)
    told = circle.invited()[before:]
    assert [one["series_id"] for one in told] == [after["id"]] * 3 + [series["id"]] * 3
    assert {one["method"] for one in told} == {"CANCEL"}


# -- reading -------------------------------------------------------------------------------------------------


def test_who_reads_a_series_again_sees_what_changed_of_its_meetings(circle: Circle) -> None:
    series = circle.series()
    path = f"/v1/series/{series['id']}"
    tag = circle.facilitator.get(path).headers["ETag"]
    assert circle.facilitator.get(path, if_none_match=tag).status_code == 304

    circle.change(series["meetings"][1], title="Ethics of bread")

    again = ok(circle.facilitator.get(path, if_none_match=tag))
    assert (again["meetings"][1]["title"], again["revision"]) == ("Ethics of bread", 1)


# -- refusals and rights -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"recurrence": "FREQ=MONTHLY"}, 422, "InvalidRequest", "/recurrence"),
        ({"recurrence": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1"}, 422, "InvalidRequest", "/recurrence"),
        ({"recurrence": "FREQ=DAILY;COUNT=101"}, 409, "SeriesTooLong", None),
        (
            {"recurrence": "FREQ=MONTHLY;BYDAY=1TU;COUNT=3", "from": "2016-01-01"},
            422,
            "InvalidRequest",
            "/from",
        ),
        ({"start_time": "25:00"}, 422, "InvalidRequest", "/start_time"),
        ({"from": "2018-02-01", "title": "x"}, 409, "SeriesIsOver", None),
        ({"kind": "visit"}, 422, "InvalidRequest", "/kind"),
    ],
)
def test_a_change_that_cannot_be_is_refused(
    circle: Circle, changes: dict[str, str], status: int, code: str, pointer: str | None
) -> None:
    series = circle.series()
    answer = circle.facilitator.patch(f"/v1/series/{series['id']}", changes, if_match=1)
    refusal = problem(answer, status, code)
    assert [error["pointer"] for error in refusal.get("errors", [])] == ([pointer] if pointer else [])
    assert read(circle, series)["meetings"] == series["meetings"]


def test_a_meeting_does_not_move_into_the_past(circle: Circle) -> None:
    series = circle.series()
    circle.world.it_is(datetime(2017, 9, 5, 12, tzinfo=UTC))
    answer = circle.facilitator.patch(f"/v1/series/{series['id']}", {"start_time": "09:00"}, if_match=1)
    assert problem(answer, 422, "InvalidRequest")["errors"][0]["pointer"] == "/start_time"


def test_an_agenda_that_does_not_fit_any_more_is_refused(circle: Circle) -> None:
    series = circle.series()
    item = {"title": "Bread", "kind": "exploration", "minutes": 100}
    ok(circle.facilitator.post(f"/v1/meetings/{series['meetings'][1]['id']}/agenda-items", item), 201)
    answer = circle.facilitator.patch(f"/v1/series/{series['id']}", {"duration_minutes": 60}, if_match=1)
    problem(answer, 409, "AgendaTooLong")
    assert circle.invited("moved") == []


def test_who_read_another_revision_is_refused(circle: Circle) -> None:
    path = f"/v1/series/{circle.series()['id']}"
    problem(circle.facilitator.patch(path, {"title": "x"}), 428, "PreconditionRequired")
    problem(circle.facilitator.patch(path, {"title": "x"}, if_match=7), 412, "Stale")


def test_an_assembly_among_the_meetings_is_moved_by_who_calls_assemblies(circle: Circle) -> None:
    link = circle.world.person("Lea")
    circle.world.role(circle.group_id, link.person_id, "board_link")  # type: ignore[arg-type]
    series = circle.series()
    path = f"/v1/series/{series['id']}"
    assert ok(link.get(path))["allowed_actions"]["series.change"]["allowed"]
    circle.change(series["meetings"][1], kind="assembly")

    refusal = problem(link.patch(path, {"start_time": "19:00"}, if_match=1), 403, "NotAllowed")
    assert refusal["rule"] == "FacilitatorOrSecretaryOnly"
    problem(link.post(f"{path}/cancel", {"reason": "x"}), 403, "NotAllowed")
    assert not ok(link.get(path))["allowed_actions"]["series.change"]["allowed"]


def test_a_group_that_has_ended_changes_no_series_and_cancels_nothing_twice(circle: Circle) -> None:
    series = circle.series()
    circle.world.hears("membership.group.ended.v1", group_id=circle.group_id, ended_on="2017-08-01")
    told = len(circle.invited())
    answer = circle.facilitator.patch(f"/v1/series/{series['id']}", {"title": "x"}, if_match=2)
    problem(answer, 409, "GroupHasEnded")
    assert cancel(circle, series)["cancelled_at"] is not None
    assert len(circle.invited()) == told


def test_a_series_there_is_not_is_neither_changed_nor_cancelled(circle: Circle) -> None:
    administrator = circle.world.administrator()
    path = f"/v1/series/{uuid4()}"
    problem(administrator.patch(path, {"title": "x"}, if_match=1), 404, "NotFound")
    problem(administrator.post(f"{path}/cancel", {"reason": "x"}), 404, "NotFound")


# -- many at once --------------------------------------------------------------------------------------------


def test_a_newcomer_seated_while_a_series_is_split_has_each_part_once(
    a_world: WorldMaker, each_engine: str
) -> None:
    circle = a_circle(a_world("meetings", on=each_engine, pool_size=8))
    series = circle.series()
    nora = circle.world.person("Nora")
    path = f"/v1/series/{series['id']}"
    change = {"start_time": "19:00", "from": "2017-11-01"}
    changed: list[Any] = at_once(
        [
            partial(circle.facilitator.patch, path, change, if_match=1),
            partial(circle.world.seat, circle.group_id, nora.person_id),  # type: ignore[arg-type]
        ]
    )
    after = ok(changed[0])
    for meeting in (series["meetings"][0], after["meetings"][0]):
        assert ok(nora.get(f"/v1/meetings/{meeting['id']}"))["my_invitation"] is not None
    newest = {
        one["series_id"]: one["calendar"]
        for one in circle.invited()
        if one["person_id"] == str(nora.person_id)
    }
    shown = [one for calendar in newest.values() for one in starts_shown(calendar)]
    assert [f"{one:%m%d %H}" for one in sorted(shown)] == [
        "0905 16",
        "1003 16",
        "1107 18",
        "1205 18",
        "0102 18",
    ]


def test_of_changes_at_once_one_succeeds_and_moves_of_its_meetings_wait(
    a_world: WorldMaker, each_engine: str
) -> None:
    circle = a_circle(a_world("meetings", on=each_engine, pool_size=8))
    series = circle.series()
    path = f"/v1/series/{series['id']}"
    changes = [
        partial(circle.facilitator.patch, path, {"start_time": f"{hour}:00"}, if_match=1)
        for hour in (19, 20, 21)
    ]
    moves = [
        partial(
            circle.facilitator.patch,
            f"/v1/meetings/{one['id']}",
            {"place": "Town hall"},
            if_match=one["revision"],
        )
        for one in series["meetings"][:3]
    ]
    answers: list[Any] = at_once([*changes, *moves])
    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses[:3]) == [200, 412, 412]
    assert set(statuses[3:]) <= {200, 412}
    now = read(circle, series)
    assert len({one["starts_at"][11:13] for one in now["meetings"][:2]}) == 1


def test_two_cancel_at_once_and_everybody_hears_once(a_world: WorldMaker, each_engine: str) -> None:
    circle = a_circle(a_world("meetings", on=each_engine, pool_size=8))
    series = circle.series()
    at_once([partial(cancel, circle, series)] * 4)
    assert len(circle.invited("cancelled")) == 3


def test_a_hundred_meetings_change_in_statements_that_do_not_grow_with_the_people(circle: Circle) -> None:
    series = circle.series(recurrence="FREQ=WEEKLY;COUNT=100")
    with circle.world.counting_statements() as few:
        circle.change_series(series, start_time="19:00")
    for _ in range(50):
        circle.world.seat(circle.group_id, circle.world.person().person_id)  # type: ignore[arg-type]
    circle.world.it_is(datetime(2017, 8, 1, 13, tzinfo=UTC) + timedelta(hours=1))
    with circle.world.counting_statements() as many:
        circle.change_series(series, start_time="20:00")
    assert len(many) <= len(few) + 3


def test_a_series_does_not_move_to_where_its_people_are_in_another_meeting(circle: Circle) -> None:
    series = circle.series()
    circle.meeting(starts_at="2017-10-03T19:00:00+00:00")
    path = f"/v1/series/{series['id']}"

    refusal = problem(
        circle.facilitator.patch(path, {"start_time": "20:30"}, if_match=1), 409, "DoubleBooking"
    )

    assert refusal["conflicts"][0]["overlap_starts_at"] == "2017-10-03T19:00:00+00:00"
    changes = {"start_time": "20:30", "despite_conflicts": "the visit is short"}
    assert held(ok(circle.facilitator.patch(path, changes, if_match=1)))[1] == "1003 18"
