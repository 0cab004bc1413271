"""No request, however odd, makes deliberation fail, also where proposals, rounds, votes and decisions are under way."""

from typing import Any
from uuid import UUID

import pytest

from deliberation.vocabulary import (
    Circle,
    a_circle,
    a_round,
    a_tuned_proposal,
    all_consent,
    an_open_proposal,
    closed,
    in_days,
    object_to,
    objections_to,
    the_proposal,
)
from worlds.callers import ok
from worlds.fuzz import Fuzz
from worlds.world import World, WorldMaker

CASES = 900


def a_recommending_circle(world: World) -> tuple[Circle, UUID]:
    """Its facilitator administers and sits on the Board too, so that every route may be reached."""
    board = world.group("Board", kind="board")
    circle = a_circle(world, approving_body_id=board)
    facilitator = circle.facilitator.person_id
    assert facilitator is not None
    world.seat(board, facilitator)
    told: dict[str, Any] = {"name": "Ada", "language": "en", "time_zone": "Europe/Brussels", "profiles": []}
    world.hears("membership.person.updated.v1", person_id=facilitator, administrator=True, revision=9, **told)
    return circle, board


def with_everything_under_way(world: World, circle: Circle, fuzz: Fuzz) -> None:
    task = {"title": "Sign", "owner_id": str(circle.proposer.person_id), "due_on": "2018-01-01"}
    waiting = a_round(circle, a_tuned_proposal(circle, tasks=[task]))
    all_consent(circle.everyone, waiting)
    closed(circle, waiting)
    running = a_round(circle)
    objected = a_round(circle)
    for person in circle.everyone[1:]:
        ok(object_to(person, objected))
    assembly = a_circle(world, kind="assembly")
    put = an_open_proposal(assembly)
    vote = ok(
        assembly.facilitator.post(f"/v1/proposals/{put['id']}/votes", {"closes_at": in_days(world, 3)}), 201
    )
    decided = a_circle(world)
    done = a_round(decided, a_tuned_proposal(decided, tasks=[task]))
    all_consent(decided.everyone, done)
    closed(decided, done)
    decision = the_proposal(decided, done["proposal_id"])["decision_id"]
    shown = ok(decided.facilitator.get(f"/v1/decisions/{decision}"))
    tuned = a_tuned_proposal(circle)
    amendment = {"base_version": 1, "original": "one room", "replacement": "two rooms"}
    amended = ok(circle.proposer.post(f"/v1/proposals/{tuned['id']}/amendments", amendment), 201)
    question = ok(circle.proposer.post(f"/v1/proposals/{tuned['id']}/questions", {"text": "Why?"}), 201)
    approval = the_proposal(circle, waiting["proposal_id"])["approval_id"]
    proposals = [run["proposal_id"] for run in (waiting, running, objected, vote, done)] + [tuned["id"]]
    known = {
        "group_id": [str(circle.id), str(assembly.id)],
        "proposal_id": proposals,
        "round_id": [running["id"], objected["id"], waiting["id"]],
        "objection_id": [one["id"] for one in objections_to(circle, objected["proposal_id"])],
        "vote_id": [vote["id"]],
        "amendment_id": [amended["id"]],
        "question_id": [question["id"]],
        "approval_id": [approval],
        "decision_id": [decision],
        "task_id": [shown["tasks"][0]["id"]],
        "person_id": [str(person.person_id) for person in circle.everyone],
    }
    for name, ids in known.items():
        fuzz.knows(name, *(UUID(one) for one in ids))


@pytest.mark.timeout(400)
def test_no_request_makes_deliberation_fail(a_world: WorldMaker) -> None:
    world = a_world("deliberation")
    circle, _ = a_recommending_circle(world)
    fuzz = Fuzz(circle.facilitator)
    with_everything_under_way(world, circle, fuzz)

    fuzz.run(at_least=CASES)

    print(f"{fuzz.cases} requests, {dict(sorted(fuzz.statuses.items()))}")
    print(f"never succeeded: {sorted(fuzz.operations - fuzz.reached)}")
    assert not [status for status in fuzz.statuses if status >= 500]
    assert len(fuzz.reached) >= len(fuzz.operations) / 2, sorted(fuzz.operations - fuzz.reached)
