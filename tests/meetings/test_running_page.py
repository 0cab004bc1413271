"""The running view as a page: in the reader's language, without script, with everything escaped."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from marshmallow import validate

from beraad.contracts import contract_of
from beraad_meetings.documents.wording import EN, WORDS
from meetings.vocabulary import Circle, a_circle
from worlds.callers import ok, problem
from worlds.world import WorldMaker

SIX = datetime.fromisoformat("2017-10-10T16:00:00+00:00")


@pytest.fixture
def circle(a_world: WorldMaker) -> Circle:
    return a_circle(a_world("meetings"))


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main>")[2]).split())


def test_the_page_tells_what_the_view_tells(circle: Circle) -> None:
    meeting = circle.opened()
    first = circle.item(meeting, "Minutes of September", minutes=5, kind="decision")
    bread = circle.item(meeting, "<script>alert(1)</script>", minutes=20, owner_id=str(circle.member.id))
    circle.item(meeting, "Flour", parent_id=bread["id"])
    circle.attends(meeting, circle.facilitator)
    ok(circle.facilitator.post(f"/v1/agenda-items/{first['id']}/start"))
    circle.world.it_is(SIX + timedelta(minutes=6))
    going_on = {"close_running": True}
    ok(circle.facilitator.post(f"/v1/agenda-items/{bread['id']}/start", going_on))
    circle.world.it_is(SIX + timedelta(minutes=30))

    answer = circle.member.get(f"/v1/meetings/{meeting['id']}/running.html")

    assert answer.content_type == "text/html; charset=utf-8"
    assert "<script>" not in answer.text
    told = words_of(answer.text)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 4 min over since 18:06, 20 minutes planned · Mo" in told
    assert "There is no quorum 1 of 3 seats present, 2 needed A coordinator is present" in told
    assert "Next Flour 18:05 · 10 min" in told
    assert "Present (1) Fatima" in told
    assert "18:00 Minutes of September 5 6 min · without quorum" in told
    assert "The meeting ends at 19:00 · 29 min left" in told or "· 30 min left" in told


def test_each_reads_it_in_their_language(circle: Circle) -> None:
    meeting = circle.opened()
    path = f"/v1/meetings/{meeting['id']}/running.html"
    for language, says in (
        ("nl", "Er is geen quorum"),
        ("fr", "Le quorum n’est pas atteint"),
        ("de", "no quorum"),
    ):
        reader = circle.world.person("Lea", language=language)
        circle.world.seat(circle.group_id, reader.id)
        assert says in reader.get(path).text
    problem(circle.stranger.get(path), 404, "NotFound")


@pytest.mark.parametrize("type_", ["deliberation.round.closed.v1", "deliberation.vote.closed.v1"])
def test_every_outcome_has_a_name(type_: str) -> None:
    outcome = contract_of(type_).schema().fields["outcome"].validate
    assert isinstance(outcome, validate.OneOf)
    assert set(outcome.choices) <= set(EN)


@pytest.mark.parametrize("language", WORDS)
def test_every_language_has_every_entry_with_the_same_facts(language: str) -> None:
    def facts(text: str) -> set[str]:
        return set(re.findall(r"{(\w+)}", text))

    assert {entry: facts(text) for entry, text in WORDS[language].items()} == {
        entry: facts(text) for entry, text in EN.items()
    }


def test_the_page_says_nothing_that_has_no_words() -> None:
    template = (
        Path(__file__).parents[2] / "services/meetings/beraad_meetings/documents/running.html"
    ).read_text()
    used = set(re.findall(r'"(\w+)" if|else "(\w+)"|say\("(\w+)"', template))
    named = {one for some in used for one in some if one}
    assert named - {"bad", "good", "on", "inner"} <= set(EN)
