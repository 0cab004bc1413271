from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from beraad.perform import reading
from beraad_meetings.storage.tables import calendar_feeds
from meetings.reading import calendar_of, events_of, starts_shown
from meetings.vocabulary import Circle, a_circle
from worlds.callers import Caller, ok, problem
from worlds.world import WorldMaker


@pytest.fixture
def circle(a_world: WorldMaker, each_engine: str) -> Circle:
    return a_circle(a_world("meetings", on=each_engine))


def a_feed(caller: Caller, **body: Any) -> tuple[str, str]:
    """Its id, and its path in this service."""
    feed = ok(caller.post("/v1/calendar-feeds", body), 201)
    assert feed["url"].startswith("http://beraad.test/meetings/v1/calendars/")
    assert feed["webcal_url"] == feed["url"].replace("http://", "webcal://")
    return feed["id"], feed["url"].removeprefix("http://beraad.test/meetings")


def test_a_group_s_calendar_shows_its_series_and_its_meetings(circle: Circle) -> None:
    circle.series()
    circle.meeting()
    _, path = a_feed(circle.member, group_id=str(circle.group_id))

    answer = circle.world.nobody.get(path)

    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert calendar_of(answer.text)["METHOD"] == "PUBLISH"
    assert [f"{start:%m%d %H}" for start in starts_shown(answer.text)] == [
        "0905 16",
        "1003 16",
        "1010 16",
        "1107 17",
        "1205 17",
        "0102 17",
    ]
    again = circle.world.nobody.get(path, if_none_match=answer.headers["ETag"])
    assert again.status_code == 304


def test_a_calendar_shows_what_changed(circle: Circle) -> None:
    series = circle.series()
    single = circle.meeting()
    _, path = a_feed(circle.member)
    before = circle.world.nobody.get(path)
    circle.change(series["meetings"][2], starts_at="2017-11-14T18:30:00+00:00")
    for gone in (series["meetings"][4], single):
        ok(circle.facilitator.post(f"/v1/meetings/{gone['id']}/cancel", {"reason": "x"}))

    after = circle.world.nobody.get(path, if_none_match=before.headers["ETag"])

    assert [f"{start:%m%d %H%M}" for start in starts_shown(after.text)] == [
        "0905 1600",
        "1003 1600",
        "1114 1830",
        "1205 1700",
    ]


def test_a_guest_s_calendar_shows_their_one_meeting(circle: Circle) -> None:
    october = circle.series()["meetings"][1]
    guest = {"person_id": str(circle.expert.person_id), "role": "expert"}
    ok(circle.facilitator.post(f"/v1/meetings/{october['id']}/guests", guest), 201)
    _, path = a_feed(circle.expert)

    (event,) = events_of(circle.world.nobody.get(path).text)

    assert "RECURRENCE-ID" in event
    assert "RRULE" not in event


def test_revoked_and_unknown_answer_alike(circle: Circle) -> None:
    feed_id, path = a_feed(circle.member)
    assert circle.member.delete(f"/v1/calendar-feeds/{feed_id}").status_code == 204
    assert circle.member.delete(f"/v1/calendar-feeds/{feed_id}").status_code == 204

    revoked = circle.world.nobody.get(path)
    problem(revoked, 404, "NotFound")
    for token in ("guess", "x" * 43, "x" * 1000, "%F0%9F%98%80", "..%5C..%5Cetc", "a.b"):
        unknown = circle.world.nobody.get(f"/v1/calendars/{token}.ics")
        assert unknown.status_code == 404
        assert unknown.get_data() == revoked.get_data()
        assert told(unknown) == told(revoked)


def told(answer: TestResponse) -> dict[str, str]:
    """The headers that do not name the request."""
    return {name: value for name, value in answer.headers.items() if name not in {"X-Request-Id", "Date"}}


def test_a_program_may_ask_whether_there_is_something_new(circle: Circle) -> None:
    circle.series()
    _, path = a_feed(circle.member)
    whole = circle.world.nobody.get(path)

    only_head = circle.world.nobody.call("HEAD", path)
    assert only_head.status_code == 200
    assert only_head.get_data() == b""
    assert only_head.headers["ETag"] == whole.headers["ETag"]
    assert only_head.content_type == "text/calendar; charset=utf-8"

    for known in (whole.headers["ETag"], f'"old", {whole.headers["ETag"]}', "*"):
        unchanged = circle.world.nobody.get(path, if_none_match=known)
        assert (unchanged.status_code, unchanged.get_data()) == (304, b"")
        assert unchanged.headers["ETag"] == whole.headers["ETag"]
    assert circle.world.nobody.get(path, if_none_match='"old"').status_code == 200

    circle.meeting()
    assert circle.world.nobody.get(path, if_none_match=whole.headers["ETag"]).status_code == 200


def test_a_calendar_of_the_group_is_revoked_when_the_seat_ends(circle: Circle) -> None:
    nora = circle.world.person("Nora")
    assert nora.person_id is not None
    seat_id = circle.world.seat(circle.group_id, nora.person_id)
    _, path = a_feed(nora, group_id=str(circle.group_id))
    _, own = a_feed(nora)
    circle.series()
    assert len(starts_shown(circle.world.nobody.get(own).text)) == 5

    circle.world.hears(
        "membership.seat.vacated.v1",
        group_id=circle.group_id,
        seat_id=seat_id,
        person_id=nora.person_id,
        starts_on="2017-01-01",
        ends_on=None,
        reason="removed",
    )

    problem(circle.world.nobody.get(path), 404, "NotFound")
    assert starts_shown(circle.world.nobody.get(own).text) == []
    circle.world.seat(circle.group_id, nora.person_id)
    problem(circle.world.nobody.get(path), 404, "NotFound")


def test_one_s_feeds_are_one_s_own_and_their_tokens_are_kept_hashed(circle: Circle) -> None:
    feed_id, path = a_feed(circle.member, group_id=str(circle.group_id))
    token = path.removesuffix(".ics").rpartition("/")[2]

    assert [feed["id"] for feed in ok(circle.member.get("/v1/calendar-feeds"))["items"]] == [feed_id]
    assert ok(circle.secretary.get("/v1/calendar-feeds"))["items"] == []
    problem(circle.secretary.delete(f"/v1/calendar-feeds/{feed_id}"), 404, "NotFound")
    problem(circle.stranger.post("/v1/calendar-feeds", {"group_id": str(circle.group_id)}), 404, "NotFound")
    with reading(circle.world.store) as work:
        (kept,) = work.session.execute(select(calendar_feeds.c.token_hash)).scalars()
    assert len(kept) == 64
    assert token not in kept
