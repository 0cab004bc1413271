from typing import Any
from uuid import uuid4

import pytest

from beraad.perform import transaction
from beraad.storage.tables import cursors
from beraad_deliberation.documents.judging import judge_document
from deliberation.vocabulary import (
    TEXT,
    Circle,
    a_circle,
    a_round,
    a_tuned_proposal,
    all_consent,
    closed,
    in_days,
    leaves,
    object_to,
    objections_to,
    respond,
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


def opening(circle: Circle, proposal: dict[str, Any], **body: Any) -> Any:
    body = {"closes_at": in_days(circle.world, 7), **body}
    return circle.facilitator.post(f"/v1/proposals/{proposal['id']}/rounds", body)


# -- opening -------------------------------------------------------------------------------------------------


def test_an_electorate_is_frozen_when_the_round_opens(circle: Circle) -> None:
    asked = a_round(circle)
    late = circle.world.person("Late")
    assert late.person_id is not None
    circle.world.seat(circle.id, late.person_id)

    assert asked["electors"] == 4
    electorate = ok(late.get(f"/v1/rounds/{asked['id']}/electorate"))["items"]
    everyone = sorted(str(person.person_id) for person in circle.everyone)
    assert [elector["person_id"] for elector in electorate] == everyone
    problem(respond(late, asked), 403, "NotEntitledToRespond")
    problem(object_to(late, asked), 403, "NotEntitledToRespond")
    problem(respond(circle.world.person("Stranger"), asked), 404, "NotFound")
    (opened,) = circle.world.published("deliberation.round.opened.v1")
    assert (opened["electors"], opened["text"]) == (4, TEXT)
    assert opened["electorate_hash"] == asked["electorate_hash"]


def test_no_round_opens_without_the_coordinators(circle: Circle) -> None:
    health = {"seats_filled": 4, "seats_max": 12, "complete": True, "representative": True}
    circle.world.hears(
        "membership.composition.changed.v1",
        group_id=circle.id,
        coordinators_present=False,
        missing_roles=["board_link"],
        revision=50,
        **health,
    )
    told = problem(opening(circle, a_tuned_proposal(circle)), 409, "CoordinatorsMissing")
    assert told["missing_roles"] == ["board_link"]


def test_no_round_opens_while_the_roster_may_be_incomplete_unless_overridden_with_a_reason(
    circle: Circle,
) -> None:
    with transaction(circle.world.store) as work:
        work.session.execute(cursors.update().values(known_position=99))
    proposal = a_tuned_proposal(circle)
    problem(opening(circle, proposal), 409, "ProjectionBehind")
    opened = ok(opening(circle, proposal, override_reason="we know who we are"), 201)
    assert opened["override_reason"] == "we know who we are"


@pytest.mark.parametrize(
    "closes_at", ["2017-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"]
)
def test_a_deadline_lies_ahead_and_not_too_far(circle: Circle, closes_at: str) -> None:
    told = problem(opening(circle, a_tuned_proposal(circle), closes_at=closes_at), 422, "InvalidRequest")
    assert told["errors"][0]["pointer"] == "/closes_at"


def test_nobody_is_asked_alone(world: World) -> None:
    alone = a_circle(world, members=1)
    leaves(alone, alone.facilitator)
    problem(opening(alone, a_tuned_proposal(alone)), 409, "ElectorateIsTooSmall")


# -- responding ----------------------------------------------------------------------------------------------


def test_an_answer_names_the_round_and_version_it_read(circle: Circle) -> None:
    asked = a_round(circle)
    told = problem(respond(circle.proposer, {**asked, "version": 2}), 409, "VersionMismatch")
    assert (told["version"], told["round_number"]) == (1, 1)
    problem(respond(circle.proposer, {**asked, "number": 2}), 409, "VersionMismatch")


def test_an_objection_gives_a_reason_and_a_concern_its_words(circle: Circle) -> None:
    asked = a_round(circle)
    problem(respond(circle.proposer, asked, "object"), 409, "ObjectionNeedsReason")
    problem(object_to(circle.proposer, asked, "  "), 409, "ObjectionNeedsReason")
    problem(respond(circle.proposer, asked, "consent_with_concern"), 409, "ConcernNeedsWords")
    problem(respond(circle.proposer, asked, "veto"), 422, "InvalidRequest")
    assert ok(circle.proposer.get(f"/v1/rounds/{asked['id']}"))["answered"] == 0


def test_a_late_answer_is_never_counted(circle: Circle) -> None:
    asked = a_round(circle)
    circle.world.days_pass(8)
    problem(respond(circle.proposer, asked), 409, "RoundIsClosed")
    problem(object_to(circle.proposer, asked), 409, "RoundIsClosed")


def test_a_round_shows_ones_own_answer_and_a_new_tag_with_every_answer(circle: Circle) -> None:
    asked = a_round(circle)
    path = f"/v1/rounds/{asked['id']}"
    before = circle.proposer.get(path).headers["ETag"]
    ok(respond(circle.proposer, asked, "abstain"))
    seen = circle.proposer.get(path)
    assert ok(seen)["my_response"]["answer"] == "abstain"
    assert seen.headers["ETag"] != before
    assert circle.proposer.get(path, if_none_match=seen.headers["ETag"]).status_code == 304
    assert ok(circle.members[1].get(path))["my_response"] is None
    standing = ok(circle.proposer.get(f"{path}/standing"))
    assert (standing["answered"], standing["missing_answers"], standing["missing_for_quorum"]) == (1, 3, 1)


def test_answering_otherwise_takes_ones_objection_back(circle: Circle) -> None:
    asked = a_round(circle)
    me = circle.members[-1]
    ok(object_to(me, asked))
    ok(object_to(me, asked, "rather: the noise"))
    (objection,) = objections_to(circle, asked["proposal_id"])
    assert objection["reason"] == "rather: the noise"
    ok(respond(me, asked, "stand_aside"))
    (objection,) = objections_to(circle, asked["proposal_id"])
    assert objection["state"] == "withdrawn"
    all_consent(circle.everyone[:-1], asked)
    assert closed(circle, asked)["verdict"]["outcome"] == "adopted"


# -- closing -------------------------------------------------------------------------------------------------


def test_a_round_closes_early_only_with_a_reason(circle: Circle) -> None:
    asked = a_round(circle)
    all_consent(circle.everyone[:3], asked)
    problem(circle.facilitator.post(f"/v1/rounds/{asked['id']}/close"), 409, "RoundStillRuns")
    problem(circle.proposer.post(f"/v1/rounds/{asked['id']}/close"), 403, "NotAllowed")
    answer = closed(circle, asked, reason="Dirk is travelling")
    assert (answer["close_reason"], answer["verdict"]["outcome"]) == ("Dirk is travelling", "adopted")
    assert closed(circle, asked)["revision"] == answer["revision"]


def test_a_missing_quorum_extends_once_and_then_lapses(circle: Circle) -> None:
    asked = a_round(circle)
    ok(respond(circle.proposer, asked))
    circle.world.days_pass(7.1)
    circle.world.falls_due()
    again = ok(circle.proposer.get(f"/v1/rounds/{asked['id']}"))
    assert (again["state"], again["verdict"]) == ("open", None)
    circle.world.days_pass(3.1)
    circle.world.falls_due()
    lapsed = ok(circle.proposer.get(f"/v1/rounds/{asked['id']}"))
    assert lapsed["verdict"] == {"outcome": "lapsed", "reasons": ["QuorumNotReached"]}
    assert the_proposal(circle, asked["proposal_id"])["stage"] == "lapsed"
    assert len(circle.world.published("deliberation.round.extended.v1")) == 1
    assert circle.world.falls_due() == 0


def test_a_deadline_only_moves_later(circle: Circle) -> None:
    asked = a_round(circle)
    path = f"/v1/rounds/{asked['id']}/extend"
    problem(
        circle.facilitator.post(path, {"closes_at": in_days(circle.world, 1)}), 409, "DeadlinesOnlyExtend"
    )
    problem(circle.facilitator.post(path, {"closes_at": in_days(circle.world, 99)}), 422, "InvalidRequest")
    assert ok(circle.facilitator.post(path, {"closes_at": in_days(circle.world, 9)}))["revision"] == 2
    circle.world.days_pass(10)
    problem(circle.facilitator.post(path, {"closes_at": in_days(circle.world, 9)}), 409, "RoundIsClosed")


def test_abstaining_together_adopts_nothing(circle: Circle) -> None:
    asked = a_round(circle)
    for person in circle.everyone:
        ok(respond(person, asked, "abstain"))
    assert closed(circle, asked)["verdict"] == {"outcome": "lapsed", "reasons": ["TooFewConsents"]}


def test_proposers_alone_adopt_nothing(circle: Circle) -> None:
    asked = a_round(circle)
    ok(respond(circle.proposer, asked))
    for person in (circle.facilitator, *circle.members[1:]):
        ok(respond(person, asked, "stand_aside"))
    assert closed(circle, asked)["verdict"]["reasons"] == ["TooFewConsents"]


def test_withdrawing_the_proposal_ends_its_round(circle: Circle) -> None:
    asked = a_round(circle)
    ok(circle.proposer.post(f"/v1/proposals/{asked['proposal_id']}/withdraw"))
    assert ok(circle.proposer.get(f"/v1/rounds/{asked['id']}"))["state"] == "open"
    circle.world.days_pass(1.1)
    circle.world.falls_due()
    ended = ok(circle.proposer.get(f"/v1/rounds/{asked['id']}"))
    assert ended["verdict"] == {"outcome": "lapsed", "reasons": ["ProposalWithdrawn"]}
    problem(respond(circle.proposer, asked), 409, "RoundIsClosed")


TO_BE_TESTED = "we test it when we meet"


# -- objections ----------------------------------------------------------------------------------------------


def an_objected_round(circle: Circle) -> tuple[dict[str, Any], dict[str, Any]]:
    asked = a_round(circle)
    all_consent(circle.everyone[:-1], asked)
    ok(object_to(circle.members[-1], asked))
    problem(circle.facilitator.post(f"/v1/rounds/{asked['id']}/close", {}), 409, "RoundStillRuns")
    closed(circle, asked, reason=TO_BE_TESTED)
    (objection,) = objections_to(circle, asked["proposal_id"])
    return asked, objection


def opine(person: Caller, objection: dict[str, Any], *, qualifies: bool) -> Any:
    body = {"qualifies": qualifies, "reason": "I looked at the costs"}
    return person.post(f"/v1/objections/{objection['id']}/opinions", body)


def test_an_objection_the_group_finds_unqualified_no_longer_blocks(circle: Circle) -> None:
    asked, objection = an_objected_round(circle)
    problem(opine(circle.members[-1], objection, qualifies=True), 403, "ObjectorAndProposerDoNotRule")
    problem(opine(circle.proposer, objection, qualifies=False), 403, "ObjectorAndProposerDoNotRule")
    ok(opine(circle.facilitator, objection, qualifies=True))
    for person in (circle.facilitator, circle.members[1]):
        ok(opine(person, objection, qualifies=False))
    problem(circle.members[1].post(f"/v1/objections/{objection['id']}/test"), 403, "NotAllowed")

    tested = ok(circle.facilitator.post(f"/v1/objections/{objection['id']}/test"))

    assert tested["state"] == "not_qualified"
    assert len(tested["opinions"]) == 2
    assert the_proposal(circle, asked["proposal_id"])["stage"] == "in_force"
    assert len(circle.world.published("deliberation.round.closed.v1")) == 2


def test_an_untested_objection_counts_as_valid(circle: Circle) -> None:
    asked, objection = an_objected_round(circle)
    assert ok(circle.facilitator.post(f"/v1/objections/{objection['id']}/test"))["state"] == "valid"
    assert the_proposal(circle, asked["proposal_id"])["stage"] == "integrating"


def test_an_objection_is_withdrawn_after_the_close_with_another_answer(circle: Circle) -> None:
    asked, objection = an_objected_round(circle)
    path = f"/v1/objections/{objection['id']}/withdraw"
    problem(circle.proposer.post(path, {"answer": "consent"}), 403, "NotAllowed")
    problem(circle.members[-1].post(path, {"answer": "object"}), 422, "InvalidRequest")
    assert ok(circle.members[-1].post(path, {"answer": "consent"}))["state"] == "withdrawn"
    assert the_proposal(circle, asked["proposal_id"])["stage"] == "in_force"
    problem(circle.members[-1].post(path, {"answer": "consent"}), 409, "ObjectionIsSettled")
    assert ok(circle.members[-1].get(f"/v1/rounds/{asked['id']}"))["consents"] == 3


def another_version(circle: Circle, proposal_id: str, n: int, *objections: str) -> dict[str, Any]:
    body = {"text": f"{TEXT} {n}", "base_version": n, "objection_ids": list(objections)}
    made: dict[str, Any] = ok(circle.proposer.post(f"/v1/proposals/{proposal_id}/versions", body), 201)
    return made


def test_objecting_again_is_a_new_objection_and_the_last_round_deadlocks(circle: Circle) -> None:
    asked, objection = an_objected_round(circle)
    for n in (1, 2):
        proposal = another_version(circle, asked["proposal_id"], n, objection["id"])
        asked = a_round(circle, proposal)
        all_consent(circle.everyone[:-1], asked)
        ok(object_to(circle.members[-1], asked))
        answer = closed(circle, asked, reason=TO_BE_TESTED)
        objection = objections_to(circle, asked["proposal_id"])[-1]
    assert answer["verdict"] == {
        "outcome": "deadlocked",
        "reasons": ["ObjectionStands", "MaximumRoundsReached"],
    }
    states = [(o["state"], o["follows_id"] is not None) for o in objections_to(circle, asked["proposal_id"])]
    assert states == [("merged", False), ("merged", True), ("raised", True)]
    vote = {"closes_at": in_days(circle.world, 1)}
    fallback = ok(circle.facilitator.post(f"/v1/proposals/{asked['proposal_id']}/votes", vote), 201)
    assert fallback["profile"] == "consent"
    assert the_proposal(circle, asked["proposal_id"])["stage"] == "vote"


def test_silence_of_the_objector_does_not_resolve_the_objection(circle: Circle) -> None:
    asked, objection = an_objected_round(circle)
    second = a_round(circle, another_version(circle, asked["proposal_id"], 1, objection["id"]))
    all_consent(circle.everyone[:-1], second)
    assert closed(circle, second, reason="enough")["verdict"]["outcome"] == "integrating"


def test_an_objection_may_be_tested_while_the_round_runs(circle: Circle) -> None:
    asked = a_round(circle)
    ok(object_to(circle.members[-1], asked))
    (objection,) = objections_to(circle, asked["proposal_id"])
    for person in (circle.facilitator, circle.members[1]):
        ok(opine(person, objection, qualifies=False))
    ok(circle.facilitator.post(f"/v1/objections/{objection['id']}/test"))
    assert the_proposal(circle, asked["proposal_id"])["stage"] == "consent_round"
    ok(respond(circle.members[-1], asked))
    (objection,) = objections_to(circle, asked["proposal_id"])
    assert objection["state"] == "not_qualified"
    problem(opine(circle.facilitator, objection, qualifies=True), 409, "ObjectionIsSettled")


def test_who_was_not_asked_does_not_rule(circle: Circle) -> None:
    _, objection = an_objected_round(circle)
    late = circle.world.person("Late")
    assert late.person_id is not None
    circle.world.seat(circle.id, late.person_id)
    problem(opine(late, objection, qualifies=False), 403, "NotEntitledToRespond")


@pytest.mark.parametrize(
    "lost", [{"objection": {"kind": "aim", "reason": "It harms us."}}, {"concern": "Will it last?"}]
)
def test_words_that_belong_to_another_answer_are_refused_not_lost(
    circle: Circle, lost: dict[str, Any]
) -> None:
    asked = a_round(circle)
    told = problem(respond(circle.proposer, asked, "consent", **lost), 422, "InvalidRequest")
    assert told["errors"][0]["pointer"] == f"/{next(iter(lost))}"


def test_taking_an_objection_back_with_a_concern_says_which(circle: Circle) -> None:
    _, objection = an_objected_round(circle)
    path = f"/v1/objections/{objection['id']}/withdraw"
    problem(circle.members[-1].post(path, {"answer": "consent_with_concern"}), 409, "ConcernNeedsWords")
    body = {"answer": "consent_with_concern", "concern": "Will it last?"}
    assert ok(circle.members[-1].post(path, body))["state"] == "withdrawn"


def test_what_does_not_exist_is_not_found(circle: Circle) -> None:
    nothing = {"id": uuid4(), "number": 1, "version": 1}
    problem(respond(circle.proposer, nothing), 404, "NotFound")
    problem(object_to(circle.proposer, nothing), 404, "NotFound")
    ballot = {"version": 1, "choice": "for"}
    problem(circle.proposer.put(f"/v1/votes/{uuid4()}/ballots/me", ballot), 404, "NotFound")
    problem(
        circle.proposer.post(f"/v1/objections/{uuid4()}/withdraw", {"answer": "consent"}), 404, "NotFound"
    )
    problem(circle.facilitator.post(f"/v1/rounds/{uuid4()}/close"), 404, "NotFound")


# -- leaving -------------------------------------------------------------------------------------------------


def test_whoever_leaves_is_out_of_the_denominator_and_their_answer_uncounted(circle: Circle) -> None:
    asked = a_round(circle)
    all_consent(circle.everyone[:-1], asked)
    leaves(circle, circle.members[-1])
    answer = closed(circle, asked)
    assert (answer["electors"], answer["departed"], answer["eligible"], answer["present"]) == (4, 1, 3, 3)
    problem(respond(circle.members[-1], asked), 404, "NotFound")


def test_the_objection_of_someone_who_left_lapses_after_three_days(circle: Circle) -> None:
    asked, objection = an_objected_round(circle)
    leaves(circle, circle.members[-1])
    assert ok(circle.facilitator.get(f"/v1/objections/{objection['id']}"))["state"] == "orphaned"
    circle.world.days_pass(2.9)
    circle.world.falls_due()
    assert the_proposal(circle, asked["proposal_id"])["stage"] == "integrating"
    circle.world.days_pass(0.2)
    circle.world.falls_due()
    assert ok(circle.facilitator.get(f"/v1/objections/{objection['id']}"))["state"] == "lapsed"
    assert the_proposal(circle, asked["proposal_id"])["stage"] == "in_force"


def test_only_the_objection_of_who_left_lapses(circle: Circle) -> None:
    asked = a_round(circle)
    all_consent(circle.everyone[:-2], asked)
    for person in circle.members[-2:]:
        ok(object_to(person, asked))
    closed(circle, asked, reason=TO_BE_TESTED)
    leaves(circle, circle.members[-1])
    circle.world.days_pass(3.1)
    circle.world.falls_due()
    assert sorted(one["state"] for one in objections_to(circle, asked["proposal_id"])) == ["lapsed", "raised"]
    assert the_proposal(circle, asked["proposal_id"])["stage"] == "integrating"


def test_leaving_twice_orphans_once(circle: Circle) -> None:
    _, objection = an_objected_round(circle)
    leaves(circle, circle.members[-1])
    before = ok(circle.facilitator.get(f"/v1/objections/{objection['id']}"))["orphaned_until"]
    circle.world.days_pass(1)
    leaves(circle, circle.members[-1])
    assert ok(circle.facilitator.get(f"/v1/objections/{objection['id']}"))["orphaned_until"] == before


def test_someone_removed_against_their_will_keeps_the_objection_standing(circle: Circle) -> None:
    _, objection = an_objected_round(circle)
    leaves(circle, circle.members[-1], "removed")
    assert ok(circle.facilitator.get(f"/v1/objections/{objection['id']}"))["state"] == "raised"


def test_the_same_departure_heard_twice_has_no_effect(circle: Circle) -> None:
    asked = a_round(circle)
    for _ in range(2):
        leaves(circle, circle.members[-1])
    assert ok(circle.facilitator.get(f"/v1/rounds/{asked['id']}"))["departed"] == 1


def test_of_a_round_that_gave_way_nothing_else_is_told_than_its_verdict(circle: Circle) -> None:
    asked = a_round(circle)
    all_consent(circle.everyone, asked)
    change = {"base_version": 1, "original": "one room", "replacement": "two rooms", "rationale": "space"}
    path = f"/v1/proposals/{asked['proposal_id']}/amendments"
    amendment = ok(circle.members[1].post(path, change), 201)
    ok(circle.proposer.post(f"/v1/amendments/{amendment['id']}/accept"))
    standing = ok(circle.facilitator.get(f"/v1/rounds/{asked['id']}/standing"))
    assert standing["verdict_now"] == {"outcome": "amended", "reasons": ["TextAmended"]}


def test_closing_twice_does_not_take_the_time_a_missing_quorum_gives(circle: Circle) -> None:
    asked = a_round(circle)
    ok(respond(circle.facilitator, asked))
    again = closed(circle, asked, reason="we are in a hurry")
    assert (again["state"], again["calls"]) == ("open", 2)
    told = circle.facilitator.post(f"/v1/rounds/{asked['id']}/close", {"reason": "we are in a hurry"})
    problem(told, 409, "RoundStillRuns")
    all_consent(circle.members[:2], asked)
    assert closed(circle, asked, reason="enough of us")["verdict"]["outcome"] == "adopted"


def test_a_round_is_judged_with_those_who_proposed_when_it_closed(world: World) -> None:
    board = a_circle(world, 1, kind="board")
    circle = a_circle(world, 2, approving_body_id=board.id)
    asked = a_round(circle)
    successor = circle.members[1]
    ok(respond(successor, asked))
    ok(respond(circle.proposer, asked, "abstain"))
    ok(respond(circle.facilitator, asked, "abstain"))
    verdict = closed(circle, asked)["verdict"]
    path = f"/v1/proposals/{asked['proposal_id']}"
    approval_id = the_proposal(circle, asked["proposal_id"])["approval_id"]
    ok(board.facilitator.post(f"/v1/approvals/{approval_id}/return", {"reason": "say what it costs"}))
    ok(circle.proposer.post(f"{path}/withdraw"))
    ok(successor.post(f"{path}/take-over"))
    document = ok(circle.facilitator.get(f"/v1/rounds/{asked['id']}/export"))
    found = judge_document(document)
    assert {"outcome": found.outcome, "reasons": [*found.reasons]} == verdict
    (exported,) = ok(circle.facilitator.get(f"{path}/export"))["rounds"]
    assert exported["judged"]["electors"] == document["electors"]
