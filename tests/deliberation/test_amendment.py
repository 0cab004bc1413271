from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beraad_deliberation.domain.amendments import (
    Amendment,
    AmendmentChangesNothing,
    AmendmentIsSettled,
    AmendmentState,
    PassageIsAmbiguous,
    PassageNotFound,
    meets,
)

NOON = datetime(2017, 10, 2, 12, tzinfo=UTC)
TEXT = "one two three four five"


def an_amendment(original: str, replacement: str = "2", **facts: Any) -> Amendment:
    usual: dict[str, Any] = {
        "id": UUID(int=1),
        "proposal_id": UUID(int=2),
        "group_id": UUID(int=3),
        "title": "Counting",
        "author_id": UUID(int=4),
        "base_version": 1,
        "rationale": "",
        "proposed_at": NOON,
    }
    return Amendment(**usual, original=original, replacement=replacement, **facts)


def test_the_passage_is_replaced_where_it_stands() -> None:
    assert an_amendment("two").applied_to(TEXT) == "one 2 three four five"


def test_a_passage_must_be_there_once() -> None:
    with pytest.raises(PassageNotFound):
        an_amendment("six").proposed(TEXT)
    with pytest.raises(PassageIsAmbiguous):
        an_amendment("o").proposed(TEXT)
    with pytest.raises(PassageIsAmbiguous):
        an_amendment("aa").proposed("aaa")  # it occurs twice, overlapping itself
    with pytest.raises(AmendmentChangesNothing):
        an_amendment("two", "two").proposed(TEXT)


@pytest.mark.parametrize(
    ("passage", "meet"),
    [
        ("two", True),
        ("one two", True),
        ("wo", True),
        (" three", True),
        ("three", False),
        ("one", False),
        ("one ", True),
    ],
)
def test_ranges_that_touch_meet_and_one_character_apart_do_not(passage: str, meet: bool) -> None:
    assert meets(TEXT, passage, "two") is meet
    assert meets(TEXT, "two", passage) is meet


def test_what_is_disjoint_follows_the_text_and_what_meets_conflicts() -> None:
    after = "one 2 three four five"
    disjoint, touching = an_amendment("four"), an_amendment(" three")
    assert disjoint.rebase(TEXT, after, 2, "two", NOON) is None
    assert (disjoint.base_version, disjoint.state) == (2, AmendmentState.PROPOSED)
    conflicted = touching.rebase(TEXT, after, 2, "two", NOON)
    assert conflicted is not None
    assert conflicted.topic == "deliberation.amendment.conflicted.v1"
    assert touching.base_version == 1


def test_a_passage_that_became_ambiguous_conflicts() -> None:
    amendment = an_amendment("four", "4")
    assert amendment.rebase(TEXT, "one four three four five", 2, "two", NOON) is not None


def test_in_a_rewritten_text_an_amendment_stands_while_its_passage_does() -> None:
    assert an_amendment("four").rebase(TEXT, "four again", 2, None, NOON) is None
    assert an_amendment("four").rebase(TEXT, "five again", 2, None, NOON) is not None


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


@given(st.data())
def test_disjoint_changes_give_the_same_text_in_either_order(data: st.DataObject) -> None:
    parts = [f"<{n}>" for n in range(data.draw(st.integers(4, 9)))]
    text = "".join(parts)
    left = data.draw(st.integers(0, len(parts) - 3))
    right = data.draw(st.integers(left + 2, len(parts) - 1))
    one, other = an_amendment(parts[left], "L"), an_amendment(parts[right], "R")

    def both(first: Amendment, second: Amendment) -> str:
        after = first.applied_to(text)
        assert second.rebase(text, after, 2, first.original, NOON) is None
        return second.applied_to(after)

    assert both(one, other) == both(other, one)
