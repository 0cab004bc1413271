"""The running service keeps the record: what it exports verifies, and what it promised is in it."""

import threading
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select

from beraad.domain import Actor
from beraad.perform import reading, transaction
from beraad.record.notes import PublicKey
from beraad_deliberation.documents.judging import judge_document
from beraad_deliberation.record.verifying import Report
from beraad_deliberation.record.verifying import verify as check
from beraad_deliberation.storage.tables import (
    ballots,
    electors,
    ledger_entries,
    ledgers,
    pseudonyms,
    record_texts,
    responses,
)
from beraad_deliberation.use_cases.open_proposal import OpenProposal, open_proposal
from deliberation.story import a_whole_story, an_assembly_that_voted
from deliberation.test_live_rounds import a_live_round, say
from deliberation.vocabulary import (
    Circle,
    a_circle,
    a_draft,
    a_round,
    a_tuned_proposal,
    all_consent,
    closed,
    in_days,
    leaves,
    object_to,
    objections_to,
    respond,
    set_profile,
    the_proposal,
)
from worlds.callers import Caller, ok, problem
from worlds.races import at_once
from worlds.world import World, WorldMaker


@pytest.fixture
def world(a_world: WorldMaker, each_engine: str) -> World:
    return a_world("deliberation", on=each_engine)


def exported(circle: Circle) -> dict[str, Any]:
    export: dict[str, Any] = ok(circle.facilitator.get(f"/v1/groups/{circle.id}/export"))
    return export


def the_key(circle: Circle) -> PublicKey:
    return PublicKey.parse(ok(circle.facilitator.get(f"/v1/groups/{circle.id}/checkpoint"))["key"])


def verified(circle: Circle, *against: Any) -> Report:
    return check(exported(circle), judge=judge_document, against=against, key=the_key(circle))


def expect_good(circle: Circle, *against: Any) -> Report:
    report = verified(circle, *against)
    assert [str(one) for one in report.findings] == []
    assert report.key_is_trusted
    return report


def types_of(circle: Circle) -> list[str]:
    return [entry["type"] for entry in exported(circle)["ledger"]["entries"]]


def test_a_whole_story_verifies_and_every_outcome_is_judged_again(world: World) -> None:
    told = a_whole_story(world)
    circle = told.circle

    report = expect_good(circle, *sealed_by_events(world))

    assert report.outcomes == 2
    assert report.erased == 0
    kinds = set(types_of(circle))
    assert kinds >= {
        "version.published",
        "amendment.proposed",
        "amendment.accepted",
        "amendment.declined",
        "round.opened",
        "objection.raised",
        "objection.testing",
        "objection.tested",
        "objection.integrating",
        "objection.orphaned",
        "objection.adopted",
        "objection.ended",
        "electorate.changed",
        "round.closed",
        "approval.requested",
        "approval.granted",
        "decision.adopted",
        "decision.in_force",
    }
    people = {one["name"] for one in exported(circle)["ledger"]["people"]}
    assert people >= {"Member 0", "Member 1"}


def sealed_by_events(world: World) -> list[str]:
    """The checkpoints that closing rounds told of."""
    bodies = world.published("deliberation.round.closed.v1")
    assert bodies
    assert all(body["checkpoint"] for body in bodies)
    return [body["checkpoint"] for body in bodies]


def test_a_vote_verifies_with_ballots_that_were_replaced(world: World) -> None:
    assembly, _ = an_assembly_that_voted(world)
    assert expect_good(assembly).outcomes == 1
    (event,) = world.published("deliberation.vote.closed.v1")
    expect_good(assembly, event["checkpoint"])


def receipt(person: Caller, asked: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = ok(person.get(f"/v1/rounds/{asked['id']}/receipts/me"))
    return found


def test_an_answer_is_promised_at_once_and_proved_after_the_close(world: World) -> None:
    circle = a_circle(world)
    asked = a_round(circle)
    anna = circle.members[1]
    first = ok(respond(anna, asked, "abstain"))["receipt"]
    second = ok(respond(anna, asked, "consent_with_concern", concern="will it last?"))["receipt"]
    assert second["entry"]["prev"] is not None
    assert receipt(anna, asked) == second
    all_consent([circle.facilitator, circle.proposer, circle.members[2]], asked)
    expect_good(circle, first)  # promised, and not due yet

    closed(circle, asked)

    proved = receipt(anna, asked)
    assert {**proved, "closed": None} == second
    assert proved["closed"]["entry"]["type"] == "round.closed"
    expect_good(circle, first, second, proved)


def test_a_ballot_is_promised_and_proved_too(world: World) -> None:
    assembly, proposal_id = an_assembly_that_voted(world)
    vote_id = the_proposal(assembly, proposal_id)["vote_id"]
    proved = ok(assembly.proposer.get(f"/v1/votes/{vote_id}/receipts/me"))
    assert proved["entry"]["body"]["choice"] == "for"
    assert proved["closed"]["entry"]["type"] == "vote.closed"
    expect_good(assembly, proved)


def test_whoever_did_not_answer_has_no_receipt(world: World) -> None:
    circle = a_circle(world)
    asked = a_round(circle)
    problem(circle.members[0].get(f"/v1/rounds/{asked['id']}/receipts/me"), 404, "NotFound")


def test_an_objection_has_a_receipt_and_what_replaces_it_follows_it(world: World) -> None:
    circle = a_circle(world)
    asked = a_round(circle)
    anna = circle.members[1]
    objected = ok(object_to(anna, asked))["receipt"]
    replaced = ok(respond(anna, asked))["receipt"]
    again = ok(object_to(anna, asked, "I changed my mind"))["receipt"]
    all_consent([circle.facilitator, circle.proposer, circle.members[2]], asked)
    closed(circle, asked, reason="all have answered")
    (objection,) = objections_to(circle, asked["proposal_id"])
    expect_good(circle, objected, replaced, again)

    ok(anna.post(f"/v1/objections/{objection['id']}/withdraw", {"answer": "consent"}))

    assert types_of(circle).count("round.closed") == 2
    late = receipt(anna, asked)
    assert late["closed"] is not None
    expect_good(circle, objected, replaced, again, late)


def test_while_a_round_runs_nobody_sees_who_answered(world: World) -> None:
    circle = a_circle(world)
    asked = a_round(circle)
    ok(respond(circle.members[1], asked, "consent_with_concern", concern="a secret until then"))

    export = exported(circle)

    (roll,) = export["ledger"]["rolls"]
    assert (len(roll["electors"]), roll["closes"], roll["later"]) == (4, [], [])
    assert "a secret until then" not in str(export["ledger"])
    expect_good(circle)


@pytest.mark.parametrize("how", ["answering", "withdrawing"])
def test_while_a_round_runs_a_withdrawn_objection_does_not_tell_the_answer_instead(
    world: World, how: str
) -> None:
    """Its leaf would: there are few answers to try."""
    circle = a_circle(world)
    asked = a_round(circle)
    anna = circle.members[1]
    ok(object_to(anna, asked))
    (objection,) = objections_to(circle, asked["proposal_id"])
    if how == "answering":
        ok(respond(anna, asked, "abstain"))
    else:
        ok(anna.post(f"/v1/objections/{objection['id']}/withdraw", {"answer": "abstain"}))

    entry = exported(circle)["ledger"]["entries"][-1]

    assert (entry["type"], entry["body"]["response"]) == ("objection.ended", None)
    all_consent([circle.facilitator, circle.proposer, circle.members[2]], asked)
    closed(circle, asked)
    expect_good(circle)


def test_sixteen_answers_of_one_person_at_once_are_one_chain(a_world: WorldMaker) -> None:
    world = a_world("deliberation", on="postgresql", pool_size=12)
    circle = a_circle(world)
    asked = a_round(circle)
    anna = circle.members[1]
    answers = ["consent", "abstain", "object", "stand_aside"] * 4

    def answer(word: str) -> Any:
        return object_to(anna, asked) if word == "object" else respond(anna, asked, word)

    done: list[Any] = at_once([partial(answer, word) for word in answers])
    receipts = [ok(one)["receipt"] for one in done]

    all_consent([circle.facilitator, circle.proposer, circle.members[2]], asked)
    closed(circle, asked, reason="all have answered")
    prevs = [one["entry"]["prev"] for one in receipts]
    assert len(set(prevs)) == 16
    expect_good(circle, *receipts)


def test_erasing_a_person_erases_their_name_and_words_and_the_record_stays_whole(world: World) -> None:
    circle = a_circle(world)
    asked = a_round(circle)
    anna = circle.members[1]
    kept = ok(respond(anna, asked, "consent_with_concern", concern="my own words"))["receipt"]
    ok(object_to(circle.members[2], asked, "words of another"))
    all_consent([circle.facilitator, circle.proposer], asked)
    closed(circle, asked, reason="all have answered")
    before = expect_good(circle)
    older = exported(circle)

    world.hears("membership.person.erased.v1", person_id=anna.id, pseudonym="gone-1")

    export = exported(circle)
    assert "my own words" not in str(export)
    assert "words of another" in str(export["ledger"])
    assert anna_is_named(older)
    assert not anna_is_named(export)
    report = expect_good(circle, older, kept)
    assert (before.erased, report.erased) == (0, 1)


def anna_is_named(export: dict[str, Any]) -> bool:
    return "Member 2" in {one["name"] for one in export["ledger"]["people"]}


def test_a_checkpoint_is_told_once_a_day_where_the_record_grew(world: World) -> None:
    circle = a_circle(world)
    a_tuned_proposal(circle)
    assert world.published("deliberation.record.sealed.v1") == []
    world.days_pass(1.1)
    world.falls_due()
    world.days_pass(1.1)
    world.falls_due()

    (event,) = world.published("deliberation.record.sealed.v1")

    assert event["size"] == len(exported(circle)["ledger"]["entries"])
    expect_good(circle, event["checkpoint"])


def test_strangers_see_no_checkpoint(world: World) -> None:
    circle = a_circle(world)
    problem(world.person("Somebody else").get(f"/v1/groups/{circle.id}/checkpoint"), 404, "NotFound")
    empty = ok(circle.facilitator.get(f"/v1/groups/{circle.id}/checkpoint"))
    assert empty["size"] == 0
    expect_good(circle)


def test_whoever_leaves_and_whoever_takes_over_is_recorded(world: World) -> None:
    circle = a_circle(world, 4)
    asked = a_round(circle)
    leaves(circle, circle.members[3])
    ok(circle.proposer.post(f"/v1/proposals/{asked['proposal_id']}/withdraw"))
    ok(circle.members[1].post(f"/v1/proposals/{asked['proposal_id']}/take-over"))
    all_consent([circle.facilitator, *circle.members[:3]], asked)
    assert closed(circle, asked)["verdict"]["outcome"] == "adopted"
    assert types_of(circle).count("electorate.changed") == 3
    expect_good(circle)


def test_a_leaf_is_stored_as_it_was_promised(world: World) -> None:
    circle = a_circle(world)
    asked = a_round(circle)
    promised = ok(respond(circle.members[1], asked))["receipt"]["promise"].split("\n")[3]
    with reading(world.store) as work:
        stored = work.session.execute(select(responses.c.leaf)).scalar_one()
    assert stored.hex() == promised


def test_an_answer_that_was_spoken_and_contested_is_taken_back_by_a_leaf(world: World) -> None:
    circle = a_circle(world)
    asked = a_live_round(circle, *circle.everyone)
    anna, ben = circle.members[1:3]
    for person in (anna, ben, circle.proposer):
        ok(say(circle, asked, person))
    spoken = receipt(anna, asked)
    assert spoken["entry"]["body"]["by"] is not None

    ok(anna.post(f"/v1/rounds/{asked['id']}/responses/me/contest", {"reason": "I said nothing"}))

    taken_back = receipt(anna, asked)
    assert taken_back["entry"]["type"] == "response.contested"
    own = ok(respond(anna, asked, "stand_aside"))["receipt"]
    hashes = [one["promise"].split("\n")[3] for one in (spoken, taken_back)]
    assert [taken_back["entry"]["prev"], own["entry"]["prev"]] == hashes
    ok(respond(circle.facilitator, asked))
    world.falls_due()
    report = expect_good(circle, spoken, taken_back, own, receipt(ben, asked))
    assert report.outcomes == 1

    ok(ben.post(f"/v1/rounds/{asked['id']}/responses/me/contest", {"reason": "Neither did I"}))

    assert "round.contested" in types_of(circle)
    expect_good(circle, own, receipt(ben, asked))


@pytest.mark.parametrize(("days", "extended"), [(0.2, 1), (9, 0)])
def test_those_absent_may_answer_after_a_live_round_and_a_deadline_that_stays_is_not_told(
    world: World, days: float, extended: int
) -> None:
    circle = a_circle(world)
    ok(set_profile(circle, absent_hours=48))
    asked = a_live_round(circle, *circle.everyone[:2], closes_at=in_days(world, days))
    all_consent(circle.everyone[:2], asked)
    world.falls_due()
    all_consent(circle.everyone[2:], asked)
    closed(circle, asked)
    assert types_of(circle).count("round.extended") == extended
    expect_good(circle)


RECORDED = (ledger_entries, ledgers, record_texts, pseudonyms)


def what_was_before_the_record(world: World) -> None:
    """As the migration leaves what it finds."""
    nothing = {"prev": None, "leaf": None}
    with transaction(world.store) as work:
        for table in RECORDED:
            work.session.execute(table.delete())
        work.session.execute(electors.update().values(pseudonym=None))
        work.session.execute(responses.update().values(said=None, **nothing))
        work.session.execute(ballots.update().values(**nothing))


def test_what_was_under_way_before_the_record_goes_on_and_is_not_told_of(world: World) -> None:
    circle = a_circle(world, 4)
    all_consent(circle.everyone, decided := a_round(circle))
    closed(circle, decided)
    running, other = a_round(circle), a_round(circle)
    anna, ben = circle.members[1:3]
    ok(object_to(anna, running))
    ok(respond(ben, running))
    ok(object_to(ben, other))
    what_was_before_the_record(world)

    assert ok(respond(ben, running, "abstain"))["receipt"] is None
    problem(ben.get(f"/v1/rounds/{running['id']}/receipts/me"), 404, "NotFound")
    all_consent([circle.facilitator, circle.proposer, anna, circle.members[3]], running)
    assert closed(circle, running)["verdict"]["outcome"] == "adopted"
    all_consent([circle.facilitator, circle.proposer, anna, circle.members[3]], other)
    leaves(circle, circle.members[3])
    closed(circle, other, reason="all have answered")
    (objection,) = objections_to(circle, other["proposal_id"])
    deferred = {"text": "Another text.", "base_version": 1, "objection_ids": [objection["id"]]}
    ok(circle.proposer.post(f"/v1/proposals/{other['proposal_id']}/versions", deferred), 201)
    second = a_round(circle, the_proposal(circle, other["proposal_id"]))
    all_consent([*circle.everyone[:4]], second)
    assert closed(circle, second)["verdict"]["outcome"] == "adopted"
    assert types_of(circle) == ["record.began", "version.published"]

    fresh = a_round(circle, a_tuned_proposal(circle))
    kept = ok(respond(anna, fresh))["receipt"]
    all_consent(circle.everyone[:4], fresh)
    assert closed(circle, fresh)["verdict"]["outcome"] == "adopted"

    ledger = exported(circle)["ledger"]
    assert ledger["entries"][0]["body"] == {"group": str(circle.id), "decisions": 2}
    (adopted,) = [one["body"] for one in ledger["entries"] if one["type"] == "decision.adopted"]
    assert adopted["number"] == 4
    report = expect_good(circle, kept)
    assert report.outcomes == 1


# -- what is late, what changes its course -------------------------------------------------------------------


def test_between_deadline_and_close_an_objection_can_be_withdrawn_and_the_record_stays_good(
    world: World,
) -> None:
    circle = a_circle(world)
    asked = a_round(circle, days=1)
    anna = circle.members[1]
    ok(object_to(anna, asked))
    all_consent([circle.facilitator, circle.proposer, circle.members[2]], asked)
    (objection,) = objections_to(circle, asked["proposal_id"])
    world.days_pass(1.01)

    ok(anna.post(f"/v1/objections/{objection['id']}/withdraw", {"answer": "consent"}))
    world.falls_due()

    assert the_proposal(circle, asked["proposal_id"])["stage"] in {"adopted", "in_force"}
    expect_good(circle, receipt(anna, asked))


def test_between_deadline_and_close_a_recorded_answer_can_be_contested(world: World) -> None:
    circle = a_circle(world)
    asked = a_live_round(circle, *circle.everyone)
    for person in circle.everyone[:3]:
        ok(say(circle, asked, person))
    world.days_pass(0.21)
    ok(circle.members[1].post(f"/v1/rounds/{asked['id']}/responses/me/contest", {"reason": "I did not"}))
    world.falls_due()
    expect_good(circle, receipt(circle.members[1], asked))


def test_between_deadline_and_close_an_orphan_can_be_adopted_and_nobody_answers_by_that(world: World) -> None:
    circle = a_circle(world)
    asked = a_round(circle, days=1)
    ok(object_to(circle.members[1], asked))
    (objection,) = objections_to(circle, asked["proposal_id"])
    leaves(circle, circle.members[1])
    world.days_pass(1.01)
    ok(circle.members[2].post(f"/v1/objections/{objection['id']}/adopt"))
    world.falls_due()
    problem(circle.members[2].get(f"/v1/rounds/{asked['id']}/receipts/me"), 404, "NotFound")
    expect_good(circle)


def test_a_decision_superseded_before_its_day(world: World) -> None:
    circle = a_circle(world)

    def adopted(**facts: Any) -> str:
        asked = a_round(circle, a_tuned_proposal(circle, **facts))
        all_consent(circle.everyone, asked)
        closed(circle, asked)
        return str(the_proposal(circle, asked["proposal_id"])["decision_id"])

    adopted(supersedes_id=adopted(effective_on="2018-01-01"))
    assert "decision.superseded" in types_of(circle)
    expect_good(circle)


def test_a_ruling_that_a_new_version_answers_cannot_be_appealed_nor_stand_later(world: World) -> None:
    circle = a_circle(world)
    ok(set_profile(circle, objection_test="facilitator"))
    asked = a_round(circle)
    anna = circle.members[1]
    ok(object_to(anna, asked))
    (objection,) = objections_to(circle, asked["proposal_id"])
    path = f"/v1/objections/{objection['id']}"
    ok(circle.facilitator.post(f"{path}/rule", {"qualifies": False, "reason": "no harm in it"}))
    closed(circle, asked, reason="we have heard enough")
    version = {"text": "We rent two rooms.", "base_version": 1, "objection_ids": [objection["id"]]}
    ok(circle.proposer.post(f"/v1/proposals/{asked['proposal_id']}/versions", version), 201)

    problem(anna.post(f"{path}/appeal"), 409, "NoRulingToAppeal")

    world.days_pass(2)
    world.falls_due()
    (objection,) = objections_to(circle, asked["proposal_id"])
    assert objection["state"] == "integrating"
    expect_good(circle)


def test_a_deadlock_is_referred_to_the_body_though_it_granted_that_text_if_the_group_consents(
    world: World,
) -> None:
    board = a_circle(world, 1, kind="board")
    circle = a_circle(world, approving_body_id=board.id)
    ok(set_profile(circle, max_rounds=2))
    first = a_round(circle)
    all_consent(circle.everyone, first)
    closed(circle, first)
    path = f"/v1/proposals/{first['proposal_id']}"
    approval = the_proposal(circle, first["proposal_id"])["approval_id"]
    changed = {"text": "We rent two rooms.", "reason": "one is too small"}
    ok(board.members[0].post(f"/v1/approvals/{approval}/grant-with-changes", changed))
    second = a_round(circle, the_proposal(circle, first["proposal_id"]))
    ok(object_to(circle.members[1], second))
    all_consent([circle.facilitator, circle.proposer, circle.members[2]], second)
    closed(circle, second, reason="all have answered")

    ok(circle.facilitator.post(f"{path}/refer"))

    assert the_proposal(circle, first["proposal_id"])["stage"] == "awaiting_approval"
    expect_good(circle)


def test_an_objection_adopted_twice_can_be_withdrawn_or_lapses(world: World) -> None:
    circle = a_circle(world, 5)
    asked = a_round(circle)
    anna, cas, dan = circle.members[1:4]
    ok(object_to(anna, asked))
    (objection,) = objections_to(circle, asked["proposal_id"])
    path = f"/v1/objections/{objection['id']}"
    leaves(circle, anna)
    ok(cas.post(f"{path}/adopt"))
    all_consent([circle.facilitator, circle.proposer, circle.members[4]], asked)
    closed(circle, asked, reason="we have heard enough")
    leaves(circle, cas)
    ok(dan.post(f"{path}/adopt"))

    ok(dan.post(f"{path}/withdraw", {"answer": "consent"}))

    assert the_proposal(circle, asked["proposal_id"])["stage"] == "integrating"  # cas still objects
    expect_good(circle)


def test_contesting_a_spoken_objection_after_the_close_judges_the_round_again(world: World) -> None:
    circle = a_circle(world)
    asked = a_live_round(circle, *circle.everyone)
    anna = circle.members[1]
    ok(say(circle, asked, anna, "object", objection={"reason": "too far", "kind": "aim"}))
    all_consent([circle.facilitator, circle.proposer, circle.members[2]], asked)
    closed(circle, asked, reason="all have answered")

    ok(anna.post(f"/v1/rounds/{asked['id']}/responses/me/contest", {"reason": "I only asked"}))

    (objection,) = objections_to(circle, asked["proposal_id"])
    assert objection["state"] == "withdrawn"
    assert the_proposal(circle, asked["proposal_id"])["stage"] in {"adopted", "in_force"}
    expect_good(circle)


def test_what_follows_an_answer_contested_after_the_close_follows_its_leaf(world: World) -> None:
    circle = a_circle(world, 4)
    asked = a_live_round(circle, *circle.everyone)
    xenia, yves = circle.members[2:4]
    ok(say(circle, asked, yves))
    all_consent([circle.facilitator, *circle.members[:2]], asked)
    ok(object_to(xenia, asked))
    closed(circle, asked, reason="time")
    (objection,) = objections_to(circle, asked["proposal_id"])
    leaves(circle, xenia)
    ok(yves.post(f"/v1/rounds/{asked['id']}/responses/me/contest", {"reason": "I said nothing"}))
    ok(yves.post(f"/v1/objections/{objection['id']}/adopt"))
    ok(yves.post(f"/v1/objections/{objection['id']}/withdraw", {"answer": "consent"}))
    expect_good(circle)


def test_words_erased_while_their_author_contests_them_do_not_come_back(world: World) -> None:
    circle = a_circle(world, 4)
    asked = a_live_round(circle, *circle.everyone)
    yves = circle.members[3]
    ok(say(circle, asked, yves, "consent_with_concern", concern="my own words"))
    all_consent([circle.facilitator, *circle.members[:3]], asked)
    closed(circle, asked, reason="time")

    def erase() -> None:
        world.hears("membership.person.erased.v1", person_id=yves.id, pseudonym="gone-1")

    erasing = threading.Thread(target=erase)

    @event.listens_for(world.store.engine, "before_cursor_execute")
    def before(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().startswith("INSERT INTO responses") and not erasing.ident:
            erasing.start()
            erasing.join(1)

    yves.post(f"/v1/rounds/{asked['id']}/responses/me/contest", {"reason": "I said nothing"})
    erasing.join(10)
    assert not erasing.is_alive()
    with reading(world.store) as work:
        mine = responses.c.person_id == yves.person_id
        words = work.session.execute(select(responses.c.concern, responses.c.contest_reason).where(mine))
        assert {word for row in words for word in row} <= {"[erased]", None}


def test_whoever_was_removed_keeps_the_right_to_their_proof(world: World) -> None:
    circle = a_circle(world)
    asked = a_round(circle)
    anna = circle.members[1]
    all_consent(circle.everyone, asked)
    leaves(circle, anna, "removed")
    closed(circle, asked)
    proved = receipt(anna, asked)
    assert proved["closed"] is not None
    expect_good(circle, proved)


def test_what_is_undone_within_a_transaction_is_neither_published_nor_recorded(world: World) -> None:
    circle = a_circle(world)
    drafts = [UUID(a_draft(circle)["id"]) for _ in range(2)]
    with transaction(world.store, Actor(circle.proposer.person_id)) as work:
        open_proposal(OpenProposal(drafts[0]), work, work.now)
        with suppress(ZeroDivisionError), work.attempting():
            open_proposal(OpenProposal(drafts[1]), work, work.now)
            raise ZeroDivisionError
    (opened,) = world.published()
    assert opened["proposal_id"] == str(drafts[0])
    assert types_of(circle) == ["version.published"]
    assert the_proposal(circle, str(drafts[1]))["stage"] == "draft"
    expect_good(circle)
