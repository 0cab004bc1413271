from worlds.callers import ok, problem
from worlds.world import WorldMaker


def test_a_person_of_a_world_is_signed_in(a_world: WorldMaker, each_engine: str) -> None:
    world = a_world("membership", on=each_engine)
    anna = world.person("Anna")
    assert ok(anna.get("/v1/me"))["name"] == "Anna"
    problem(world.nobody.get("/v1/me"), 401, "SignInRequired")
    group = world.group("Housing")
    assert ok(anna.get(f"/v1/groups/{group}"))["name"] == "Housing"
    assert [e["name"] for e in world.published("membership.person.registered.v1")] == [
        "Administrator",
        "Anna",
    ]
    assert world.falls_due() == 0
