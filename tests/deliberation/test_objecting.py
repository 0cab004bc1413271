"""Objections through the API: anchored, tested in three ways, integrated, adopted, merged, confirmed."""

from typing import Any

import pytest

from beraad_deliberation.documents.judging import judge_document
from deliberation.vocabulary import (
    TEXT,
    Circle,
    a_circle,
    a_round,
    a_tuned_proposal,
    all_consent,
    closed,
    leaves,
    object_to,
    objections_to,
    respond,
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
    return a_circle(world, 4)


def an_objection(circle: Circle, asked: dict[str, Any], by: Caller | None = None) -> dict[str, Any]:
    objector = by or circle.members[-1]
    ok(object_to(objector, asked))
    return next(
        one
        for one in objections_to(circle, asked["proposal_id"])
        if one["objector_id"] == str(objector.person_id)
    )


def path_of(objection: dict[str, Any], act: str = "") -> str:
    return f"/v1/objections/{objection['id']}{act}"


def opinion(*, qualifies: bool) -> dict[str, Any]:
    return {"qualifies": qualifies, "reason": "I looked at the costs"}


def seen(circle: Circle, objection: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = ok(circle.facilitator.get(path_of(objection)))
    return found


def a_version(circle: Circle, proposal_id: str, **answers: Any) -> Any:
    stands = the_proposal(circle, proposal_id)
    body = {"text": stands["text"] + " And more.", "base_version": stands["version"], **answers}
    return circle.proposer.post(f"/v1/proposals/{proposal_id}/versions", body)


# -- raising -------------------------------------------------------------------------------------------------


def test_an_objection_is_about_a_passage_and_names_an_amendment_that_would_answer_it(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    change = {"base_version": 1, "original": "one room", "replacement": "two rooms"}
    amendment = ok(circle.members[-1].post(f"/v1/proposals/{proposal['id']}/amendments", change), 201)
    asked = a_round(circle, proposal)
    start = TEXT.index("one room")
    objection = {
        "reason": "it is too small",
        "kind": "aim",
        "anchor": {"start": start, "end": start + 8},
        "amendment_id": amendment["id"],
    }
    ok(respond(circle.members[-1], asked, "object", objection=objection))
    (raised,) = objections_to(circle, proposal["id"])
    assert TEXT[raised["anchor_start"] : raised["anchor_end"]] == "one room"
    assert raised["amendment_id"] == amendment["id"]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"anchor": {"start": 5, "end": 5}}, "/objection/anchor"),
        ({"anchor": {"start": 0, "end": len(TEXT) + 1}}, "/objection/anchor"),
        ({"anchor": {"start": 9, "end": 3}}, "/objection/anchor"),
        ({"anchor": {"start": 1}}, "/objection/anchor/end"),
        ({"amendment_id": "01a22400-0000-7000-8000-000000000000"}, "/objection/amendment_id"),
    ],
)
def test_an_objection_is_about_this_text(circle: Circle, wrong: dict[str, Any], pointer: str) -> None:
    asked = a_round(circle)
    objection = {"reason": "it is too small", "kind": "aim", **wrong}
    told = problem(respond(circle.members[-1], asked, "object", objection=objection), 422, "InvalidRequest")
    assert told["errors"][0]["pointer"] == pointer
    assert objections_to(circle, asked["proposal_id"]) == []
    assert ok(circle.proposer.get(f"/v1/rounds/{asked['id']}"))["answered"] == 0


# -- testing -------------------------------------------------------------------------------------------------


def test_where_only_objectors_test_nobody_else_does(circle: Circle) -> None:
    ok(set_profile(circle, objection_test="self"))
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    assert objection["state"] == "valid"
    told = circle.facilitator.post(path_of(objection, "/opinions"), opinion(qualifies=False))
    assert problem(told, 409, "ObjectionIsNotTestedSo")["test"] == "self"
    problem(circle.facilitator.post(path_of(objection, "/test")), 409, "ObjectionIsNotTestedSo")
    all_consent(circle.everyone[:-1], asked)
    assert closed(circle, asked)["verdict"]["outcome"] == "integrating"


def test_a_facilitators_ruling_stands_if_nobody_appeals_within_a_day(circle: Circle) -> None:
    ok(set_profile(circle, objection_test="facilitator"))
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    all_consent(circle.everyone[:-1], asked)
    closed(circle, asked, reason="it is ruled on")
    problem(circle.members[1].post(path_of(objection, "/rule"), opinion(qualifies=False)), 403, "NotAllowed")
    ruled = ok(circle.facilitator.post(path_of(objection, "/rule"), opinion(qualifies=False)))
    assert (ruled["state"], ruled["ruling_reason"]) == ("testing", "I looked at the costs")
    circle.world.days_pass(0.9)
    circle.world.falls_due()
    assert the_proposal(circle, asked["proposal_id"])["stage"] == "integrating"
    circle.world.days_pass(0.2)
    circle.world.falls_due()
    assert seen(circle, objection)["state"] == "not_qualified"
    assert the_proposal(circle, asked["proposal_id"])["stage"] == "in_force"


def test_a_facilitator_who_finds_it_valid_after_all_takes_the_ruling_back(circle: Circle) -> None:
    ok(set_profile(circle, objection_test="facilitator"))
    objection = an_objection(circle, a_round(circle))
    ok(circle.facilitator.post(path_of(objection, "/rule"), opinion(qualifies=False)))
    ruled = ok(circle.facilitator.post(path_of(objection, "/rule"), opinion(qualifies=True)))
    assert (ruled["state"], ruled["appealable_until"]) == ("valid", None)
    circle.world.days_pass(2)
    circle.world.falls_due()
    assert seen(circle, objection)["state"] == "valid"


def test_an_appeal_hands_the_test_to_the_group(circle: Circle) -> None:
    ok(set_profile(circle, objection_test="facilitator"))
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    ok(circle.facilitator.post(path_of(objection, "/rule"), opinion(qualifies=False)))
    problem(circle.members[1].post(path_of(objection, "/appeal")), 403, "NotAllowed")
    appealed = ok(circle.members[-1].post(path_of(objection, "/appeal")))
    assert (appealed["appealable_until"], appealed["state"]) == (None, "testing")
    problem(circle.members[-1].post(path_of(objection, "/appeal")), 409, "NoRulingToAppeal")
    ok(circle.members[1].post(path_of(objection, "/opinions"), opinion(qualifies=True)))
    assert ok(circle.facilitator.post(path_of(objection, "/test")))["state"] == "valid"
    circle.world.days_pass(2)
    circle.world.falls_due()
    assert seen(circle, objection)["state"] == "valid"


def test_a_ruling_that_was_changed_does_not_fall_due(circle: Circle) -> None:
    ok(set_profile(circle, objection_test="facilitator"))
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    ok(circle.facilitator.post(path_of(objection, "/rule"), opinion(qualifies=False)))
    ruled = ok(circle.facilitator.post(path_of(objection, "/rule"), opinion(qualifies=True)))
    assert (ruled["state"], ruled["appealable_until"]) == ("valid", None)
    problem(circle.members[-1].post(path_of(objection, "/appeal")), 409, "NoRulingToAppeal")
    circle.world.days_pass(2)
    circle.world.falls_due()
    assert seen(circle, objection)["state"] == "valid"


def test_no_ruling_comes_to_stand_while_nobody_speaks_for_the_objection(circle: Circle) -> None:
    ok(set_profile(circle, objection_test="facilitator"))
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    ok(circle.facilitator.post(path_of(objection, "/rule"), opinion(qualifies=False)))
    leaves(circle, circle.members[-1])
    circle.world.days_pass(2)
    circle.world.falls_due()
    assert seen(circle, objection)["state"] == "orphaned"
    adopted = ok(circle.members[1].post(path_of(objection, "/adopt")))
    assert (adopted["state"], adopted["appealable_until"]) == ("testing", None)


def test_whoever_adopted_an_objection_no_longer_rules_on_it(circle: Circle) -> None:
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    adopter, other = circle.members[1], circle.members[2]
    for person in (adopter, other):
        ok(person.post(path_of(objection, "/opinions"), opinion(qualifies=False)))
    leaves(circle, circle.members[-1])
    ok(adopter.post(path_of(objection, "/adopt")))
    assert ok(circle.facilitator.post(path_of(objection, "/test")))["state"] == "valid"


def test_whoever_took_the_proposal_over_no_longer_rules_on_it(circle: Circle) -> None:
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    for person in circle.members[1:3]:
        ok(person.post(path_of(objection, "/opinions"), opinion(qualifies=False)))
    path = f"/v1/proposals/{asked['proposal_id']}"
    ok(circle.proposer.post(f"{path}/withdraw"))
    ok(circle.members[1].post(f"{path}/take-over"))
    assert ok(circle.facilitator.post(path_of(objection, "/test")))["state"] == "valid"


# -- integrating ---------------------------------------------------------------------------------------------


def test_no_untested_objection_vanishes_under_a_new_version(circle: Circle) -> None:
    asked = a_round(circle)
    mine, other = (an_objection(circle, asked, person) for person in circle.members[-2:])
    all_consent(circle.everyone[:-2], asked)
    closed(circle, asked, reason="we integrate")
    told = problem(
        a_version(circle, asked["proposal_id"], objection_ids=[mine["id"]]), 409, "ObjectionsAreUntested"
    )
    assert told["objection_ids"] == [other["id"]]
    assert the_proposal(circle, asked["proposal_id"])["version"] == 1
    ok(circle.facilitator.post(path_of(other, "/test")))
    ok(a_version(circle, asked["proposal_id"], objection_ids=[mine["id"]]), 201)
    assert [one["state"] for one in objections_to(circle, asked["proposal_id"])] == ["integrating", "valid"]


def test_what_an_objection_defers_is_a_task_of_the_decision(circle: Circle) -> None:
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    all_consent(circle.everyone[:-1], asked)
    closed(circle, asked, reason="we integrate")
    deferred = {"objection_id": objection["id"], "strategy": "defer", "note": "Ask the neighbours"}
    problem(
        a_version(circle, asked["proposal_id"], integrations=[deferred]), 409, "DeferralNeedsOwnerAndDate"
    )
    deferred |= {"owner_id": str(circle.members[1].person_id), "due_on": "2017-11-30"}
    ok(a_version(circle, asked["proposal_id"], integrations=[deferred]), 201)
    assert seen(circle, objection)["strategy"] == "defer"
    again = a_round(circle, the_proposal(circle, asked["proposal_id"]))
    all_consent(circle.everyone, again)
    closed(circle, again)
    assert seen(circle, objection)["state"] == "resolved"
    (decision,) = ok(circle.proposer.get("/v1/decisions"))["items"]
    assert [(task["title"], task["due_on"]) for task in decision["tasks"]] == [
        ("Ask the neighbours", "2017-11-30")
    ]


def test_an_objector_confirms_that_a_version_answers_it(circle: Circle) -> None:
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    all_consent(circle.everyone[:-1], asked)
    closed(circle, asked, reason="we integrate")
    problem(circle.members[-1].post(path_of(objection, "/confirm")), 409, "ObjectionIsNotIntegrated")
    ok(a_version(circle, asked["proposal_id"], objection_ids=[objection["id"]]), 201)
    problem(circle.proposer.post(path_of(objection, "/confirm")), 403, "NotAllowed")
    assert ok(circle.members[-1].post(path_of(objection, "/confirm")))["state"] == "resolved"
    problem(circle.members[-1].post(path_of(objection, "/confirm")), 409, "ObjectionIsSettled")


def test_an_answered_objection_ends_with_a_round_its_objector_is_not_asked_in(circle: Circle) -> None:
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    all_consent(circle.everyone[:-1], asked)
    closed(circle, asked, reason="we integrate")
    leaves(circle, circle.members[-1], "removed")
    ok(a_version(circle, asked["proposal_id"], objection_ids=[objection["id"]]), 201)
    again = a_round(circle, the_proposal(circle, asked["proposal_id"]))
    all_consent(circle.everyone[:-1], again)
    assert closed(circle, again)["verdict"]["outcome"] == "adopted"
    assert seen(circle, objection)["state"] == "resolved"


def answered_in_a_next_round(circle: Circle) -> tuple[dict[str, Any], dict[str, Any]]:
    """An objection that a version answers; everybody, its objector too, consents to that version."""
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    all_consent(circle.everyone[:-1], asked)
    closed(circle, asked, reason="we integrate")
    ok(a_version(circle, asked["proposal_id"], objection_ids=[objection["id"]]), 201)
    again = a_round(circle, the_proposal(circle, asked["proposal_id"]))
    all_consent(circle.everyone, again)
    return objection, again


def test_a_facilitator_is_told_what_is_left_of_an_answered_objection(circle: Circle) -> None:
    """It stands until its objector answers the version, and no longer, as the close will find."""

    def standing(asked: dict[str, Any]) -> tuple[list[str], int, Any]:
        told = ok(circle.facilitator.get(f"/v1/rounds/{asked['id']}/standing"))
        return [one["text"] for one in told["missing"]], told["open_objections"], told["verdict_now"]

    asked = a_round(circle)
    objection = an_objection(circle, asked)
    all_consent(circle.everyone[:-1], asked)
    closed(circle, asked, reason="we integrate")
    ok(a_version(circle, asked["proposal_id"], objection_ids=[objection["id"]]), 201)
    again = a_round(circle, the_proposal(circle, asked["proposal_id"]))
    all_consent(circle.everyone[:-1], again)

    words = ["1 more response", "1 objection that stands"]
    assert standing(again) == (words, 1, {"outcome": "integrating", "reasons": ["ObjectionStands"]})
    ok(respond(circle.members[-1], again))
    consented = {"outcome": "adopted", "reasons": ["ConsentGiven"]}
    assert standing(again) == ([], 0, consented)
    assert seen(circle, objection)["state"] == "integrating"
    assert closed(circle, again)["verdict"]["outcome"] == "adopted"
    assert standing(again) == ([], 0, consented)


def test_a_round_closes_although_an_earlier_objector_answered_and_then_left(circle: Circle) -> None:
    objection, again = answered_in_a_next_round(circle)
    leaves(circle, circle.members[-1])
    assert closed(circle, again)["verdict"]["outcome"] == "integrating"
    assert seen(circle, objection)["state"] == "orphaned"
    circle.world.days_pass(4)
    circle.world.falls_due()
    assert the_proposal(circle, again["proposal_id"])["stage"] == "in_force"


def test_what_a_removed_objector_answered_settles_nothing(circle: Circle) -> None:
    objection, again = answered_in_a_next_round(circle)
    leaves(circle, circle.members[-1], "removed")
    assert closed(circle, again)["verdict"]["outcome"] == "integrating"
    assert seen(circle, objection)["state"] == "integrating"


# -- merging and adopting ------------------------------------------------------------------------------------


def test_an_objector_lets_theirs_go_on_in_another(circle: Circle) -> None:
    asked = a_round(circle)
    mine, other = (an_objection(circle, asked, person) for person in circle.members[-2:])
    problem(circle.members[-1].post(path_of(mine, "/merge"), {"into_id": other["id"]}), 403, "NotAllowed")
    for wrong in (mine["id"], "01a22400-0000-7000-8000-000000000000"):
        told = circle.members[-2].post(path_of(mine, "/merge"), {"into_id": wrong})
        problem(told, 409, "NotAnObjectionToThis")
    merged = ok(circle.members[-2].post(path_of(mine, "/merge"), {"into_id": other["id"]}))
    assert (merged["state"], merged["merged_into_id"]) == ("merged", other["id"])
    again = circle.members[-2].post(path_of(mine, "/merge"), {"into_id": other["id"]})
    problem(again, 409, "ObjectionIsSettled")
    all_consent(circle.everyone[:-2], asked)
    assert closed(circle, asked, reason="we test it")["verdict"]["outcome"] == "integrating"


def test_whoever_let_theirs_go_on_in_another_may_object_again(circle: Circle) -> None:
    asked = a_round(circle)
    mine, other = (an_objection(circle, asked, person) for person in circle.members[-2:])
    objector = circle.members[-2]
    ok(objector.post(path_of(mine, "/merge"), {"into_id": other["id"]}))
    ok(circle.members[-1].post(path_of(other, "/withdraw"), {"answer": "consent"}))
    ok(object_to(objector, asked, "it stands as before"))
    again = seen(circle, mine)
    assert (again["state"], again["merged_into_id"]) == ("raised", None)
    all_consent(circle.everyone[:-2], asked)
    assert closed(circle, asked, reason="we test it")["verdict"]["outcome"] == "integrating"


def merged(circle: Circle, asked: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The last but one lets theirs go on in the objection of the last; all others consent."""
    mine, other = (an_objection(circle, asked, person) for person in circle.members[-2:])
    ok(circle.members[-2].post(path_of(mine, "/merge"), {"into_id": other["id"]}))
    all_consent(circle.everyone[:-2], asked)
    return mine, other


def withdraws(circle: Circle, objection: dict[str, Any], number: int = -1) -> None:
    ok(circle.members[number].post(path_of(objection, "/withdraw"), {"answer": "consent"}))


def test_what_was_merged_into_an_objection_stands_again_when_that_is_withdrawn(circle: Circle) -> None:
    asked = a_round(circle)
    mine, other = merged(circle, asked)
    assert closed(circle, asked, reason="we test it")["verdict"]["outcome"] == "integrating"
    withdraws(circle, other)
    again = seen(circle, mine)
    assert (again["state"], again["merged_into_id"], again["settled_at"]) == ("raised", None, None)
    assert len(circle.world.published("deliberation.objection.raised.v1")) == 3
    assert the_proposal(circle, asked["proposal_id"])["stage"] == "integrating"
    withdraws(circle, mine, -2)
    assert the_proposal(circle, asked["proposal_id"])["stage"] == "in_force"


def test_it_stands_again_too_when_the_other_objector_answers_something_else_in_time(circle: Circle) -> None:
    asked = a_round(circle)
    mine, _ = merged(circle, asked)
    ok(respond(circle.members[-1], asked))
    assert seen(circle, mine)["state"] == "raised"
    assert closed(circle, asked, reason="we test it")["verdict"]["outcome"] == "integrating"


def test_it_stands_again_too_when_the_other_lapses(circle: Circle) -> None:
    asked = a_round(circle)
    mine, other = merged(circle, asked)
    closed(circle, asked, reason="we test it")
    leaves(circle, circle.members[-1])
    circle.world.days_pass(3)
    circle.world.falls_due()
    assert (seen(circle, other)["state"], seen(circle, mine)["state"]) == ("lapsed", "raised")
    assert the_proposal(circle, asked["proposal_id"])["stage"] == "integrating"


def test_where_only_objectors_test_what_stands_again_is_valid(circle: Circle) -> None:
    ok(set_profile(circle, objection_test="self"))
    mine, other = merged(circle, a_round(circle))
    withdraws(circle, other)
    assert seen(circle, mine)["state"] == "valid"


def test_nothing_stands_again_of_somebody_who_answers_something_else_by_now(circle: Circle) -> None:
    asked = a_round(circle)
    mine, other = merged(circle, asked)
    ok(respond(circle.members[-2], asked))
    withdraws(circle, other)
    assert seen(circle, mine)["state"] == "merged"
    assert closed(circle, asked)["verdict"]["outcome"] == "adopted"


def test_nothing_stands_again_of_somebody_who_answered_the_next_round(circle: Circle) -> None:
    asked = a_round(circle)
    mine, other = merged(circle, asked)
    closed(circle, asked, reason="we test it")
    ok(circle.facilitator.post(path_of(other, "/test")))
    ok(a_version(circle, asked["proposal_id"]), 201)
    again = a_round(circle, {"id": asked["proposal_id"]})
    all_consent(circle.everyone[:-1], again)
    withdraws(circle, other)
    assert seen(circle, mine)["state"] == "merged"


def test_nothing_stands_again_of_somebody_who_left(circle: Circle) -> None:
    asked = a_round(circle)
    mine, other = merged(circle, asked)
    closed(circle, asked, reason="we test it")
    leaves(circle, circle.members[-2])
    withdraws(circle, other)
    assert seen(circle, mine)["state"] == "merged"
    assert the_proposal(circle, asked["proposal_id"])["stage"] == "in_force"


def test_what_was_merged_into_the_merged_one_stands_again_where_that_cannot(circle: Circle) -> None:
    asked = a_round(circle)
    first = an_objection(circle, asked, circle.members[0])
    mine, other = (an_objection(circle, asked, person) for person in circle.members[-2:])
    ok(circle.members[0].post(path_of(first, "/merge"), {"into_id": mine["id"]}))
    ok(circle.members[-2].post(path_of(mine, "/merge"), {"into_id": other["id"]}))
    leaves(circle, circle.members[-2])
    withdraws(circle, other)
    assert [seen(circle, one)["state"] for one in (first, mine, other)] == ["raised", "merged", "withdrawn"]


def test_nothing_stands_again_where_the_other_was_found_not_to_qualify(circle: Circle) -> None:
    asked = a_round(circle)
    mine, other = merged(circle, asked)
    for person in circle.members[1:3]:
        ok(person.post(path_of(other, "/opinions"), opinion(qualifies=False)))
    assert ok(circle.facilitator.post(path_of(other, "/test")))["state"] == "not_qualified"
    assert seen(circle, mine)["state"] == "merged"


def test_another_elector_adopts_what_somebody_who_left_objected(circle: Circle) -> None:
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    ok(respond(circle.members[1], asked))
    problem(circle.members[1].post(path_of(objection, "/adopt")), 409, "ObjectionIsNotOrphaned")
    leaves(circle, circle.members[-1])
    late = circle.world.person("Late")
    assert late.person_id is not None
    circle.world.seat(circle.id, late.person_id)
    problem(late.post(path_of(objection, "/adopt")), 403, "NotEntitledToRespond")
    adopted = ok(circle.members[1].post(path_of(objection, "/adopt")))
    assert (adopted["state"], adopted["objector_id"]) == ("raised", str(circle.members[1].person_id))
    assert adopted["raised_by_id"] == str(circle.members[-1].person_id)
    mine = ok(circle.members[1].get(f"/v1/rounds/{asked['id']}"))["my_response"]
    assert mine["answer"] == "object"
    circle.world.days_pass(4)
    circle.world.falls_due()
    assert seen(circle, objection)["state"] == "raised"


def test_whoever_objects_already_adopts_none(circle: Circle) -> None:
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    an_objection(circle, asked, circle.members[1])
    leaves(circle, circle.members[-1])
    problem(circle.members[1].post(path_of(objection, "/adopt")), 409, "AlreadyObjects")


def test_the_next_round_tells_what_changed_since_the_one_before(circle: Circle) -> None:
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    all_consent(circle.everyone[:-1], asked)
    closed(circle, asked, reason="we integrate")
    ok(a_version(circle, asked["proposal_id"], objection_ids=[objection["id"]]), 201)
    a_round(circle, the_proposal(circle, asked["proposal_id"]))
    first, second = circle.world.published("deliberation.round.opened.v1")
    assert (first["since_version"], first["changes"]) == (None, [])
    assert second["since_version"] == 1
    assert second["changes"][-1] == {"kind": "added", "text": " And more."}


def test_whoever_left_changes_nothing_of_theirs_any_more(circle: Circle) -> None:
    me, asked = circle.members[-1], a_round(circle)
    objection = an_objection(circle, asked)
    change = {"base_version": 1, "original": "one room", "replacement": "two rooms"}
    amendment = ok(me.post(f"/v1/proposals/{asked['proposal_id']}/amendments", change), 201)
    leaves(circle, me, "removed")
    problem(me.post(path_of(objection, "/withdraw"), {"answer": "consent"}), 404, "NotFound")
    problem(me.post(f"/v1/amendments/{amendment['id']}/withdraw"), 404, "NotFound")
    assert seen(circle, objection)["state"] == "raised"
    path = f"/v1/amendments/{amendment['id']}"
    assert ok(circle.proposer.get(path))["state"] == "proposed"


def test_an_objection_is_withdrawn_with_an_answer_the_profile_permits(circle: Circle) -> None:
    ok(set_profile(circle, answers=["consent", "object"]))
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    told = circle.members[-1].post(path_of(objection, "/withdraw"), {"answer": "abstain"})
    assert problem(told, 409, "AnswerIsNotPermitted")["answers"] == ["consent", "object"]
    assert seen(circle, objection)["state"] == "raised"
    ok(circle.members[-1].post(path_of(objection, "/withdraw"), {"answer": "consent"}))


def test_an_adopted_objection_is_withdrawn_and_the_closed_round_judged_again(circle: Circle) -> None:
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    all_consent(circle.everyone[:-1], asked)
    closed(circle, asked, reason="we integrate")
    leaves(circle, circle.members[-1])
    adopter = circle.members[1]
    ok(adopter.post(path_of(objection, "/adopt")))
    ok(adopter.post(path_of(objection, "/withdraw"), {"answer": "consent"}))
    assert the_proposal(circle, asked["proposal_id"])["stage"] == "in_force"
    document = ok(circle.proposer.get(f"/v1/rounds/{asked['id']}/export"))
    assert document["objections"][0]["raised_by"] == str(circle.members[-1].person_id)
    assert judge_document(document).outcome == document["about"]["verdict"]["outcome"] == "adopted"


# -- objecting once more in the same round ---------------------------------------------------------------------


def opined(circle: Circle, objection: dict[str, Any]) -> None:
    for person in (circle.facilitator, circle.members[1]):
        ok(person.post(path_of(objection, "/opinions"), opinion(qualifies=False)))


def found(circle: Circle, objection: dict[str, Any]) -> str:
    state: str = ok(circle.facilitator.post(path_of(objection, "/test")))["state"]
    return state


def test_what_was_found_of_a_reason_is_not_held_against_another(circle: Circle) -> None:
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    opined(circle, objection)
    ok(object_to(circle.members[-1], asked, "the floor does not carry us"))
    assert seen(circle, objection)["opinions"] == []
    assert found(circle, objection) == "valid"


def test_nor_against_one_that_is_given_after_withdrawing(circle: Circle) -> None:
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    opined(circle, objection)
    ok(respond(circle.members[-1], asked))
    ok(object_to(circle.members[-1], asked, "the floor does not carry us"))
    assert found(circle, objection) == "valid"


def test_an_objection_sent_twice_keeps_what_was_found_of_it(circle: Circle) -> None:
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    opined(circle, objection)
    ok(object_to(circle.members[-1], asked))
    assert found(circle, objection) == "not_qualified"


def test_a_ruling_falls_with_the_reason_it_was_given_on(circle: Circle) -> None:
    ok(set_profile(circle, objection_test="facilitator"))
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    ok(circle.facilitator.post(path_of(objection, "/rule"), opinion(qualifies=False)))
    ok(object_to(circle.members[-1], asked, "the floor does not carry us"))
    circle.world.days_pass(1.1)
    circle.world.falls_due()
    assert (seen(circle, objection)["state"], seen(circle, objection)["appealable_until"]) == (
        "testing",
        None,
    )
    ok(circle.facilitator.post(path_of(objection, "/rule"), opinion(qualifies=True)))
    assert seen(circle, objection)["state"] == "valid"


def test_objecting_again_moves_the_passage_and_the_amendment_too(circle: Circle) -> None:
    asked = a_round(circle)
    change = {"base_version": 1, "original": "one room", "replacement": "two rooms", "rationale": "space"}
    path = f"/v1/proposals/{asked['proposal_id']}"
    amendment = ok(circle.members[1].post(f"{path}/amendments", change), 201)
    objector, start = circle.members[-1], TEXT.index("Mondays")
    ok(object_to(objector, asked))
    said = {"reason": "nobody is free", "kind": "aim", "amendment_id": amendment["id"]}
    ok(respond(objector, asked, "object", objection={**said, "anchor": {"start": start, "end": start + 7}}))
    (trail,) = ok(circle.facilitator.get(f"{path}/trail"))["items"]
    assert (trail["reason"], trail["passage"]) == ("nobody is free", "Mondays")
    assert trail["amendment_id"] == amendment["id"]
    ok(object_to(objector, asked))
    (trail,) = ok(circle.facilitator.get(f"{path}/trail"))["items"]
    assert (trail["passage"], trail["amendment_id"]) == (None, None)


def test_what_is_raised_again_was_not_tested(circle: Circle) -> None:
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    assert found(circle, objection) == "valid"
    ok(respond(circle.members[-1], asked))
    circle.world.days_pass(0.1)
    ok(object_to(circle.members[-1], asked, "the floor does not carry us"))
    (trail,) = ok(circle.facilitator.get(f"/v1/proposals/{asked['proposal_id']}/trail"))["items"]
    assert (trail["state"], [step["step"] for step in trail["steps"]]) == ("raised", ["raised"])


def test_a_ruling_on_what_qualified_before_is_told_as_it_was_given(circle: Circle) -> None:
    ok(set_profile(circle, objection_test="facilitator"))
    asked = a_round(circle)
    objection = an_objection(circle, asked)
    ok(circle.facilitator.post(path_of(objection, "/rule"), opinion(qualifies=True)))
    closed(circle, asked, reason="we look for another text")
    ok(a_version(circle, asked["proposal_id"], objection_ids=[objection["id"]]), 201)
    circle.world.days_pass(0.1)
    ruling = {"qualifies": False, "reason": "the new text answers it"}
    ok(circle.facilitator.post(path_of(objection, "/rule"), ruling))
    (trail,) = ok(circle.facilitator.get(f"/v1/proposals/{asked['proposal_id']}/trail"))["items"]
    *_, ruled = trail["steps"]
    assert (ruled["step"], ruled["valid"], ruled["reason"]) == ("ruled", False, "the new text answers it")
