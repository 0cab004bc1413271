"""Act two, summer 2017: sixty candidates, four groups of twelve, two of them drawn by lot, two coordinators each (S3, S4)."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from functools import partial
from typing import Any

from beraad.demo.cast import CANDIDATES, PROFILES, SEATS, Person
from beraad.demo.http import Api, Refused
from beraad.demo.world import Circle, PlayStopped, World

PER_GROUP = CANDIDATES // 4
COORDINATORS = 2
"""Seats the Board fills before anything is drawn: animator and secretary."""
DRAWN = 2
"""How many of the groups are drawn by lot."""
LOTTERY = "loterie 2017-09-01"
LOTTERY_IS_HELD = datetime(2017, 9, 1, 20, 0, tzinfo=UTC)
NUMBERS_DRAWN = "3-11-24-27-38-41"


def stand(world: World) -> None:
    """Fifteen candidates for each group, every profile in turn."""
    by_profile: dict[str, list[Person]] = defaultdict(list)
    signed_in = [p for p in world.people if p.email in world.apis and p not in world.board]
    for person in signed_in:
        by_profile[person.profile].append(person)
    for circle in world.circles:
        turns = PER_GROUP // len(PROFILES)
        circle.members = [by_profile[profile].pop(0) for _ in range(turns) for profile in PROFILES]
    world.together(lambda pair: _stand(world, *pair), [(c, p) for c in world.circles for p in c.members])
    world.expected.add("candidacy_submitted", (p.email for c in world.circles for p in c.members))
    world.say(f"{CANDIDATES} candidates stand")


def _stand(world: World, circle: Circle, person: Person) -> None:
    body = {"profile": person.profile, "motivation": f"I want to help with {circle.mandate.theme}."}
    world.as_(person).post(f"/membership/v1/groups/{circle.id}/candidacies", body)


def compose(world: World) -> None:
    """The Board appoints an animator and a secretary for each group, draws two groups by lot, and appoints the other two."""
    for number, circle in enumerate(world.circles):
        circle.board_link = world.board[2 + number]
        _expect_feasible(world, circle)
        _seat(world, circle, circle.members[:COORDINATORS])
        _assign_roles(world, circle)
    for circle in world.circles[DRAWN:]:
        _appoint(world, circle)
    _draw(world, world.circles[:DRAWN])
    for circle in world.circles:
        world.expected.add("seat_filled", circle.addresses)
        world.spread(circle.id)
    world.say("four groups of twelve are composed, each with an animator and a member of the Board")


def _expect_feasible(world: World, circle: Circle) -> None:
    found = _board_member(world).get(f"{_path(circle)}/feasibility")
    if found["candidates"] != PER_GROUP or SEATS not in found["sizes"]:
        raise PlayStopped(f"{circle.mandate.name} cannot be composed: {found}")


def _assign_roles(world: World, circle: Circle) -> None:
    roles = {
        "facilitator": circle.facilitator,
        "secretary": circle.secretary,
        "board_link": circle.board_link,
    }
    for role, person in roles.items():
        _board_member(world).put(f"{_path(circle)}/roles/{role}/{world.id_of(person)}")
        world.expected.add("role_assigned", [person.email])


def _appoint(world: World, circle: Circle) -> None:
    """Twelve of every profile; a thirteenth is refused by the policy."""
    _seat(world, circle, circle.members[COORDINATORS:SEATS])
    try:
        _seat(world, circle, circle.members[SEATS : SEATS + 1])
    except Refused as refused:
        if refused.code != "GroupIsFull":
            raise
    else:
        raise PlayStopped("a thirteenth seat was filled")
    circle.members = circle.members[:SEATS]


def _draw(world: World, circles: list[Circle]) -> None:
    """Pool and panels are published; a lottery of a later day draws."""
    prepared = [_prepare(world, circle) for circle in circles]
    for circle, selection in zip(circles, prepared, strict=True):
        world.until("a draw is prepared", partial(_committed, world, selection["id"]))
        world.expected.add("draw_prepared", circle.addresses[COORDINATORS:])
    world.move_clock(LOTTERY_IS_HELD)
    for circle, selection in zip(circles, prepared, strict=True):
        path = f"/membership/v1/selections/{selection['id']}/draw"
        _board_member(world).post(path, {"outcome": NUMBERS_DRAWN})
        circle.draw = _board_member(world).get(path)
        seated = {seat["person_id"] for seat in world.administrator.all(f"{_path(circle)}/seats")}
        reserve = [person for person in circle.members if world.id_of(person) not in seated]
        world.expected.add("in_reserve", (person.email for person in reserve))
        circle.members = [person for person in circle.members if world.id_of(person) in seated]
    numbers = " and ".join(str(circle.draw["number"]) for circle in circles)
    world.say(f"{LOTTERY} drew {NUMBERS_DRAWN}: panels {numbers} of the thousand published before")


def _prepare(world: World, circle: Circle) -> dict[str, Any]:
    """One lottery draws for every group, so each names its theme: its number is its own."""
    randomness = f"smart-2017|{circle.mandate.theme}|{LOTTERY}"
    body = {"randomness": randomness, "draws_at": LOTTERY_IS_HELD.isoformat()}
    selection: dict[str, Any] = _board_member(world).post(f"{_path(circle)}/selections", body)
    return selection


def _committed(world: World, selection_id: str) -> bool:
    selection = world.administrator.get(f"/membership/v1/selections/{selection_id}")
    if selection["state"] == "failed":
        raise PlayStopped(f"a draw cannot be prepared: {selection['failure']}")
    return bool(selection["state"] == "committed")


def _seat(world: World, circle: Circle, people: list[Person]) -> None:
    appointees = [{"person_id": world.id_of(person)} for person in people]
    _board_member(world).post(f"{_path(circle)}/seats", {"appointees": appointees})


def _board_member(world: World) -> Api:
    return world.as_(world.board[1])


def _path(circle: Circle) -> str:
    return f"/membership/v1/groups/{circle.id}"
