from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beraad_deliberation.domain.edits import Edit, Kind, Run, runs_of
from beraad_deliberation.use_cases.comparing import edits_between, provenance, tokens_of

TEXTS = st.text(max_size=60)


@given(TEXTS)
def test_the_tokens_are_the_text(text: str) -> None:
    assert "".join(tokens_of(text)) == text


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("L'été, déjà\n", ["L", "'", "été", ",", " ", "déjà", "\n"]),
        ("e\u0301te\u0301 a", ["e\u0301te\u0301", " ", "a"]),
        ("協同組合です", ["協", "同", "組", "合", "で", "す"]),
        ("👩\u200d🌾!", ["👩\u200d🌾", "!"]),
        ("  \n\n x", ["  ", "\n", "\n", " ", "x"]),
    ],
)
def test_words_marks_ideographs_and_pictures_stay_whole(text: str, tokens: list[str]) -> None:
    assert tokens_of(text) == tokens


def test_the_words_that_differ_are_the_edits() -> None:
    assert edits_between("the old hall", "the new hall") == (Edit(4, 7, "new"),)
    assert edits_between("one two", "one two three") == (Edit(7, 7, " three"),)
    assert edits_between("same", "same") == ()


@given(TEXTS, TEXTS)
def test_the_runs_are_both_texts(before: str, after: str) -> None:
    runs = runs_of(before, edits_between(before, after))
    assert "".join(run.text for run in runs if run.kind is not Kind.ADDED) == before
    assert "".join(run.text for run in runs if run.kind is not Kind.REMOVED) == after


def test_changes_on_both_sides_of_a_space_are_shown_as_one() -> None:
    before = "a red car stops"
    assert runs_of(before, edits_between(before, "a blue bus stops")) == (
        Run(Kind.EQUAL, "a "),
        Run(Kind.REMOVED, "red car"),
        Run(Kind.ADDED, "blue bus"),
        Run(Kind.EQUAL, " stops"),
    )


def test_the_longest_texts_that_differ_everywhere_take_no_long_time() -> None:
    """A hang would be minutes: it was quadratic in Python before."""
    began = process_time()
    edits_between("a b " * 5000, "b a " * 5000)
    assert process_time() - began < 20


def test_each_line_is_of_the_version_that_brought_it() -> None:
    told = provenance(["first\nsecond\nthird", "first\nanother\nthird", "first\nanother\nthird\nfourth"])
    assert [(line.text, line.brought_by) for line in told] == [
        ("first", 0),
        ("another", 1),
        ("third", 0),
        ("fourth", 2),
    ]
    assert provenance([]) == []
