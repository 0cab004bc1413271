"""The trail of objections: every step in its order, nothing of a running round, as data and as a picture."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from beraad_deliberation.documents.trail_schemas import TrailDocument
from deliberation.story import HOSTILE, Told, a_whole_story
from deliberation.vocabulary import (
    Circle,
    a_circle,
    a_round,
    a_tuned_proposal,
    all_consent,
    closed,
    leaves,
    object_to,
    objections_to,
    set_profile,
    the_proposal,
)
from worlds.callers import ok, problem
from worlds.world import World, WorldMaker


@pytest.fixture
def world(a_world: WorldMaker) -> World:
    return a_world("deliberation")


@pytest.fixture
def circle(world: World) -> Circle:
    return a_circle(world, 4)


def trail_of(circle: Circle, proposal_id: str) -> list[dict[str, Any]]:
    told = ok(circle.facilitator.get(f"/v1/proposals/{proposal_id}/trail"))
    assert TrailDocument().validate(told) == {}
    items: list[dict[str, Any]] = told["items"]
    return items


def steps(item: dict[str, Any]) -> list[str]:
    return [step["step"] for step in item["steps"]]


def step(item: dict[str, Any], named: str) -> dict[str, Any]:
    (found,) = [one for one in item["steps"] if one["step"] == named]
    return dict(found)


def test_a_trail_tells_what_became_of_each_objection(a_world: WorldMaker, each_engine: str) -> None:
    told = a_whole_story(a_world("deliberation", on=each_engine))
    integrated, refused, withdrawn, adopted = trail_of(told.circle, told.proposal_id)
    assert steps(integrated) == ["raised", "opinions", "tested", "integrated", "answered", "settled"]
    assert (integrated["round"], integrated["version"], integrated["passage"]) == (1, 2, "one room")
    assert (step(integrated, "opinions")["qualifies"], step(integrated, "opinions")["does_not_qualify"]) == (
        2,
        0,
    )
    became = step(integrated, "integrated")
    assert (became["version"], became["strategy"]) == (3, "amend")
    assert became["amendment_author_id"] == str(told.circle.members[1].id)
    answer = step(integrated, "answered")
    assert (answer["round"], answer["version"], answer["answer"]) == (2, 4, "consent")
    assert steps(refused) == ["raised", "opinions", "tested", "settled", "answered"]
    assert (step(refused, "tested")["valid"], step(refused, "settled")["state"]) == (False, "not_qualified")
    assert steps(withdrawn) == ["raised", "settled", "answered"]
    assert steps(adopted)[:4] == ["raised", "orphaned", "adopted", "tested"]
    assert step(adopted, "adopted")["person_id"] == str(told.circle.members[1].id)
    assert step(adopted, "orphaned")["at"] < step(adopted, "adopted")["at"]
    deferred = step(adopted, "integrated")
    assert (deferred["note"], deferred["due_on"]) == ("Ask the treasurer. ", "2017-12-24")


def test_steps_stand_in_the_order_of_time(world: World) -> None:
    told = a_whole_story(world)
    for item in trail_of(told.circle, told.proposal_id):
        moments = [one["at"] for one in item["steps"] if one["at"]]
        assert moments == sorted(moments)


def test_an_answer_of_a_round_that_runs_is_not_told(circle: Circle) -> None:
    asked = a_round(circle)
    objector = circle.members[-1]
    ok(object_to(objector, asked))
    all_consent(circle.everyone[:-1], asked)
    closed(circle, asked, reason="we integrate")
    (objection,) = objections_to(circle, asked["proposal_id"])
    body = {"text": "We rent two rooms.", "base_version": 1, "objection_ids": [objection["id"]]}
    ok(circle.proposer.post(f"/v1/proposals/{asked['proposal_id']}/versions", body), 201)
    again = a_round(circle, the_proposal(circle, asked["proposal_id"]))
    all_consent(circle.everyone, again)
    (item,) = trail_of(circle, asked["proposal_id"])
    assert "answered" not in steps(item)
    export = ok(circle.facilitator.get(f"/v1/proposals/{asked['proposal_id']}/export"))
    assert (export["rounds"][1]["responses"], export["rounds"][1]["judged"]) == ([], None)
    closed(circle, again)
    (item,) = trail_of(circle, asked["proposal_id"])
    assert steps(item)[-2:] == ["answered", "settled"]


def test_objections_that_follow_and_take_in_each_other_name_each_other(circle: Circle) -> None:
    asked = a_round(circle)
    for person in circle.members[-2:]:
        ok(object_to(person, asked))
    all_consent(circle.everyone[:-2], asked)
    first, second = objections_to(circle, asked["proposal_id"])
    ok(circle.members[-2].post(f"/v1/objections/{first['id']}/merge", {"into_id": second["id"]}))
    ok(circle.facilitator.post(f"/v1/objections/{second['id']}/test"))
    closed(circle, asked, reason="we go on")
    body = {"text": "We rent two rooms.", "base_version": 1}
    ok(circle.proposer.post(f"/v1/proposals/{asked['proposal_id']}/versions", body), 201)
    again = a_round(circle, the_proposal(circle, asked["proposal_id"]))
    ok(object_to(circle.members[-1], again, "it still does"))
    one, two, three = trail_of(circle, asked["proposal_id"])
    assert step(one, "merged_into")["objection_id"] == two["id"]
    assert step(two, "took_in")["objection_id"] == one["id"]
    assert step(two, "followed_by")["objection_id"] == three["id"]
    assert step(three, "follows")["objection_id"] == two["id"]
    picture = circle.facilitator.get(f"/v1/proposals/{asked['proposal_id']}/trail.svg").text
    assert "raised again in a later round" in picture


@pytest.mark.parametrize(
    ("does", "expected"),
    [
        ("rules", ["raised", "ruled"]),
        ("appeals", ["raised", "ruled", "appealed"]),
        ("waits", ["raised", "ruled", "tested", "settled"]),
        ("agrees", ["raised", "ruled", "tested"]),
    ],
)
def test_a_ruling_is_a_step_of_its_own(circle: Circle, does: str, expected: list[str]) -> None:
    ok(set_profile(circle, objection_test="facilitator"))
    asked = a_round(circle)
    ok(object_to(circle.members[-1], asked))
    (objection,) = objections_to(circle, asked["proposal_id"])
    path = f"/v1/objections/{objection['id']}"
    ok(circle.facilitator.post(f"{path}/rule", {"qualifies": does == "agrees", "reason": "I looked"}))
    if does == "appeals":
        ok(circle.members[-1].post(f"{path}/appeal"))
    if does == "waits":
        circle.world.days_pass(1.1)
        circle.world.falls_due()
    (item,) = trail_of(circle, asked["proposal_id"])
    assert steps(item) == expected
    assert (step(item, "ruled")["valid"], step(item, "ruled")["reason"]) == (does == "agrees", "I looked")
    for way in ("trail.svg", "export.html"):
        assert "qualif" in circle.facilitator.get(f"/v1/proposals/{asked['proposal_id']}/{way}").text


def test_an_orphan_that_nobody_adopted_lapses(circle: Circle) -> None:
    asked = a_round(circle)
    ok(object_to(circle.members[-1], asked))
    leaves(circle, circle.members[-1])
    picture = circle.facilitator.get(f"/v1/proposals/{asked['proposal_id']}/trail.svg").text
    assert "nobody has adopted it" in picture
    assert "Still open" in picture
    circle.world.days_pass(3.1)
    circle.world.falls_due()
    (item,) = trail_of(circle, asked["proposal_id"])
    assert steps(item) == ["raised", "orphaned", "settled"]
    assert step(item, "settled")["state"] == "lapsed"


def test_an_editorial_change_does_not_move_the_passage(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    path = f"/v1/proposals/{proposal['id']}"
    change = {"base_version": 1, "original": "We rent", "replacement": "All of us rent"}
    amendment = ok(circle.members[1].post(f"{path}/amendments", change), 201)
    ok(circle.proposer.post(f"/v1/amendments/{amendment['id']}/announce"))
    asked = a_round(circle, proposal)
    start = proposal["text"].index("one room")
    objection = {"reason": "too small", "anchor": {"start": start, "end": start + 8}}
    body = {"round_number": 1, "version": 1, "answer": "object", "objection": objection}
    ok(circle.members[-1].put(f"/v1/rounds/{asked['id']}/responses/me", body))
    circle.world.days_pass(1.1)
    circle.world.falls_due()
    assert the_proposal(circle, proposal["id"])["version"] == 2
    (item,) = trail_of(circle, proposal["id"])
    assert (item["version"], item["passage"]) == (1, "one room")


def test_a_hundred_objections_cost_as_many_statements_as_one(world: World) -> None:
    circle = a_circle(world, 12)
    asked = a_round(circle)
    ok(object_to(circle.members[0], asked))
    path = f"/v1/proposals/{asked['proposal_id']}/trail"
    with world.counting_statements() as one:
        ok(circle.facilitator.get(path))
    for person in circle.members[1:]:
        ok(object_to(person, asked))
    with world.counting_statements() as many:
        assert len(ok(circle.facilitator.get(path))["items"]) == 12
    assert len(many) == len(one)


def test_a_picture_is_xml_whatever_people_wrote(world: World) -> None:
    told = a_whole_story(world, words=HOSTILE)
    answer = told.circle.facilitator.get(f"{told.path}/trail.svg")
    assert answer.content_type.startswith("image/svg+xml")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    tags = {element.tag.rpartition("}")[2] for element in ET.fromstring(answer.text).iter()}  # noqa: S314 - of our own making
    assert tags == {"svg", "title", "style", "g", "rect", "text", "path"}


def test_nobody_objected(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    assert trail_of(circle, proposal["id"]) == []
    assert "Nobody objected." in circle.facilitator.get(f"/v1/proposals/{proposal['id']}/trail.svg").text


def test_strangers_learn_nothing(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    stranger = circle.world.person("Stranger")
    for way in ("trail", "trail.svg", "export", "export.html"):
        problem(stranger.get(f"/v1/proposals/{proposal['id']}/{way}"), 404, "NotFound")


def test_a_story_is_told_once(world: World) -> None:
    told: Told = a_whole_story(world)
    first = ok(told.circle.facilitator.get(f"{told.path}/trail"))
    again = told.circle.facilitator.get(f"{told.path}/trail")
    assert ok(again) == first
    same = told.circle.facilitator.get(f"{told.path}/trail", if_none_match=again.headers["ETag"])
    assert same.status_code == 304
