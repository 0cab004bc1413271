"""No request makes a service fail, and every answer is what the OpenAPI document says. 2,000 requests and more in all."""

import math
from typing import Any

import pytest

from beraad.service import service_names
from worlds.fuzz import Fuzz
from worlds.world import WorldMaker

CASES = math.ceil(2_000 / len(service_names()))
SEEDS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "meetings": [
        (
            "/v1/meetings",
            {
                "title": "A visit",
                "starts_on": "2030-02-05",
                "start_time": "18:00",
                "duration_minutes": 120,
                "registration": {"capacity": 2},
                "despite_conflicts": "there are six of them",
            },
        ),
        (
            "/v1/series",
            {
                "title": "Monthly",
                "recurrence": "FREQ=MONTHLY;BYDAY=1TU;COUNT=5",
                "first_starts_on": "2030-02-05",
                "start_time": "18:00",
                "duration_minutes": 120,
                "despite_conflicts": "there are six of them",
            },
        ),
        (
            "/v1/polls",
            {
                "title": "When",
                "duration_minutes": 90,
                "closes_at": "2030-01-01T12:00:00Z",
                "slots": [{"starts_on": "2030-02-06", "start_time": "18:00"}],
            },
        ),
    ],
    "deliberation": [
        (
            "/v1/proposals",
            {"kind": "recommendation", "title": "A shelter", "driver": "Rent", "text": "We rent a house"},
        ),
    ],
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("service", service_names())
def test_no_request_makes_a_service_fail(a_world: WorldMaker, service: str) -> None:
    world = a_world(service)
    ada = world.administrator()
    members = [world.person(name) for name in ("Anna", "Bram", "Chloe")]
    group_id = world.group("Housing")
    if service != "membership":
        for member in (ada, *members):
            world.seat(group_id, member.id)
        world.role(group_id, members[0].id, "facilitator")
    fuzz = Fuzz(ada)
    fuzz.knows("group_id", group_id)
    asked_about = (
        members if service == "membership" else [ada, *members]
    )  # she would erase herself, and ask no more
    fuzz.knows("person_id", *(member.id for member in asked_about))
    for path, body in SEEDS.get(service, []) * 6:
        fuzz.begins(path, {"group_id": str(group_id), **body})

    fuzz.run(at_least=CASES)

    print(f"{service}: {fuzz.cases} requests, {dict(sorted(fuzz.statuses.items()))}")
    print(f"never succeeded: {sorted(fuzz.operations - fuzz.reached)}")
    assert fuzz.cases >= CASES
    assert not [status for status in fuzz.statuses if status >= 500]
    assert len(fuzz.reached) >= len(fuzz.operations) / 3, sorted(fuzz.operations - fuzz.reached)
