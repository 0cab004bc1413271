"""Amendments through the API: editorial ones, late ones, rejected ones, and those accepted while a round runs."""

from typing import Any

import pytest

from deliberation.vocabulary import (
    TEXT,
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


def proposed(
    circle: Circle, proposal: dict[str, Any], original: str, replacement: str, **more: Any
) -> dict[str, Any]:
    author: Caller = more.pop("by", circle.members[1])
    body = {
        "base_version": proposal.get("version", 1),
        "original": original,
        "replacement": replacement,
        **more,
    }
    made: dict[str, Any] = ok(author.post(f"/v1/proposals/{proposal['id']}/amendments", body), 201)
    return made


def act(person: Caller, amendment: dict[str, Any], name: str, **body: Any) -> Any:
    return person.post(f"/v1/amendments/{amendment['id']}/{name}", body)


def seen(circle: Circle, amendment: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = ok(circle.proposer.get(f"/v1/amendments/{amendment['id']}"))
    return found


# -- editorial -----------------------------------------------------------------------------------------------


def test_an_editorial_change_is_made_after_a_day_and_answers_stay(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    asked = a_round(circle, proposal)
    ok(respond(circle.members[1], asked))
    amendment = proposed(circle, proposal, "We open it", "It opens")
    announced = ok(act(circle.proposer, amendment, "announce"))
    assert (announced["state"], announced["editorial"]) == ("announced", True)
    circle.world.days_pass(0.9)
    circle.world.falls_due()
    assert the_proposal(circle, proposal["id"])["version"] == 1
    circle.world.days_pass(0.2)
    circle.world.falls_due()
    stands = the_proposal(circle, proposal["id"])
    assert (stands["version"], stands["text"]) == (2, TEXT.replace("We open it", "It opens"))
    running = ok(circle.proposer.get(f"/v1/rounds/{asked['id']}"))
    assert (running["version"], running["answered"], running["state"]) == (2, 1, "open")
    told = problem(respond(circle.facilitator, asked), 409, "VersionMismatch")
    assert told["version"] == 2
    all_consent([circle.facilitator, circle.proposer, circle.members[-1]], running)
    assert closed(circle, asked)["verdict"]["outcome"] == "adopted"
    versions = ok(circle.proposer.get(f"/v1/proposals/{proposal['id']}/versions"))["items"]
    assert [version["editorial"] for version in versions] == [False, True]


def test_whoever_finds_it_more_than_editorial_has_it_made_substantive(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    amendment = proposed(circle, proposal, "on Mondays", "on Tuesdays")
    problem(act(circle.members[1], amendment, "contest", reason="no"), 409, "NothingAnnounced")
    ok(act(circle.proposer, amendment, "announce"))
    problem(act(circle.proposer, amendment, "announce"), 409, "AmendmentIsSettled")
    contested = ok(act(circle.members[-1], amendment, "contest", reason="it is another day"))
    assert (contested["state"], contested["editorial"], contested["contest_reason"]) == (
        "proposed",
        False,
        "it is another day",
    )
    problem(act(circle.proposer, amendment, "announce"), 409, "EditorialIsContested")
    circle.world.days_pass(2)
    circle.world.falls_due()
    assert the_proposal(circle, proposal["id"])["version"] == 1
    assert ok(act(circle.proposer, amendment, "accept"))["accepted_in_version"] == 2


def test_before_tuning_only_editorial_changes_are_possible(circle: Circle) -> None:
    proposal = an_open_proposal(circle)
    body = {"base_version": 1, "original": "Mondays", "replacement": "Monday"}
    path = f"/v1/proposals/{proposal['id']}/amendments"
    problem(circle.members[1].post(path, body), 409, "WrongStage")
    amendment = ok(circle.members[1].post(path, {**body, "editorial": True}), 201)
    problem(act(circle.proposer, amendment, "accept"), 409, "WrongStage")
    ok(act(circle.proposer, amendment, "announce"))
    circle.world.days_pass(1.1)
    circle.world.falls_due()
    assert "on Monday." in the_proposal(circle, proposal["id"])["text"]


def test_an_announced_change_comes_too_late_for_a_proposal_that_is_decided(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    asked = a_round(circle, proposal)
    amendment = proposed(circle, proposal, "Mondays", "Monday")
    other = proposed(circle, proposal, "one room", "two rooms")
    ok(act(circle.proposer, amendment, "announce"))
    all_consent(circle.everyone, asked)
    closed(circle, asked)
    assert [seen(circle, one)["state"] for one in (amendment, other)] == ["stale", "stale"]
    circle.world.days_pass(2)
    circle.world.falls_due()
    assert the_proposal(circle, proposal["id"])["version"] == 1


def test_two_editorial_changes_due_together_follow_each_other(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    for original, replacement in (("one room", "a room"), ("on Mondays", "each Monday")):
        ok(act(circle.proposer, proposed(circle, proposal, original, replacement), "announce"))
    circle.world.days_pass(1.1)
    circle.world.falls_due()
    stands = the_proposal(circle, proposal["id"])
    assert stands["version"] == 3
    assert stands["text"] == TEXT.replace("one room", "a room").replace("on Mondays", "each Monday")


# -- against an older text -----------------------------------------------------------------------------------


def test_an_amendment_to_an_older_text_follows_what_changed_since(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    ok(act(circle.proposer, proposed(circle, proposal, "one room", "two big rooms"), "accept"))
    late = proposed(circle, {**proposal, "version": 1}, "in spring", "in May")
    assert (late["base_version"], late["original"]) == (2, "spring")
    ok(act(circle.proposer, late, "accept"))
    assert the_proposal(circle, proposal["id"])["text"] == (
        "We rent two big rooms. We open it on Mondays. We look back in May."
    )


def test_an_amendment_to_words_that_changed_since_is_shown_both_sides(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    ok(act(circle.proposer, proposed(circle, proposal, "one room", "two rooms"), "accept"))
    body = {"base_version": 1, "original": "one room", "replacement": "three rooms"}
    told = problem(
        circle.members[1].post(f"/v1/proposals/{proposal['id']}/amendments", body), 409, "StaleBase"
    )
    assert told["version"] == 2
    assert (told["clashes"][0]["mine"], told["clashes"][0]["theirs"]) == ("three", "two")
    body["base_version"] = 9
    problem(circle.members[1].post(f"/v1/proposals/{proposal['id']}/amendments", body), 409, "StaleBase")


# -- while a round runs --------------------------------------------------------------------------------------


def test_accepting_while_a_round_runs_asks_again_about_the_new_text(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    asked = a_round(circle, proposal)
    all_consent(circle.members, asked)
    amendment = proposed(circle, proposal, "one room", "two rooms")
    ok(act(circle.proposer, amendment, "accept"))
    before = ok(circle.proposer.get(f"/v1/rounds/{asked['id']}"))
    assert before["verdict"] == {"outcome": "amended", "reasons": ["TextAmended"]}
    problem(respond(circle.facilitator, asked), 409, "RoundIsClosed")
    stands = the_proposal(circle, proposal["id"])
    assert (stands["stage"], stands["version"], stands["rounds_held"]) == ("consent_round", 2, 2)
    again = ok(circle.proposer.get(f"/v1/rounds/{stands['open_round_id']}"))
    assert (again["number"], again["version"], again["answered"]) == (2, 2, 0)
    assert again["closes_at"] == asked["closes_at"]
    all_consent(circle.everyone, again)
    assert closed(circle, again)["verdict"]["outcome"] == "adopted"


def test_in_its_last_day_a_round_is_amended_only_if_the_deadline_moves_a_day(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    a_round(circle, proposal, days=2)
    amendment = proposed(circle, proposal, "one room", "two rooms")
    circle.world.days_pass(1.5)
    problem(act(circle.proposer, amendment, "accept"), 409, "TooLateToAmend")
    problem(
        act(circle.proposer, amendment, "accept", closes_at=in_days(circle.world, 1.4)), 409, "TooLateToAmend"
    )
    ok(act(circle.proposer, amendment, "accept", closes_at=in_days(circle.world, 1.6)))
    circle.world.days_pass(5)
    other = the_proposal(circle, proposal["id"])
    late = proposed(circle, other, "in spring", "in May")
    problem(act(circle.proposer, late, "accept"), 409, "RoundIsClosed")


def test_an_amended_round_does_not_close_earlier_than_was_said(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    a_round(circle, proposal)
    amendment = proposed(circle, proposal, "one room", "two rooms")
    early = act(circle.proposer, amendment, "accept", closes_at=in_days(circle.world, 3))
    problem(early, 409, "DeadlinesOnlyExtend")


def test_an_announced_change_comes_too_late_for_what_awaits_approval(world: World) -> None:
    circle = a_circle(world, approving_body_id=world.group("Board", kind="board"))
    proposal = a_tuned_proposal(circle)
    waiting = proposed(circle, proposal, "in spring", "in May")
    amendment = proposed(circle, proposal, "Mondays", "Monday")
    ok(act(circle.proposer, amendment, "announce"))
    asked = a_round(circle, proposal)
    all_consent(circle.everyone, asked)
    closed(circle, asked)
    circle.world.days_pass(1.1)
    circle.world.falls_due()
    assert (seen(circle, amendment)["state"], seen(circle, waiting)["state"]) == ("stale", "proposed")
    assert the_proposal(circle, proposal["id"])["version"] == 1


def test_an_amended_round_counts_as_a_round(circle: Circle) -> None:
    ok(set_profile(circle, max_rounds=1))
    proposal = a_tuned_proposal(circle)
    a_round(circle, proposal)
    amendment = proposed(circle, proposal, "one room", "two rooms")
    problem(act(circle.proposer, amendment, "accept"), 409, "NoRoundsLeft")
    assert seen(circle, amendment)["state"] == "proposed"
    assert the_proposal(circle, proposal["id"])["version"] == 1


def test_no_untested_objection_vanishes_under_an_amendment(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    asked = a_round(circle, proposal)
    ok(object_to(circle.members[-1], asked))
    amendment = proposed(circle, proposal, "one room", "two rooms")
    problem(act(circle.proposer, amendment, "accept"), 409, "ObjectionsAreUntested")
    (objection,) = objections_to(circle, proposal["id"])
    ok(act(circle.proposer, amendment, "accept", objection_ids=[objection["id"]]))
    again = the_proposal(circle, proposal["id"])["open_round_id"]
    running = ok(circle.proposer.get(f"/v1/rounds/{again}"))
    all_consent(circle.everyone, running)
    assert closed(circle, running)["verdict"]["outcome"] == "adopted"
    (objection,) = objections_to(circle, proposal["id"])
    assert (objection["state"], objection["integrated_in_version"]) == ("resolved", 2)


# -- promoting -----------------------------------------------------------------------------------------------


def test_the_author_of_a_rejected_amendment_makes_a_proposal_of_it(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    amendment = proposed(circle, proposal, "one room", "two rooms", rationale="We are many")
    told = {"title": "Two rooms"}
    problem(act(circle.members[1], amendment, "promote", **told), 409, "OnlyRejectedArePromoted")
    ok(act(circle.proposer, amendment, "reject"))
    problem(act(circle.proposer, amendment, "promote", **told), 403, "NotAllowed")
    draft = ok(act(circle.members[1], amendment, "promote", **told), 201)
    assert (draft["stage"], draft["title"], draft["driver"]) == ("draft", "Two rooms", "We are many")
    assert draft["text"] == TEXT.replace("one room", "two rooms")
    assert draft["proposer_ids"] == [str(circle.members[1].person_id)]
    assert seen(circle, amendment)["promoted_to_id"] == draft["id"]
    problem(act(circle.members[1], amendment, "promote", **told), 409, "OnlyRejectedArePromoted")


def test_who_has_an_amendment_is_told_of_every_change_of_it(circle: Circle) -> None:
    path = f"/v1/proposals/{a_tuned_proposal(circle)['id']}/amendments"
    change = {"base_version": 1, "original": "one room", "replacement": "two rooms", "rationale": "space"}
    amendment = ok(circle.members[1].post(path, change), 201)
    mine = f"/v1/amendments/{amendment['id']}"
    tag = circle.facilitator.get(mine).headers["ETag"]
    assert circle.facilitator.get(mine, if_none_match=tag).status_code == 304
    ok(circle.proposer.post(f"{mine}/reject"))
    assert ok(circle.facilitator.get(mine, if_none_match=tag))["state"] == "rejected"
