"""Answers that came by the link in a mail: notifications tells them, meetings judges them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from beraad.identifiers import new_id
from meetings.vocabulary import FIRST_TUESDAY, SUMMER, Circle, a_circle
from worlds.callers import Caller, ok
from worlds.world import WorldMaker

ANSWERED = "meetings.invitation.answered.v1"


@pytest.fixture
def circle(a_world: WorldMaker, each_engine: str) -> Circle:
    return a_circle(a_world("meetings", on=each_engine))


def replies(circle: Circle, who: Caller, answer: str, at: datetime = SUMMER, **about: Any) -> None:
    circle.world.hears(
        "notifications.reply.given.v1",
        reply_id=new_id(),
        person_id=who.id,
        answer=answer,
        given_at=at.isoformat(),
        **{"meeting_id": None, "series_id": None, **about},
    )


def answer_of(who: Caller, meeting: dict[str, Any]) -> str | None:
    mine = ok(who.get(f"/v1/meetings/{meeting['id']}"))["my_invitation"]
    answer: str | None = mine["answer"]
    return answer


def test_a_reply_counts_as_an_answer(circle: Circle) -> None:
    meeting = circle.meeting()
    replies(circle, circle.member, "tentative", meeting_id=meeting["id"])
    assert answer_of(circle.member, meeting) == "tentative"
    (told,) = circle.world.published(ANSWERED)
    assert (told["answer"], told["person_id"]) == ("tentative", str(circle.member.id))
    assert ok(circle.member.get(f"/v1/meetings/{meeting['id']}"))["my_invitation"]["answered_at"].startswith(
        "2017-08-01T12:00:00"
    )


def test_the_later_answer_wins_whichever_way_it_came(circle: Circle) -> None:
    meeting = circle.meeting()
    ok(circle.member.put(f"/v1/meetings/{meeting['id']}/invitations/me", {"answer": "accepted"}))
    replies(circle, circle.member, "declined", SUMMER - timedelta(hours=1), meeting_id=meeting["id"])
    assert answer_of(circle.member, meeting) == "accepted"
    replies(circle, circle.member, "declined", SUMMER + timedelta(hours=1), meeting_id=meeting["id"])
    assert answer_of(circle.member, meeting) == "declined"
    replies(circle, circle.member, "declined", SUMMER + timedelta(hours=2), meeting_id=meeting["id"])
    assert len(circle.world.published(ANSWERED)) == 2


def test_a_reply_to_a_series_answers_what_is_to_come_and_was_not_answered_by_itself(circle: Circle) -> None:
    series = circle.series()
    first, second, third, fourth, *_rest = meetings = series["meetings"]
    circle.change(third, starts_at="2017-11-14T18:30:00+00:00")
    ok(circle.facilitator.post(f"/v1/meetings/{fourth['id']}/cancel", {"reason": "x"}))
    ok(circle.member.put(f"/v1/meetings/{second['id']}/invitations/me", {"answer": "declined"}))
    circle.world.it_is(FIRST_TUESDAY + timedelta(days=1))

    replies(circle, circle.member, "accepted", FIRST_TUESDAY + timedelta(days=1), series_id=series["id"])
    answers = [answer_of(circle.member, meeting) for meeting in meetings]
    assert answers == [None, "declined", "accepted", None, "accepted"]

    replies(circle, circle.member, "tentative", FIRST_TUESDAY + timedelta(days=2), series_id=series["id"])
    replies(circle, circle.member, "declined", FIRST_TUESDAY + timedelta(days=3), meeting_id=third["id"])
    replies(circle, circle.member, "accepted", FIRST_TUESDAY + timedelta(days=4), series_id=series["id"])
    answers = [answer_of(circle.member, meeting) for meeting in meetings]
    assert answers == [None, "declined", "declined", None, "accepted"]
    assert answer_of(circle.secretary, second) is None
    assert answer_of(circle.member, first) is None


def test_what_was_answered_before_a_meeting_moved_yields_to_any_answer_since(circle: Circle) -> None:
    series = circle.series()
    _first, second, third, fourth, *_rest = series["meetings"]
    for meeting in (second, third, fourth):
        replies(circle, circle.member, "declined", SUMMER, meeting_id=meeting["id"])
    circle.world.it_is(SUMMER + timedelta(hours=2))
    for meeting, change in (
        (second, {"duration_minutes": 90}),
        (third, {"starts_at": "2017-11-14T18:30:00+00:00"}),
    ):
        circle.change(meeting, **change)
    circle.change(fourth, title="Ethics of bread")

    replies(circle, circle.member, "accepted", SUMMER + timedelta(hours=1), series_id=series["id"])
    assert [answer_of(circle.member, one) for one in (second, third, fourth)] == [None, None, "declined"]
    replies(circle, circle.member, "declined", SUMMER + timedelta(hours=3), meeting_id=third["id"])
    replies(circle, circle.member, "accepted", SUMMER + timedelta(hours=4), series_id=series["id"])
    answers = [answer_of(circle.member, one) for one in (second, third, fourth)]
    assert answers == ["accepted", "declined", "declined"]

    circle.change_series(series, start_time="19:00")
    replies(circle, circle.member, "tentative", SUMMER + timedelta(hours=5), series_id=series["id"])
    assert [answer_of(circle.member, one) for one in (second, fourth)] == ["tentative"] * 2


def test_a_reply_to_a_series_takes_as_many_statements_for_one_meeting_as_for_a_hundred(
    circle: Circle,
) -> None:
    short = circle.series(recurrence="FREQ=DAILY;COUNT=1")
    long = circle.series(recurrence="FREQ=DAILY;COUNT=100")
    counts = []
    for series in (short, long):
        for answer in ("accepted", "declined"):
            with circle.world.counting_statements() as statements:
                replies(circle, circle.member, answer, SUMMER, series_id=series["id"])
            counts.append(len(statements))
    assert counts[:2] == counts[2:]
    revisions = [one["revision"] for one in circle.world.published(ANSWERED)]
    assert sorted(revisions[2:]) == list(range(2, 202))
    assert {answer_of(circle.member, one) for one in long["meetings"]} == {"declined"}


def test_a_reply_that_came_too_late_or_from_the_wrong_person_is_passed_over(circle: Circle) -> None:
    meeting, cancelled = circle.meeting(), circle.meeting()
    begin = datetime.fromisoformat(meeting["starts_at"]).astimezone(UTC)
    ok(circle.facilitator.post(f"/v1/meetings/{cancelled['id']}/cancel", {"reason": "x"}))
    replies(circle, circle.member, "accepted", begin, meeting_id=meeting["id"])
    replies(circle, circle.member, "accepted", meeting_id=cancelled["id"])
    replies(circle, circle.stranger, "accepted", meeting_id=meeting["id"])
    replies(circle, circle.stranger, "accepted", series_id=circle.series()["id"])
    replies(circle, circle.member, "accepted", meeting_id=new_id())
    replies(circle, circle.member, "accepted")
    ok(circle.facilitator.post(f"/v1/meetings/{meeting['id']}/open"))
    replies(circle, circle.member, "accepted", meeting_id=meeting["id"])
    assert circle.world.published(ANSWERED) == []
