"""The agenda as it is planned and as it is gone through, and the view of whoever leads."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from beraad.perform import reading
from beraad_meetings.storage.attendance import terms_of
from meetings.vocabulary import Circle, a_circle
from worlds.callers import ok, problem
from worlds.races import at_once
from worlds.world import WorldMaker

SIX = datetime.fromisoformat("2017-10-10T16:00:00+00:00")


@pytest.fixture
def circle(a_world: WorldMaker) -> Circle:
    return a_circle(a_world("meetings"))


def start(circle: Circle, item: dict[str, Any], **body: Any) -> Any:
    return circle.facilitator.post(f"/v1/agenda-items/{item['id']}/start", body)


def close(circle: Circle, item: dict[str, Any]) -> Any:
    return circle.facilitator.post(f"/v1/agenda-items/{item['id']}/close")


def running(circle: Circle, meeting: dict[str, Any]) -> dict[str, Any]:
    view: dict[str, Any] = ok(circle.member.get(f"/v1/meetings/{meeting['id']}/running"))
    return view


def of(meeting: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in meeting["agenda"] if one["id"] == item["id"])
    return found


# -- planned -------------------------------------------------------------------------------------------------


def test_items_within_an_item_follow_it_and_each_has_its_planned_start(circle: Circle) -> None:
    meeting = circle.meeting()
    circle.item(meeting, "Welcome", minutes=5)
    bread = circle.item(meeting, "Bread", minutes=30)
    circle.item(meeting, "Any other", minutes=10)
    circle.item(meeting, "Flour", minutes=10, parent_id=bread["id"])
    circle.item(meeting, "Yeast", minutes=15, parent_id=bread["id"])

    agenda = ok(circle.member.get(f"/v1/meetings/{meeting['id']}"))["agenda"]

    minutes = [
        (one["title"], int((datetime.fromisoformat(one["planned_start"]) - SIX).total_seconds() / 60))
        for one in agenda
    ]
    assert minutes == [("Welcome", 0), ("Bread", 5), ("Flour", 5), ("Yeast", 15), ("Any other", 35)]


def test_items_within_an_item_fit_into_it_and_nest_once(circle: Circle) -> None:
    meeting = circle.meeting()
    bread = circle.item(meeting, "Bread", minutes=30)
    flour = circle.item(meeting, "Flour", minutes=20, parent_id=bread["id"])
    post = partial(circle.facilitator.post, f"/v1/meetings/{meeting['id']}/agenda-items")
    item = {"title": "Yeast", "kind": "exploration", "minutes": 11}
    refusal = problem(post({**item, "parent_id": bread["id"]}), 409, "ChildrenExceedParent")
    assert (refusal["minutes"], refusal["most"]) == (31, 30)
    problem(post({**item, "minutes": 1, "parent_id": flour["id"]}), 409, "AgendaNestsTooDeeply")
    problem(post({**item, "parent_id": str(uuid4())}), 422, "InvalidRequest")
    problem(circle.facilitator.delete(f"/v1/agenda-items/{bread['id']}"), 409, "AgendaItemHasChildren")
    other = circle.item(meeting, "Other", minutes=30)
    revision = ok(circle.member.get(f"/v1/meetings/{meeting['id']}"))["revision"]
    patch = partial(circle.facilitator.patch, if_match=revision)
    problem(patch(f"/v1/agenda-items/{bread['id']}", {"parent_id": other["id"]}), 409, "AgendaNestsTooDeeply")
    problem(patch(f"/v1/agenda-items/{bread['id']}", {"minutes": 19}), 409, "ChildrenExceedParent")
    moved = ok(patch(f"/v1/agenda-items/{flour['id']}", {"parent_id": other["id"]}))
    assert [one["title"] for one in moved["agenda"]] == ["Bread", "Other", "Flour"]


# -- linked --------------------------------------------------------------------------------------------------


def decision(circle: Circle, **changes: Any) -> dict[str, Any]:
    return {
        "decision_id": uuid4(),
        "group_id": circle.group_id,
        "proposal_id": uuid4(),
        "number": 3,
        "title": "Bread on Mondays",
        "kind": "rule",
        "effective_on": "2017-01-01",
        "review_on": "2017-10-01",
        **changes,
    }


def moved(circle: Circle, told: dict[str, Any], stage: str, revision: int) -> None:
    """Its proposal is at another stage."""
    proposal = {"proposal_id": told["proposal_id"], "group_id": told["group_id"], "version": 1}
    circle.world.hears(
        "deliberation.proposal.moved.v1",
        **proposal,
        title=told["title"],
        kind="rule",
        stage=stage,
        revision=revision,
        proposer_ids=[],
    )


@pytest.mark.parametrize("outcome", ["in_force", "retired", "expired"])
def test_a_review_that_was_concluded_is_suggested_no_more(circle: Circle, outcome: str) -> None:
    meeting = circle.meeting()
    told = decision(circle)
    path = f"/v1/meetings/{meeting['id']}/agenda/suggestions"
    circle.world.hears("deliberation.decision.review_due.v1", questions=[], **told)
    moved(circle, told, "under_review", 1)
    assert len(ok(circle.facilitator.get(path))["items"]) == 1
    moved(circle, told, outcome, 2)
    assert ok(circle.facilitator.get(path))["items"] == []


def test_a_review_that_is_due_is_suggested_until_it_stands_on_an_agenda(circle: Circle) -> None:
    meeting = circle.meeting()
    told = decision(circle)
    moved(circle, told, "under_review", 1)
    circle.world.hears("deliberation.decision.in_force.v1", annex={}, **told)
    path = f"/v1/meetings/{meeting['id']}/agenda/suggestions"
    assert ok(circle.facilitator.get(path))["items"] == []
    circle.world.hears("deliberation.decision.review_due.v1", questions=[], **told)

    (offered,) = ok(circle.facilitator.get(path))["items"]

    assert (offered["reason"], offered["decision_id"]) == ("review", str(told["decision_id"]))
    item = circle.item(meeting, "Review", kind="decision", decision_id=offered["decision_id"])
    assert (item["decision_title"], item["review_due"]) == ("Bread on Mondays", True)
    assert ok(circle.facilitator.get(path))["items"] == []


def test_a_decision_of_another_group_is_not_reviewed_here(circle: Circle) -> None:
    meeting = circle.meeting()
    told = decision(circle, group_id=circle.world.group("Other"))
    circle.world.hears("deliberation.decision.in_force.v1", annex={}, **told)
    item = {"title": "Review", "kind": "decision", "minutes": 5}
    post = partial(circle.facilitator.post, f"/v1/meetings/{meeting['id']}/agenda-items")
    problem(post({**item, "decision_id": str(told["decision_id"])}), 409, "DecisionOfAnotherGroup")
    problem(post({**item, "decision_id": str(uuid4())}), 409, "NotYetKnown")


def test_what_an_approving_body_is_asked_is_suggested_until_it_answers(circle: Circle) -> None:
    meeting = circle.meeting()
    asked = {
        "approval_id": uuid4(),
        "proposal_id": uuid4(),
        "group_id": circle.world.group("IT"),
        "body_id": circle.group_id,
        "title": "Servers",
        "version": 1,
        "due_on": "2017-11-01",
        "proposer_ids": [],
    }
    circle.world.hears("deliberation.approval.requested.v1", text="…", **asked)
    path = f"/v1/meetings/{meeting['id']}/agenda/suggestions"
    (offered,) = ok(circle.facilitator.get(path))["items"]
    assert (offered["reason"], offered["due_on"]) == ("approval", "2017-11-01")
    circle.world.hears("deliberation.approval.granted.v1", **asked)
    assert ok(circle.facilitator.get(path))["items"] == []


def a_proposal(circle: Circle) -> UUID:
    proposal_id = uuid4()
    circle.world.hears(
        "deliberation.proposal.opened.v1",
        proposal_id=proposal_id,
        group_id=circle.group_id,
        kind="rule",
        title="A charter",
        stage="consent_round",
        version=1,
        proposer_ids=[],
        driver="x",
    )
    return proposal_id


def a_round(circle: Circle, proposal_id: UUID, round_id: UUID, event: str, **more: Any) -> None:
    circle.world.hears(
        f"deliberation.round.{event}.v1",
        round_id=round_id,
        proposal_id=proposal_id,
        group_id=circle.group_id,
        title="A charter",
        version=1,
        electors=3,
        **{"number": 1, "closes_at": "2017-10-10T17:00:00+00:00", **more},
    )


CLOSED = {
    "outcome": "integrating",
    "reasons": [],
    "present": 3,
    "consents": 2,
    "objections": 1,
    "responses_root": "0" * 64,
}


def test_a_decision_item_shows_the_round_that_runs_and_how_the_last_one_ended(circle: Circle) -> None:
    proposal_id, first, second = a_proposal(circle), uuid4(), uuid4()
    meeting = circle.opened()
    item = circle.item(meeting, "Charter", kind="decision", proposal_id=str(proposal_id))
    assert item["round"] is None
    a_round(circle, proposal_id, first, "opened", electorate_hash="0" * 64, text="…")
    ok(start(circle, item))
    assert running(circle, meeting)["item"]["round"]["state"] == "open"
    a_round(circle, proposal_id, first, "extended", closes_at="2017-10-10T18:00:00+00:00")
    assert running(circle, meeting)["item"]["round"]["closes_at"] == "2017-10-10T18:00:00+00:00"
    a_round(circle, proposal_id, first, "closed", **CLOSED)
    shown = running(circle, meeting)["item"]["round"]
    assert (shown["id"], shown["state"], shown["outcome"]) == (str(first), "closed", "integrating")
    a_round(circle, proposal_id, second, "opened", number=2, electorate_hash="0" * 64, text="…")
    shown = running(circle, meeting)["item"]["round"]
    assert (shown["id"], shown["number"]) == (str(second), 2)
    circle.world.hears(
        "deliberation.vote.opened.v1",
        vote_id=uuid4(),
        proposal_id=proposal_id,
        group_id=circle.group_id,
        title="A charter",
        version=1,
        closes_at="2017-10-11T17:00:00+00:00",
        electors=3,
        electorate_hash="0" * 64,
        text="…",
    )
    assert running(circle, meeting)["item"]["round"]["kind"] == "vote"


def test_a_round_that_is_answered_in_another_meeting_is_not_shown(circle: Circle) -> None:
    proposal_id, written, live = a_proposal(circle), uuid4(), uuid4()
    before, meeting = circle.opened(), circle.opened(starts_at="2017-10-17T16:00:00+00:00")
    treated = {"kind": "decision", "proposal_id": str(proposal_id)}
    earlier, now = circle.item(before, "Charter", **treated), circle.item(meeting, "Charter", **treated)
    a_round(circle, proposal_id, written, "opened", electorate_hash="0" * 64, text="…")
    a_round(circle, proposal_id, written, "closed", **CLOSED)
    there = {"number": 2, "meeting_id": meeting["id"]}
    a_round(circle, proposal_id, live, "opened", electorate_hash="0" * 64, text="…", **there)
    a_round(circle, proposal_id, live, "closed", **CLOSED, **there)

    def shown(meeting: dict[str, Any], item: dict[str, Any]) -> str:
        told: str = of(ok(circle.member.get(f"/v1/meetings/{meeting['id']}")), item)["round"]["id"]
        return told

    assert (shown(before, earlier), shown(meeting, now)) == (str(written), str(live))


# -- gone through --------------------------------------------------------------------------------------------


def test_one_item_is_on_at_a_time(circle: Circle) -> None:
    planned = circle.meeting()
    first, second, third = (circle.item(planned, title) for title in ("one", "two", "three"))
    problem(start(circle, first), 409, "MeetingNotOpened")
    ok(circle.secretary.post(f"/v1/meetings/{planned['id']}/open"))
    problem(close(circle, first), 409, "AgendaItemNotRunning")
    ok(start(circle, first))
    refusal = problem(start(circle, second), 409, "AnotherItemIsRunning")
    assert refusal["item_id"] == first["id"]

    gone_on = ok(start(circle, second, close_running=True))

    assert of(gone_on, first)["closed_at"] == of(gone_on, second)["started_at"]
    problem(start(circle, first), 409, "AgendaItemHasBegun")
    problem(circle.facilitator.delete(f"/v1/agenda-items/{second['id']}"), 409, "AgendaItemHasBegun")
    problem(circle.member.post(f"/v1/agenda-items/{third['id']}/start", {}), 403, "NotAllowed")
    changed = circle.world.published("meetings.agenda.changed.v1")[-1]
    assert [bool(one["started_at"]) for one in changed["items"]] == [True, True, False]


def test_an_item_closed_without_quorum_is_inquorate_and_one_closed_with_it_is_not(circle: Circle) -> None:
    meeting = circle.opened()
    first, second, third = (circle.item(meeting, title, kind="decision") for title in ("one", "two", "three"))
    ok(start(circle, first))
    circle.attends(meeting, circle.facilitator)
    circle.attends(meeting, circle.member)
    assert of(ok(close(circle, first)), first)["inquorate"] is False
    ok(start(circle, second))
    circle.attends(meeting, circle.member, "left")
    assert of(ok(close(circle, second)), second)["inquorate"] is True
    ok(start(circle, third))

    closed = ok(circle.secretary.post(f"/v1/meetings/{meeting['id']}/close", {"report": "x"}))

    assert of(closed, third)["closed_at"] == closed["closed_at"]
    assert of(closed, third)["inquorate"] is True
    told = ok(circle.member.get(f"/v1/meetings/{meeting['id']}/quorum"))["items"]
    assert [(one["title"], one["at_start"]["reached"], one["at_close"]["reached"]) for one in told] == [
        ("one", False, True),
        ("two", True, False),
        ("three", False, False),
    ]


def test_the_view_tells_what_is_on_the_time_left_who_is_there_and_what_comes_next(circle: Circle) -> None:
    meeting = circle.opened()
    first, second = circle.item(meeting, "one", minutes=10), circle.item(meeting, "two")
    circle.attends(meeting, circle.facilitator)
    guest = {"person_id": str(circle.expert.id), "role": "expert"}
    ok(circle.facilitator.post(f"/v1/meetings/{meeting['id']}/guests", guest), 201)
    circle.attends(meeting, circle.expert)
    waiting = running(circle, meeting)
    assert (waiting["item"], waiting["next_item"]["id"]) == (None, first["id"])
    ok(start(circle, first))
    circle.world.it_is(SIX + timedelta(minutes=15))

    view = running(circle, meeting)

    assert (view["item"]["id"], view["next_item"]["id"]) == (first["id"], second["id"])
    assert -302 <= view["item"]["seconds_left"] <= -298
    assert 2_695 <= view["seconds_left"] <= 2_700
    assert [(one["name"], one["counts"]) for one in view["present"]] == [("Eva", False), ("Fatima", True)]
    assert (view["quorum"]["present"], view["quorum"]["needed"], view["quorum"]["reached"]) == (1, 2, False)


def test_the_views_tag_changes_when_something_happens_and_not_with_the_clock(circle: Circle) -> None:
    meeting = circle.opened()
    item = circle.item(meeting, "one")
    ok(start(circle, item))
    path = f"/v1/meetings/{meeting['id']}/running"
    etag = circle.member.get(path).headers["ETag"]
    circle.world.it_is(SIX + timedelta(minutes=9))
    assert circle.member.get(path, if_none_match=etag).status_code == 304
    circle.attends(meeting, circle.member)
    assert circle.member.get(path, if_none_match=etag).status_code == 200


def test_the_view_costs_the_same_for_few_items_and_many(circle: Circle) -> None:
    meeting = circle.opened(duration_minutes=600)
    circle.item(meeting, "first")
    with circle.world.counting_statements() as few:
        running(circle, meeting)
    for number in range(20):
        circle.item(meeting, f"item {number}")
    with circle.world.counting_statements() as many:
        running(circle, meeting)
    assert len(many) == len(few) <= 13


def test_the_view_reads_no_seat_that_was_left_or_is_filled_later(circle: Circle) -> None:
    meeting = circle.opened()
    circle.attends(meeting, circle.member)
    seat = {"group_id": circle.group_id, "person_id": circle.expert.id, "starts_on": "2017-01-01"}
    for _ in range(3):
        seat_id = uuid4()
        circle.world.hears("membership.seat.filled.v1", seat_id=seat_id, ends_on=None, **seat)
        gone = {"ends_on": None, "reason": "resigned", "seat_id": seat_id}
        circle.world.hears("membership.seat.vacated.v1", **gone, **seat)
    with reading(circle.world.store) as work:
        group_id, now = circle.group_id, work.now
        every, held = (len(list(work.session.execute(terms_of(group_id, at)))) for at in (None, now))
    assert (every, held) == (6, 3)
    assert running(circle, meeting)["quorum"]["base"] == 3


def test_nothing_runs_before_the_meeting_is_opened(circle: Circle) -> None:
    meeting = circle.meeting()
    problem(circle.member.get(f"/v1/meetings/{meeting['id']}/running"), 409, "MeetingNotOpened")


def test_of_eight_items_started_at_once_one_is_on(a_world: WorldMaker, each_engine: str) -> None:
    circle = a_circle(a_world("meetings", on=each_engine, pool_size=8))
    meeting = circle.opened(duration_minutes=120)
    items = [circle.item(meeting, f"item {number}") for number in range(8)]

    answers = at_once([partial(start, circle, item) for item in items])

    assert sorted(one.status_code for one in answers) == [200, *[409] * 7]  # type: ignore[union-attr]
    agenda = ok(circle.member.get(f"/v1/meetings/{meeting['id']}"))["agenda"]
    assert sum(one["started_at"] is not None for one in agenda) == 1
