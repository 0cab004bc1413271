"""A decision in force creates the groups it names, once."""

from typing import Any
from uuid import uuid4

import pytest

from beraad.domain import InvalidRequest
from beraad.messaging.consumer import Consumer
from beraad.messaging.envelope import Envelope
from beraad.messaging.sources import Batch
from beraad.perform import reading
from beraad.storage.tables import parked
from membership.vocabulary import SMART_POLICY
from worlds.callers import ok
from worlds.races import at_once
from worlds.world import World, WorldMaker

IN_FORCE = "deliberation.decision.in_force.v1"


def a_decision(world: World, *groups: dict[str, Any], kind: str = "constitute_group") -> Envelope:
    return world.envelope(
        IN_FORCE,
        decision_id=uuid4(),
        group_id=uuid4(),
        proposal_id=uuid4(),
        number=1,
        title="Four working groups",
        kind=kind,
        effective_on="2017-06-01",
        review_on=None,
        annex={"groups": list(groups)},
    )


def a_named_group(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "starts_on": "2017-06-01", "policy": SMART_POLICY, **more}


def a_consumer(world: World) -> Consumer:
    assert world.worker
    return Consumer(world.store, world.worker.subscriptions, None, None)  # type: ignore[arg-type]


def names(world: World, decision: Envelope) -> list[str]:
    answer = world.administrator().get(f"/v1/groups?decision_id={decision.data['decision_id']}")
    return [group["name"] for group in ok(answer)["items"]]


def test_a_decision_creates_the_groups_it_names(a_world: WorldMaker) -> None:
    world = a_world("membership")
    board = world.group("Board", kind="board")
    four = ("Housing", "Income", "Training", "Solidarity")
    annexes = [
        a_named_group(
            name, theme=name, ends_on="2018-06-01", approving_body_id=str(board), decision_profile="consent"
        )
        for name in four
    ]

    a_consumer(world).apply(Batch([a_decision(world, *annexes)]))

    created = world.published("membership.group.created.v1")[1:]
    assert [group["name"] for group in created] == list(four)
    assert {group["approving_body_id"] for group in created} == {str(board)}
    assert {group["ends_on"] for group in created} == {"2018-06-01"}
    assert world.published("membership.policy.changed.v1")[-1]["quotas"] == SMART_POLICY["quotas"]


def test_a_group_named_with_little_gets_the_defaults(a_world: WorldMaker) -> None:
    world = a_world("membership")
    a_consumer(world).apply(Batch([a_decision(world, {"name": "Housing", "starts_on": "2017-06-01"})]))
    (group,) = world.published("membership.group.created.v1")
    assert (group["ends_on"], group["approving_body_id"], group["decision_profile"]) == (
        None,
        None,
        "consent",
    )


def test_a_decision_of_another_kind_creates_no_group(a_world: WorldMaker) -> None:
    world = a_world("membership")
    a_consumer(world).apply(Batch([a_decision(world, a_named_group("Housing"), kind="rule")]))
    assert world.published("membership.group.created.v1") == []


def test_a_decision_delivered_again_creates_nothing_more(a_world: WorldMaker, each_engine: str) -> None:
    world = a_world("membership", on=each_engine)
    decision = a_decision(world, a_named_group("Housing"), a_named_group("Income"))
    for _ in range(2):
        world.hears(IN_FORCE, **{**decision.data, "decision_id": decision.data["decision_id"]})
    assert names(world, decision) == ["Housing", "Income"]


def test_a_decision_delivered_twice_at_once_creates_its_groups_once(
    a_world: WorldMaker, each_engine: str
) -> None:
    world = a_world("membership", on=each_engine, pool_size=8)
    decision = a_decision(world, a_named_group("Housing"), a_named_group("Income"))

    outcomes = at_once([lambda: a_consumer(world).apply(Batch([decision]))] * 8)

    assert sorted(outcomes, key=str) == [0] * 7 + [1]
    assert names(world, decision) == ["Housing", "Income"]
    assert len(world.published("membership.group.created.v1")) == 2


def test_two_groups_of_one_name_in_a_decision_are_parked_and_create_nothing(a_world: WorldMaker) -> None:
    world = a_world("membership")
    decision = a_decision(world, a_named_group("Housing"), a_named_group("Housing"))

    a_consumer(world).apply(Batch([decision]))

    assert names(world, decision) == []
    with reading(world.store) as work:
        (held,) = work.session.execute(parked.select()).all()
    assert "IntegrityError" in held.reason


def test_a_decision_whose_group_no_policy_could_fill_raises_and_creates_nothing(a_world: WorldMaker) -> None:
    world = a_world("membership")
    impossible = {"size_min": 13, "size_max": 12}
    decision = a_decision(world, a_named_group("Housing"), a_named_group("Income", policy=impossible))
    with pytest.raises(InvalidRequest):
        world.hears(IN_FORCE, **decision.data)
    assert names(world, decision) == []
