"""Live rounds: those present answer together, on their own screen or aloud."""

from typing import Any

import pytest

from beraad.identifiers import new_id
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


def a_live_round(circle: Circle, *present: Caller, **more: Any) -> dict[str, Any]:
    proposal = a_tuned_proposal(circle)
    people = [str(person.person_id) for person in present]
    body = {"closes_at": in_days(circle.world, 0.2), "live": True, "present_ids": people, **more}
    opened: dict[str, Any] = ok(circle.facilitator.post(f"/v1/proposals/{proposal['id']}/rounds", body), 201)
    return opened


def say(circle: Circle, asked: dict[str, Any], who: Caller, answer: str = "consent", **more: Any) -> Any:
    body = {"round_number": asked["number"], "version": asked["version"], "answer": answer, **more}
    return circle.facilitator.put(f"/v1/rounds/{asked['id']}/responses/{who.person_id}", body)


def seen(circle: Circle, asked: dict[str, Any], by: Caller | None = None) -> dict[str, Any]:
    found: dict[str, Any] = ok((by or circle.facilitator).get(f"/v1/rounds/{asked['id']}"))
    return found


def test_a_live_round_closes_when_all_present_have_answered(circle: Circle) -> None:
    asked = a_live_round(circle, *circle.everyone[:3])
    all_consent(circle.everyone[:2], asked)
    circle.world.falls_due()
    assert seen(circle, asked)["state"] == "open"
    ok(say(circle, asked, circle.members[1]))
    circle.world.falls_due()
    after = seen(circle, asked)
    assert (after["state"], after["present"], after["eligible"]) == ("closed", 3, 4)
    assert after["verdict"]["outcome"] == "adopted"


def test_an_untested_objection_keeps_a_live_round_open(circle: Circle) -> None:
    asked = a_live_round(circle, *circle.everyone[:3])
    all_consent(circle.everyone[:2], asked)
    spoken = {"reason": "it is too far", "kind": "side_effect"}
    problem(say(circle, asked, circle.members[1], "object"), 409, "ObjectionNeedsReason")
    ok(say(circle, asked, circle.members[1], "object", objection=spoken))
    circle.world.falls_due()
    assert seen(circle, asked)["state"] == "open"
    (objection,) = objections_to(circle, asked["proposal_id"])
    assert (objection["objector_id"], objection["reason"]) == (
        str(circle.members[1].person_id),
        "it is too far",
    )
    ok(circle.facilitator.post(f"/v1/objections/{objection['id']}/test"))
    circle.world.falls_due()
    assert seen(circle, asked)["verdict"]["outcome"] == "integrating"


def test_saying_something_else_takes_a_spoken_objection_back(circle: Circle) -> None:
    asked = a_live_round(circle, *circle.everyone)
    ok(say(circle, asked, circle.members[1], "object", objection={"reason": "it is too far"}))
    problem(say(circle, asked, circle.members[1], "consent_with_concern"), 409, "ConcernNeedsWords")
    ok(say(circle, asked, circle.members[1], "consent_with_concern", concern="Will it be warm?"))
    assert [one["state"] for one in objections_to(circle, asked["proposal_id"])] == ["withdrawn"]


def test_without_a_list_everybody_is_waited_for(circle: Circle) -> None:
    asked = a_live_round(circle)
    all_consent(circle.everyone[:3], asked)
    circle.world.falls_due()
    assert seen(circle, asked)["state"] == "open"
    listed = ok(circle.facilitator.get(f"/v1/rounds/{asked['id']}/electorate"))["items"]
    assert sorted((one["present"], one["answered"]) for one in listed) == [(True, False), *[(True, True)] * 3]
    path = f"/v1/rounds/{asked['id']}/present"
    body = {"person_ids": [str(person.person_id) for person in circle.everyone[:3]]}
    problem(circle.members[1].put(path, body), 403, "NotAllowed")
    ok(circle.facilitator.put(path, body))
    circle.world.falls_due()
    assert seen(circle, asked)["state"] == "closed"


def test_where_only_guests_are_named_everybody_is_waited_for(circle: Circle) -> None:
    asked = a_live_round(circle, circle.world.person("Guest"))
    circle.world.falls_due()
    assert seen(circle, asked)["state"] == "open"


def test_the_meeting_tells_who_is_present(circle: Circle) -> None:
    meeting = {"meeting_id": new_id(), "group_id": circle.id, "title": "October"}
    when = {"starts_at": "2017-10-02T09:00:00+00:00", "ends_at": "2017-10-02T11:00:00+00:00"}
    place = {"kind": "working_meeting", "place": "Ghent", "time_zone": "Europe/Brussels", "series_id": None}
    circle.world.hears(
        "meetings.meeting.scheduled.v1", **meeting, **when, **place, online_link="", sequence=0
    )

    def attends(*people: Caller) -> None:
        ids = [person.person_id for person in people]
        circle.world.hears(
            "meetings.attendance.recorded.v1",
            **meeting,
            person_id=ids[-1],
            state="present",
            present_ids=ids,
            present_count=len(ids),
        )

    attends(circle.facilitator, circle.proposer)
    asked = a_live_round(circle, meeting_id=str(meeting["meeting_id"]))
    all_consent([circle.facilitator], asked)
    attends(circle.facilitator, circle.proposer, circle.members[1])
    all_consent([circle.proposer], asked)
    circle.world.falls_due()
    assert seen(circle, asked)["state"] == "open"
    all_consent([circle.members[1]], asked)
    circle.world.falls_due()
    assert seen(circle, asked)["state"] == "closed"
    for what in ("opened", "closed"):
        (told,) = circle.world.published(f"deliberation.round.{what}.v1")
        assert told["meeting_id"] == str(meeting["meeting_id"])


def test_by_profile_those_absent_may_still_answer(circle: Circle) -> None:
    ok(set_profile(circle, absent_hours=48))
    asked = a_live_round(circle, *circle.everyone[:2])
    all_consent(circle.everyone[:2], asked)
    circle.world.falls_due()
    waiting = seen(circle, asked)
    assert waiting["state"] == "open"
    assert waiting["live_ended_at"]
    problem(say(circle, asked, circle.members[-1]), 409, "RoundIsNotLive")
    circle.world.days_pass(1.9)
    ok(respond(circle.members[-1], asked, "abstain"))
    circle.world.days_pass(0.2)
    circle.world.falls_due()
    assert (seen(circle, asked)["state"], seen(circle, asked)["present"]) == ("closed", 3)


def test_a_live_round_without_quorum_goes_on_for_those_absent(circle: Circle) -> None:
    ok(set_profile(circle, quorum=[3, 4]))
    asked = a_live_round(circle, *circle.everyone[:2])
    all_consent(circle.everyone[:2], asked)
    circle.world.falls_due()
    after = seen(circle, asked)
    assert (after["state"], after["calls"]) == ("open", 2)
    circle.world.days_pass(3.3)
    circle.world.falls_due()
    assert seen(circle, asked)["verdict"] == {"outcome": "lapsed", "reasons": ["QuorumNotReached"]}


# -- spoken answers ------------------------------------------------------------------------------------------


def test_spoken_answers_are_recorded_by_facilitator_or_secretary_about_what_is_asked(circle: Circle) -> None:
    asked = a_live_round(circle, *circle.everyone)
    secretary = circle.members[1]
    assert secretary.person_id is not None
    circle.world.role(circle.id, secretary.person_id, "secretary")
    body = {"round_number": 1, "version": 1, "answer": "consent"}
    path = f"/v1/rounds/{asked['id']}/responses/{circle.members[-1].person_id}"
    problem(circle.proposer.put(path, body), 403, "NotAllowed")
    problem(secretary.put(path, {**body, "version": 2}), 409, "VersionMismatch")
    ok(secretary.put(path, body))
    mine = seen(circle, asked, circle.members[-1])["my_response"]
    assert (mine["answer"], mine["recorded_by"]) == ("consent", str(secretary.person_id))
    stranger = f"/v1/rounds/{asked['id']}/responses/{new_id()}"
    problem(secretary.put(stranger, body), 403, "NotEntitledToRespond")
    quiet = a_round(circle)
    problem(secretary.put(f"/v1/rounds/{quiet['id']}/responses/{new_id()}", body), 409, "RoundIsNotLive")


def test_a_member_contests_what_was_recorded_while_the_round_runs(circle: Circle) -> None:
    asked = a_live_round(circle, *circle.everyone)
    me, path = circle.members[-1], f"/v1/rounds/{asked['id']}/responses/me/contest"
    problem(me.post(path, {"reason": "I said nothing"}), 409, "NothingToContest")
    ok(say(circle, asked, me, "object", objection={"reason": "it is too far"}))
    ok(me.post(path, {"reason": "I asked a question"}))
    assert seen(circle, asked, me)["my_response"] is None
    assert seen(circle, asked)["answered"] == 0
    assert [one["state"] for one in objections_to(circle, asked["proposal_id"])] == ["withdrawn"]
    ok(respond(me, asked))
    problem(me.post(path, {"reason": "no"}), 409, "NothingToContest")
    stranger = circle.world.person("Stranger")
    problem(stranger.post(path, {"reason": "no"}), 404, "NotFound")


def test_contested_after_the_close_a_decision_comes_up_for_review(circle: Circle) -> None:
    asked = a_live_round(circle, *circle.everyone)
    me, path = circle.members[-1], f"/v1/rounds/{asked['id']}/responses/me/contest"
    all_consent(circle.everyone[:-1], asked)
    ok(say(circle, asked, me))
    circle.world.falls_due()
    decided = the_proposal(circle, asked["proposal_id"])
    assert decided["stage"] == "in_force"
    ok(me.post(path, {"reason": "I was outside"}))
    circle.world.falls_due()
    decision = ok(me.get(f"/v1/decisions/{decided['decision_id']}"))
    assert decision["state"] == "under_review"
    assert "contested" in decision["questions"][-1]
    assert seen(circle, asked)["verdict"]["outcome"] == "adopted"


def test_contested_before_the_decision_it_comes_up_for_review_too(circle: Circle) -> None:
    asked = a_live_round(circle, *circle.everyone)
    me, objector = circle.members[1], circle.members[2]
    ok(respond(circle.facilitator, asked))
    ok(respond(circle.proposer, asked))
    ok(say(circle, asked, me))
    ok(object_to(objector, asked))
    closed(circle, asked, reason="we look for another text")
    ok(me.post(f"/v1/rounds/{asked['id']}/responses/me/contest", {"reason": "I was outside"}))
    (objection,) = objections_to(circle, asked["proposal_id"])
    ok(objector.post(f"/v1/objections/{objection['id']}/withdraw", {"answer": "abstain"}))
    circle.world.falls_due()
    decided = the_proposal(circle, asked["proposal_id"])
    decision = ok(me.get(f"/v1/decisions/{decided['decision_id']}"))
    assert decision["state"] == "under_review"
    assert "contested" in decision["questions"][-1]


def test_a_day_later_nothing_is_contested(circle: Circle) -> None:
    asked = a_live_round(circle, *circle.everyone)
    ok(say(circle, asked, circle.members[-1]))
    circle.world.days_pass(1.1)
    told = circle.members[-1].post(f"/v1/rounds/{asked['id']}/responses/me/contest", {"reason": "no"})
    problem(told, 409, "NothingToContest")


def test_in_a_live_round_silence_is_no_consent(circle: Circle) -> None:
    ok(set_profile(circle, preset="lazy_consensus"))
    proposal = an_open_proposal(circle)
    body = {"closes_at": in_days(circle.world, 7), "live": True, "silence": True}
    told = circle.facilitator.post(f"/v1/proposals/{proposal['id']}/rounds", body)
    problem(told, 409, "LiveRoundsAreNotSilent")


def test_an_answer_on_ones_own_screen_replaces_a_spoken_one(circle: Circle) -> None:
    asked = a_live_round(circle, *circle.everyone)
    me = circle.members[-1]
    ok(say(circle, asked, me))
    ok(respond(me, asked, "abstain"))
    mine = seen(circle, asked, me)["my_response"]
    assert (mine["answer"], mine["recorded_by"]) == ("abstain", None)
    ok(object_to(me, asked))
    assert seen(circle, asked, me)["my_response"]["recorded_by"] is None
