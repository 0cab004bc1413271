"""Every route of membership by everybody there is, about a group of one's own and of others.

Nobody here has signed in by a link, so there is no session to end: tests/membership/test_sign_in.py ends some.
"""

from typing import Any

from membership.lots import AFTER, Lot
from membership.vocabulary import SMART_POLICY
from worlds.callers import Caller, ok
from worlds.rights import guarded_routes, rights, routes_in
from worlds.world import World, WorldMaker

RIGHTS = """
GET /v1/groups: stranger neighbour guest member facilitator approver administrator
GET /v1/groups/{group_id}: stranger neighbour guest member facilitator approver administrator
GET /v1/groups/{group_id}/candidacies: facilitator approver administrator
GET /v1/groups/{group_id}/seats: stranger neighbour guest member facilitator approver administrator
GET /v1/me: stranger neighbour guest member facilitator approver administrator
GET /v1/me/pending: stranger neighbour guest member facilitator approver administrator
GET /v1/people: stranger neighbour guest member facilitator approver administrator
GET /v1/people/{person_id}: stranger neighbour guest member facilitator approver administrator
GET /v1/people/{person_id}/consents: member administrator
PUT /v1/people/{person_id}/consents/{purpose}: member
DELETE /v1/people/{person_id}/consents/{purpose}: member
POST /v1/composition-checks: stranger neighbour guest member facilitator approver administrator
GET /v1/groups/{group_id}/feasibility: facilitator approver administrator
GET /v1/groups/{group_id}/health: stranger neighbour guest member facilitator approver administrator
POST /v1/groups/{group_id}/selections: approver administrator
GET /v1/groups/{group_id}/selections: stranger neighbour guest member facilitator approver administrator
GET /v1/selections/{selection_id}: stranger neighbour guest member facilitator approver administrator
GET /v1/selections/{selection_id}/commitment: stranger neighbour guest member facilitator approver administrator
GET /v1/selections/{selection_id}/draw: stranger neighbour guest member facilitator approver administrator
DELETE /v1/selections/{selection_id}: approver administrator
POST /v1/selections/{selection_id}/draw: approver administrator
GET /v1/groups/{group_id}/reserve: facilitator approver administrator
GET /v1/groups/{group_id}/vacancies: stranger neighbour guest member facilitator approver administrator
POST /v1/groups/{group_id}/vacancies/{seat_id}/fill: approver administrator
POST /v1/groups: administrator
PATCH /v1/groups/{group_id}: administrator
POST /v1/groups/{group_id}/candidacies: stranger neighbour guest member facilitator approver administrator
PUT /v1/groups/{group_id}/policy: approver administrator
POST /v1/groups/{group_id}/seats: approver administrator
POST /v1/people: administrator
POST /v1/people-imports: administrator
GET /v1/people-imports: administrator
GET /v1/people-imports/{import_id}: administrator
GET /v1/people-imports/{import_id}/rows: administrator
DELETE /v1/people-imports/{import_id}: administrator
PUT /v1/groups/{group_id}/roles/{role}/{person_id}: approver administrator
PATCH /v1/people/{person_id}: member administrator
DELETE /v1/groups/{group_id}/roles/{role}/{person_id}: approver administrator
DELETE /v1/groups/{group_id}/seats/{seat_id}: approver administrator
DELETE /v1/candidacies/{candidacy_id}: administrator
GET /v1/people/{person_id}/conflicts: member administrator
POST /v1/people/{person_id}/conflicts: member administrator
DELETE /v1/conflicts/{conflict_id}: administrator
DELETE /v1/auth/sessions/current:
POST /v1/groups/{group_id}/end: administrator
GET /v1/api-keys: administrator
POST /v1/api-keys: administrator
DELETE /v1/api-keys/{key_id}: administrator
POST /v1/people/{person_id}/exports: member administrator
GET /v1/people/{person_id}/exports/{export_id}: member administrator
POST /v1/people/{person_id}/erasure: member administrator
GET /v1/people/{person_id}/erasure: member administrator
DELETE /v1/people/{person_id}/erasure: member administrator
"""


def played(world: World) -> tuple[dict[str, Caller], dict[str, Any], dict[str, Any]]:
    """Actors, ids and bodies. Anna is the member; what is taken away is given again for each who takes it."""
    administrator = world.administrator()
    board = world.group("Board", kind="board")
    group, other = (world.group(name, approving_body_id=board) for name in ("Ethics", "Housing"))
    anna, approver, guest, facilitator, neighbour = (
        world.person(name) for name in ["Anna", "Ben", "Chloe", "Dirk", "Els"]
    )

    def seat(group_id: Any, person: Caller) -> str:
        body = {"appointees": [{"person_id": str(person.id)}]}
        ok(administrator.post(f"/v1/groups/{group_id}/seats", body), 201)
        seats = ok(administrator.get(f"/v1/groups/{group_id}/seats"))["items"]
        return str(next(one["id"] for one in seats if one["person_id"] == str(person.id)))

    def again() -> dict[str, str]:
        newcomer = world.person("Newcomer")
        ok(administrator.put(f"/v1/groups/{group}/roles/observer/{newcomer.id}"))
        stood = ok(newcomer.post(f"/v1/groups/{other}/candidacies", CANDIDACY), 201)
        conflict = ok(newcomer.post(f"/v1/people/{newcomer.id}/conflicts", CONFLICT), 201)
        return {
            "conflict_id": conflict["id"],
            "seat_id": seat(group, newcomer),
            "person_id": str(newcomer.id),
            "role": "observer",
            "candidacy_id": stood["id"],
        }

    def left() -> dict[str, str]:
        held = seat(group, world.person("Newcomer"))
        ok(administrator.delete(f"/v1/groups/{group}/seats/{held}"))
        return {"seat_id": held}

    lot = Lot(world)
    drawn = {"selection_id": lot.prepared()["id"]}
    world.it_is(AFTER)
    ok(lot.draw(drawn["selection_id"]))
    seats = {
        person: seat(where, person)
        for where, person in ((group, anna), (board, approver), (other, neighbour))
    }
    for role, person in (("guest", guest), ("facilitator", facilitator)):
        ok(administrator.put(f"/v1/groups/{group}/roles/{role}/{person.id}"))
    seat(group, facilitator)
    ids = {
        "group_id": group,
        "person_id": anna.id,
        "role": "secretary",
        "purpose": "newsletter",
        "seat_id": seats[anna],
        "candidacy_id": "",
        "conflict_id": "",
        "import_id": ok(administrator.post("/v1/people-imports", data=CSV, content_type="text/csv"), 202)[
            "id"
        ],
        "key_id": ok(administrator.post("/v1/api-keys", API_KEY), 201)["id"],
        "DELETE /v1/groups/{group_id}/roles/{role}/{person_id}": again,
        "DELETE /v1/groups/{group_id}/seats/{seat_id}": again,
        "DELETE /v1/candidacies/{candidacy_id}": again,
        "DELETE /v1/conflicts/{conflict_id}": again,
        "selection_id": ok(administrator.post(f"/v1/groups/{group}/selections", SELECTION), 202)["id"],
        "GET /v1/selections/{selection_id}/commitment": drawn,
        "GET /v1/selections/{selection_id}/draw": drawn,
        "POST /v1/groups/{group_id}/vacancies/{seat_id}/fill": left,
    }
    ok(anna.post(f"/v1/people/{anna.id}/erasure"), 202)
    ids["export_id"] = ok(anna.post(f"/v1/people/{anna.id}/exports"), 202)["id"]
    bodies = {
        "POST /v1/groups": {"kind": "working_group", "name": "Sports", "starts_on": "2017-09-01"},
        "PATCH /v1/groups/{group_id}": {"theme": "Ethics at work"},
        "POST /v1/groups/{group_id}/candidacies": CANDIDACY,
        "POST /v1/people/{person_id}/conflicts": CONFLICT,
        "POST /v1/composition-checks": {"policy": {"size_max": 1}, "pool": [{"id": "anna"}]},
        "POST /v1/groups/{group_id}/selections": SELECTION,
        "POST /v1/selections/{selection_id}/draw": {"outcome": "3-11-24"},
        "PUT /v1/groups/{group_id}/policy": SMART_POLICY,
        "POST /v1/groups/{group_id}/seats": {"appointees": [{"person_id": str(anna.id)}]},
        "POST /v1/groups/{group_id}/end": {"on": "2017-12-31"},
        "POST /v1/api-keys": API_KEY,
        "PUT /v1/people/{person_id}/consents/{purpose}": {"text_version": "1"},
        "POST /v1/people": {"name": "Fay", "email": "fay@smart.test"},
        "POST /v1/people-imports": CSV,
        "PATCH /v1/people/{person_id}": {"name": "Anna P."},
    }
    actors = {
        "nobody": world.nobody,
        "integrator": world.integrator(),
        "stranger": world.person("Stranger"),
        "neighbour": neighbour,
        "guest": guest,
        "member": anna,
        "facilitator": facilitator,
        "approver": approver,
        "administrator": administrator,
    }
    return actors, ids, bodies


CSV = b"name,email\nGus,gus@smart.test\n"
API_KEY = {"name": "Chronicle", "scopes": ["events:membership"]}
SELECTION = {"randomness": "lottery", "draws_at": "2199-01-01T00:00:00Z"}
CONFLICT = {"theme": "Housing", "reason": "I let houses"}
CANDIDACY = {"profile": "user", "motivation": "I have time"}


def test_the_table_names_every_route(a_world: WorldMaker) -> None:
    assert set(routes_in(RIGHTS)) == guarded_routes(a_world("membership").app)


def test_rights(a_world: WorldMaker) -> None:
    actors, ids, bodies = played(a_world("membership"))
    assert rights(actors, RIGHTS, ids, bodies).splitlines() == RIGHTS.strip().splitlines()
