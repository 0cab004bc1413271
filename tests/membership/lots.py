"""Groups that are composed by lot."""

from datetime import UTC, datetime
from typing import Any

from worlds.callers import Caller, ok
from worlds.world import World

LOTTERY = {"randomness": "lottery of 1 September", "draws_at": "2017-09-01T20:00:00Z"}
BEFORE, AFTER = datetime(2017, 8, 1, tzinfo=UTC), datetime(2017, 9, 1, 20, tzinfo=UTC)
POLICY = {
    "size_min": 4,
    "size_max": 4,
    "quotas": {"user": {"min": 1, "max": 3}, "client": {"min": 1, "max": 2}},
    "term_months": 12,
}


def lives() -> bool:
    """What a worker calls that nobody stops."""
    return True


class Lot:
    """A group with a policy, and people who stand for it: users and clients in turn."""

    def __init__(self, world: World, candidates: int = 8, policy: dict[str, Any] | None = None) -> None:
        world.it_is(BEFORE)
        self.world, self.ada = world, world.administrator()
        group = {"kind": "working_group", "name": "Housing", "theme": "Housing", "starts_on": "2017-01-01"}
        self.id = ok(self.ada.post("/v1/groups", {**group, "policy": policy or POLICY}), 201)["id"]
        self.path = f"/v1/groups/{self.id}"
        self.people: dict[str, Caller] = {}
        for number in range(candidates):
            self.stands(world.person(f"Candidate {number}", profiles=(("user", "client")[number % 2],)))

    def stands(self, person: Caller) -> str:
        profile = ok(person.get("/v1/me"))["profiles"][0]
        body = {"profile": profile, "motivation": "I have time"}
        candidacy = str(ok(person.post(f"{self.path}/candidacies", body), 201)["id"])
        self.people[candidacy] = person
        return candidacy

    def prepared(self, **more: Any) -> dict[str, Any]:
        asked = ok(self.ada.post(f"{self.path}/selections", {**LOTTERY, **more}), 202)
        self.world.falls_due()
        return self.selection(asked["id"])

    def selection(self, key: str, by: Caller | None = None) -> dict[str, Any]:
        found: dict[str, Any] = ok((by or self.ada).get(f"/v1/selections/{key}"))
        return found

    def draw(self, key: str, outcome: str = "3-11-24") -> Any:
        return self.ada.post(f"/v1/selections/{key}/draw", {"outcome": outcome})

    def drawn(self) -> dict[str, Any]:
        """The document that was published."""
        key = self.prepared()["id"]
        self.world.it_is(AFTER)
        ok(self.draw(key))
        document: dict[str, Any] = ok(self.ada.get(f"/v1/selections/{key}/draw"))
        return document

    def seats(self) -> list[dict[str, Any]]:
        seats: list[dict[str, Any]] = ok(self.ada.get(f"{self.path}/seats"))["items"]
        return seats
