from uuid import uuid4

import pytest

from beraad.identifiers import new_id
from worlds.callers import ok, problem
from worlds.world import World, WorldMaker

ANNA = {"name": "Anna", "email": "Anna@SMart.test", "language": "nl", "profiles": ["user"]}


@pytest.fixture
def world(a_world: WorldMaker) -> World:
    return a_world("membership")


def test_an_administrator_registers_a_person(world: World) -> None:
    ada = world.administrator()

    answer = ada.post("/v1/people", ANNA)

    anna = ok(answer, 201)
    assert anna["email"] == "anna@smart.test"
    assert answer.headers["Location"] == f"/v1/people/{anna['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert ok(ada.get(answer.headers["Location"])) == anna
    assert "email" not in world.published("membership.person.registered.v1")[-1]
    assert world.published("membership.contact.changed.v1")[-1]["email"] == "anna@smart.test"


def test_only_an_administrator_registers_people(world: World) -> None:
    refused = problem(world.person().post("/v1/people", ANNA), 403, "NotAllowed")
    assert refused["rule"] == "AdministratorsOnly"


def test_an_address_is_registered_once(a_world: WorldMaker, each_engine: str) -> None:
    world = a_world("membership", on=each_engine)
    ada = world.administrator()
    ok(ada.post("/v1/people", ANNA), 201)
    problem(ada.post("/v1/people", {**ANNA, "email": "anna@smart.TEST"}), 409, "EmailAlreadyRegistered")
    bram = ok(ada.post("/v1/people", {**ANNA, "email": "bram@smart.test"}), 201)
    changed = ada.patch(f"/v1/people/{bram['id']}", {"email": "anna@smart.test"}, if_match=1)
    problem(changed, 409, "EmailAlreadyRegistered")


def test_an_id_of_the_client_registers_once(a_world: WorldMaker, each_engine: str) -> None:
    world = a_world("membership", on=each_engine)
    ada, person_id = world.administrator(), str(new_id())
    ok(ada.post("/v1/people", {**ANNA, "id": person_id}), 201)
    again = ada.post("/v1/people", {**ANNA, "id": person_id, "email": "other@smart.test"})
    problem(again, 409, "ConflictingWrite")


def test_addresses_are_shown_to_oneself_and_to_administrators_only(world: World) -> None:
    anna, bram, ada = world.person("Anna"), world.person("Bram"), world.administrator()
    address = f"/v1/people/{anna.person_id}"
    assert ok(anna.get(address))["email"]
    assert ok(ada.get(address))["email"]
    seen = ok(bram.get(address))
    assert seen["email"] is None
    assert seen["allowed_actions"]["person.update"]["code"] == "OneselfOnly"
    listed = {person["name"]: person["email"] for person in ok(bram.get("/v1/people"))["items"]}
    assert listed["Bram"]
    assert listed["Anna"] is None


def test_people_are_read_by_their_ids(world: World) -> None:
    anna, bram, ada = world.person("Anna"), world.person("Bram"), world.administrator()
    answer = ada.get(f"/v1/people?ids={anna.person_id}&ids={bram.person_id}&ids={uuid4()}")
    assert [person["name"] for person in ok(answer)["items"]] == ["Anna", "Bram"]
    problem(ada.get(f"/v1/people/{uuid4()}"), 404, "NotFound")


def test_people_are_found_by_a_part_of_their_name(world: World) -> None:
    anna, bram = world.person("Anna Peeters"), world.person("Bram 100%")
    for part, found in (("peet", anna), ("100%", bram), ("%", bram), ("ANNA P", anna)):
        people = ok(bram.get("/v1/people", query_string={"q": part}))["items"]
        assert [person["id"] for person in people] == [str(found.person_id)], part


def test_a_hundred_people_are_read_with_as_many_statements_as_one(
    a_world: WorldMaker, each_engine: str
) -> None:
    world = a_world("membership", on=each_engine)
    ada = world.administrator()
    people = [world.person() for _ in range(100)]
    sent, address = [], ""
    for named in (people[:1], people[:1], people):  # what the first look remembers is not counted
        address = "/v1/people?limit=100&" + "&".join(f"ids={person.id}" for person in named)
        with world.counting_statements() as statements:
            answer = ada.get(address)
        assert len(ok(answer)["items"]) == len(named)
        sent.append(len(statements))
    assert sent[1] == sent[2]
    assert ada.get(address, if_none_match=answer.headers["ETag"]).status_code == 304
    problem(ada.get(f"{address}&ids={uuid4()}"), 422, "InvalidRequest")


def test_a_page_of_named_people_goes_on_with_the_same_people(world: World) -> None:
    people = [world.person() for _ in range(4)]
    wanted = "&".join(f"ids={person.person_id}" for person in people[:3])

    first = people[0].get(f"/v1/people?{wanted}&limit=2")
    second = people[0].get(first.headers["Link"].partition(">")[0].removeprefix("<"))

    seen = [*ok(first)["items"], *ok(second)["items"]]
    assert [person["id"] for person in seen] == [str(person.person_id) for person in people[:3]]


def test_people_change_their_own_entry_but_not_their_profiles(world: World) -> None:
    anna, ada = world.person("Anna"), world.administrator()
    address = f"/v1/people/{anna.person_id}"
    assert ok(anna.patch(address, {"name": "Ann", "language": "fr"}, if_match='"1"'))["name"] == "Ann"
    problem(anna.patch(address, {"profiles": ["staff"]}, if_match='"2"'), 403, "NotAllowed")
    assert ok(ada.patch(address, {"profiles": ["staff"]}, if_match='"2"'))["profiles"] == ["staff"]
    problem(world.person().patch(address, {"name": "X"}, if_match='"3"'), 403, "NotAllowed")
    problem(ada.patch(f"/v1/people/{uuid4()}", {"name": "X"}, if_match='"1"'), 404, "NotFound")
    assert [event["revision"] for event in world.published("membership.person.updated.v1")] == [2, 3]


def test_whoever_is_signed_in_sees_their_seats_and_roles(world: World) -> None:
    anna, ada = world.person("Anna"), world.administrator()
    group = world.group()
    before = anna.get("/v1/me")
    assert ok(before)["seats"] == []

    ok(ada.post(f"/v1/groups/{group}/seats", {"appointees": [{"person_id": str(anna.person_id)}]}), 201)
    ok(ada.put(f"/v1/groups/{group}/roles/facilitator/{anna.person_id}"))

    after = anna.get("/v1/me", if_none_match=before.headers["ETag"])
    assert ok(after)["seats"] == [str(group)]
    assert ok(after)["roles"] == [{"group_id": str(group), "role": "facilitator"}]


def test_a_token_of_nobody_registered_finds_nobody(world: World) -> None:
    problem(world.as_person(uuid4()).get("/v1/me"), 404, "NotFound")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("email", "no address"),
        ("email", "a" * 250 + "@smart.test"),
        ("language", "it"),
        ("time_zone", "Mars/Olympus"),
        ("profiles", ["x" * 101]),
        ("profiles", "user"),
        ("administrator", "perhaps"),
        ("id", "not an id"),
        ("surname", "unknown fields are refused"),
    ],
)
def test_what_is_wrong_with_a_person_is_named_by_a_pointer(world: World, field: str, value: object) -> None:
    refused = problem(world.administrator().post("/v1/people", {**ANNA, field: value}), 422, "InvalidRequest")
    assert refused["errors"][0]["pointer"].startswith(f"/{field}")
