"""Two members of the first group want to be told of minutes together: one every morning, one every Monday (S12)."""

from __future__ import annotations

from typing import Any

from beraad.demo.cast import Person
from beraad.demo.world import Circle, World

KIND = "minutes_circulated"
OFTEN = {8: "daily", 9: "weekly"}
"""By their place among the members."""


def readers(world: World, circle: Circle) -> list[Person]:
    """Who of this group reads the minutes in a digest."""
    return [circle.members[place] for place in OFTEN] if circle is world.circles[0] else []


def choose(world: World) -> None:
    """They set their preferences."""
    circle = world.circles[0]
    for place, often in OFTEN.items():
        path = "/notifications/v1/me/preferences"
        world.as_(circle.members[place]).put(path, {KIND: often}, if_match="0")
    world.say("two members want to be told of minutes in a digest, daily and weekly")


def wait_until_collected(world: World, circle: Circle, count: int) -> None:
    """Before the clock moves on: so many minutes wait for their digest or were told in one."""
    for person in readers(world, circle):
        world.until("minutes are collected", lambda person=person: count == len(_collected(world, person)))  # type: ignore[misc]


def wait_until_told(world: World, circle: Circle) -> None:
    """The mornings have come: no minutes wait for a digest any more."""
    for person in readers(world, circle):
        world.until("digests are made", lambda person=person: all(_digests(world, person)))  # type: ignore[misc]


def _collected(world: World, person: Person) -> list[dict[str, Any]]:
    deliveries = world.as_(person).all("/notifications/v1/deliveries", kind=KIND)
    return [one for one in deliveries if one["state"] not in {"queued", "sending"}]


def _digests(world: World, person: Person) -> list[str | None]:
    return [one["digest_id"] for one in _collected(world, person)]
