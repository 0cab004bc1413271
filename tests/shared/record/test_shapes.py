import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from beraad.record.findings import Finding, quoted
from beraad.record.shapes import AnyText, Anything, Document, Flag, OneOf, Shape, Text, Whole
from beraad.record.structures import ListOf, Members, OrNull

WORD = Text("a word", re.compile("[a-z]+"))
PLACE = Members({"name": WORD, "seats": ListOf(Whole("a number", 1)), "open": OrNull(Flag("true or false"))})

FITTING: list[tuple[Shape, Any]] = [
    (WORD, "room"),
    (Whole("a number"), 0),
    (OneOf("one of", ("a", 1)), 1),
    (AnyText("a text"), "É"),
    (Document("an object"), {"a": 0.5}),
    (Anything(), [1]),
    (PLACE, {"name": "room", "seats": [1, 2], "open": None}),
    (Members({"a": Anything()}, more=True), {"a": 1, "b": 2}),
]
OTHERS: list[tuple[Shape, Any, str]] = [
    (WORD, "Room", "here"),
    (WORD, "room\n", "here"),
    (WORD, None, "here"),
    (Whole("a number"), -1, "here"),
    (Whole("a number"), 2**53, "here"),
    (Whole("a number"), True, "here"),
    (OneOf("one of", ("a", 1)), True, "here"),
    (OneOf("one of", ("a", 1)), [], "here"),
    (Flag("true or false"), 1, "here"),
    (AnyText("a text"), 1, "here"),
    (Document("an object"), [], "here"),
    (OrNull(WORD), 1, "here"),
    (PLACE, [], "here"),
    (PLACE, {"name": "room"}, "here"),
    (PLACE, {"name": "room", "seats": [1], "open": True, "more": 1}, "here"),
    (PLACE, {"name": "room", "seats": {}, "open": True}, "here/seats"),
    (PLACE, {"name": "room", "seats": [1, 0], "open": True}, "here/seats/1"),
    (PLACE, {"name": "room", "seats": [1], "open": "no"}, "here/open"),
    (Members({"a": Anything()}, more=True), {"b": 2}, "here"),
]


@pytest.mark.parametrize(("shape", "value"), FITTING)
def test_it_fits_and_its_schema_says_so(shape: Shape, value: Any) -> None:
    assert shape.fits(value)
    assert Draft202012Validator(shape.schema()).is_valid(value)


@pytest.mark.parametrize(("shape", "value", "where"), OTHERS)
def test_where_it_differs_is_told(shape: Shape, value: Any, where: str) -> None:
    assert not shape.fits(value)
    place, says = shape.fault(value, "here")
    assert place == where
    assert says.isascii()


@pytest.mark.parametrize(("shape", "value"), [other[:2] for other in OTHERS if other[1] != "room\n"])
def test_the_schema_differs_there_too(shape: Shape, value: Any) -> None:
    assert not Draft202012Validator(shape.schema()).is_valid(value)


def test_what_nobody_vouches_for_is_quoted_short_and_harmless() -> None:
    assert quoted("\x1b[31m\ud800é") == "'\\x1b[31m\\ud800\\xe9'"
    assert len(quoted("a" * 1000)) < 100
    assert quoted({"a": 1}) == "dict"
    assert str(Finding("RootIsWrong", "checkpoint", "so it is")) == "checkpoint: RootIsWrong: so it is"
