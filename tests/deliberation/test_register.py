from typing import Any
from uuid import uuid4

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
    recommended,
    set_profile,
    the_proposal,
)
from worlds.callers import Caller, ok, problem
from worlds.world import World, WorldMaker


@pytest.fixture
def world(a_world: WorldMaker) -> World:
    return a_world("deliberation")


@pytest.fixture
def circle(world: World) -> Circle:
    return a_circle(world)


def adopted(circle: Circle, **facts: Any) -> dict[str, Any]:
    """An adopted proposal's decision."""
    asked = a_round(circle, a_tuned_proposal(circle, **facts))
    all_consent(circle.everyone, asked)
    closed(circle, asked)
    decision_id = the_proposal(circle, asked["proposal_id"])["decision_id"]
    found: dict[str, Any] = ok(circle.facilitator.get(f"/v1/decisions/{decision_id}"))
    return found


def a_task(person: Caller) -> dict[str, str]:
    return {"title": "Sign the lease", "owner_id": str(person.person_id), "due_on": "2017-11-01"}


# -- decisions and tasks -------------------------------------------------------------------------------------


def test_decisions_are_numbered_in_their_group(circle: Circle, world: World) -> None:
    other = a_circle(world)
    assert [adopted(circle)["number"], adopted(circle)["number"], adopted(other)["number"]] == [1, 2, 1]


def test_a_decision_takes_effect_when_its_day_begins_in_the_groups_zone_once(circle: Circle) -> None:
    decision = adopted(circle, effective_on="2017-10-05")
    assert decision["state"] == "adopted"
    circle.world.days_pass(2.5)  # 4 October, 23:00 in Brussels
    circle.world.falls_due()
    assert circle.world.published("deliberation.decision.in_force.v1") == []
    circle.world.days_pass(0.05)
    circle.world.falls_due()
    assert circle.world.falls_due() == 0
    (in_force,) = circle.world.published("deliberation.decision.in_force.v1")
    assert (in_force["effective_on"], in_force["annex"]) == ("2017-10-05", {})


def test_an_effect_in_the_past_begins_with_the_decision(circle: Circle) -> None:
    assert adopted(circle, effective_on="2017-01-01")["effective_on"] == "2017-10-02"


def test_what_is_in_force_is_open_to_everybody_and_the_rest_to_the_group(circle: Circle) -> None:
    waiting = adopted(circle, effective_on="2017-12-01")
    standing = adopted(circle)
    stranger = circle.world.person("Stranger")
    path = f"/v1/decisions?group_id={circle.id}"
    assert [d["id"] for d in ok(stranger.get(path))["items"]] == [standing["id"]]
    problem(stranger.get(f"/v1/decisions/{waiting['id']}"), 404, "NotFound")
    assert len(ok(circle.proposer.get(path))["items"]) == 2
    assert [d["id"] for d in ok(circle.proposer.get(f"{path}&in_force=false"))["items"]] == [waiting["id"]]


def test_a_task_is_told_when_due_and_done_by_its_owner(circle: Circle) -> None:
    owner = circle.members[1]
    decision = adopted(circle, tasks=[a_task(owner)])
    (task,) = decision["tasks"]
    assert len(circle.world.published("deliberation.task.assigned.v1")) == 1
    circle.world.days_pass(30)
    circle.world.falls_due()
    circle.world.falls_due()
    assert len(circle.world.published("deliberation.task.due.v1")) == 1
    path = f"/v1/tasks/{task['id']}/done"
    problem(circle.members[2].post(path), 403, "NotAllowed")
    problem(circle.world.person("Stranger").post(path), 404, "NotFound")
    assert ok(owner.post(path))["done_at"] is not None
    problem(owner.post(path), 409, "TaskIsDone")


def under_review(circle: Circle) -> dict[str, Any]:
    decision = adopted(circle, review_on="2018-01-15")
    circle.world.days_pass(106)
    circle.world.falls_due()
    return decision


def review(circle: Circle, decision: dict[str, Any], outcome: str, **more: Any) -> Any:
    body = {"outcome": outcome, "note": "we looked at it", **more}
    return circle.facilitator.post(f"/v1/decisions/{decision['id']}/review", body)


def test_a_review_keeps_a_decision_until_it_is_looked_at_again(circle: Circle) -> None:
    problem(review(circle, adopted(circle), "keep"), 409, "DecisionStateForbids")
    decision = under_review(circle)
    assert circle.world.published("deliberation.decision.review_due.v1")[0]["questions"] == []
    kept = ok(review(circle, decision, "keep", next_review_on="2018-06-01"))
    assert (kept["state"], kept["review_on"]) == ("in_force", "2018-06-01")
    assert the_proposal(circle, decision["proposal_id"])["stage"] == "in_force"


def test_a_review_drops_a_decision(circle: Circle) -> None:
    decision = under_review(circle)
    problem(circle.members[1].post(f"/v1/decisions/{decision['id']}/review", {}), 422, "InvalidRequest")
    assert ok(review(circle, decision, "drop"))["state"] == "retired"
    assert the_proposal(circle, decision["proposal_id"])["stage"] == "retired"


def test_a_decision_evolves_by_one_that_supersedes_it(circle: Circle) -> None:
    decision = under_review(circle)
    assert ok(review(circle, decision, "evolve"))["state"] == "under_review"
    later = adopted(circle, supersedes_id=decision["id"])
    earlier = ok(circle.facilitator.get(f"/v1/decisions/{decision['id']}"))
    assert (earlier["state"], earlier["superseded_by_id"]) == ("superseded", later["id"])
    assert the_proposal(circle, decision["proposal_id"])["stage"] == "superseded"
    (told,) = circle.world.published("deliberation.decision.superseded.v1")
    assert told["superseded_by_id"] == later["id"]


def test_what_was_dropped_before_is_not_superseded_any_more(circle: Circle) -> None:
    decision = under_review(circle)
    proposal = a_tuned_proposal(circle, supersedes_id=decision["id"])
    ok(review(circle, decision, "drop"))
    asked = a_round(circle, proposal)
    all_consent(circle.everyone, asked)
    closed(circle, asked)
    assert ok(circle.facilitator.get(f"/v1/decisions/{decision['id']}"))["state"] == "retired"
    assert the_proposal(circle, proposal["id"])["stage"] == "in_force"


def test_what_is_superseded_before_its_day_never_binds(circle: Circle) -> None:
    decision = adopted(circle, effective_on="2017-12-01")
    later = adopted(circle, supersedes_id=decision["id"])
    circle.world.days_pass(90)
    circle.world.falls_due()
    earlier = ok(circle.facilitator.get(f"/v1/decisions/{decision['id']}"))
    assert (earlier["state"], earlier["superseded_by_id"]) == ("superseded", later["id"])
    assert the_proposal(circle, decision["proposal_id"])["stage"] == "superseded"


def test_only_a_decision_of_the_group_is_superseded(circle: Circle, world: World) -> None:
    foreign = adopted(a_circle(world))
    body = {"group_id": str(circle.id), "kind": "rule", "title": "Ours", "supersedes_id": foreign["id"]}
    problem(circle.proposer.post("/v1/proposals", body), 422, "InvalidRequest")
    problem(circle.proposer.post("/v1/proposals", {**body, "supersedes_id": str(uuid4())}), 404, "NotFound")


# -- approvals -----------------------------------------------------------------------------------------------


@pytest.fixture
def board(world: World) -> tuple[Any, Caller]:
    body, director = world.group("Board", kind="board"), world.person("Director")
    assert director.person_id is not None
    world.seat(body, director.person_id)
    return body, director


def test_an_approval_that_is_overdue_is_told_once_and_decides_nothing(
    world: World, board: tuple[Any, Caller]
) -> None:
    circle = a_circle(world, approving_body_id=board[0])
    asked = recommended(circle, approval_due_on="2017-10-10")
    assert asked["due_on"] == "2017-10-10"
    world.days_pass(8.4)  # the 10th is not over in Brussels
    assert world.falls_due() == 0
    world.days_pass(0.3)
    assert world.falls_due() == 1
    assert len(world.published("deliberation.approval.overdue.v1")) == 1
    assert the_proposal(circle, asked["proposal_id"])["stage"] == "awaiting_approval"
    assert recommended(circle)["due_on"] == "2017-12-10"


def test_the_approving_body_refuses(world: World, board: tuple[Any, Caller]) -> None:
    circle = a_circle(world, approving_body_id=board[0])
    asked = recommended(circle)
    path = f"/v1/approvals/{asked['id']}"
    problem(world.person("Stranger").post(f"{path}/refuse", {"reason": "no"}), 404, "NotFound")
    problem(world.administrator().post(f"{path}/grant"), 403, "NotAllowed")
    assert ok(board[1].post(f"{path}/refuse", {"reason": "it is illegal"}))["state"] == "refused"
    assert the_proposal(circle, asked["proposal_id"])["stage"] == "rejected"
    problem(board[1].post(f"{path}/grant"), 409, "ApprovalIsAnswered")
    assert ok(world.person("Stranger").get("/v1/approvals"))["items"] == []
    assert len(ok(board[1].get(f"/v1/approvals?body_id={board[0]}"))["items"]) == 1


def test_the_approving_body_grants_another_text_and_is_not_asked_again(
    world: World, board: tuple[Any, Caller]
) -> None:
    circle = a_circle(world, approving_body_id=board[0])
    asked = recommended(circle)
    path = f"/v1/approvals/{asked['id']}/grant-with-changes"
    before = the_proposal(circle, asked["proposal_id"])
    problem(board[1].post(path, {"text": before["text"], "reason": "the same"}), 409, "NothingChanged")
    body = {"text": before["text"] + " We tell the neighbours.", "reason": "they live there"}
    problem(circle.facilitator.post(path, body), 403, "NotAllowed")
    problem(board[1].post(path, {**body, "reason": " "}), 409, "ApprovalNeedsReason")
    assert ok(board[1].post(path, body))["state"] == "granted_with_changes"
    (told,) = world.published("deliberation.approval.returned.v1")
    assert (told["with_changes"], told["reason"]) == (True, "they live there")
    tuned = the_proposal(circle, asked["proposal_id"])
    assert (tuned["stage"], tuned["version"], tuned["text"]) == ("tuning", 2, body["text"])
    again = a_round(circle, tuned)
    all_consent(circle.everyone, again)
    closed(circle, again)
    assert the_proposal(circle, asked["proposal_id"])["stage"] == "in_force"
    (decision,) = ok(circle.proposer.get("/v1/decisions"))["items"]
    assert decision["reasons"] == ["ConsentGiven", "ApprovalGranted"]


def test_a_text_that_the_approving_body_did_not_grant_is_put_to_it_again(
    world: World, board: tuple[Any, Caller]
) -> None:
    circle = a_circle(world, approving_body_id=board[0])
    asked = recommended(circle)
    body = {"text": "We rent none.", "reason": "it is dear"}
    ok(board[1].post(f"/v1/approvals/{asked['id']}/grant-with-changes", body))
    more = {"text": "We rent none, and meet at home.", "base_version": 2}
    tuned = ok(circle.proposer.post(f"/v1/proposals/{asked['proposal_id']}/versions", more), 201)
    again = a_round(circle, tuned)
    all_consent(circle.everyone, again)
    closed(circle, again)
    assert the_proposal(circle, asked["proposal_id"])["stage"] == "awaiting_approval"


# -- terms ---------------------------------------------------------------------------------------------------


def test_a_longest_term_brings_the_review_forward(circle: Circle) -> None:
    ok(set_profile(circle, longest_term_days=100))
    decision = adopted(circle, review_on="2018-10-02")
    assert (decision["review_on"], decision["expires_on"]) == ("2018-01-10", None)


def test_a_decision_expires_unless_a_review_keeps_it(circle: Circle) -> None:
    ok(set_profile(circle, longest_term_days=100, on_expiry="expire"))
    decision = adopted(circle, review_on="2018-10-02")
    assert (decision["review_on"], decision["expires_on"]) == ("2017-12-11", "2018-01-10")
    circle.world.days_pass(71)
    circle.world.falls_due()
    assert the_proposal(circle, decision["proposal_id"])["stage"] == "under_review"
    kept = ok(review(circle, decision, "keep"))
    assert (kept["state"], kept["expires_on"]) == ("in_force", "2018-03-22")
    circle.world.days_pass(101)
    circle.world.falls_due()
    circle.world.falls_due()
    assert the_proposal(circle, decision["proposal_id"])["stage"] == "expired"
    assert ok(circle.facilitator.get(f"/v1/decisions/{decision['id']}"))["state"] == "expired"


def test_a_review_keeps_a_decision_for_no_longer_than_its_longest_term(circle: Circle) -> None:
    ok(set_profile(circle, longest_term_days=100))
    decision = adopted(circle)
    circle.world.days_pass(101)
    circle.world.falls_due()
    kept = ok(review(circle, decision, "keep", next_review_on="2018-12-31"))
    assert (kept["state"], kept["review_on"]) == ("in_force", "2018-04-21")


def test_a_decision_that_a_review_kept_is_looked_at_again_before_it_expires(circle: Circle) -> None:
    ok(set_profile(circle, longest_term_days=100, on_expiry="expire"))
    decision = adopted(circle)
    circle.world.days_pass(71)
    circle.world.falls_due()
    kept = ok(review(circle, decision, "keep"))
    assert (kept["review_on"], kept["expires_on"]) == ("2018-02-20", "2018-03-22")


# -- votes ---------------------------------------------------------------------------------------------------


def test_a_consent_group_holds_no_vote_and_an_assembly_no_round(circle: Circle, world: World) -> None:
    until = {"closes_at": in_days(world, 1)}
    path = f"/v1/proposals/{an_open_proposal(circle)['id']}"
    problem(circle.facilitator.post(f"{path}/votes", until), 409, "ProfileDecidesByConsent")
    assembly = a_circle(world, kind="assembly")
    path = f"/v1/proposals/{a_tuned_proposal(assembly)['id']}"
    problem(assembly.facilitator.post(f"{path}/rounds", until), 409, "ProfileDecidesByVote")


def test_a_vote_without_quorum_rejects(world: World) -> None:
    assembly = a_circle(world, 8, kind="assembly")
    proposal = a_tuned_proposal(assembly)
    until = {"closes_at": in_days(world, 1)}
    vote = ok(assembly.facilitator.post(f"/v1/proposals/{proposal['id']}/votes", until), 201)
    for person in assembly.members[:2]:
        ok(person.put(f"/v1/votes/{vote['id']}/ballots/me", {"version": 1, "choice": "for"}))
    world.days_pass(2)
    world.falls_due()
    (counted,) = ok(assembly.facilitator.get(f"/v1/proposals/{proposal['id']}/votes"))["items"]
    assert counted["verdict"] == {"outcome": "rejected", "reasons": ["QuorumNotReached"]}
    assert the_proposal(assembly, proposal["id"])["stage"] == "rejected"


# -- contributions -------------------------------------------------------------------------------------------


def share(person: Caller, circle: Circle, **more: Any) -> Any:
    body = {"theme": "Housing", "title": "How Ghent does it", "text": "Three examples", **more}
    return person.post(f"/v1/groups/{circle.id}/contributions", body)


def test_what_outsiders_share_waits_for_a_coordinator(circle: Circle) -> None:
    outsider, reader = circle.world.person("Expert"), circle.world.person("Reader")
    path = f"/v1/groups/{circle.id}/contributions"
    assert ok(share(circle.members[1], circle), 201)["state"] == "published"
    offered = ok(share(outsider, circle, author_name="Prof. Peeters", link="https://example.org/a"), 201)
    assert offered["state"] == "proposed"
    assert [len(ok(who.get(path))["items"]) for who in (reader, outsider, circle.facilitator)] == [1, 2, 2]
    publish = f"/v1/contributions/{offered['id']}/publish"
    problem(circle.members[1].post(publish), 403, "NotAllowed")
    assert ok(circle.facilitator.post(publish))["state"] == "published"
    problem(circle.facilitator.post(publish), 409, "ContributionIsPublished")
    assert len(ok(reader.get(f"{path}?theme=Housing"))["items"]) == 2
    assert len(circle.world.published("deliberation.contribution.added.v1")) == 2


def test_a_contribution_links_only_to_a_proposal_of_the_group(circle: Circle, world: World) -> None:
    proposal = an_open_proposal(circle)
    assert (
        ok(share(circle.members[1], circle, proposal_id=proposal["id"]), 201)["proposal_id"] == proposal["id"]
    )
    for proposal_id in (an_open_proposal(a_circle(world))["id"], str(uuid4())):
        problem(share(circle.members[1], circle, proposal_id=proposal_id), 422, "InvalidRequest")
    problem(share(world.person("Expert"), circle, proposal_id=proposal["id"]), 422, "InvalidRequest")


# -- what awaits me, what meetings tell -----------------------------------------------------------------------


def awaiting(person: Caller) -> list[str]:
    return [item["kind"] for item in ok(person.get("/v1/me/pending"))["items"]]


def test_what_awaits_somebody_is_told_by_urgency(world: World, board: tuple[Any, Caller]) -> None:
    circle = a_circle(world, approving_body_id=board[0])
    me = circle.proposer
    asked = a_round(circle, a_tuned_proposal(circle, tasks=[a_task(me)]))
    question = {"text": "Who pays?"}
    ok(circle.members[1].post(f"/v1/proposals/{an_open_proposal(circle)['id']}/questions", question), 201)
    assert awaiting(me) == ["round.response", "question.answer"]
    assert awaiting(world.person("Stranger")) == []
    all_consent(circle.everyone, asked)
    assert awaiting(me) == ["question.answer"]
    closed(circle, asked)
    assert awaiting(board[1]) == ["approval.answer"]
    approval_id = the_proposal(circle, asked["proposal_id"])["approval_id"]
    ok(board[1].post(f"/v1/approvals/{approval_id}/grant"))
    assert awaiting(me) == ["task.finish", "question.answer"]
    assert awaiting(board[1]) == []


def test_approved_minutes_are_linked_on_the_decision(circle: Circle) -> None:
    decision = adopted(circle)
    told = {"minutes_id": uuid4(), "meeting_id": uuid4(), "title": "Monday", "group_id": circle.id}
    for _ in range(2):
        circle.world.hears(
            "meetings.minutes.approved.v1",
            **told,
            minutes_version=1,
            proposal_ids=[decision["proposal_id"]],
            approved_at_meeting_id=uuid4(),
        )
    (minutes,) = ok(circle.proposer.get(f"/v1/decisions/{decision['id']}"))["minutes"]
    assert minutes["minutes_id"] == str(told["minutes_id"])


def test_a_meeting_is_known_as_it_stands(circle: Circle) -> None:
    meeting = {
        "meeting_id": uuid4(),
        "series_id": None,
        "group_id": circle.id,
        "title": "Monday",
        "kind": "working_meeting",
        "starts_at": "2017-10-09T16:00:00Z",
        "ends_at": "2017-10-09T18:00:00Z",
        "time_zone": "Europe/Brussels",
        "place": "",
        "online_link": "",
    }
    circle.world.hears("meetings.meeting.scheduled.v1", **meeting)
    circle.world.hears("meetings.meeting.cancelled.v1", **meeting, reason="nobody comes")
    from sqlalchemy import select

    from beraad.perform import transaction
    from beraad_deliberation.storage.tables import known_meetings

    with transaction(circle.world.store) as work:
        (row,) = work.session.execute(select(known_meetings)).all()
    assert (row.title, row.cancelled, row.revision) == ("Monday", True, 2)
