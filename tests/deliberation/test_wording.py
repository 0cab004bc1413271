"""Texts made fit for pages and pictures, and words for everything that can be told."""

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beraad.contracts.deliberation import PROPOSAL_KINDS
from beraad_deliberation.documents.legible import one_line, places, shown, wrapped
from beraad_deliberation.documents.pages import markdown
from beraad_deliberation.documents.telling import step_told
from beraad_deliberation.documents.trail_picture import picture
from beraad_deliberation.documents.trail_schemas import STEPS
from beraad_deliberation.documents.wording import WORDS, Wording
from beraad_deliberation.domain.amendments import AmendmentState
from beraad_deliberation.domain.approvals import ApprovalState
from beraad_deliberation.domain.decisions import DecisionState, ReviewOutcome
from beraad_deliberation.domain.objection_states import ObjectionState
from beraad_deliberation.domain.objections import KINDS, Strategy
from beraad_deliberation.domain.profiles import PRESETS
from beraad_deliberation.domain.responding import Answer
from beraad_deliberation.domain.stages import Stage
from beraad_deliberation.domain.verdict import Outcome
from beraad_deliberation.domain.votes import Choice

SAY = Wording("en", "Europe/Brussels")
ANYTHING = st.text(st.characters(codec=None), max_size=400)


@given(ANYTHING, st.integers(4, 40), st.integers(1, 6))
def test_no_text_is_wider_or_longer_than_its_box(text: str, width: int, most: int) -> None:
    lines = wrapped(text, width, most)

    assert 1 <= len(lines) <= most
    assert all(places(line) <= width for line in lines)


def test_what_is_cut_says_so() -> None:
    assert wrapped("a" * 4000, 10, 2) == ["a" * 10, "a" * 9 + "…"]
    assert wrapped("one two three four", 9, 2) == ["one two", "three…"]
    assert wrapped("木" * 10, 10, 1) == ["木木木木…"]
    assert one_line("so  it\nis\0", 20) == "so it is"
    assert one_line("x" * 30, 10) == "x" * 9 + "…"


def test_what_hides_a_text_is_marked() -> None:
    assert shown("a\u202eb\x00c\r\nd\te") == "a\ufffdb\ufffdc\nd\te"


@pytest.mark.parametrize(
    ("written", "rendered"),
    [
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("![x](http://a.test/x.png)", "<p></p>"),
        ("# Big", "<h5>Big</h5>"),
        ("[x](https://a.test)", '<p><a href="https://a.test" rel="noopener noreferrer">x</a></p>'),
        ("a\u202eb", "<p>a\ufffdb</p>"),
    ],
)
def test_markdown_becomes_harmless(written: str, rendered: str) -> None:
    assert str(markdown(written)).strip() == rendered


def an_item(reason: str) -> dict[str, Any]:
    raised = {"step": "raised", "at": None, "person_id": "p", "round": 1, "version": 1}
    return {
        "raised_by_id": "p",
        "kind": "aim",
        "round": 1,
        "version": 1,
        "reason": reason,
        "state": "raised",
        "steps": [raised],
    }


@given(ANYTHING)
def test_any_text_makes_a_picture_that_can_be_read(text: str) -> None:
    told = {"title": text, "items": [an_item(text)], "people": [{"id": "p", "name": text}]}
    root = ET.fromstring(picture(told, SAY))  # noqa: S314 - of our own making

    assert {element.tag.rpartition("}")[2] for element in root.iter()} == {
        "svg",
        "title",
        "style",
        "g",
        "rect",
        "text",
        "path",
    }


def test_a_picture_has_a_lane_for_each_objection_and_its_texts_are_text() -> None:
    told = {"title": "Rooms", "items": [an_item("too small"), an_item("y" * 4000)], "people": []}
    root = ET.fromstring(picture(told, SAY))  # noqa: S314 - of our own making
    said = [element.text for element in root.iter() if element.tag.endswith("text")]

    assert said.count("somebody not known here") == 2
    assert "too small" in said
    assert [one for one in said if one and one.endswith("…")]
    assert root.attrib["aria-label"] == "Trail of the objections to “Rooms”"


LISTS = {
    "objection_states": ObjectionState,
    "objection_kinds": KINDS,
    "strategies": Strategy,
    "answers": Answer,
    "choices": Choice,
    "stages": Stage,
    "kinds": PROPOSAL_KINDS,
    "outcomes": Outcome,
    "amendment_states": AmendmentState,
    "approval_states": ApprovalState,
    "decision_states": DecisionState,
    "review_outcomes": ReviewOutcome,
    "profiles": PRESETS,
    "steps": STEPS,
    "departures": ("recused", "recorded", "resigned", "removed", "term_ended", "erased"),
    "reasons": ("Referred", "ApprovingBodyDecides", "ApprovalGranted"),
}


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("named", LISTS)
def test_every_word_of_a_closed_list_is_worded(named: str, language: str) -> None:
    assert {str(one) for one in LISTS[named]} - {*WORDS[language][named]} == set()


@pytest.mark.parametrize("language", WORDS)
def test_every_language_has_the_same_entries(language: str) -> None:
    assert {*WORDS[language]} == {*WORDS["en"]}


def test_moments_are_those_of_the_group_and_an_unknown_language_is_english() -> None:
    at = datetime(2017, 12, 31, 23, 30, tzinfo=UTC).isoformat()

    assert SAY.moment(at) == "1 January 2018, 00:30"
    assert Wording("xx", "America/New_York").moment(at) == "31 December 2017, 18:30"
    assert (SAY.moment(None), SAY.day(None), SAY.name("reasons", "Whim")) == ("", "", "Whim")


def test_a_step_that_only_points_elsewhere_tells_nothing_more() -> None:
    assert step_told({"step": "follows", "objection_id": "x"}, {}, SAY) == ""
