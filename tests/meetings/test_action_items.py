"""What was agreed to be done: it stands in the minutes, becomes a task when they go round, and its state comes back."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from meetings.vocabulary import Circle, a_circle
from worlds.callers import ok, problem
from worlds.world import WorldMaker


@pytest.fixture
def circle(a_world: WorldMaker) -> Circle:
    return a_circle(a_world("meetings"))


def path_of(meeting: dict[str, Any], more: str = "") -> str:
    return f"/v1/meetings/{meeting['id']}/minutes{more}"


def an_action(circle: Circle, **changes: Any) -> dict[str, Any]:
    return {"title": "Order flour", "owner_id": str(circle.member.id), "due_on": "2017-11-01", **changes}


def a_decision(circle: Circle, group_id: UUID | None = None) -> str:
    decision_id = str(uuid4())
    circle.world.hears(
        "deliberation.decision.in_force.v1",
        decision_id=decision_id,
        group_id=group_id or circle.group_id,
        proposal_id=uuid4(),
        number=3,
        title="Bread on Mondays",
        kind="rule",
        effective_on="2017-01-01",
        review_on=None,
        annex={},
    )
    return decision_id


def test_each_action_item_is_agreed_once_when_the_minutes_first_go_round_with_it(circle: Circle) -> None:
    meeting, decision_id = circle.opened(), a_decision(circle)
    actions = [an_action(circle, decision_id=decision_id), an_action(circle, title="Clean the oven")]
    draft = ok(circle.secretary.put(path_of(meeting), {"text": "We met.", "action_items": actions}))
    assert [one["state"] for one in draft["action_items"]] == ["draft", "draft"]
    assert (draft["action_items"][0]["owner_name"], draft["action_items"][0]["decision_title"]) == (
        "Mo",
        "Bread on Mondays",
    )
    assert circle.world.published("meetings.action_item.agreed.v1") == []

    sent = ok(circle.secretary.post(path_of(meeting, "/circulate")))

    told = circle.world.published("meetings.action_item.agreed.v1")
    assert [(one["title"], one["decision_id"], one["due_on"]) for one in told] == [
        ("Order flour", decision_id, "2017-11-01"),
        ("Clean the oven", None, "2017-11-01"),
    ]
    assert [one["item_id"] for one in told] == [one["id"] for one in sent["action_items"]]
    assert [one["state"] for one in sent["action_items"]] == ["agreed", "agreed"]
    kept = [
        {name: one[name] for name in ("id", "title", "owner_id", "due_on", "decision_id")}
        for one in sent["action_items"]
    ]
    more = {"text": "We met again.", "action_items": [*kept, an_action(circle, title="Thank Sam")]}
    ok(circle.secretary.put(path_of(meeting), more, if_match=sent["revision"]))
    ok(circle.secretary.post(path_of(meeting, "/circulate")))
    told = circle.world.published("meetings.action_item.agreed.v1")
    assert [one["title"] for one in told] == ["Order flour", "Clean the oven", "Thank Sam"]


def test_what_becomes_of_the_task_stands_in_the_minutes(circle: Circle) -> None:
    meeting = circle.opened()
    ok(circle.secretary.put(path_of(meeting), {"text": "x", "action_items": [an_action(circle)]}))
    (item,) = ok(circle.secretary.post(path_of(meeting, "/circulate")))["action_items"]
    (told,) = circle.world.published("meetings.action_item.agreed.v1")
    task = {name: told[name] for name in ("group_id", "owner_id", "title", "due_on", "minutes_id")}
    for state in ("assigned", "due", "done"):
        circle.world.hears(
            f"deliberation.task.{state}.v1", task_id=item["id"], decision_id=uuid4(), meeting_id=None, **task
        )
        (shown,) = ok(circle.member.get(path_of(meeting)))["action_items"]
        assert shown["state"] == state


def test_a_task_that_came_of_no_minutes_is_not_kept(circle: Circle) -> None:
    circle.world.hears(
        "deliberation.task.assigned.v1",
        task_id=uuid4(),
        decision_id=uuid4(),
        group_id=circle.group_id,
        owner_id=circle.member.id,
        title="x",
        due_on="2017-11-01",
        minutes_id=None,
        meeting_id=None,
    )
    meeting = circle.opened()
    ok(circle.secretary.put(path_of(meeting), {"text": "x"}))
    assert ok(circle.member.get(path_of(meeting)))["action_items"] == []


def test_an_action_item_names_somebody_and_a_decision_that_are_known_and_its_id_once(circle: Circle) -> None:
    meeting = circle.opened()
    unknown = {"text": "x", "action_items": [an_action(circle), an_action(circle, owner_id=str(uuid4()))]}
    refusal = problem(circle.secretary.put(path_of(meeting), unknown), 422, "InvalidRequest")
    assert refusal["errors"][0]["pointer"] == "/action_items/1/owner_id"
    twice = an_action(circle, id=str(uuid4()))
    same = {"text": "x", "action_items": [twice, twice]}
    problem(circle.secretary.put(path_of(meeting), same), 422, "InvalidRequest")
    undecided = {"text": "x", "action_items": [an_action(circle, decision_id=str(uuid4()))]}
    problem(circle.secretary.put(path_of(meeting), undecided), 409, "NotYetKnown")
    too_many = {"text": "x", "action_items": [an_action(circle)] * 101}
    problem(circle.secretary.put(path_of(meeting), too_many), 422, "InvalidRequest")


def test_an_action_item_of_another_meetings_minutes_is_not_written_again(circle: Circle) -> None:
    before, meeting = circle.opened(), circle.opened(starts_at="2017-10-17T16:00:00+00:00")
    agreed = an_action(circle, id=str(uuid4()))
    first = ok(circle.secretary.put(path_of(before), {"text": "x", "action_items": [agreed]}))

    again = {"text": "x", "action_items": [an_action(circle), agreed]}
    refusal = problem(circle.secretary.put(path_of(meeting), again), 409, "ActionItemOfOtherMinutes")

    assert refusal["item_ids"] == [agreed["id"]]
    problem(circle.member.get(path_of(meeting)), 404, "NotFound")
    ok(circle.secretary.put(path_of(before), again, if_match=first["revision"]))
    ok(circle.secretary.put(path_of(meeting), {"text": "x", "action_items": [an_action(circle)]}))


def test_minutes_carry_out_no_decision_of_another_group(circle: Circle) -> None:
    meeting, others = circle.opened(), a_decision(circle, circle.world.group("Other"))
    body = {"text": "x", "action_items": [an_action(circle, decision_id=others)]}
    problem(circle.secretary.put(path_of(meeting), body), 409, "DecisionOfAnotherGroup")


def test_every_version_can_be_read(circle: Circle) -> None:
    meeting = circle.opened()
    first = ok(circle.secretary.put(path_of(meeting), {"text": "one", "action_items": [an_action(circle)]}))
    ok(circle.facilitator.put(path_of(meeting), {"text": "two"}, if_match=first["revision"]))

    listed = ok(circle.member.get(path_of(meeting, "/versions")))["items"]
    old = ok(circle.member.get(path_of(meeting, "/versions/1")))

    assert [(one["version"], one["written_by_name"]) for one in listed] == [(1, "Sam"), (2, "Fatima")]
    assert (old["version"], old["text"], len(old["action_items"])) == (1, "one", 1)
    newest = ok(circle.member.get(path_of(meeting)))
    assert (newest["version"], newest["text"], newest["action_items"]) == (2, "two", [])
    problem(circle.member.get(path_of(meeting, "/versions/3")), 404, "NotFound")
    problem(circle.stranger.get(path_of(meeting, "/versions/1")), 404, "NotFound")


@pytest.mark.parametrize("report", ["minutes", "file"])
def test_a_meeting_with_minutes_or_a_file_of_them_closes_without_a_report(
    circle: Circle, report: str
) -> None:
    meeting = circle.opened()
    circle.attends(meeting, circle.member)
    if report == "minutes":
        ok(circle.secretary.put(path_of(meeting), {"text": "We met."}))
    else:
        ok(circle.secretary.post(path_of(meeting, "/files?name=notes.txt"), data=b"We met."), 201)
    closed = ok(circle.secretary.post(f"/v1/meetings/{meeting['id']}/close"))
    assert (closed["state"], closed["report"]) == ("closed", "")
    assert datetime.fromisoformat(closed["closed_at"]) - datetime.fromisoformat(
        meeting["opened_at"]
    ) < timedelta(minutes=5)
