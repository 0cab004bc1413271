"""Find an irreducible conflict among constraints with few questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

C = TypeVar("C")


def preferred_conflict(constraints: Sequence[C], allowed: Callable[[Sequence[C]], bool]) -> tuple[C, ...]:
    """Constraints that cannot all be kept, of which any but one can; in their order. The constraints given cannot all be kept.

    It is the set a deletion filter would leave that tries the last constraint first: of two conflicts, the one whose last
    constraint comes first. Halving asks less often: about 2k·log₂(n/k) times for k of n (Junker, "QuickXplain", AAAI 2004).
    `allowed` must allow every part of what it allows, and allow nothing at all.
    """
    return tuple(_conflict([], constraints, allowed, grown=False))


def _conflict(
    kept: list[C], among: Sequence[C], allowed: Callable[[Sequence[C]], bool], *, grown: bool
) -> list[C]:
    """What of `among` is needed beside `kept` for a conflict; `grown`: kept has grown since the last question."""
    if grown and not allowed(kept):
        return []
    if len(among) == 1:
        return list(among)
    half = len(among) // 2
    first, second = list(among[:half]), list(among[half:])
    of_second = _conflict(kept + first, second, allowed, grown=True)
    of_first = _conflict(kept + of_second, first, allowed, grown=bool(of_second))
    return of_first + of_second
