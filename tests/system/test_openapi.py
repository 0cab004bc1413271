"""No request makes a service fail, and every answer is what the OpenAPI document says. 2,000 requests and more in all."""

import math

import pytest

from beraad.service import service_names
from worlds.fuzz import Fuzz
from worlds.world import WorldMaker

CASES = math.ceil(2_000 / len(service_names()))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("service", service_names())
def test_no_request_makes_a_service_fail(a_world: WorldMaker, service: str) -> None:
    world = a_world(service)
    ada = world.administrator()
    members = [world.person(name) for name in ("Anna", "Bram", "Chloe")]
    group_id = world.group("Housing")
    if service != "membership":
        for member in (ada, *members):
            world.seat(group_id, member.person_id)
        world.role(group_id, members[0].person_id, "facilitator")
    fuzz = Fuzz(ada)
    fuzz.knows("group_id", group_id)
    fuzz.knows("person_id", *(member.person_id for member in (ada, *members)))

    fuzz.run(at_least=CASES)

    print(f"{service}: {fuzz.cases} requests, {dict(sorted(fuzz.statuses.items()))}")
    print(f"never succeeded: {sorted(fuzz.operations - fuzz.reached)}")
    assert fuzz.cases >= CASES
    assert not [status for status in fuzz.statuses if status >= 500]
    assert len(fuzz.reached) >= len(fuzz.operations) / 3, sorted(fuzz.operations - fuzz.reached)
