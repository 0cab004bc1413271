"""Composition checks through the API: any policy and pool, nothing kept."""

from typing import Any

import pytest

from worlds.callers import ok, problem
from worlds.world import World, WorldMaker

POLICY = {
    "size_min": 12,
    "size_max": 12,
    "quotas": {"user": {"min": 6, "max": 8}, "client": {"min": 2, "max": 4}},
    "attribute_quotas": {"language": {"fr": {"min": 4, "max": 12}, "nl": {"min": 5, "max": 6}}},
}
USERS = [{"id": f"u{n}", "attributes": {"profile": "user", "language": "fr"}} for n in range(20)]
CLIENTS = [{"id": f"c{n}", "attributes": {"profile": "client", "language": "nl"}} for n in range(8)]


@pytest.fixture
def world(a_world: WorldMaker) -> World:
    return a_world("membership")


def checked(world: World, **body: Any) -> dict[str, Any]:
    told = {"policy": POLICY, "pool": USERS + CLIENTS, **body}
    found: dict[str, Any] = ok(world.person("Anna").post("/v1/composition-checks", told))
    return found


def bounds(found: list[dict[str, Any]]) -> list[tuple[str, str, int]]:
    return [(one["value"], one["side"], one["limit"]) for one in found]


def test_what_blocks_a_composition_is_told_with_every_single_change_that_would_help(world: World) -> None:
    found = checked(world)
    assert (found["feasible"], found["sizes"], found["hindrance"]) == (False, [], None)
    (blocking,) = found["blocking_sets"]
    assert sorted(bounds(blocking)) == [("client", "max", 4), ("nl", "min", 5)]
    assert {one["value"]: (one["available"], one["reachable"]) for one in blocking} == {
        "client": (8, 5),
        "nl": (8, 4),
    }
    assert sorted((one["value"], one["side"], one["to"]) for one in found["repairs"]) == [
        ("client", "max", 5),
        ("nl", "min", 4),
    ]
    assert checked(world, pool=[*reversed(USERS + CLIENTS)]) == found


@pytest.mark.parametrize(
    "repaired",
    [
        {"quotas": {**POLICY["quotas"], "client": {"min": 2, "max": 5}}},  # type: ignore[dict-item]
        {"attribute_quotas": {"language": {"fr": {"min": 4, "max": 12}, "nl": {"min": 4, "max": 6}}}},
    ],
)
def test_each_repair_helps_by_itself(world: World, repaired: dict[str, Any]) -> None:
    found = checked(world, policy={**POLICY, **repaired})
    assert (found["feasible"], found["sizes"], found["blocking_sets"]) == (True, [12], [])


def test_a_pool_that_is_too_small_blames_no_quota(world: World) -> None:
    found = checked(world, pool=USERS[:5])
    assert (found["feasible"], found["hindrance"], found["blocking_sets"]) == (False, "pool_too_small", [])


def test_whoever_sits_there_in_any_case_counts(world: World) -> None:
    policy = {"size_min": 2, "size_max": 2, "quotas": {"client": {"min": 1, "max": 1}}}
    seated = [{"id": "here", "attributes": {"profile": "client"}}]
    assert checked(world, policy=policy, pool=USERS[:3], seated=seated)["sizes"] == [2]
    assert not checked(world, policy=policy, pool=CLIENTS, seated=seated)["feasible"]


def test_somebody_named_twice_is_refused(world: World) -> None:
    body = {"policy": {"size_max": 2}, "pool": [{"id": "anna"}, {"id": "anna"}]}
    told = problem(world.person("Anna").post("/v1/composition-checks", body), 422, "InvalidRequest")
    assert told["errors"][0]["pointer"] == "/pool"


@pytest.mark.parametrize(
    ("policy", "pointer"),
    [
        ({"size_max": 2, "quotas": {"user": {"min": 2, "max": 1}}}, "/policy/quotas/user"),
        ({"size_min": 3, "size_max": 2}, "/policy/size_min"),
        ({"size_max": 2.5}, "/policy/size_max"),
    ],
)
def test_what_is_wrong_with_a_policy_is_pointed_at_where_it_stands(
    world: World, policy: dict[str, Any], pointer: str
) -> None:
    answer = world.person("Anna").post("/v1/composition-checks", {"policy": policy, "pool": []})
    assert [one["pointer"] for one in problem(answer, 422, "InvalidRequest")["errors"]] == [pointer]
