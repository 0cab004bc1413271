"""Every route of meetings by everybody there is, about a group of one's own and of others."""

from typing import Any

from meetings.vocabulary import EVENING, MONTHLY, MONTHLY_RULE, POLL, Circle, a_circle
from worlds.callers import Caller, ok
from worlds.rights import guarded_routes, rights, routes_in
from worlds.world import World, WorldMaker

RIGHTS = """
GET /v1/calendar-feeds: stranger neighbour expert member secretary facilitator approver administrator
GET /v1/me/pending: stranger neighbour expert member secretary facilitator approver administrator
GET /v1/meetings: stranger neighbour expert member secretary facilitator approver administrator
GET /v1/meetings/{meeting_id}: expert member secretary facilitator approver administrator
GET /v1/meetings/{meeting_id}/attendance: member secretary facilitator approver administrator
GET /v1/meetings/{meeting_id}/invitations: member secretary facilitator approver administrator
GET /v1/meetings/{meeting_id}/agenda/suggestions: secretary facilitator administrator
GET /v1/meetings/{meeting_id}/quorum: member secretary facilitator approver administrator
GET /v1/meetings/{meeting_id}/running: member secretary facilitator approver administrator
GET /v1/meetings/{meeting_id}/running.html: member secretary facilitator approver administrator
GET /v1/meetings/{meeting_id}/minutes: member secretary facilitator approver administrator
GET /v1/meetings/{meeting_id}/minutes/versions: member secretary facilitator approver administrator
GET /v1/meetings/{meeting_id}/minutes/versions/{version}: member secretary facilitator approver administrator
GET /v1/files/{file_id}: expert member secretary facilitator approver administrator
GET /v1/series: stranger neighbour expert member secretary facilitator approver administrator
GET /v1/series/{series_id}: member secretary facilitator approver administrator
POST /v1/series-previews: stranger neighbour expert member secretary facilitator approver administrator
POST /v1/calendar-feeds: member secretary facilitator approver administrator
POST /v1/meetings: secretary facilitator administrator
PATCH /v1/meetings/{meeting_id}: secretary facilitator administrator
POST /v1/meetings/{meeting_id}/agenda-items: secretary facilitator administrator
POST /v1/meetings/{meeting_id}/guests: secretary facilitator administrator
PUT /v1/meetings/{meeting_id}/invitations/me: expert member secretary facilitator
PUT /v1/series/{series_id}/invitations/me: member secretary facilitator
POST /v1/series: secretary facilitator administrator
PATCH /v1/series/{series_id}: secretary facilitator administrator
POST /v1/meetings/{meeting_id}/agenda/publish: secretary facilitator administrator
PUT /v1/meetings/{meeting_id}/minutes: secretary facilitator administrator
POST /v1/meetings/{meeting_id}/minutes/circulate: secretary facilitator administrator
POST /v1/meetings/{meeting_id}/open: secretary facilitator administrator
POST /v1/meetings/{meeting_id}/close: secretary facilitator administrator
POST /v1/minutes/{minutes_id}/approve: secretary facilitator administrator
POST /v1/meetings/{meeting_id}/cancel: secretary facilitator administrator
POST /v1/agenda-items/{item_id}/start: secretary facilitator administrator
POST /v1/agenda-items/{item_id}/close: secretary facilitator administrator
POST /v1/agenda-items/{item_id}/files: secretary facilitator administrator
POST /v1/meetings/{meeting_id}/minutes/files: secretary facilitator administrator
DELETE /v1/files/{file_id}: secretary facilitator administrator
PATCH /v1/agenda-items/{item_id}: secretary facilitator administrator
PUT /v1/meetings/{meeting_id}/attendance/{person_id}: secretary facilitator administrator
POST /v1/series/{series_id}/cancel: secretary facilitator administrator
GET /v1/polls: stranger neighbour expert member secretary facilitator approver administrator
GET /v1/polls/{poll_id}: member secretary facilitator approver administrator
PUT /v1/polls/{poll_id}/answers/me: member secretary facilitator
POST /v1/polls/{poll_id}/close: secretary facilitator administrator
POST /v1/polls/{poll_id}/book: secretary facilitator administrator
POST /v1/polls: secretary facilitator administrator
GET /v1/availability/me: stranger neighbour expert member secretary facilitator approver administrator
PUT /v1/availability/me: stranger neighbour expert member secretary facilitator approver administrator
PUT /v1/meetings/{meeting_id}/registration: secretary facilitator administrator
GET /v1/meetings/{meeting_id}/registrations: secretary facilitator administrator
PUT /v1/meetings/{meeting_id}/registrations/me: stranger neighbour expert member secretary facilitator approver administrator
DELETE /v1/meetings/{meeting_id}/registrations/me: stranger neighbour expert member secretary facilitator approver administrator
DELETE /v1/calendar-feeds/{feed_id}: member
DELETE /v1/agenda-items/{item_id}: secretary facilitator administrator
"""


def actors_around(world: World) -> tuple[Circle, dict[str, Caller]]:
    board = world.group("Board", kind="board")
    approver = world.person("Director")
    world.seat(board, approver.id)
    circle = a_circle(world, approving_body_id=board)
    return circle, {
        "nobody": world.nobody,
        "integrator": world.integrator(),
        "stranger": circle.stranger,
        "neighbour": a_circle(world).facilitator,
        "expert": circle.expert,
        "member": circle.member,
        "secretary": circle.secretary,
        "facilitator": circle.facilitator,
        "approver": approver,
        "administrator": world.administrator(),
    }


def things(circle: Circle) -> tuple[dict[str, Any], dict[str, Any]]:
    """One of each; the expert is invited to the meeting. Whoever acts first changes it: rights come before states."""
    series, meeting = circle.series(), circle.meeting()
    path = f"/v1/meetings/{meeting['id']}"
    guest = {"person_id": str(circle.expert.id), "role": "expert"}
    ok(circle.facilitator.post(f"{path}/guests", guest), 201)
    item = {"title": "Bread", "kind": "exploration", "minutes": 10}
    items = ok(circle.facilitator.post(f"{path}/agenda-items", item), 201)["agenda"]
    held = f"/v1/meetings/{series['meetings'][0]['id']}"
    ok(circle.secretary.post(f"{held}/open"))
    circle.attends({"id": series["meetings"][0]["id"]}, circle.member)
    ok(circle.secretary.post(f"{held}/close", {"report": "We met."}))
    text = {"text": "We worked."}
    ok(circle.secretary.put(f"{held}/minutes", text, if_match='"0"'))
    minutes = ok(circle.secretary.post(f"{held}/minutes/circulate"))
    handed_out = f"/v1/agenda-items/{items[0]['id']}/files"
    feed = ok(circle.member.post("/v1/calendar-feeds", {}), 201)
    over = {"meeting_id": series["meetings"][0]["id"]}
    open_to_all = {"meeting_id": circle.meeting(registration={"capacity": 3})["id"]}
    ids = {
        "meeting_id": meeting["id"],
        "series_id": series["id"],
        "item_id": items[0]["id"],
        "minutes_id": minutes["id"],
        "feed_id": feed["id"],
        "person_id": circle.member.id,
        "poll_id": circle.poll()["id"],
        "version": 1,
        "file_id": ok(circle.facilitator.post(handed_out, data=b"hello"), 201)["id"],
        "DELETE /v1/files/{file_id}": lambda: {
            "file_id": ok(circle.facilitator.post(handed_out, data=b"hello"), 201)["id"]
        },
        "GET /v1/meetings/{meeting_id}/minutes": over,
        "GET /v1/meetings/{meeting_id}/minutes/versions": over,
        "GET /v1/meetings/{meeting_id}/minutes/versions/{version}": over,
        "PUT /v1/meetings/{meeting_id}/registrations/me": open_to_all,
        "DELETE /v1/meetings/{meeting_id}/registrations/me": open_to_all,
        "POST /v1/meetings/{meeting_id}/minutes/circulate": over,
        "GET /v1/meetings/{meeting_id}/running": over,
        "GET /v1/meetings/{meeting_id}/running.html": over,
    }
    bodies = {
        "PATCH /v1/agenda-items/{item_id}": {"title": "Better bread"},
        "POST /v1/calendar-feeds": {"group_id": str(circle.group_id)},
        "POST /v1/agenda-items/{item_id}/start": {},
        "POST /v1/agenda-items/{item_id}/files": b"hello",
        "POST /v1/meetings/{meeting_id}/minutes/files": b"hello",
        "POST /v1/meetings/{meeting_id}/close": {},
        "POST /v1/meetings": {**EVENING, "group_id": str(circle.group_id)},
        "PATCH /v1/meetings/{meeting_id}": {"title": "Another bakery"},
        "POST /v1/meetings/{meeting_id}/agenda-items": item,
        "PUT /v1/meetings/{meeting_id}/attendance/{person_id}": {"state": "present"},
        "POST /v1/meetings/{meeting_id}/cancel": {"reason": "storm"},
        "POST /v1/meetings/{meeting_id}/guests": guest,
        "PUT /v1/meetings/{meeting_id}/invitations/me": {"answer": "accepted"},
        "PUT /v1/series/{series_id}/invitations/me": {"answer": "accepted"},
        "PUT /v1/meetings/{meeting_id}/minutes": text,
        "PUT /v1/meetings/{meeting_id}/registration": {"capacity": 3},
        "POST /v1/minutes/{minutes_id}/approve": {"at_meeting_id": meeting["id"]},
        "POST /v1/polls": {**POLL, "group_id": str(circle.group_id)},
        "POST /v1/polls/{poll_id}/book": {},
        "PUT /v1/polls/{poll_id}/answers/me": {"answers": []},
        "PUT /v1/availability/me": {"ranges": []},
        "POST /v1/series": {**MONTHLY, "group_id": str(circle.group_id)},
        "POST /v1/series-previews": MONTHLY_RULE,
        "PATCH /v1/series/{series_id}": {"title": "Better ethics"},
        "POST /v1/series/{series_id}/cancel": {"reason": "storm"},
    }
    return ids, bodies


def test_the_table_names_every_route(a_world: WorldMaker) -> None:
    assert set(routes_in(RIGHTS)) == guarded_routes(a_world("meetings").app)


def test_rights(a_world: WorldMaker) -> None:
    circle, actors = actors_around(a_world("meetings"))
    ids, bodies = things(circle)
    assert rights(actors, RIGHTS, ids, bodies).splitlines() == RIGHTS.strip().splitlines()
