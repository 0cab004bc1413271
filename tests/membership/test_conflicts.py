"""Conflicts of interest: declared by people themselves, they keep one from new seats."""

from uuid import uuid4

import pytest

from beraad.domain import InvalidRequest
from beraad.identifiers import new_id
from beraad_membership.domain.conflicts import Conflict
from membership.vocabulary import ANNA, BOARD, NOON
from worlds.callers import Caller, ok, problem
from worlds.world import World, WorldMaker


@pytest.fixture
def world(a_world: WorldMaker) -> World:
    return a_world("membership")


def a_conflict(theme: str | None = None, **about: object) -> Conflict:
    facts = {
        "id": new_id(),
        "person_id": ANNA,
        "group_id": None,
        "reason": "I let houses",
        "declared_at": NOON,
    }
    return Conflict(**{**facts, "theme": theme, **about})  # type: ignore[arg-type]


def declare(person: Caller, **about: str) -> str:
    path = f"/v1/people/{person.person_id}/conflicts"
    return str(ok(person.post(path, {"reason": "I let houses", **about}), 201)["id"])


@pytest.mark.parametrize("about", [{}, {"theme": "Housing", "group_id": BOARD}])
def test_a_conflict_is_with_a_group_or_with_a_theme(about: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest):
        a_conflict(**about)  # type: ignore[arg-type]


def test_a_conflict_with_a_theme_concerns_every_group_of_it() -> None:
    conflict = a_conflict("Work and HOUSING")
    assert conflict.concerns(new_id(), "Work and housing")
    assert not conflict.concerns(new_id(), "Finance")


def test_a_conflict_that_is_over_concerns_nothing() -> None:
    conflict = a_conflict(group_id=BOARD)
    assert conflict.concerns(BOARD, "")
    conflict.end(NOON)
    assert not conflict.concerns(BOARD, "")


def test_whoever_declared_a_conflict_gets_no_seat_until_it_is_over(world: World) -> None:
    ada, anna = world.administrator(), world.person("Anna")
    group = {"kind": "working_group", "name": "Homes", "theme": "Housing", "starts_on": "2017-01-01"}
    groups = [ok(ada.post("/v1/groups", {**group, "name": name}), 201)["id"] for name in ("Homes", "Rents")]
    conflict = declare(anna, theme="housing")
    seat = {"appointees": [{"person_id": str(anna.person_id)}]}

    for group_id in groups:
        told = problem(ada.post(f"/v1/groups/{group_id}/seats", seat), 409, "HasConflictOfInterest")
        assert told["person_id"] == str(anna.person_id)
    ok(anna.delete(f"/v1/conflicts/{conflict}"), 204)
    problem(anna.delete(f"/v1/conflicts/{conflict}"), 409, "ConflictHasEnded")
    ok(ada.post(f"/v1/groups/{groups[0]}/seats", seat), 201)
    declare(anna, group_id=groups[0])
    assert len(ok(ada.get(f"/v1/groups/{groups[0]}/seats"))["items"]) == 1

    told = ok(anna.get(f"/v1/people/{anna.person_id}/conflicts"))["items"]
    assert [(one["theme"], one["ended_at"] is None) for one in told] == [("housing", False), (None, True)]


def test_a_conflict_concerns_what_there_is(world: World) -> None:
    ada, anna = world.administrator(), world.person("Anna")
    path = f"/v1/people/{anna.person_id}/conflicts"
    told = problem(anna.post(path, {"reason": "?", "group_id": str(uuid4())}), 422, "InvalidRequest")
    assert told["errors"][0]["pointer"] == "/group_id"
    problem(anna.post(path, {"reason": "?"}), 422, "InvalidRequest")
    problem(ada.post(f"/v1/people/{uuid4()}/conflicts", {"reason": "?", "theme": "x"}), 404, "NotFound")
    problem(ada.delete(f"/v1/conflicts/{uuid4()}"), 404, "NotFound")
