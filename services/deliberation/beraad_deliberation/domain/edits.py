"""Edits of a text, and what they do to it. Positions are in characters (code points) of the text before."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

GAP = " […] "
"""Stands for what is left out."""
FIRST_WORD, LAST_WORD = re.compile(r"\A\S*\s+"), re.compile(r"\s+\S*\Z")


class Kind(StrEnum):
    """What became of a run of text."""

    EQUAL = "equal"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, order=True)
class Edit:
    """`text` takes the place of what stands from `start` up to, not including, `end`. Equal ones insert."""

    start: int
    end: int
    text: str

    @property
    def growth(self) -> int:
        """By how many characters what follows moves."""
        return len(self.text) - (self.end - self.start)

    def moved(self, by: int) -> Edit:
        """The same edit, so many characters further on."""
        return Edit(self.start + by, self.end + by, self.text)


@dataclass(frozen=True)
class Run:
    """A stretch of text that stayed, went, or came."""

    kind: Kind
    text: str


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text with all of them made. They are in order and do not overlap."""
    parts, at = [], 0
    for edit in edits:
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


def runs_of(before: str, edits: Iterable[Edit]) -> tuple[Run, ...]:
    """The same to be shown: what is changed on both sides of a space is one change."""
    runs, at = [], 0
    for edit in _joined(before, edits):
        runs += [
            Run(Kind.EQUAL, before[at : edit.start]),
            Run(Kind.REMOVED, before[edit.start : edit.end]),
            Run(Kind.ADDED, edit.text),
        ]
        at = edit.end
    runs.append(Run(Kind.EQUAL, before[at:]))
    return tuple(run for run in runs if run.text)


def excerpts(runs: Iterable[Run], around: int = 80) -> tuple[Run, ...]:
    """The same with what stayed shortened to so many characters before and after a change."""
    told = list(runs)
    return tuple(
        Run(run.kind, _shortened(run.text, around, first=n == 0, last=n == len(told) - 1))
        if run.kind is Kind.EQUAL
        else run
        for n, run in enumerate(told)
    )


def _shortened(text: str, around: int, *, first: bool, last: bool) -> str:
    if len(text) <= around:
        return text
    before, after = ("" if first else _beginning(text, around)), ("" if last else _ending(text, around))
    return text if len(text) <= len(before) + len(after) + len(GAP) else before + GAP + after


def _beginning(text: str, length: int) -> str:
    """So many characters, fewer where they would end within a word."""
    cut = text[:length]
    return cut if text[length].isspace() else LAST_WORD.sub("", cut) or cut


def _ending(text: str, length: int) -> str:
    """So many characters, fewer where they would begin within a word."""
    cut = text[-length:]
    return cut if text[-length - 1].isspace() else FIRST_WORD.sub("", cut) or cut


def _joined(text: str, edits: Iterable[Edit]) -> list[Edit]:
    joined: list[Edit] = []
    for edit in edits:
        between = text[joined[-1].end : edit.start] if joined else "."
        if between.strip(" "):
            joined.append(edit)
        else:
            last = joined.pop()
            joined.append(Edit(last.start, edit.end, last.text + between + edit.text))
    return joined
