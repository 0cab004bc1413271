from typing import Any

import pytest
from hypothesis import given

from beraad.record.commitments import Committed, commitment, new_salt
from shared.record.test_canonical import VALUES


@given(VALUES)
def test_a_text_is_bound_until_it_is_erased(text: Any) -> None:
    bound = Committed.to(text)

    assert bound.state == "open"
    assert bound.erased().state == "erased"
    assert bound.erased().commitment == bound.commitment


def test_the_same_text_twice_looks_like_two() -> None:
    assert Committed.to("the cost").commitment != Committed.to("the cost").commitment
    assert len(new_salt()) == 32


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "the gain"},
        {"text": None},
        {"text": 0.5},
        {"salt": None},
        {"salt": "00" * 32},
        {"salt": "00" * 31},
        {"salt": "no hex"},
        {"commitment": "00" * 32},
    ],
)
def test_anything_else_is_broken(changes: dict[str, Any]) -> None:
    salt = bytes(range(32))
    told = {"commitment": commitment("the cost", salt), "salt": salt.hex(), "text": "the cost"}

    assert Committed(**told).state == "open"
    assert Committed(**{**told, **changes}).state == "broken"
