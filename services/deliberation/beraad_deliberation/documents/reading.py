"""Reading JSON that others wrote: exactly, or not at all."""

from __future__ import annotations

import json
from typing import Any, NoReturn


class UnreadableDocument(Exception):
    """It is not what its format says; the message tells where and why."""


def read_json(text: str | bytes) -> Any:
    """The value. A key that occurs twice, NaN, half of a surrogate pair and endless nesting are refused.

    Raises `UnreadableDocument`.
    """
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse, parse_float=_refuse)
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise UnreadableDocument("it is nested too deeply") from None
    except ValueError as error:
        raise UnreadableDocument(f"it is not JSON as we write it: {error}") from None
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} occurs twice")
    return found


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not an exact number")
