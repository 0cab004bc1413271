"""Every route of notifications by everybody there is: mail is one's own."""

from worlds.rights import guarded_routes, rights, routes_in
from worlds.world import WorldMaker

RIGHTS = """
GET /v1/deliveries: person administrator
GET /v1/deliveries/counts: administrator
GET /v1/me/pending: person administrator
GET /v1/me/preferences: person administrator
GET /v1/overview: administrator
GET /v1/overview.html: administrator
GET /v1/templates: administrator
GET /v1/templates.html: administrator
GET /v1/templates/{kind}/{language}: administrator
GET /v1/timeline: person administrator
GET /v1/timeline.html: person administrator
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
    ids = {"kind": "round_opened", "language": "nl"}
    found = rights(actors, RIGHTS, ids, {"PUT /v1/me/preferences": {"round_opened": "daily"}})
    assert found == RIGHTS.strip()
