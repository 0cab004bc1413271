"""How groups decide: their profiles, the phases and time boxes, silence, second calls."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from beraad.domain import InvalidRequest
from beraad_deliberation.documents.judging import judge_document
from beraad_deliberation.domain.group_profiles import expect_sound
from beraad_deliberation.domain.profiles import PRESETS, Fallback, Majority, Ratio
from deliberation.vocabulary import (
    Circle,
    a_circle,
    a_draft,
    a_round,
    a_tuned_proposal,
    all_consent,
    an_open_proposal,
    closed,
    in_days,
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
    return a_circle(world)


def path_of(circle: Circle) -> str:
    return f"/v1/groups/{circle.id}/decision-profile"


def reacts(person: Caller, proposal: dict[str, Any], text: str = "Good") -> None:
    ok(person.post(f"/v1/proposals/{proposal['id']}/reactions", {"text": text}), 201)


def told_of(circle: Circle, asked: dict[str, Any], *people: Caller) -> None:
    """The mail about the round was accepted for delivery."""
    (event_id,) = {
        one["event_id"]
        for one in circle.world.log("deliberation.round.opened.v1")
        if one["body"]["round_id"] == asked["id"]
    }
    for person in people:
        circle.world.hears(
            "notifications.delivery.accepted.v1",
            delivery_id=UUID(int=abs(hash(person.person_id))),
            person_id=person.person_id,
            kind="round_opened",
            event_id=event_id,
            accepted_at=datetime(2017, 10, 2, tzinfo=UTC),
        )


# -- whose rules ---------------------------------------------------------------------------------------------


def test_a_group_goes_by_the_preset_membership_names_until_a_profile_is_set(circle: Circle) -> None:
    before = ok(circle.proposer.get(path_of(circle)))
    assert (before["revision"], before["profile"]["name"], before["profile"]["quorum"]) == (
        0,
        "consent",
        [1, 2],
    )
    assert not before["allowed_actions"]["profile.set"]["allowed"]
    after = ok(set_profile(circle, quorum=[2, 3]))
    assert (after["revision"], after["profile"]["quorum"]) == (1, [2, 3])
    problem(set_profile(circle, quorum=[3, 4]), 412, "Stale")
    problem(circle.facilitator.put(path_of(circle), {}, if_match="1"), 422, "InvalidRequest")
    mine = circle.facilitator.put(path_of(circle), {"preset": "majority", "reason": "quicker"}, if_match="1")
    problem(mine, 403, "NotAllowed")
    assert {one["name"] for one in ok(circle.proposer.get("/v1/decision-profiles"))["items"]} == {
        "consent",
        "lazy_consensus",
        "majority",
        "two_thirds",
    }


def test_the_approving_body_sets_how_a_group_decides(world: World) -> None:
    board = world.group("Board", kind="board")
    member = world.person("Boards")
    assert member.person_id is not None
    world.seat(board, member.person_id)
    circle = a_circle(world, approving_body_id=board)
    body = {"preset": "consent", "reason": "they are many", "max_rounds": 2}
    assert ok(member.put(path_of(circle), body, if_match="0"))["profile"]["max_rounds"] == 2


def test_the_profile_is_frozen_when_the_first_round_opens(circle: Circle) -> None:
    asked = a_round(circle)
    ok(set_profile(circle, max_rounds=1))
    all_consent(circle.everyone[:-1], asked)
    ok(object_to(circle.members[-1], asked))
    assert closed(circle, asked, reason="we test it")["verdict"]["outcome"] == "integrating"


@pytest.mark.parametrize(
    ("different", "pointer"),
    [
        ({"quorum": [3, 2]}, "/quorum"),
        ({"quorum": [1, 0]}, "/quorum"),
        ({"second_call_quorum": [3, 4]}, "/second_call_quorum"),
        ({"minimum_consents": 0}, "/minimum_consents"),
        ({"answers": ["consent", "abstain"]}, "/answers"),
        ({"answers": ["object", "abstain"]}, "/answers"),
        ({"fallbacks": []}, "/fallbacks"),
        ({"majority": {"share": [2, 1], "base": "cast", "strict": False}}, "/majority/share"),
        ({"time_boxes": {"tuning": 3}}, "/time_boxes/tuning/key"),
        ({"max_rounds": 0}, "/max_rounds"),
    ],
)
def test_a_profile_that_contradicts_itself_is_refused(
    circle: Circle, different: dict[str, Any], pointer: str
) -> None:
    told = problem(set_profile(circle, **different), 422, "InvalidRequest")

    assert told["errors"][0]["pointer"] == pointer


def test_only_the_answers_of_the_profile_are_given(circle: Circle) -> None:
    ok(set_profile(circle, answers=["consent", "object"]))
    asked = a_round(circle)
    assert asked["answers"] == ["consent", "object"]
    told = problem(respond(circle.proposer, asked, "abstain"), 409, "AnswerIsNotPermitted")
    assert told["answers"] == ["consent", "object"]
    ok(respond(circle.proposer, asked))
    assert ok(circle.proposer.get(f"/v1/rounds/{asked['id']}"))["answered"] == 1


# -- phases --------------------------------------------------------------------------------------------------


def test_phases_end_when_their_time_is_over(circle: Circle) -> None:
    ok(set_profile(circle, time_boxes={"clarifying": 48, "reacting": 24}))
    proposal = an_open_proposal(circle)
    circle.world.days_pass(1.9)
    circle.world.falls_due()
    assert the_proposal(circle, proposal["id"])["stage"] == "clarifying"
    circle.world.days_pass(0.2)
    circle.world.falls_due()
    assert the_proposal(circle, proposal["id"])["stage"] == "reacting"
    circle.world.days_pass(1.1)
    circle.world.falls_due()
    assert the_proposal(circle, proposal["id"])["stage"] == "tuning"


def test_the_last_to_react_lets_the_proposal_go_on(circle: Circle) -> None:
    proposal = an_open_proposal(circle)
    ok(circle.facilitator.post(f"/v1/proposals/{proposal['id']}/move", {"stage": "reacting"}))
    for person in circle.everyone[:-1]:
        reacts(person, proposal)
    problem(
        circle.facilitator.post(f"/v1/proposals/{proposal['id']}/move", {"stage": "tuning"}),
        409,
        "MoveNeedsReason",
    )
    assert the_proposal(circle, proposal["id"])["stage"] == "reacting"
    reacts(circle.members[-1], proposal)
    assert the_proposal(circle, proposal["id"])["stage"] == "tuning"


def test_an_unanswered_question_asks_for_a_reason_to_go_on(circle: Circle) -> None:
    proposal = an_open_proposal(circle)
    path = f"/v1/proposals/{proposal['id']}"
    question = ok(circle.members[1].post(f"{path}/questions", {"text": "Why?"}), 201)
    problem(circle.facilitator.post(f"{path}/move", {"stage": "reacting"}), 409, "MoveNeedsReason")
    ok(circle.proposer.post(f"/v1/questions/{question['id']}/answer", {"text": "Because"}))
    assert ok(circle.facilitator.post(f"{path}/move", {"stage": "reacting"}))["stage"] == "reacting"


def test_a_group_of_lazy_consensus_begins_with_tuning(circle: Circle) -> None:
    ok(set_profile(circle, preset="lazy_consensus"))
    proposal = an_open_proposal(circle)
    assert proposal["stage"] == "tuning"
    moved = circle.facilitator.post(
        f"/v1/proposals/{proposal['id']}/move", {"stage": "reacting", "reason": "x"}
    )
    problem(moved, 409, "PhaseIsNotUsed")


# -- silence -------------------------------------------------------------------------------------------------


def opened(circle: Circle, days: float = 7, **facts: Any) -> Any:
    draft = a_draft(circle, **facts)
    proposal = ok(circle.proposer.post(f"/v1/proposals/{draft['id']}/open"))
    body = {"closes_at": in_days(circle.world, days), "silence": True}
    return circle.facilitator.post(f"/v1/proposals/{proposal['id']}/rounds", body)


def test_silence_is_consent_of_those_the_mail_reached(circle: Circle) -> None:
    ok(set_profile(circle, preset="lazy_consensus"))
    asked = ok(opened(circle), 201)
    told_of(circle, asked, *circle.members)
    circle.world.days_pass(7.1)
    circle.world.falls_due()
    after = ok(circle.proposer.get(f"/v1/rounds/{asked['id']}"))
    assert after["verdict"] == {"outcome": "adopted", "reasons": ["SilenceIsConsent"]}
    assert (after["eligible"], after["present"], after["consents"], after["tacit"]) == (4, 3, 0, 2)


def test_nobody_who_was_not_told_consents_by_silence(circle: Circle) -> None:
    ok(set_profile(circle, preset="lazy_consensus"))
    asked = ok(opened(circle), 201)
    told_of(circle, asked, circle.members[1])
    circle.world.days_pass(7.1)
    circle.world.falls_due()
    after = ok(circle.proposer.get(f"/v1/rounds/{asked['id']}"))
    assert (after["state"], after["calls"]) == ("open", 2)
    circle.world.days_pass(3.1)
    circle.world.falls_due()
    after = ok(circle.proposer.get(f"/v1/rounds/{asked['id']}"))
    assert after["verdict"] == {"outcome": "lapsed", "reasons": ["QuorumNotReached"]}


def test_nobody_is_told_of_a_round_that_is_over(circle: Circle) -> None:
    ok(set_profile(circle, preset="lazy_consensus"))
    asked = ok(opened(circle), 201)
    for days in (7.1, 3.1):
        circle.world.days_pass(days)
        circle.world.falls_due()
    told_of(circle, asked, *circle.everyone)
    listed = ok(circle.facilitator.get(f"/v1/rounds/{asked['id']}/electorate"))["items"]
    assert not any(one["notified"] for one in listed)


def test_an_objection_ends_the_silence_also_when_it_was_taken_back(circle: Circle) -> None:
    ok(set_profile(circle, preset="lazy_consensus"))
    asked = ok(opened(circle), 201)
    told_of(circle, asked, *circle.everyone)
    ok(object_to(circle.members[-1], asked))
    ok(respond(circle.members[-1], asked, "abstain"))
    circle.world.days_pass(7.1)
    circle.world.falls_due()
    after = ok(circle.proposer.get(f"/v1/rounds/{asked['id']}"))
    assert (after["state"], after["calls"]) == ("open", 2)


def test_silence_is_declared_only_where_the_profile_permits_it_and_leaves_time(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    body = {"closes_at": in_days(circle.world, 7), "silence": True}
    problem(
        circle.facilitator.post(f"/v1/proposals/{proposal['id']}/rounds", body), 409, "SilenceIsNotPermitted"
    )
    ok(set_profile(circle, preset="lazy_consensus"))
    problem(opened(circle, 2.9), 409, "SilenceNeedsTime")
    problem(opened(circle, kind="money"), 409, "SilenceIsNotPermitted")
    asked = ok(opened(circle), 201)
    early = circle.facilitator.post(f"/v1/rounds/{asked['id']}/close", {"reason": "we are in a hurry"})
    problem(early, 409, "SilenceNeedsTime")


# -- quorum --------------------------------------------------------------------------------------------------


def test_a_second_call_decides_with_those_who_come(circle: Circle) -> None:
    ok(set_profile(circle, quorum=[3, 4], second_call_quorum=[1, 4]))
    asked = a_round(circle)
    all_consent(circle.members[:2], asked)
    states = []
    for days in (7.1, 3.1, 3.1):
        circle.world.days_pass(days)
        circle.world.falls_due()
        after = ok(circle.proposer.get(f"/v1/rounds/{asked['id']}"))
        states.append((after["state"], after["calls"]))
    assert states == [("open", 2), ("open", 3), ("closed", 3)]
    assert after["verdict"]["outcome"] == "adopted"


# -- who is asked --------------------------------------------------------------------------------------------


def test_whoever_recuses_themselves_leaves_the_denominator(circle: Circle) -> None:
    asked = a_round(circle)
    me = circle.members[-1]
    ok(respond(me, asked, "abstain"))
    after = ok(me.post(f"/v1/rounds/{asked['id']}/recuse", {"reason": "it is my house"}))
    assert (after["departed"], after["answered"], after["is_elector"]) == (1, 0, False)
    problem(respond(me, asked), 403, "NotEntitledToRespond")
    again = me.post(f"/v1/rounds/{asked['id']}/recuse", {"reason": "it is my house"})
    problem(again, 403, "NotEntitledToRespond")
    listed = ok(circle.facilitator.get(f"/v1/rounds/{asked['id']}/electorate"))["items"]
    (gone,) = [one for one in listed if one["departed_at"]]
    assert (gone["departed_reason"], gone["departed_note"]) == ("recused", "it is my house")
    all_consent(circle.everyone[:-1], asked)
    assert closed(circle, asked)["eligible"] == 3


def test_whoever_objects_does_not_recuse_themselves(circle: Circle) -> None:
    asked = a_round(circle)
    me = circle.members[-1]
    ok(object_to(me, asked))
    path = f"/v1/rounds/{asked['id']}/recuse"
    problem(me.post(path, {"reason": "it is my house"}), 409, "ObjectorsDoNotRecuse")
    ok(respond(me, asked, "abstain"))
    ok(me.post(path, {"reason": "it is my house"}))
    circle.world.days_pass(8)
    problem(circle.proposer.post(path, {"reason": "mine too"}), 409, "RoundIsClosed")


def test_the_facilitator_records_who_left_and_their_objection_stands(circle: Circle) -> None:
    asked = a_round(circle)
    gone = circle.members[-1]
    ok(object_to(gone, asked))
    path = f"/v1/rounds/{asked['id']}/departures"
    body = {"person_id": str(gone.person_id), "note": "resigned in the meeting"}
    problem(circle.proposer.post(path, body), 403, "NotAllowed")
    assert ok(circle.facilitator.post(path, body))["departed"] == 1
    problem(circle.facilitator.post(path, body), 409, "NotAnElector")
    (objection,) = objections_to(circle, asked["proposal_id"])
    assert objection["state"] == "raised"


def test_the_difference_to_the_roster_is_told_at_the_close(circle: Circle) -> None:
    asked = a_round(circle)
    late = circle.world.person("Late")
    assert late.person_id is not None
    circle.world.seat(circle.id, late.person_id)
    all_consent(circle.everyone, asked)
    assert closed(circle, asked)["difference"] == {
        "joined": 1,
        "left": 0,
        "joined_ids": [str(late.person_id)],
        "left_ids": [],
    }


# -- what is missing, and the document -----------------------------------------------------------------------


def missing(circle: Circle, asked: dict[str, Any]) -> list[str]:
    standing = ok(circle.facilitator.get(f"/v1/rounds/{asked['id']}/standing"))
    return [one["text"] for one in standing["missing"]]


def test_a_facilitator_sees_what_is_missing(circle: Circle) -> None:
    asked = a_round(circle)
    ok(object_to(circle.members[-1], asked))
    assert missing(circle, asked) == [
        "3 more responses",
        "1 of them for the quorum",
        "1 untested objection",
        "1 more explicit consent",
    ]
    (objection,) = objections_to(circle, asked["proposal_id"])
    ok(circle.facilitator.post(f"/v1/objections/{objection['id']}/test"))
    ok(respond(circle.members[1], asked))
    assert missing(circle, asked) == ["2 more responses", "1 objection that stands"]
    standing = ok(circle.facilitator.get(f"/v1/rounds/{asked['id']}/standing"))
    assert standing["verdict_now"] == {"outcome": "integrating", "reasons": ["ObjectionStands"]}


def exported(circle: Circle, asked: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = ok(circle.proposer.get(f"/v1/rounds/{asked['id']}/export"))
    return document


def test_a_closed_round_is_judged_by_its_document_as_it_was_by_the_service(circle: Circle) -> None:
    asked = a_round(circle)
    problem(circle.proposer.get(f"/v1/rounds/{asked['id']}/export"), 409, "RoundStillRuns")
    ok(circle.members[1].post(f"/v1/rounds/{asked['id']}/recuse", {"reason": "mine"}))
    all_consent([circle.facilitator, circle.proposer], asked)
    ok(object_to(circle.members[-1], asked))
    closed(circle, asked, reason="we test it")
    document = exported(circle, asked)
    assert judge_document(document).outcome == "integrating" == document["about"]["verdict"]["outcome"]
    (objection,) = objections_to(circle, asked["proposal_id"])
    ok(circle.members[-1].post(f"/v1/objections/{objection['id']}/withdraw", {"answer": "abstain"}))
    document = exported(circle, asked)
    assert document["reconsidered"]
    assert (
        list(judge_document(document).reasons) == document["about"]["verdict"]["reasons"] == ["ConsentGiven"]
    )


def test_a_round_is_judged_as_it_was_although_its_objection_was_resolved_since(circle: Circle) -> None:
    asked = a_round(circle)
    all_consent(circle.everyone[:-1], asked)
    ok(object_to(circle.members[-1], asked))
    closed(circle, asked, reason="we integrate it")
    (objection,) = objections_to(circle, asked["proposal_id"])
    body = {"text": "We rent two rooms.", "base_version": 1, "objection_ids": [objection["id"]]}
    ok(circle.proposer.post(f"/v1/proposals/{asked['proposal_id']}/versions", body), 201)
    again = a_round(circle, the_proposal(circle, asked["proposal_id"]))
    all_consent(circle.everyone, again)
    closed(circle, again)
    assert judge_document(exported(circle, asked)).outcome == "integrating"
    assert judge_document(exported(circle, again)).outcome == "adopted"


def test_a_vote_is_judged_by_its_document(world: World) -> None:
    circle = a_circle(world, kind="assembly")
    proposal = a_tuned_proposal(circle)
    body = {"closes_at": in_days(world, 7)}
    vote = ok(circle.facilitator.post(f"/v1/proposals/{proposal['id']}/votes", body), 201)
    for person, choice in zip(circle.everyone, ("for", "for", "against"), strict=False):
        ok(person.put(f"/v1/votes/{vote['id']}/ballots/me", {"version": 1, "choice": choice}))
    problem(circle.proposer.get(f"/v1/votes/{vote['id']}/export"), 409, "RoundStillRuns")
    ok(circle.facilitator.post(f"/v1/votes/{vote['id']}/close", {"reason": "all who come have voted"}))
    document = ok(circle.proposer.get(f"/v1/votes/{vote['id']}/export"))
    assert (
        list(judge_document(document).reasons)
        == document["about"]["verdict"]["reasons"]
        == ["MajorityReached"]
    )


# -- a deadlock ----------------------------------------------------------------------------------------------


def test_a_deadlock_is_referred_to_the_approving_body(world: World) -> None:
    board = world.group("Board", kind="board")
    circle = a_circle(world, approving_body_id=board)
    ok(set_profile(circle, max_rounds=1, fallbacks=["refer"]))
    asked = a_round(circle)
    all_consent(circle.everyone[:-1], asked)
    ok(object_to(circle.members[-1], asked))
    assert closed(circle, asked, reason="no round is left")["verdict"]["outcome"] == "deadlocked"
    path = f"/v1/proposals/{asked['proposal_id']}"
    problem(
        circle.facilitator.post(f"{path}/votes", {"closes_at": in_days(world, 7)}),
        409,
        "FallbackIsNotPermitted",
    )
    problem(circle.proposer.post(f"{path}/refer"), 403, "NotAllowed")
    assert ok(circle.facilitator.post(f"{path}/refer"))["stage"] == "awaiting_approval"
    problem(circle.facilitator.post(f"{path}/refer"), 409, "WrongStage")


def test_what_is_being_withdrawn_does_not_end_in_a_deadlock_that_has_other_ways_out(circle: Circle) -> None:
    ok(set_profile(circle, max_rounds=1, fallbacks=["vote"]))
    asked = a_round(circle)
    path = f"/v1/proposals/{asked['proposal_id']}"
    assert ok(circle.proposer.post(f"{path}/withdraw"))["withdraws_at"]
    all_consent(circle.everyone[:-1], asked)
    ok(object_to(circle.members[-1], asked))
    closed(circle, asked, reason="no round is left")
    problem(circle.members[1].post(f"{path}/take-over"), 409, "NobodyWithdraws")
    circle.world.days_pass(2)
    circle.world.falls_due()
    found = ok(circle.facilitator.get(path))
    assert (found["stage"], found["withdraws_at"]) == ("deadlocked", None)


@pytest.mark.parametrize(
    ("different", "pointer"),
    [
        ({"max_rounds": 11}, "/max_rounds"),
        ({"majority": Majority(Ratio(1, 2), "everybody")}, "/majority/base"),
        ({"time_boxes": {"tuning": 3}}, "/time_boxes/tuning"),
        ({"time_boxes": {"reacting": 0}}, "/time_boxes/reacting"),
        ({"absent_hours": -1}, "/absent_hours"),
        ({"longest_term_days": 0}, "/longest_term_days"),
    ],
)
def test_a_profile_is_sound_wherever_it_comes_from(different: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        expect_sound(replace(PRESETS["consent"], **different))

    assert refused.value.pointer == pointer


def test_an_extra_round_alone_is_no_way_out_of_a_deadlock(circle: Circle) -> None:
    told = problem(set_profile(circle, fallbacks=["extra_round"]), 409, "ExtraRoundIsNoWayOut")
    assert told["fallbacks"] == ["extra_round"]
    assert ok(circle.proposer.get(path_of(circle)))["revision"] == 0
    ok(set_profile(circle, fallbacks=["extra_round", "withdraw"]))


def test_a_profile_set_before_with_nothing_but_an_extra_round_is_judged_as_ever() -> None:
    expect_sound(replace(PRESETS["consent"], fallbacks=(Fallback.EXTRA_ROUND,)))


def test_every_preset_is_sound() -> None:
    for profile in PRESETS.values():
        expect_sound(profile)
