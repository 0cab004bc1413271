"""Exports: whole, strict, bounded, and pages that run and load nothing."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from uuid import uuid4

import pytest
from marshmallow import Schema
from sqlalchemy import Table, select

from beraad.perform import transaction
from beraad_deliberation.documents import decision_schemas as deciding
from beraad_deliberation.documents import text_schemas as texts
from beraad_deliberation.documents.export_schemas import ExportedProfileSet, GroupDocument, ProposalDocument
from beraad_deliberation.documents.judging import judge_document
from beraad_deliberation.documents.plain import LEFT_OUT
from beraad_deliberation.documents.trail_schemas import ExportedObjection, ExportedOpinion
from beraad_deliberation.storage import tables
from beraad_deliberation.storage.work import Work
from deliberation.story import HOSTILE, a_whole_story, an_assembly_that_voted
from deliberation.vocabulary import Circle, a_circle, a_draft, a_round, all_consent
from worlds.callers import ok, problem
from worlds.world import World, WorldMaker


@pytest.fixture
def world(a_world: WorldMaker) -> World:
    return a_world("deliberation")


# -- whole -----------------------------------------------------------------------------------------------------


def test_an_export_is_what_its_schema_says(a_world: WorldMaker, each_engine: str) -> None:
    told = a_whole_story(a_world("deliberation", on=each_engine))
    document = ok(told.circle.proposer.get(f"{told.path}/export"))
    assert ProposalDocument().validate(document) == {}
    lists = {name: value for name, value in document.items() if isinstance(value, list)}
    assert sorted(name for name, value in lists.items() if not value) == ["votes"]
    assert document["decision"]["tasks"]
    assert document["group"]["id"] == str(told.circle.id)
    assert {one["name"] for one in document["people"]} >= {f"Member {n}" for n in range(7)}


def test_a_group_is_exported_with_all_its_proposals(world: World) -> None:
    told = a_whole_story(world)
    a_draft(told.circle, title="Another")
    document = ok(told.circle.proposer.get(f"/v1/groups/{told.circle.id}/export"))
    assert GroupDocument().validate(document) == {}
    assert [one["proposal"]["title"] for one in document["proposals"]] == ["A room of our own", "Another"]
    assert [(line["number"], line["proposal_id"]) for line in document["register"]] == [(1, told.proposal_id)]
    assert document["profiles"][0]["reason"] == "the assembly asked for it"
    assert document["contributions"] == document["proposals"][0]["contributions"]
    alone = ok(told.circle.proposer.get(f"{told.path}/export"))
    assert {name: alone[name] for name in document["proposals"][0]} == document["proposals"][0]


def test_a_group_document_may_grow_at_its_top_and_nowhere_else(world: World) -> None:
    told = a_whole_story(world)
    document = ok(told.circle.proposer.get(f"/v1/groups/{told.circle.id}/export"))
    assert GroupDocument().validate({**document, "ledger": {}}) == {}
    assert GroupDocument().validate({**document, "group": {**document["group"], "more": 1}})
    del document["proposals"][0]["proposal"]["driver"]
    assert str(GroupDocument().validate(document)) == str(
        {"proposals": {0: {"proposal": {"driver": ["Missing data for required field."]}}}}
    )


def test_rounds_and_votes_are_exported_as_the_documents_they_are_judged_by(world: World) -> None:
    told = a_whole_story(world)
    document = ok(told.circle.proposer.get(f"{told.path}/export"))
    for run in document["rounds"]:
        assert run["judged"] == ok(told.circle.proposer.get(f"/v1/rounds/{run['id']}/export"))
        assert judge_document(run["judged"]).outcome == run["outcome"]
    assert [one["departed_reason"] for run in document["rounds"] for one in run["departures"]] == [
        "resigned",
        "recused",
    ]
    assembly, proposal_id = an_assembly_that_voted(world)
    (vote,) = ok(assembly.proposer.get(f"/v1/proposals/{proposal_id}/export"))["votes"]
    assert deciding.HeldVote().validate(vote) == {}
    assert vote["judged"] == ok(assembly.proposer.get(f"/v1/votes/{vote['id']}/export"))
    assert len(vote["ballots"]) == 5


SCHEMAS: list[tuple[Table, type[Schema]]] = [
    (tables.proposals, texts.ExportedProposalFacts),
    (tables.versions, texts.ExportedVersion),
    (tables.stage_moves, texts.ExportedStageMove),
    (tables.questions, texts.ExportedQuestion),
    (tables.reactions, texts.ExportedReaction),
    (tables.amendments, texts.ExportedAmendment),
    (tables.contributions, texts.ExportedContribution),
    (tables.rounds, deciding.HeldRound),
    (tables.responses, deciding.ExportedResponse),
    (tables.votes, deciding.HeldVote),
    (tables.ballots, deciding.ExportedBallot),
    (tables.electors, deciding.ExportedDeparture),
    (tables.objections, ExportedObjection),
    (tables.opinions, ExportedOpinion),
    (tables.approvals, deciding.ExportedApproval),
    (tables.decisions, deciding.ExportedDecision),
    (tables.tasks, deciding.ExportedTask),
    (tables.known_minutes, deciding.ExportedMinutes),
    (tables.group_profiles, ExportedProfileSet),
]
NOT_EXPORTED = {
    "ledgers": "the ledger of the export has its checkpoint",
    "ledger_entries": "the ledger of the export has them in its own form",
    "record_texts": "the same",
    "pseudonyms": "the same",
    "decision_numbers": "the highest number in the register is the last",
    "known_meetings": "meetings exports its own",
}


@pytest.mark.parametrize(("table", "schema"), SCHEMAS, ids=lambda one: getattr(one, "name", ""))
def test_every_column_is_exported_or_left_out_for_a_reason(table: Table, schema: type[Schema]) -> None:
    assert {*table.c.keys()} - {*schema().fields} - {*LEFT_OUT} == set()


def test_every_table_is_exported_or_left_out_for_a_reason() -> None:
    assert {table.name for table, _ in SCHEMAS} | {*NOT_EXPORTED} == {*tables.metadata.tables}


def test_what_waits_for_a_coordinator_is_not_exported(world: World) -> None:
    circle = a_circle(world)
    shared = {"theme": "Housing", "title": "Unseen", "text": "Not yet"}
    ok(world.person("Stranger").post(f"/v1/groups/{circle.id}/contributions", shared), 201)
    for way in ("export", "export.html"):
        assert "Unseen" not in circle.facilitator.get(f"/v1/groups/{circle.id}/{way}").text


def test_who_was_erased_stands_under_a_pseudonym(world: World) -> None:
    told = a_whole_story(world)
    objector = told.circle.members[-4]
    erased = {"person_id": objector.id, "pseudonym": "Person 7f3a", "revision": 9}
    world.hears("membership.person.erased.v1", **erased)
    for way in ("export", "export.html", "trail", "trail.svg"):
        text = told.circle.facilitator.get(f"{told.path}/{way}").text
        assert "Person 7f3a" in text
        assert "Member 3" not in text


# -- bounded ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["export", "export.html"])
def test_many_proposals_cost_as_many_statements_as_one(world: World, way: str) -> None:
    circle = a_circle(world)
    all_consent(circle.everyone, a_round(circle))
    with world.counting_statements() as one:
        circle.facilitator.get(f"/v1/groups/{circle.id}/{way}")
    for _ in range(5):
        all_consent(circle.everyone, a_round(circle))
    with world.counting_statements() as many:
        assert circle.facilitator.get(f"/v1/groups/{circle.id}/{way}").status_code == 200
    assert len(many) == len(one)


def a_thousand_proposals(work: Work) -> None:
    one = work.session.execute(select(tables.proposals)).mappings().one()
    rows = [{**one, "id": uuid4(), "round_id": None} for _ in range(1_000)]
    work.session.execute(tables.proposals.insert(), rows)


def many_people_asked(work: Work) -> None:
    work.session.execute(tables.rounds.update().values(electors=50_001))


@pytest.mark.parametrize("grows", [a_thousand_proposals, many_people_asked])
def test_a_group_too_large_is_told_so(world: World, grows: Callable[[Work], None]) -> None:
    circle = a_circle(world)
    a_round(circle)
    with transaction(world.store) as work:
        grows(work)
    for way in ("export", "export.html"):
        told = problem(circle.facilitator.get(f"/v1/groups/{circle.id}/{way}"), 409, "ExportIsTooLarge")
        assert (told["proposals"], told["asked"]) in {(1_001, 4), (1, 50_001)}


# -- pages -----------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a browser would find: elements, what they would load, the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(circle: Circle, path: str) -> Page:
    answer = circle.facilitator.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    return Page(answer.text)


@pytest.mark.parametrize("words", ["", HOSTILE], ids=["kind", "hostile"])
def test_a_page_runs_nothing_and_loads_nothing(world: World, words: str) -> None:
    told = a_whole_story(world, words=words)
    for path in (f"{told.path}/export.html", f"/v1/groups/{told.circle.id}/export.html"):
        page = page_of(told.circle, path)
        assert not page.tags & {"script", "img", "link", "iframe", "object", "embed", "form", "base"}
        assert not [name for name, _ in page.attributes if name.startswith("on") or name in {"src", "srcset"}]
        links = [value or "" for name, value in page.attributes if name == "href"]
        assert [one for one in links if not one.startswith(("#", "http://", "https://"))] == []
        assert "url(" not in "".join(value or "" for name, value in page.attributes if name == "style")
        assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", page.text)


def test_a_page_tells_the_story_in_words(world: World) -> None:
    told = a_whole_story(world)
    text = " ".join(page_of(told.circle, f"{told.path}/export.html").text.split())
    for said in (
        "Verdict: recommended to the approving body, because enough people consented; the approving body decides.",
        "Verdict: an objection stands and is to be integrated, because an objection stands.",
        "Adopted on 6 October 2017, 11:00, because enough people consented; the approving body agreed.",
        "Closed before everybody answered: we have heard enough",
        "recused themselves",
        "Will it be warm?",
        "Ask the treasurer.",
        "Times are those of Europe/Brussels.",
    ):
        assert said in text
    html = told.circle.facilitator.get(f"{told.path}/export.html").text
    assert "<del>one</del><ins>two</ins>" in html or "<del>one room</del><ins>two rooms</ins>" in html
    assert "<em>the cost</em>" in html


def test_what_runs_is_told_without_answers(world: World) -> None:
    circle = a_circle(world)
    asked = a_round(circle)
    all_consent(circle.everyone, asked)
    page = page_of(circle, f"/v1/proposals/{asked['proposal_id']}/export.html")
    assert "what people answer is told once it is closed" in page.text
    assert "consent (4)" not in page.text


def test_a_vote_and_a_draft_can_be_read(world: World) -> None:
    assembly, proposal_id = an_assembly_that_voted(world)
    assert (
        "3 for, 1 against, 1 abstained, of 5."
        in page_of(assembly, f"/v1/proposals/{proposal_id}/export.html").text
    )
    draft = a_draft(assembly, text="")
    assert "Text, a draft" in page_of(assembly, f"/v1/proposals/{draft['id']}/export.html").text
    empty = a_circle(world)
    assert "Nothing was decided yet." in page_of(empty, f"/v1/groups/{empty.id}/export.html").text


def test_an_export_says_when_it_was_made(world: World) -> None:
    circle = a_circle(world)
    world.it_is(datetime(2018, 1, 1, 12, tzinfo=UTC))
    document = json.loads(circle.facilitator.get(f"/v1/groups/{circle.id}/export").text)
    assert document["exported_at"].startswith("2018-01-01T12:00")
