"""What minutes say is to be done is a task here, once."""

from typing import Any
from uuid import uuid4

import pytest

from beraad.contracts.deliberation import NO_DECISION
from beraad_deliberation.domain import decisions
from deliberation.test_register import adopted
from deliberation.vocabulary import Circle, a_circle
from worlds.callers import ok
from worlds.world import WorldMaker


@pytest.fixture
def circle(a_world: WorldMaker) -> Circle:
    return a_circle(a_world("deliberation"))


def agreed(circle: Circle, **changes: Any) -> dict[str, Any]:
    told = {
        "item_id": uuid4(),
        "minutes_id": uuid4(),
        "meeting_id": uuid4(),
        "group_id": circle.id,
        "title": "Order flour",
        "owner_id": circle.facilitator.id,
        "due_on": "2017-11-01",
        "decision_id": None,
        **changes,
    }
    circle.world.hears("meetings.action_item.agreed.v1", **told)
    return told


def test_an_action_item_becomes_a_task_of_its_owner_once(circle: Circle) -> None:
    told = agreed(circle)
    agreed(circle, **told)

    (assigned,) = circle.world.published("deliberation.task.assigned.v1")

    assert assigned["task_id"] == str(told["item_id"])
    assert assigned["minutes_id"] == str(told["minutes_id"])
    assert assigned["decision_id"] == str(NO_DECISION) == str(decisions.NO_DECISION)
    owed = ok(circle.facilitator.get("/v1/me/pending"))["items"]
    assert [one["title"] for one in owed if one["kind"] == "task.finish"] == ["Order flour"]


def test_its_owner_reports_it_done_and_everybody_is_told(circle: Circle) -> None:
    told = agreed(circle)
    done = ok(circle.facilitator.post(f"/v1/tasks/{told['item_id']}/done"))
    assert (done["decision_id"], done["from_minutes_id"]) == (None, str(told["minutes_id"]))
    (event,) = circle.world.published("deliberation.task.done.v1")
    assert event["minutes_id"] == str(told["minutes_id"])


def test_an_item_that_carries_out_a_decision_is_among_its_tasks(circle: Circle) -> None:
    decision = adopted(circle)
    told = agreed(circle, decision_id=decision["id"])
    tasks = ok(circle.facilitator.get(f"/v1/decisions/{decision['id']}"))["tasks"]
    assert str(told["item_id"]) in {one["id"] for one in tasks}


def test_an_item_of_a_decision_that_is_not_here_is_a_task_without_one(circle: Circle) -> None:
    agreed(circle, decision_id=uuid4())
    (assigned,) = circle.world.published("deliberation.task.assigned.v1")
    assert assigned["decision_id"] == str(NO_DECISION)


def test_an_item_of_a_group_that_is_not_known_yet_is_due_by_utc(circle: Circle) -> None:
    told = agreed(circle, group_id=uuid4())
    (assigned,) = circle.world.published("deliberation.task.assigned.v1")
    assert (assigned["task_id"], assigned["due_on"]) == (str(told["item_id"]), "2017-11-01")
