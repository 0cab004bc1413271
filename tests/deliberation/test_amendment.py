from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from beraad_deliberation.domain.amendments import (
    Amendment,
    AmendmentChangesNothing,
    AmendmentIsSettled,
    AmendmentState,
    EditsOverlap,
    PassageIsAmbiguous,
    PassageNotFound,
    expect_edits,
)
from beraad_deliberation.domain.edits import Edit, Kind, applied, excerpts, runs_of
from beraad_deliberation.domain.merging import Clash, clashes, rebased
from beraad_deliberation.use_cases.comparing import edits_between, edits_of_passage

NOON = datetime(2017, 10, 2, 12, tzinfo=UTC)
TEXT = "one two three four five"
TEXTS = st.text(alphabet="ab é字\n😀-", max_size=30)


def an_amendment(original: str, replacement: str = "2", text: str = TEXT, **facts: Any) -> Amendment:
    usual: dict[str, Any] = {
        "id": UUID(int=1),
        "proposal_id": UUID(int=2),
        "group_id": UUID(int=3),
        "title": "Counting",
        "author_id": UUID(int=4),
        "base_version": 1,
        "rationale": "",
        "proposed_at": NOON,
        "edits": edits_of_passage(text, original, replacement),
        "original": original,
        "replacement": replacement,
    }
    return Amendment(**{**usual, **facts})


def test_the_passage_is_replaced_where_it_stands() -> None:
    assert an_amendment("two").applied_to(TEXT) == "one 2 three four five"


def test_of_a_passage_only_the_words_that_differ_are_changed() -> None:
    assert edits_of_passage(TEXT, "one two three four", "1 two three 4") == (
        Edit(0, 3, "1"),
        Edit(14, 18, "4"),
    )


def test_a_passage_must_be_there_once() -> None:
    with pytest.raises(PassageNotFound):
        edits_of_passage(TEXT, "six", "6")
    with pytest.raises(PassageIsAmbiguous):
        edits_of_passage(TEXT, "o", "0")
    with pytest.raises(PassageIsAmbiguous):
        edits_of_passage("aaa", "aa", "b")  # it occurs twice, overlapping itself


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(4, 3, "")],
        [Edit(0, 24, "")],
        [Edit(0, 3, "1"), Edit(3, 4, "-")],
        [Edit(8, 13, "3"), Edit(0, 3, "1")],
        [Edit(2, 2, "a"), Edit(2, 2, "b")],
    ],
    ids=["backwards", "beyond the end", "touching", "out of order", "twice at one place"],
)
def test_edits_lie_in_the_text_in_order_and_apart(edits: list[Edit]) -> None:
    with pytest.raises(EditsOverlap):
        expect_edits(TEXT, edits)


def test_edits_that_change_nothing_are_left_out_and_one_must_change_something() -> None:
    assert expect_edits(TEXT, [Edit(0, 3, "one"), Edit(4, 7, "2")]) == (Edit(4, 7, "2"),)
    for none in ([], [Edit(0, 3, "one")]):
        with pytest.raises(AmendmentChangesNothing):
            expect_edits(TEXT, none)


@pytest.mark.parametrize(
    ("start", "end", "meet"),
    [
        (4, 7, True),
        (0, 7, True),
        (5, 7, True),
        (7, 13, True),
        (8, 13, False),
        (0, 3, False),
        (0, 4, True),
        (4, 4, True),
        (7, 7, True),
        (8, 8, False),
    ],
)
def test_ranges_that_touch_meet_and_one_character_apart_do_not(start: int, end: int, meet: bool) -> None:
    mine, two = [Edit(start, end, "x")], [Edit(4, 7, "2")]
    assert bool(clashes(TEXT, mine, two)) is meet
    assert bool(clashes(TEXT, two, mine)) is meet


def test_what_is_apart_follows_the_text_and_what_meets_shows_both_sides() -> None:
    over = [Edit(4, 7, "2")]
    apart = an_amendment("four", "4")
    meeting = an_amendment("two three", "both")
    assert apart.rebase(TEXT, over, 2, NOON) is None
    assert (apart.base_version, apart.state, apart.edits) == (
        2,
        AmendmentState.PROPOSED,
        (Edit(12, 16, "4"),),
    )
    assert apart.applied_to("one 2 three four five") == "one 2 three 4 five"
    conflicted = meeting.rebase(TEXT, over, 2, NOON)
    assert conflicted is not None
    assert conflicted.topic == "deliberation.amendment.conflicted.v1"
    assert meeting.base_version == 1
    assert meeting.clashes == (Clash("two three", mine="both", theirs="2 three"),)


def test_the_same_words_made_the_same_by_other_edits_conflict_and_the_very_same_edits_are_accepted_too() -> (
    None
):
    over = [Edit(4, 7, "2")]
    longer = an_amendment("two three", "2 three", edits=(Edit(4, 13, "2 three"),))
    same = an_amendment("two", "2")
    assert longer.rebase(TEXT, over, 2, NOON) is not None
    assert longer.state is AmendmentState.CONFLICTED
    accepted = same.rebase(TEXT, over, 2, NOON)
    assert accepted is not None
    assert (accepted.topic, same.accepted_in_version) == ("deliberation.amendment.accepted.v1", 2)


def test_two_people_change_different_words_of_one_paragraph_and_both_get_in() -> None:
    paragraph = "The hall opens at nine and closes at five."
    one = an_amendment(paragraph, "The hall opens at eight and closes at five.", text=paragraph)
    other = an_amendment(paragraph, "The room opens at nine and closes at six.", text=paragraph)
    after = one.applied_to(paragraph)
    assert other.rebase(paragraph, one.edits, 2, NOON) is None
    assert other.applied_to(after) == "The room opens at eight and closes at six."
    assert (other.original, other.replacement) == (
        "hall opens at eight and closes at five",
        "room opens at eight and closes at six",
    )


def test_a_settled_amendment_stays_settled() -> None:
    amendment = an_amendment("two")
    amendment.decline(AmendmentState.REJECTED, NOON)
    for act in (
        lambda: amendment.accept(2, NOON),
        lambda: amendment.decline(AmendmentState.WITHDRAWN, NOON),
        lambda: amendment.applied_to(TEXT),
    ):
        with pytest.raises(AmendmentIsSettled):
            act()


@given(TEXTS, TEXTS, TEXTS)
def test_of_two_changes_both_are_made_in_either_order_or_every_place_where_they_meet_is_shown(
    before: str, mine: str, theirs: str
) -> None:
    one, other = edits_between(before, mine), edits_between(before, theirs)
    assume(one and other)
    found = clashes(before, one, other)
    if not found:
        first = applied(applied(before, one), rebased(other, one))
        second = applied(applied(before, other), rebased(one, other))
        assert first == second
        return
    assert found == [Clash(c.before, mine=c.theirs, theirs=c.mine) for c in clashes(before, other, one)]
    assert all(clash.before in before and clash.mine in mine and clash.theirs in theirs for clash in found)


@given(TEXTS, TEXTS)
def test_edits_make_the_one_text_of_the_other_and_lie_apart(before: str, after: str) -> None:
    edits = edits_between(before, after)
    assert applied(before, edits) == after
    if edits:
        assert expect_edits(before, edits) == edits


def test_an_excerpt_shows_changes_and_a_little_of_what_stands_around_them() -> None:
    before = "a" * 300 + " old " + "b" * 300 + " gone " + "c" * 300
    runs = runs_of(before, edits_between(before, before.replace("old", "new").replace("gone ", "")))

    shown = excerpts(runs, 10)

    assert [run.text for run in shown if run.kind is not Kind.EQUAL] == ["old", "new", " gone"]
    assert [run.text for run in shown if run.kind is Kind.EQUAL] == [
        " […] aaaaaaaaa ",
        " bbbbbbbbb […] bbbbbbbbbb",
        " ccccccccc […] ",
    ]
    assert excerpts(runs, 1000) == runs


def test_an_excerpt_cuts_no_word_that_it_can_leave_whole() -> None:
    before = "A dashboard shows income. One old line about figures of small teams. And an end that goes on."
    runs = runs_of(before, edits_between(before, before.replace("old", "new").replace("small", "big")))

    equal = [run.text for run in excerpts(runs, 9) if run.kind is Kind.EQUAL]

    assert equal == [" […] One ", " line […] of ", " teams. […] "]
