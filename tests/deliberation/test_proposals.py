from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event

from beraad.storage.autogenerate import differences
from beraad_deliberation.storage.database import DATABASE
from deliberation.vocabulary import (
    TEXT,
    Circle,
    a_circle,
    a_draft,
    a_round,
    a_tuned_proposal,
    all_consent,
    an_open_proposal,
    closed,
    moved,
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


def test_the_migrations_leave_no_difference(a_world: WorldMaker, each_engine: str) -> None:
    assert differences(a_world("deliberation", on=each_engine).store.engine, DATABASE) == []


# -- drafting ------------------------------------------------------------------------------------------------


def test_a_draft_belongs_to_its_proposer_until_it_is_opened(circle: Circle) -> None:
    draft = a_draft(circle)
    assert (draft["stage"], draft["version"], draft["revision"]) == ("draft", 1, 1)
    assert draft["proposer_ids"] == [str(circle.proposer.person_id)]
    assert draft["allowed_actions"]["proposal.open"]["allowed"]
    path = f"/v1/proposals/{draft['id']}"
    problem(circle.proposer.patch(path, {"title": "Two rooms"}), 428, "PreconditionRequired")
    problem(circle.proposer.patch(path, {"title": "Two rooms"}, if_match='"7"'), 412, "Stale")
    problem(circle.members[1].patch(path, {"title": "Mine"}, if_match='"1"'), 403, "NotAllowed")
    answer = circle.proposer.patch(path, {"title": "Two rooms"}, if_match='"1"')
    assert ok(answer)["title"] == "Two rooms"
    assert answer.headers["ETag"] == '"2"'
    assert circle.world.published() == []
    ok(circle.proposer.post(f"{path}/open"))
    problem(circle.proposer.patch(path, {"title": "Three"}, if_match='"3"'), 409, "WrongStage")


def test_a_draft_without_a_driver_is_not_opened(circle: Circle) -> None:
    draft = a_draft(circle, driver=" ")
    told = problem(circle.proposer.post(f"/v1/proposals/{draft['id']}/open"), 409, "ProposalIsIncomplete")
    assert told["missing"] == ["driver"]


def test_a_review_date_is_always_there(circle: Circle) -> None:
    assert an_open_proposal(circle)["review_on"] == "2018-10-02"
    assert an_open_proposal(circle, review_on="2018-01-15")["review_on"] == "2018-01-15"


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"title": " "}, "/title"),
        ({"kind": "wish"}, "/kind"),
        ({"text": "x" * 20_001}, "/text"),
        ({"effective_on": "9999-01-01"}, "/effective_on"),
        ({"tasks": [{"title": "Sign"}]}, "/tasks/0/owner_id"),
        ({"groups": [{"name": "Ethics"}]}, "/groups/0/starts_on"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_a_malformed_draft_is_refused_with_a_pointer(
    circle: Circle, facts: dict[str, Any], pointer: str
) -> None:
    body = {"group_id": str(circle.id), "kind": "rule", "title": "Quiet hours", **facts}
    errors = problem(circle.proposer.post("/v1/proposals", body), 422, "InvalidRequest")["errors"]
    assert pointer in [error["pointer"] for error in errors]


def test_groups_are_named_only_by_what_constitutes_them(circle: Circle) -> None:
    group = {"name": "Ethics", "starts_on": "2017-11-01"}
    body = {"group_id": str(circle.id), "kind": "rule", "title": "Ethics", "groups": [group]}
    problem(circle.proposer.post("/v1/proposals", body), 409, "GroupsBelongToConstituting")
    twice = {**body, "kind": "constitute_group", "groups": [group, group]}
    told = problem(circle.proposer.post("/v1/proposals", twice), 422, "InvalidRequest")
    assert told["errors"][0]["pointer"] == "/groups/1/name"


def test_nothing_new_is_drafted_in_a_group_that_ended(circle: Circle) -> None:
    circle.world.hears("membership.group.ended.v1", group_id=circle.id, ended_on="2017-10-01")
    body = {"group_id": str(circle.id), "kind": "rule", "title": "Quiet hours"}
    problem(circle.proposer.post("/v1/proposals", body), 409, "GroupHasEnded")


def test_a_group_not_heard_of_yet_is_waited_for(circle: Circle) -> None:
    body = {"group_id": str(uuid4()), "kind": "rule", "title": "Quiet hours"}
    answer = circle.proposer.post("/v1/proposals", body)
    problem(answer, 409, "NotYetKnown")
    assert answer.headers["Retry-After"] == "1"


# -- phases --------------------------------------------------------------------------------------------------


def test_the_facilitator_moves_with_a_reason_and_nobody_else_does(circle: Circle) -> None:
    proposal = an_open_proposal(circle)
    path = f"/v1/proposals/{proposal['id']}/move"
    problem(circle.facilitator.post(path, {"stage": "tuning", "reason": " "}), 422, "InvalidRequest")
    problem(circle.proposer.post(path, {"stage": "tuning", "reason": "go"}), 403, "NotAllowed")
    assert moved(circle, proposal, "reacting")["stage"] == "reacting"
    problem(circle.facilitator.post(path, {"stage": "reacting", "reason": "go"}), 409, "WrongStage")


def test_whoever_is_named_as_proposer_takes_part_in_the_group(circle: Circle) -> None:
    stranger, guest = circle.world.person("Stranger"), circle.world.person("Expert")
    assert guest.person_id is not None
    circle.world.role(circle.id, guest.person_id, "expert")
    body = {"group_id": str(circle.id), "kind": "recommendation", "title": "A room of our own"}

    def propose(*people: Caller) -> Any:
        names = [str(person.person_id) for person in people]
        return circle.proposer.post("/v1/proposals", {**body, "proposer_ids": names})

    ok(propose(circle.members[1], guest), 201)
    problem(propose(circle.members[1], stranger), 409, "ProposersBelongToTheGroup")


def test_who_is_to_see_to_it_is_somebody(circle: Circle) -> None:
    outsider = circle.world.person("Bookkeeper")
    path = f"/v1/proposals/{a_draft(circle)['id']}"
    task = {"title": "Sign the lease", "due_on": "2017-11-01"}
    for changes in (
        {"responsible_id": str(uuid4())},
        {"tasks": [{**task, "owner_id": str(uuid4())}]},
    ):
        draft = {"group_id": str(circle.id), "kind": "recommendation", "title": "A room", **changes}
        problem(circle.proposer.post("/v1/proposals", draft), 409, "NotYetKnown")
        problem(circle.proposer.patch(path, changes, if_match='"1"'), 409, "NotYetKnown")
    theirs = {
        "responsible_id": str(outsider.person_id),
        "tasks": [{**task, "owner_id": str(outsider.person_id)}],
    }
    ok(circle.proposer.patch(path, theirs, if_match='"1"'))


def test_a_guest_belongs_to_the_group_and_does_not_work_in_it(circle: Circle) -> None:
    guest = circle.world.person("Expert")
    assert guest.person_id is not None
    circle.world.role(circle.id, guest.person_id, "expert")
    path = f"/v1/proposals/{an_open_proposal(circle)['id']}"
    ok(guest.get(path))
    refused = problem(guest.post(f"{path}/reactions", {"text": "Fine"}), 403, "NotAllowed")
    assert refused["rule"] == "MembersOnly"


def test_questions_are_asked_by_guests_too_and_answered_by_the_proposer(circle: Circle) -> None:
    proposal = an_open_proposal(circle)
    guest = circle.world.person("Expert")
    assert guest.person_id is not None
    circle.world.role(circle.id, guest.person_id, "expert")
    path = f"/v1/proposals/{proposal['id']}/questions"
    question = ok(guest.post(path, {"text": "Who pays?"}), 201)
    answers = f"/v1/questions/{question['id']}/answer"
    problem(circle.members[1].post(answers, {"text": "We do"}), 403, "NotAllowed")
    assert ok(circle.proposer.post(answers, {"text": "We do"}))["answer"] == "We do"
    problem(circle.proposer.post(answers, {"text": "We do"}), 409, "QuestionIsAnswered")
    assert [q["text"] for q in ok(guest.get(path))["items"]] == ["Who pays?"]


def test_everybody_reacts_once_or_passes(circle: Circle) -> None:
    proposal = an_open_proposal(circle)
    path = f"/v1/proposals/{proposal['id']}/reactions"
    problem(circle.members[1].post(path, {"text": "Good"}), 409, "WrongStage")
    moved(circle, proposal, "reacting")
    problem(circle.members[1].post(path, {}), 409, "ReactionNeedsWords")
    ok(circle.members[1].post(path, {"text": "Good"}), 201)
    ok(circle.members[2].post(path, {"passes": True}), 201)
    problem(circle.members[1].post(path, {"text": "Again"}), 409, "AlreadyReacted")
    assert [r["passes"] for r in ok(circle.proposer.get(path))["items"]] == [False, True]


def test_a_withdrawn_draft_is_over_at_once(circle: Circle) -> None:
    draft = a_draft(circle)
    assert ok(circle.proposer.post(f"/v1/proposals/{draft['id']}/withdraw"))["stage"] == "withdrawn"


def test_a_withdrawn_proposal_is_over_if_nobody_takes_it_over_within_a_day(circle: Circle) -> None:
    proposal = an_open_proposal(circle)
    path = f"/v1/proposals/{proposal['id']}"
    problem(circle.members[1].post(f"{path}/withdraw"), 403, "NotAllowed")
    problem(circle.members[1].post(f"{path}/take-over"), 409, "NobodyWithdraws")
    withdrawing = ok(circle.proposer.post(f"{path}/withdraw"))
    assert withdrawing["stage"] == "clarifying"
    assert ok(circle.proposer.post(f"{path}/withdraw"))["withdraws_at"] == withdrawing["withdraws_at"]
    circle.world.days_pass(1.1)
    problem(circle.members[1].post(f"{path}/take-over"), 409, "NobodyWithdraws")
    circle.world.falls_due()
    assert the_proposal(circle, proposal["id"])["stage"] == "withdrawn"
    problem(circle.proposer.post(f"{path}/withdraw"), 409, "WrongStage")
    assert len(circle.world.published("deliberation.proposal.withdrawn.v1")) == 1


def test_somebody_takes_a_withdrawn_proposal_over(circle: Circle) -> None:
    proposal = an_open_proposal(circle)
    path = f"/v1/proposals/{proposal['id']}"
    ok(circle.proposer.post(f"{path}/withdraw"))
    taken = ok(circle.members[1].post(f"{path}/take-over"))
    assert (taken["proposer_ids"], taken["withdraws_at"]) == ([str(circle.members[1].person_id)], None)
    circle.world.days_pass(2)
    circle.world.falls_due()
    assert the_proposal(circle, proposal["id"])["stage"] == "clarifying"
    problem(circle.proposer.post(f"{path}/withdraw"), 403, "NotAllowed")


# -- the text ------------------------------------------------------------------------------------------------


def amend(circle: Circle, proposal: dict[str, Any], original: str, replacement: str, base: int = 1) -> Any:
    body = {"base_version": base, "original": original, "replacement": replacement, "rationale": "better"}
    return circle.members[1].post(f"/v1/proposals/{proposal['id']}/amendments", body)


def states(circle: Circle, proposal: dict[str, Any]) -> list[tuple[str, int]]:
    items = ok(circle.proposer.get(f"/v1/proposals/{proposal['id']}/amendments"))["items"]
    return [(item["state"], item["base_version"]) for item in items]


def test_an_accepted_amendment_makes_a_version_and_the_others_follow_or_conflict(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    accepted = ok(amend(circle, proposal, "one room", "two rooms"), 201)
    ok(amend(circle, proposal, "Mondays", "Tuesdays"), 201)
    ok(amend(circle, proposal, "We rent one", "We buy three"), 201)
    problem(circle.members[1].post(f"/v1/amendments/{accepted['id']}/accept"), 403, "NotAllowed")

    taken = ok(circle.proposer.post(f"/v1/amendments/{accepted['id']}/accept"))

    assert (taken["state"], taken["accepted_in_version"]) == ("accepted", 2)
    assert states(circle, proposal) == [("accepted", 1), ("proposed", 2), ("conflicted", 1)]
    changed = the_proposal(circle, proposal["id"])
    assert (changed["version"], changed["text"]) == (2, TEXT.replace("one room", "two rooms"))
    first, second = ok(circle.proposer.get(f"/v1/proposals/{proposal['id']}/versions"))["items"]
    assert second["previous_hash"] == first["hash"]
    assert second["amendment_id"] == accepted["id"]
    problem(circle.proposer.post(f"/v1/amendments/{accepted['id']}/accept"), 409, "AmendmentIsSettled")
    (conflicted,) = circle.world.published("deliberation.amendment.conflicted.v1")
    assert conflicted["base_version"] == 1
    shown = ok(circle.members[1].get(f"/v1/amendments/{conflicted['amendment_id']}"))
    assert shown["clashes"] == [{"before": "one", "mine": "three", "theirs": "two"}]


def test_two_who_change_different_words_of_one_sentence_both_get_in(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    made = [
        ok(amend(circle, proposal, TEXT, TEXT.replace("Mondays", "Tuesdays")), 201),
        ok(amend(circle, proposal, TEXT, TEXT.replace("one room", "two rooms")), 201),
    ]
    for one in made:
        ok(circle.proposer.post(f"/v1/amendments/{one['id']}/accept"))
    both = TEXT.replace("Mondays", "Tuesdays").replace("one room", "two rooms")
    assert the_proposal(circle, proposal["id"])["text"] == both


def test_an_amendment_is_said_by_a_passage_by_edits_or_by_the_whole_text(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    path = f"/v1/proposals/{proposal['id']}/amendments"
    start = TEXT.index("one room")
    edits = [
        {"start": start, "end": start + 3, "text": "two"},
        {"start": start + 8, "end": start + 8, "text": "s"},
    ]
    by_edits = ok(circle.members[1].post(path, {"base_version": 1, "edits": edits}), 201)
    assert (by_edits["original"], by_edits["replacement"]) == ("one room", "two rooms")
    assert (by_edits["edits"], by_edits["duplicate_of_id"], by_edits["clashes"]) == (edits, None, [])
    again = ok(circle.members[0].post(path, {"base_version": 1, "edits": edits}), 201)
    assert again["duplicate_of_id"] == by_edits["id"]
    whole = {"base_version": 1, "text": TEXT.replace("Mondays", "Tuesdays")}
    assert ok(circle.members[1].post(path, whole), 201)["replacement"] == "Tuesdays"
    for bad in ({}, {"text": "x", "edits": edits}, {"original": "one"}, {"replacement": "x", "text": "y"}):
        problem(circle.members[1].post(path, {"base_version": 1, **bad}), 422, "InvalidRequest")
    beyond = [{"start": 0, "end": len(TEXT) + 1, "text": ""}]
    problem(circle.members[1].post(path, {"base_version": 1, "edits": beyond}), 409, "EditsOverlap")
    long = [{"start": 0, "end": 0, "text": "x" * 20_000}]
    problem(circle.members[1].post(path, {"base_version": 1, "edits": long}), 409, "TextTooLong")
    ok(circle.proposer.post(f"/v1/amendments/{by_edits['id']}/accept"))
    assert ("accepted", 1) in states(circle, proposal)
    assert [state for state, _ in states(circle, proposal)].count("accepted") == 2, "the duplicate too"


def test_who_accepts_without_having_seen_the_text_that_stands_is_told_what_it_touched(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    first = ok(amend(circle, proposal, "one room", "two rooms"), 201)
    second = ok(amend(circle, proposal, "Mondays", "Tuesdays"), 201)
    third = ok(amend(circle, proposal, "one room", "three rooms"), 201)
    seen = {"base_version": 1}
    ok(circle.proposer.post(f"/v1/amendments/{first['id']}/accept", seen))
    stale = problem(circle.proposer.post(f"/v1/amendments/{second['id']}/accept", seen), 409, "StaleBase")
    assert (stale["version"], set(stale["affected_amendments"])) == (
        2,
        {first["id"], second["id"], third["id"]},
    )
    ok(circle.proposer.post(f"/v1/amendments/{second['id']}/accept", {"base_version": 2}))


def test_what_a_version_changed_is_shown_word_by_word_and_what_brought_each_line(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    path = f"/v1/proposals/{proposal['id']}"
    amended = ok(amend(circle, proposal, "one room", "<two> rooms"), 201)
    ok(circle.proposer.post(f"/v1/amendments/{amended['id']}/accept"))
    longer = TEXT.replace("one room", "<two> rooms") + "\nAnd a garden."
    ok(circle.proposer.post(f"{path}/versions", {"text": longer, "base_version": 2}), 201)
    told = ok(circle.members[1].get(f"{path}/versions/2/difference"))
    assert (told["from_version"], told["to_version"]) == (1, 2)
    assert {"kind": "removed", "text": "one room"} in told["runs"]
    assert "<del>one room</del><ins>&lt;two&gt; rooms</ins>" in told["html"]
    whole = ok(circle.members[1].get(f"{path}/versions/3/difference?since=1"))
    assert "".join(run["text"] for run in whole["runs"] if run["kind"] != "removed") == longer
    assert ok(circle.members[1].get(f"{path}/versions/1/difference"))["runs"] == [
        {"kind": "added", "text": TEXT}
    ]
    for missing in ("4/difference", "2/difference?since=9"):
        problem(circle.members[1].get(f"{path}/versions/{missing}"), 404, "NotFound")
    lines = ok(circle.members[1].get(f"{path}/blame"))["items"]
    assert [(line["text"], line["version"]) for line in lines][-1] == ("And a garden.", 3)
    assert lines[0]["amendment_id"] == amended["id"]


def test_a_passage_that_is_not_there_once_is_refused(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    problem(amend(circle, proposal, "a garden", "a yard"), 409, "PassageNotFound")
    problem(amend(circle, proposal, "We ", "They "), 409, "PassageIsAmbiguous")
    problem(amend(circle, proposal, "one room", "one room"), 409, "AmendmentChangesNothing")


def test_an_amendment_is_rejected_by_proposers_and_withdrawn_by_its_author(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    first = ok(amend(circle, proposal, "one room", "two rooms"), 201)
    second = ok(amend(circle, proposal, "Mondays", "Tuesdays"), 201)
    problem(circle.proposer.post(f"/v1/amendments/{second['id']}/withdraw"), 403, "NotAllowed")
    ok(circle.proposer.post(f"/v1/amendments/{first['id']}/reject"))
    ok(circle.members[1].post(f"/v1/amendments/{second['id']}/withdraw"))
    assert [state for state, _ in states(circle, proposal)] == ["rejected", "withdrawn"]


def test_a_version_against_an_old_base_is_refused_with_the_current_one(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    path = f"/v1/proposals/{proposal['id']}/versions"
    ok(circle.proposer.post(path, {"text": "We rent two.", "base_version": 1}), 201)
    stale = problem(
        circle.proposer.post(path, {"text": "We rent three.", "base_version": 1}), 409, "StaleBase"
    )
    assert stale["version"] == 2
    problem(circle.proposer.post(path, {"text": "We rent two.", "base_version": 2}), 409, "NothingChanged")
    foreign = {"text": "We rent four.", "base_version": 2, "objection_ids": [str(uuid4())]}
    problem(circle.proposer.post(path, foreign), 409, "NotAnObjectionToThis")
    assert the_proposal(circle, proposal["id"])["version"] == 2


# -- who may know --------------------------------------------------------------------------------------------


def test_a_stranger_is_not_told_that_a_proposal_exists(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    stranger = circle.world.person("Stranger")
    path = f"/v1/proposals/{proposal['id']}"
    for answer in (
        stranger.get(path),
        stranger.get(f"{path}/versions"),
        stranger.get(f"{path}/objections"),
        stranger.get(f"{path}/rounds"),
        stranger.post(f"{path}/open"),
        stranger.post(f"{path}/rounds", {"closes_at": "2017-12-01T00:00:00Z"}),
        stranger.get(f"/v1/proposals?group_id={circle.id}"),
    ):
        problem(answer, 404, "NotFound")
    assert ok(stranger.get("/v1/proposals"))["items"] == []


def test_nobody_without_signing_in(circle: Circle) -> None:
    problem(circle.world.nobody.get("/v1/proposals"), 401, "SignInRequired")
    assert circle.world.nobody.get("/openapi.json").status_code == 200


def test_proposals_are_listed_by_page_and_stage_in_as_many_statements_for_one_as_for_many(
    circle: Circle,
) -> None:
    a_draft(circle)
    with circle.world.counting_statements() as one:
        ok(circle.proposer.get(f"/v1/proposals?group_id={circle.id}"))
    made = [a_draft(circle)["id"] for _ in range(4)]
    with circle.world.counting_statements() as many:
        items = ok(circle.proposer.get(f"/v1/proposals?group_id={circle.id}"))["items"]
    assert len(many) == len(one)
    assert [item["id"] for item in items][1:] == made
    page = circle.proposer.get(f"/v1/proposals?group_id={circle.id}&limit=2")
    assert len(ok(page)["items"]) == 2
    assert 'rel="next"' in page.headers["Link"]
    assert ok(circle.proposer.get("/v1/proposals?stage=tuning"))["items"] == []


def test_tasks_and_groups_of_a_draft_are_changed_as_they_were_written(circle: Circle) -> None:
    draft = a_draft(circle, kind="constitute_group")
    board = circle.world.group("Board", kind="board")
    group = {"name": "Ethics", "starts_on": "2017-11-01", "approving_body_id": str(board)}
    task = {"title": "Tell everybody", "owner_id": str(circle.proposer.person_id), "due_on": "2017-11-01"}
    path = f"/v1/proposals/{draft['id']}"
    changed = ok(circle.proposer.patch(path, {"groups": [group], "tasks": [task]}, if_match='"1"'))
    assert changed["tasks"] == [task]
    assert changed["groups"][0]["policy"]["size_max"] == 10_000
    assert changed["groups"][0]["approving_body_id"] == str(board)


def test_an_amendment_is_read_by_the_group(circle: Circle) -> None:
    made = ok(amend(circle, a_tuned_proposal(circle), "one room", "two rooms"), 201)
    assert ok(circle.facilitator.get(f"/v1/amendments/{made['id']}"))["replacement"] == "two rooms"
    problem(circle.world.person("Stranger").get(f"/v1/amendments/{made['id']}"), 404, "NotFound")
    problem(circle.facilitator.get(f"/v1/amendments/{uuid4()}"), 404, "NotFound")


# -- lists ---------------------------------------------------------------------------------------------------


def test_a_list_counts_who_asked_and_reacted_and_its_tag_changes_with_all_it_shows(
    a_world: WorldMaker, each_engine: str
) -> None:
    circle = a_circle(a_world("deliberation", on=each_engine))
    me = circle.members[1]
    seen: dict[str, bytes] = {}

    def look() -> dict[str, Any]:
        """The first of the list; the same tag always stands for the same page, and no page has two."""
        answer = me.get("/v1/proposals")
        page, tag = answer.get_data(), answer.headers["ETag"]
        assert seen.setdefault(tag, page) == page
        assert list(seen.values()).count(page) == 1
        assert me.get("/v1/proposals", if_none_match=tag).status_code == 304
        first: dict[str, Any] = ok(answer)["items"][0]
        return first

    draft = a_draft(circle)
    path = f"/v1/proposals/{draft['id']}"
    assert look()["title"] == "A room of our own"
    ok(circle.proposer.patch(path, {"title": "Two rooms"}, if_match='"1"'))
    assert look()["title"] == "Two rooms"
    ok(circle.proposer.post(f"{path}/open"))
    look()
    for number in (1, 2):
        ok(me.post(f"{path}/questions", {"text": f"Why {number}?"}), 201)
        assert look()["questions_asked"] == number
    ok(circle.facilitator.post(f"{path}/move", {"stage": "reacting", "reason": "clear now"}))
    look()
    ok(me.post(f"{path}/reactions", {"text": "Good"}), 201)
    assert look()["reactions_given"] == 1
    asked = a_round(circle, moved(circle, draft))
    assert look()["open_round_id"] == asked["id"]
    all_consent(circle.everyone, asked)
    closed(circle, asked)
    assert look()["decision_id"] is not None
    assert len(seen) == 9


def test_whoever_has_an_older_page_takes_one_connection_as_everybody_does(a_world: WorldMaker) -> None:
    circle = a_circle(a_world("deliberation", on="postgresql"))
    a_draft(circle)
    pool, taken = circle.world.store.engine.pool, []

    def note(*_told: Any) -> None:
        taken.append(pool.checkedout())  # type: ignore[attr-defined]

    event.listen(pool, "checkout", note)
    try:
        ok(circle.proposer.get("/v1/proposals", if_none_match='W/"older"'))
    finally:
        event.remove(pool, "checkout", note)
    assert taken
    assert max(taken) == 1


def test_a_page_that_is_no_longer_the_last_has_another_tag(circle: Circle) -> None:
    a_draft(circle)
    first = circle.proposer.get("/v1/proposals?limit=1")
    a_draft(circle)
    again = circle.proposer.get("/v1/proposals?limit=1", if_none_match=first.headers["ETag"])
    assert again.status_code == 200
    assert 'rel="next"' in again.headers["Link"]
    unchanged = circle.proposer.get("/v1/proposals?limit=1", if_none_match=again.headers["ETag"])
    assert unchanged.status_code == 304
    assert unchanged.headers["ETag"] == again.headers["ETag"]
    assert unchanged.get_data() == b""
