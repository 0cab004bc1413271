"""Every route of notifications by everybody there is: mail is one's own."""

from worlds.rights import guarded_routes, rights, routes_in
from worlds.world import WorldMaker

RIGHTS = """
DELETE /v1/suppressions/{person_id}: administrator
GET /v1/channels: administrator
GET /v1/deliveries/counts: administrator
GET /v1/deliveries: person administrator
GET /v1/me/pending: person administrator
GET /v1/me/preferences: person administrator
GET /v1/overview.html: administrator
GET /v1/overview: administrator
GET /v1/suppressions: administrator
GET /v1/templates.html: administrator
GET /v1/templates/{kind}/{language}: administrator
GET /v1/templates: administrator
GET /v1/timeline.html: person administrator
GET /v1/timeline: person administrator
POST /v1/channels/{name}/pause: administrator
POST /v1/channels/{name}/resume: administrator
POST /v1/suppressions: administrator
POST /v1/templates/{kind}/{language}/test: administrator
PUT /v1/me/preferences: person administrator
"""


def test_the_table_names_every_route(a_world: WorldMaker) -> None:
    assert set(routes_in(RIGHTS)) == guarded_routes(a_world("notifications").app)


def test_rights(a_world: WorldMaker) -> None:
    world = a_world("notifications")
    actors = {
        "nobody": world.nobody,
        "integrator": world.integrator(),
        "person": world.person(),
        "administrator": world.administrator(),
    }
    anna = world.person("Anna").person_id
    ids = {"kind": "round_opened", "language": "nl", "name": "mail", "person_id": anna}
    bodies = {
        "PUT /v1/me/preferences": {"round_opened": "daily"},
        "POST /v1/channels/{name}/pause": {"reason": "the server moves"},
        "POST /v1/suppressions": {"person_id": anna, "reason": "they asked by telephone"},
    }
    found = rights(actors, RIGHTS, ids, bodies)
    assert found == RIGHTS.strip()
