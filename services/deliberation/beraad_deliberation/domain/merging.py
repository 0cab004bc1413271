"""Two changes of one text: both are made where they are apart, and neither is made over the other where they meet.

Source: design, "Versions and amendments". Ranges that overlap or touch meet; one character apart is apart. Edits that meet
conflict also when they come to the same; only the very same edits are a duplicate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from beraad_deliberation.domain.edits import Edit, applied

Edits = Sequence[Edit]


@dataclass(frozen=True)
class Clash:
    """One place where two changes meet: what stood there, and what each of them makes of it."""

    before: str
    mine: str
    theirs: str


def meet(one: Edit, other: Edit) -> bool:
    """Whether they overlap or touch."""
    return one.start <= other.end and other.start <= one.end


def clashes(text: str, mine: Edits, theirs: Edits) -> list[Clash]:
    """Every place where they meet, in the order of the text; none where they can both be made."""
    places: list[tuple[int, int]] = []
    for one in sorted(
        [edit for edit in (*mine, *theirs) if _meets_any(edit, mine) and _meets_any(edit, theirs)]
    ):
        if places and one.start <= places[-1][1]:
            places[-1] = (places[-1][0], max(places[-1][1], one.end))
        else:
            places.append((one.start, one.end))
    return [
        Clash(text[start:end], _within(text, start, end, mine), _within(text, start, end, theirs))
        for start, end in places
    ]


def _meets_any(edit: Edit, others: Edits) -> bool:
    return any(meet(edit, other) for other in others)


def _within(text: str, start: int, end: int, edits: Edits) -> str:
    inside = [edit.moved(-start) for edit in edits if start <= edit.start and edit.end <= end]
    return applied(text[start:end], inside)


def rebased(edits: Edits, over: Edits) -> tuple[Edit, ...]:
    """The same edits of the text in which those others are made. None of them meet."""
    return tuple(edit.moved(sum(other.growth for other in over if other.end < edit.start)) for edit in edits)
