"""What people read as one line is one line, and hides nothing."""

import pytest
from marshmallow import ValidationError

from beraad.http import line, words


@pytest.mark.parametrize(
    "value",
    [
        "two\nlines",
        "two\r\nlines",
        "a\ttab",
        "a\u2028line",
        "\u202egnp.exe",
        "\u2066isolated\u2069",
        "\x85",
        "\x7f",
    ],
)
def test_what_breaks_or_hides_a_line_is_refused(value: str) -> None:
    with pytest.raises(ValidationError, match="one line"):
        line().deserialize(value)


@pytest.mark.parametrize("value", ["", "  ", "\u00a0", "\u200b", "x" * 201])
def test_a_line_says_something_and_is_not_too_long(value: str) -> None:
    with pytest.raises(ValidationError):
        line().deserialize(value)


@pytest.mark.parametrize("value", ["Écrire, écouter — 你好", "مرحبا", "👩‍🌾 of the farm", "a\u200fb"])
def test_people_write_in_their_own_way(value: str) -> None:
    assert line().deserialize(value) == value


def test_a_line_may_be_allowed_to_be_empty() -> None:
    assert line(blank=True).deserialize("") == ""
    with pytest.raises(ValidationError, match="one line"):
        line(blank=True).deserialize("a\nb")


@pytest.mark.parametrize("value", ["", "  ", "\r\n ", "\u00a0", "\u200b", "x" * 201])
def test_words_say_something_and_are_not_too_many(value: str) -> None:
    with pytest.raises(ValidationError):
        words(200).deserialize(value)


def test_words_may_be_allowed_to_be_empty_and_then_are() -> None:
    assert words(200, blank=True).deserialize("") == ""
    assert words(200).deserialize(" a\nb ") == " a\nb "
    with pytest.raises(ValidationError, match="blank"):
        words(200, blank=True).deserialize(" ")
