"""Draw a number, and an order, from a text: the same in every program that follows these few lines."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from itertools import count

from beraad.domain import InvalidRequest

SPACE = 2**256
"""How many results SHA-256 has."""


def draw(seed: str, of: int) -> int:
    """One of 0 … `of` - 1, each equally likely for a seed nobody could choose.

    For i = 0, 1, …: r = SHA-256(seed ‖ 0x00 ‖ i as 8 bytes, big endian); the first r below the largest multiple of `of` counts, and
    the number is r mod `of`. The seed is UTF-8. Raises `InvalidRequest` for a seed that is no Unicode, or `of` outside 1 … 2^256.
    """
    if not 1 <= of <= SPACE:
        raise InvalidRequest("draw one of at least 1 and at most 2^256", pointer="/of")
    start, limit = _bytes(seed) + b"\x00", SPACE // of * of
    results = (int.from_bytes(sha256(start + i.to_bytes(8, "big")).digest(), "big") for i in count())
    return next(result for result in results if result < limit) % of


def reserve_order(seed: str, ids: Iterable[str]) -> list[str]:
    """The ids by SHA-256(seed ‖ 0x00 ‖ id), whatever order they came in. Raises `InvalidRequest` for text that is no Unicode."""
    start = _bytes(seed) + b"\x00"
    return sorted(ids, key=lambda id_: (sha256(start + _bytes(id_)).digest(), id_))


def _bytes(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise InvalidRequest("this text holds half a character: it is no Unicode", pointer="/seed") from error
