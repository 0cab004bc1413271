from typing import Any

import pytest

from deliberation.vocabulary import (
    TEXT,
    Circle,
    a_circle,
    a_round,
    a_tuned_proposal,
    all_consent,
    closed,
    object_to,
    objections_to,
    respond,
    the_proposal,
)
from worlds.callers import ok, problem
from worlds.world import World, WorldMaker


@pytest.fixture
def world(a_world: WorldMaker, each_engine: str) -> World:
    return a_world("deliberation", on=each_engine)


@pytest.fixture
def circle(world: World) -> Circle:
    return a_circle(world)


def topics(world: World) -> list[str]:
    from sqlalchemy import select

    from beraad.perform import transaction
    from beraad.storage.tables import outbox

    with transaction(world.store) as work:
        types = work.session.execute(select(outbox.c.type).order_by(outbox.c.row_id)).scalars()
        told = [type_.removeprefix("deliberation.").removesuffix(".v1") for type_ in types]
    return [
        topic for topic in told if topic != "record.sealed"
    ]  # tells a day's checkpoint, whatever happened


def test_an_objection_is_integrated_by_a_second_version_and_round_and_the_decision_takes_effect(
    world: World, circle: Circle
) -> None:
    task = {"title": "Sign the lease", "owner_id": str(circle.proposer.person_id), "due_on": "2017-11-01"}
    proposal = a_tuned_proposal(circle, tasks=[task], effective_on="2017-10-20", review_on="2018-03-01")
    first = a_round(circle, proposal)
    all_consent(circle.everyone[:-1], first)
    objector = circle.members[-1]
    ok(object_to(objector, first))

    answer = closed(circle, first, reason="we integrate the objection")

    assert answer["verdict"] == {"outcome": "integrating", "reasons": ["ObjectionStands"]}
    (objection,) = objections_to(circle, proposal["id"])
    body = {
        "text": TEXT + " The costs are shared.",
        "base_version": 1,
        "objection_ids": [objection["id"]],
        "note": "shares the cost",
    }
    second_version = ok(circle.proposer.post(f"/v1/proposals/{proposal['id']}/versions", body), 201)
    assert second_version["version"] == 2
    second = a_round(circle, proposal)
    assert (second["number"], second["version"]) == (2, 2)
    problem(respond(objector, {**second, "number": 1, "version": 1}), 409, "VersionMismatch")
    all_consent(circle.everyone[:-2], second)
    ok(respond(circle.members[-2], second, "consent_with_concern", concern="Will Mondays do?"))
    ok(respond(objector, second))
    assert closed(circle, second)["verdict"]["outcome"] == "adopted"

    (objection,) = objections_to(circle, proposal["id"])
    assert (objection["state"], objection["integrated_in_version"]) == ("resolved", 2)
    adopted = the_proposal(circle, proposal["id"])
    assert adopted["stage"] == "adopted"
    stranger = world.person("Stranger")
    problem(stranger.get(f"/v1/decisions/{adopted['decision_id']}"), 404, "NotFound")
    world.days_pass(18)
    world.falls_due()
    decision = ok(stranger.get(f"/v1/decisions/{adopted['decision_id']}"))
    assert decision["number"] == 1
    assert decision["state"] == "in_force"
    assert decision["questions"] == ["Will Mondays do?"]
    world.days_pass(200)
    world.falls_due()
    assert the_proposal(circle, proposal["id"])["stage"] == "under_review"
    review = {"outcome": "keep", "note": "it works"}
    assert (
        ok(circle.facilitator.post(f"/v1/decisions/{decision['id']}/review", review))["state"] == "in_force"
    )
    assert topics(world) == [
        "proposal.opened",
        "proposal.moved",
        "proposal.moved",
        "round.opened",
        "objection.raised",
        "round.closed",
        "proposal.moved",
        "proposal.version_published",
        "proposal.moved",
        "round.opened",
        "objection.resolved",
        "round.closed",
        "proposal.adopted",
        "task.assigned",
        "decision.in_force",
        "proposal.moved",
        "decision.review_due",
        "proposal.moved",
        "task.due",
        "proposal.moved",
    ]


def test_the_assembly_votes_and_its_decision_constitutes_groups(world: World) -> None:
    assembly = a_circle(world, 5, kind="assembly")
    group: dict[str, Any] = {
        "name": "Ethics committee",
        "theme": "Ethics",
        "starts_on": "2017-10-02",
        "ends_on": "2018-02-01",
        "policy": {
            "size_max": 12,
            "quotas": {"user": {"min": 6, "max": 8}},
            "attribute_quotas": {"language": {"nl": {"min": 4, "max": 8}}},
            "required_roles": ["facilitator"],
        },
    }
    proposal = a_tuned_proposal(assembly, kind="constitute_group", groups=[group])
    from deliberation.vocabulary import in_days

    vote = ok(
        assembly.facilitator.post(f"/v1/proposals/{proposal['id']}/votes", {"closes_at": in_days(world, 1)}),
        201,
    )
    for person, choice in zip(assembly.everyone, ["for", "for", "for", "against", "abstain"], strict=False):
        ok(person.put(f"/v1/votes/{vote['id']}/ballots/me", {"version": 1, "choice": choice}))
    problem(assembly.facilitator.post(f"/v1/votes/{vote['id']}/close"), 409, "RoundStillRuns")
    world.days_pass(1.1)
    world.falls_due()

    counted = ok(assembly.facilitator.get(f"/v1/votes/{vote['id']}"))
    assert (counted["in_favor"], counted["against"], counted["abstained"]) == (3, 1, 1)
    assert counted["verdict"] == {"outcome": "adopted", "reasons": ["MajorityReached"]}
    (in_force,) = world.published("deliberation.decision.in_force.v1")
    assert in_force["kind"] == "constitute_group"
    policy = in_force["annex"]["groups"][0]["policy"]
    assert policy["quotas"] == {"user": {"min": 6, "max": 8}}
    assert policy["attribute_quotas"] == {"language": {"nl": {"min": 4, "max": 8}}}


def test_the_approving_body_returns_a_recommendation_which_comes_back_changed_and_is_granted(
    world: World,
) -> None:
    board = world.group("Board", kind="board")
    director = world.person("Director")
    assert director.person_id is not None
    world.seat(board, director.person_id)
    circle = a_circle(world, approving_body_id=board)
    proposal = a_tuned_proposal(circle)
    first = a_round(circle, proposal)
    all_consent(circle.everyone, first)
    assert closed(circle, first)["verdict"]["outcome"] == "awaiting_approval"
    (asked,) = ok(director.get("/v1/approvals?state=requested"))["items"]
    path = f"/v1/approvals/{asked['id']}"
    problem(circle.facilitator.post(f"{path}/grant"), 403, "NotAllowed")
    problem(director.post(f"{path}/return", {"reason": " "}), 409, "ApprovalNeedsReason")
    assert ok(director.post(f"{path}/return", {"reason": "name a budget"}))["state"] == "returned"
    assert the_proposal(circle, proposal["id"])["stage"] == "tuning"
    problem(
        circle.facilitator.post(
            f"/v1/proposals/{proposal['id']}/rounds", {"closes_at": "2017-12-01T00:00:00Z"}
        ),
        409,
        "NothingChangedSinceLastRound",
    )
    body = {"text": TEXT + " It costs 500.", "base_version": 1}
    ok(circle.proposer.post(f"/v1/proposals/{proposal['id']}/versions", body), 201)
    second = a_round(circle, proposal)
    all_consent(circle.everyone, second)
    closed(circle, second)
    again = the_proposal(circle, proposal["id"])["approval_id"]
    assert again != asked["id"]
    ok(director.post(f"/v1/approvals/{again}/grant", {"note": "fine"}))

    settled = the_proposal(circle, proposal["id"])
    assert settled["stage"] == "in_force"
    decision = ok(director.get(f"/v1/decisions/{settled['decision_id']}"))
    assert decision["reasons"] == ["ConsentGiven", "ApprovalGranted"]
    assert "500" in decision["text"]
