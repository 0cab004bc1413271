import json
from enum import StrEnum
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from beraad.record.canonical import DEEPEST, LARGEST, NotCanonical, canonical

EXACT = st.integers(-LARGEST, LARGEST)
WORDS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | EXACT | WORDS,
    lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner),
    max_leaves=20,
)


class Word(StrEnum):
    YES = "yes"


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@given(VALUES)
@example({"\U0001f600": 1, "\ufb33": 2, "\n": 3, "1": 4})  # RFC 8785, 3.2.3: sorted as UTF-16
@example({"b": "\x00\x1f\x7f\u2028é", "a": ["\\", '"', "/"]})
def test_it_is_what_the_library_says(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(VALUES)
def test_reading_it_gives_the_value_back(value: Any) -> None:
    assert json.loads(canonical(value)) == value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": [True, None, "é"]}, '{"a":[true,null,"é"],"b":1}'),
        ((1, 2), "[1,2]"),
        (Word.YES, '"yes"'),
        ({Word.YES: 1}, '{"yes":1}'),
        (LARGEST, "9007199254740991"),
        (nested(DEEPEST), "[" * DEEPEST + "1" + "]" * DEEPEST),
    ],
)
def test_a_value_is_written_in_one_way(value: Any, written: str) -> None:
    assert canonical(value).decode() == written


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        float("inf"),
        LARGEST + 1,
        -LARGEST - 1,
        10**400,
        [{"a": 0.5}],
        {"é": 0.5},
        {1: "a"},
        {"a": b"bytes"},
        {"a": {1, 2}},
        "\ud800",
        {"\udfff": 1},
        nested(DEEPEST + 1),
        nested(100_000),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_programs_would_read_differently_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)
