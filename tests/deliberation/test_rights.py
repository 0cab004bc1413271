"""Every route of deliberation by everybody there is, about a group of one's own and of others."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from deliberation.vocabulary import (
    TEXT,
    Circle,
    a_circle,
    a_round,
    a_tuned_proposal,
    an_open_proposal,
    in_days,
    moved,
    object_to,
    objections_to,
    recommended,
    respond,
)
from worlds.callers import Caller, ok
from worlds.rights import guarded_routes, rights, routes_in
from worlds.world import World, WorldMaker

SHARED = {"theme": "Housing", "title": "How Ghent does it", "text": "Three examples"}
CONTRIBUTIONS = "/v1/groups/{group_id}/contributions"
RIGHTS = """
GET /v1/amendments/{amendment_id}: guest member proposer facilitator approver administrator
GET /v1/approvals: stranger neighbour guest member proposer facilitator approver administrator
GET /v1/approvals/{approval_id}: guest member proposer facilitator approver administrator
GET /v1/decisions: stranger neighbour guest member proposer facilitator approver administrator
GET /v1/decisions/{decision_id}: stranger neighbour guest member proposer facilitator approver administrator
GET /v1/decision-profiles: stranger neighbour guest member proposer facilitator approver administrator
GET /v1/groups/{group_id}/checkpoint: guest member proposer facilitator approver administrator
GET /v1/groups/{group_id}/contributions: stranger neighbour guest member proposer facilitator approver administrator
GET /v1/groups/{group_id}/decision-profile: guest member proposer facilitator approver administrator
GET /v1/groups/{group_id}/export: guest member proposer facilitator approver administrator
GET /v1/groups/{group_id}/export.html: guest member proposer facilitator approver administrator
GET /v1/me/pending: stranger neighbour guest member proposer facilitator approver administrator
GET /v1/objections/{objection_id}: guest member proposer facilitator approver administrator
GET /v1/proposals: stranger neighbour guest member proposer facilitator approver administrator
GET /v1/proposals/{proposal_id}: guest member proposer facilitator approver administrator
GET /v1/proposals/{proposal_id}/blame: guest member proposer facilitator approver administrator
GET /v1/proposals/{proposal_id}/versions/{number}/difference: guest member proposer facilitator approver administrator
GET /v1/proposals/{proposal_id}/amendments: guest member proposer facilitator approver administrator
GET /v1/proposals/{proposal_id}/objections: guest member proposer facilitator approver administrator
GET /v1/proposals/{proposal_id}/export: guest member proposer facilitator approver administrator
GET /v1/proposals/{proposal_id}/export.html: guest member proposer facilitator approver administrator
GET /v1/proposals/{proposal_id}/questions: guest member proposer facilitator approver administrator
GET /v1/proposals/{proposal_id}/reactions: guest member proposer facilitator approver administrator
GET /v1/proposals/{proposal_id}/rounds: guest member proposer facilitator approver administrator
GET /v1/proposals/{proposal_id}/trail: guest member proposer facilitator approver administrator
GET /v1/proposals/{proposal_id}/trail.svg: guest member proposer facilitator approver administrator
GET /v1/proposals/{proposal_id}/versions: guest member proposer facilitator approver administrator
GET /v1/proposals/{proposal_id}/votes: guest member proposer facilitator approver administrator
GET /v1/rounds/{round_id}: guest member proposer facilitator approver administrator
GET /v1/rounds/{round_id}/electorate: guest member proposer facilitator approver administrator
GET /v1/rounds/{round_id}/export: guest member proposer facilitator approver administrator
GET /v1/rounds/{round_id}/receipts/me: member
GET /v1/rounds/{round_id}/standing: guest member proposer facilitator approver administrator
GET /v1/votes/{vote_id}: member proposer facilitator approver administrator
GET /v1/votes/{vote_id}/receipts/me: member
GET /v1/votes/{vote_id}/export: member proposer facilitator approver administrator
POST /v1/groups/{group_id}/contributions: stranger neighbour guest member proposer facilitator approver administrator
POST /v1/objections/{objection_id}/opinions: member facilitator
POST /v1/objections/{objection_id}/rule: facilitator administrator
POST /v1/objections/{objection_id}/test: facilitator administrator
POST /v1/objections/{objection_id}/adopt: member proposer facilitator
POST /v1/objections/{objection_id}/appeal:
POST /v1/objections/{objection_id}/confirm:
POST /v1/objections/{objection_id}/merge:
POST /v1/amendments/{amendment_id}/promote:
POST /v1/amendments/{amendment_id}/contest: member proposer facilitator administrator
POST /v1/proposals: member proposer facilitator administrator
PATCH /v1/proposals/{proposal_id}: proposer administrator
POST /v1/proposals/{proposal_id}/amendments: member proposer facilitator administrator
POST /v1/proposals/{proposal_id}/move: facilitator administrator
POST /v1/proposals/{proposal_id}/questions: guest member proposer facilitator administrator
POST /v1/proposals/{proposal_id}/reactions: member proposer facilitator administrator
POST /v1/proposals/{proposal_id}/versions: proposer administrator
POST /v1/proposals/{proposal_id}/votes: facilitator administrator
POST /v1/questions/{question_id}/answer: proposer facilitator administrator
POST /v1/rounds/{round_id}/departures: facilitator administrator
PUT /v1/rounds/{round_id}/present: facilitator administrator
PUT /v1/rounds/{round_id}/responses/{person_id}: facilitator administrator
POST /v1/rounds/{round_id}/responses/me/contest: member proposer facilitator
POST /v1/rounds/{round_id}/extend: facilitator administrator
PUT /v1/groups/{group_id}/decision-profile: approver administrator
PUT /v1/rounds/{round_id}/responses/me: member proposer facilitator
PUT /v1/votes/{vote_id}/ballots/me: member proposer facilitator
POST /v1/amendments/{amendment_id}/withdraw:
POST /v1/objections/{objection_id}/withdraw:
POST /v1/proposals/{proposal_id}/withdraw: proposer administrator
POST /v1/rounds/{round_id}/close: facilitator administrator
POST /v1/votes/{vote_id}/close: facilitator administrator
POST /v1/rounds/{round_id}/recuse: member proposer facilitator
POST /v1/tasks/{task_id}/done: facilitator administrator
POST /v1/contributions/{contribution_id}/publish: facilitator administrator
POST /v1/approvals/{approval_id}/grant: approver
POST /v1/approvals/{approval_id}/return: approver
POST /v1/approvals/{approval_id}/grant-with-changes: approver
POST /v1/approvals/{approval_id}/refuse: approver
POST /v1/amendments/{amendment_id}/announce: proposer administrator
POST /v1/amendments/{amendment_id}/accept: proposer administrator
POST /v1/amendments/{amendment_id}/reject: proposer administrator
POST /v1/decisions/{decision_id}/review: facilitator administrator
POST /v1/proposals/{proposal_id}/refer: facilitator administrator
POST /v1/proposals/{proposal_id}/rounds: facilitator administrator
POST /v1/proposals/{proposal_id}/open: proposer facilitator administrator
POST /v1/proposals/{proposal_id}/take-over: member proposer facilitator administrator
"""


def played(world: World) -> tuple[dict[str, Caller], dict[str, Any], dict[str, Any]]:
    """Actors, ids and bodies: a group with something in every stage, and people who stand everywhere around it."""
    board = world.group("Board", kind="board")
    approver = world.person("Director")
    world.seat(board, approver.id)
    circle = a_circle(world, 4, approving_body_id=board)
    elsewhere = a_circle(world)
    guest = world.person("Expert")
    world.role(circle.id, guest.person_id, "expert")  # type: ignore[arg-type]
    actors = {
        "nobody": world.nobody,
        "integrator": world.integrator(),
        "stranger": world.person("Stranger"),
        "neighbour": elsewhere.facilitator,
        "guest": guest,
        "member": circle.members[1],
        "proposer": circle.proposer,
        "facilitator": circle.facilitator,
        "approver": approver,
        "administrator": world.administrator(),
    }
    return actors, *things(circle, approver, an_assembly_of(circle, board))


def an_assembly_of(circle: Circle, board: UUID) -> Circle:
    """The same people in a group that votes."""
    group = circle.world.group("Assembly", kind="assembly", approving_body_id=board)
    for person in circle.everyone:
        circle.world.seat(group, person.id)
    circle.world.role(group, circle.facilitator.id, "facilitator")
    return replace(circle, id=group)


def things(circle: Circle, approver: Caller, assembly: Circle) -> tuple[dict[str, Any], dict[str, Any]]:
    """One of each, made by the last members, who are no actors."""
    *_, helper, objector = circle.members
    proposal = an_open_proposal(circle)
    path = f"/v1/proposals/{proposal['id']}"
    question = ok(helper.post(f"{path}/questions", {"text": "Who pays?"}), 201)
    moved(circle, proposal)
    change = {"base_version": 1, "original": "one room", "replacement": "two rooms"}
    amendment = ok(helper.post(f"{path}/amendments", change), 201)
    asked = a_round(circle)
    ok(object_to(objector, asked))
    ok(respond(circle.members[1], asked))
    (objection,) = objections_to(circle, asked["proposal_id"])
    granted = recommended(
        circle, tasks=[{"title": "Sign", "owner_id": str(helper.id), "due_on": "2017-11-01"}]
    )
    ok(approver.post(f"/v1/approvals/{granted['id']}/grant"))
    decision = ok(helper.get("/v1/decisions"))["items"][0]
    offered = ok(circle.world.person("Neighbour").post(CONTRIBUTIONS.format(group_id=circle.id), SHARED), 201)
    voted = a_tuned_proposal(assembly)
    until = {"closes_at": in_days(circle.world, 3)}
    vote = ok(assembly.facilitator.post(f"/v1/proposals/{voted['id']}/votes", until), 201)
    ok(circle.members[1].put(f"/v1/votes/{vote['id']}/ballots/me", {"version": 1, "choice": "for"}))
    ids = {
        "proposal_id": proposal["id"],
        "question_id": question["id"],
        "amendment_id": amendment["id"],
        "round_id": asked["id"],
        "objection_id": objection["id"],
        "approval_id": recommended(circle)["id"],
        "decision_id": decision["id"],
        "task_id": decision["tasks"][0]["id"],
        "contribution_id": offered["id"],
        "vote_id": vote["id"],
        "number": 1,
        "person_id": helper.id,
        "group_id": circle.id,
    }
    reason = {"reason": "it is so"}
    answer = {"round_number": asked["number"], "version": 1, "answer": "consent"}
    bodies = {
        "PATCH /v1/proposals/{proposal_id}": {"title": "Two rooms"},
        "POST /v1/amendments/{amendment_id}/accept": {},
        "POST /v1/amendments/{amendment_id}/contest": reason,
        "POST /v1/amendments/{amendment_id}/promote": {"title": "Two rooms"},
        "POST /v1/objections/{objection_id}/merge": {"into_id": objection["id"]},
        "POST /v1/objections/{objection_id}/rule": {"qualifies": True, **reason},
        "POST /v1/approvals/{approval_id}/refuse": reason,
        "POST /v1/approvals/{approval_id}/grant-with-changes": {"text": "Another", **reason},
        "POST /v1/approvals/{approval_id}/return": reason,
        "POST /v1/decisions/{decision_id}/review": {"outcome": "keep", "note": "it works"},
        "POST /v1/groups/{group_id}/contributions": SHARED,
        "POST /v1/objections/{objection_id}/opinions": {"qualifies": True, **reason},
        "POST /v1/objections/{objection_id}/withdraw": {"answer": "consent"},
        "POST /v1/proposals": {"group_id": str(circle.id), "kind": "recommendation", "title": "A room"},
        "POST /v1/proposals/{proposal_id}/amendments": change,
        "POST /v1/proposals/{proposal_id}/move": {"stage": "tuning", **reason},
        "POST /v1/proposals/{proposal_id}/questions": {"text": "Who cleans?"},
        "POST /v1/proposals/{proposal_id}/reactions": {"text": "Good"},
        "POST /v1/proposals/{proposal_id}/rounds": until,
        "POST /v1/proposals/{proposal_id}/versions": {"text": TEXT + " More.", "base_version": 1},
        "POST /v1/proposals/{proposal_id}/votes": until,
        "POST /v1/questions/{question_id}/answer": {"text": "We do"},
        "POST /v1/rounds/{round_id}/close": reason,
        "POST /v1/rounds/{round_id}/departures": {"person_id": str(helper.id), "note": "told us"},
        "POST /v1/rounds/{round_id}/recuse": reason,
        "POST /v1/rounds/{round_id}/responses/me/contest": reason,
        "PUT /v1/rounds/{round_id}/present": {"person_ids": []},
        "PUT /v1/rounds/{round_id}/responses/{person_id}": answer,
        "PUT /v1/groups/{group_id}/decision-profile": {"preset": "consent", **reason},
        "POST /v1/rounds/{round_id}/extend": {"closes_at": in_days(circle.world, 9)},
        "PUT /v1/rounds/{round_id}/responses/me": answer,
        "PUT /v1/votes/{vote_id}/ballots/me": {"version": 1, "choice": "for"},
        "POST /v1/votes/{vote_id}/close": reason,
    }
    return ids, bodies


def test_the_table_names_every_route(a_world: WorldMaker) -> None:
    assert set(routes_in(RIGHTS)) == guarded_routes(a_world("deliberation").app)


def test_rights(a_world: WorldMaker) -> None:
    actors, ids, bodies = played(a_world("deliberation"))
    assert rights(actors, RIGHTS, ids, bodies).splitlines() == RIGHTS.strip().splitlines()
