"""One answer to all of a series that is still to come."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from beraad.perform import perform
from beraad_meetings.domain.invitations import NotInvited
from beraad_meetings.use_cases.answer_series import AnswerSeries, answer_series
from meetings.vocabulary import FIRST_TUESDAY, SUMMER, Circle, a_circle
from worlds.callers import Caller, ok, problem
from worlds.world import WorldMaker

ANSWERED = "meetings.invitation.answered.v1"


@pytest.fixture
def circle(a_world: WorldMaker, each_engine: str) -> Circle:
    return a_circle(a_world("meetings", on=each_engine))


def path_of(series: dict[str, Any]) -> str:
    return f"/v1/series/{series['id']}/invitations/me"


def answers(who: Caller, series: dict[str, Any], answer: str, **more: str) -> list[tuple[str, str, bool]]:
    """The day of each meeting that is answered now, what was said, and whether of all of the series."""
    answered = ok(who.put(path_of(series), {"answer": answer, **more}))
    days = {one["id"]: one["starts_at"][5:10] for one in answered["meetings"]}
    return [(days[one["meeting_id"]], one["answer"], one["with_series"]) for one in answered["my_answers"]]


def test_one_answer_counts_for_all_that_is_to_come(circle: Circle) -> None:
    series = circle.series()
    circle.world.it_is(FIRST_TUESDAY + timedelta(days=1))
    days = ["10-03", "11-07", "12-05", "01-02"]
    assert answers(circle.member, series, "declined", comment="abroad") == [
        (day, "declined", True) for day in days
    ]
    told = circle.world.published(ANSWERED)
    assert {(one["answer"], one["person_id"]) for one in told} == {("declined", str(circle.member.id))}
    assert [one["revision"] for one in told] == [2, 3, 4, 5]
    october = ok(circle.member.get(f"/v1/meetings/{series['meetings'][1]['id']}"))
    assert (october["my_invitation"]["answer"], october["my_invitation"]["comment"]) == ("declined", "abroad")
    assert ok(circle.secretary.get(f"/v1/series/{series['id']}"))["my_answers"] == []


def test_the_same_again_says_nothing_but_with_other_words(circle: Circle) -> None:
    series = circle.series()
    for _ in range(2):
        answers(circle.member, series, "tentative", comment="a train")
    assert len(circle.world.published(ANSWERED)) == 5
    answers(circle.member, series, "tentative", comment="two trains")
    assert len(circle.world.published(ANSWERED)) == 10


def test_what_was_answered_by_itself_stays_unless_the_meeting_moved_since(circle: Circle) -> None:
    series = circle.series()
    october, november = series["meetings"][1:3]
    for meeting in (october, november):
        ok(circle.member.put(f"/v1/meetings/{meeting['id']}/invitations/me", {"answer": "declined"}))
    circle.world.it_is(SUMMER + timedelta(hours=1))
    circle.change(november, starts_at="2017-11-14T18:30:00+00:00")

    assert answers(circle.member, series, "accepted") == [
        ("09-05", "accepted", True),
        ("10-03", "declined", False),
        ("11-14", "accepted", True),
        ("12-05", "accepted", True),
        ("01-02", "accepted", True),
    ]


def test_who_declines_all_leaves_the_place_they_had_in_one_of_them(circle: Circle) -> None:
    series = circle.series()
    october = f"/v1/meetings/{series['meetings'][1]['id']}"
    ok(circle.facilitator.put(f"{october}/registration", {"capacity": 1}))
    newcomer = circle.world.person("Bram")
    elsewhere = f"/v1/meetings/{circle.meeting(registration={'capacity': 1})['id']}"
    for who in (newcomer, circle.stranger):
        ok(who.put(f"{october}/registrations/me"))
    ok(newcomer.put(f"{elsewhere}/registrations/me"))
    circle.world.seat(circle.group_id, newcomer.id)
    answers(newcomer, series, "declined")
    assert ok(newcomer.get(elsewhere))["registration"]["mine"]["state"] == "registered"
    (place,) = ok(circle.facilitator.get(f"{october}/registrations"))["items"]
    assert (place["person_id"], place["state"]) == (str(circle.stranger.id), "registered")


def test_only_those_invited_to_a_series_answer_it(circle: Circle) -> None:
    series = circle.series()
    guest = {"person_id": str(circle.expert.id), "role": "guest"}
    ok(circle.facilitator.post(f"/v1/meetings/{series['meetings'][1]['id']}/guests", guest), 201)
    administrator = circle.world.administrator()
    body = {"answer": "accepted"}

    problem(circle.expert.put(path_of(series), body), 404, "NotFound")
    problem(administrator.put(f"/v1/series/{uuid4()}/invitations/me", body), 404, "NotFound")
    refusal = problem(administrator.put(path_of(series), body), 403, "NotAllowed")
    assert refusal["rule"] == "NotInvited"
    for who, allowed in ((circle.member, True), (administrator, False)):
        told = ok(who.get(f"/v1/series/{series['id']}"))["allowed_actions"]["series.answer"]
        assert told["allowed"] is allowed
    with pytest.raises(NotInvited):
        perform(circle.world.store, answer_series, AnswerSeries(UUID(series["id"]), "accepted"))
    assert circle.world.published(ANSWERED) == []


def test_a_series_that_is_over_or_cancelled_is_not_answered(circle: Circle) -> None:
    cancelled, over = circle.series(), circle.series()
    ok(circle.facilitator.post(f"/v1/series/{cancelled['id']}/cancel", {"reason": "storm"}))
    circle.world.it_is(datetime(2018, 3, 1, tzinfo=UTC))
    for series, code in ((cancelled, "SeriesIsCancelled"), (over, "SeriesIsOver")):
        problem(circle.member.put(path_of(series), {"answer": "accepted"}), 409, code)
        told = ok(circle.member.get(f"/v1/series/{series['id']}"))["allowed_actions"]["series.answer"]
        assert told["code"] == code


def test_an_answer_takes_as_many_statements_for_one_meeting_as_for_a_hundred(circle: Circle) -> None:
    counts = []
    for rule in ("FREQ=DAILY;COUNT=1", "FREQ=DAILY;COUNT=100"):
        series = circle.series(recurrence=rule)
        with circle.world.counting_statements() as statements:
            answers(circle.member, series, "accepted")
        counts.append(len(statements))
    assert counts[0] == counts[1]
