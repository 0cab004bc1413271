"""What differs between two texts, by words, and which version brought each line: by a library, so outside the domain.

Words are what people amend; where a script writes without spaces, each character is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from beraad_deliberation.domain.amendments import locate
from beraad_deliberation.domain.edits import Edit

IDEOGRAPHS = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
MARKS = "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f\u1ab0-\u1aff\u20d0-\u20ff"
JOINING = "\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff"
"""What belongs to the picture before it: joiners, variants, skin tones."""
TOKEN = re.compile(
    rf"[{IDEOGRAPHS}][{MARKS}]*"
    rf"|(?:(?![{IDEOGRAPHS}])\w[{MARKS}]*)+"
    r"|\n|[^\S\n]+"
    rf"|[^\w\s](?:[{JOINING}{MARKS}]+[^\w\s]?)*"
)


@dataclass(frozen=True)
class Line:
    """A line, and the place among the texts of the one that brought it."""

    text: str
    brought_by: int


def tokens_of(text: str) -> list[str]:
    """Words, white space and everything else; together they are the text."""
    return TOKEN.findall(text)


def edits_between(before: str, after: str) -> tuple[Edit, ...]:
    """What makes `after` of `before`, word by word: in order, and at least one token apart."""
    old, new = tokens_of(before), tokens_of(after)
    starts = [0]
    for token in old:
        starts.append(starts[-1] + len(token))
    return tuple(
        Edit(starts[start], starts[end], "".join(new[begin:finish]))
        for start, end, begin, finish in _changed(old, new)
    )


def edits_of_passage(text: str, original: str, replacement: str) -> tuple[Edit, ...]:
    """What of a passage that the text has once changes. Raises `PassageNotFound`, `PassageIsAmbiguous`."""
    start = locate(text, original)
    return tuple(edit.moved(start) for edit in edits_between(original, replacement))


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Ranges of tokens, of both, that take each other's place."""
    start = begin = 0
    for block in [*Indel.opcodes(old, new), None]:
        if block is not None and block.tag != "equal":
            continue
        end, finish = (len(old), len(new)) if block is None else (block.src_start, block.dest_start)
        if (start, begin) != (end, finish):
            yield start, end, begin, finish
        if block is not None:
            start, begin = block.src_end, block.dest_end


def provenance(texts: Sequence[str]) -> list[Line]:
    """The lines of the last of these versions of one text, oldest first. A line that was changed is a new one."""
    lines: list[Line] = []
    for place, text in enumerate(texts):
        lines = _carried(lines, [Line(line, place) for line in text.split("\n")])
    return lines


def _carried(old: list[Line], new: list[Line]) -> list[Line]:
    kept: list[Line] = []
    for block in Indel.opcodes([line.text for line in old], [line.text for line in new]):
        if block.tag == "equal":
            kept += old[block.src_start : block.src_end]
        else:
            kept += new[block.dest_start : block.dest_end]
    return kept
