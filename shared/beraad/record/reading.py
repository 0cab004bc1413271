"""Read JSON that nobody vouches for: one meaning, exact integers, or a refusal."""

from __future__ import annotations

import json
from typing import Any, NoReturn

DIGITS = 17


class NotReadable(ValueError):
    """This is not a JSON document with one meaning."""


def read_document(data: bytes) -> Any:
    """Refuses what readers take differently: repeated keys, floats, NaN, huge integers, other encodings.

    Raises `NotReadable`.
    """
    try:
        return _DECODER.decode(data.decode("utf-8", errors="strict"))
    except RecursionError as error:
        raise NotReadable("nested too deep") from error
    except ValueError as error:
        raise NotReadable(str(error)) from error


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotReadable("a key is there twice")
    return members


def _integer(text: str) -> int:
    if len(text) > DIGITS:
        raise NotReadable("an integer beyond 2^53")
    return int(text)


def _refuse(text: str) -> NoReturn:
    raise NotReadable(f"{text[:DIGITS]} is not an integer")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_int=_integer, parse_float=_refuse, parse_constant=_refuse
)
