"""The trail of objections as a picture: SVG without library, script or id, so that several may stand in one page.

Boxes are placed by style: two in a row on a phone, three on a tablet or paper, six on a desk. Text is text. Everything that people
wrote goes through `legible` and is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from beraad_deliberation.documents.legible import one_line, wrapped
from beraad_deliberation.documents.trail_boxes import Box, Lane, lane_of
from beraad_deliberation.documents.trail_style import STYLE
from beraad_deliberation.documents.wording import Wording

ROWS_OF = (2, 3, 6)
"""Boxes in a row, from narrow to wide."""
WIDTH, HEIGHT, ASIDE, BELOW = 160, 116, 18, 24
HEAD, FOOT = 44, 10
LINE, PLACES, LINES = 15, 20, 5
"""A character of the widest usual system font (DejaVu Sans) takes 7 of the 144 pixels of a line."""


def picture(trail: Mapping[str, Any], say: Wording) -> str:
    """An SVG of a document like `queries.trails` answers it. Pure; linear in the objections."""
    names = {one["id"]: one["name"] for one in trail["people"]}
    lanes = [lane_of(item, names, say) for item in trail["items"]]
    title = say("trail_title", title=trail["title"])
    parts = [f"<title>{_text(title)}</title>", f"<style>{STYLE}</style>"]
    tops = dict.fromkeys(ROWS_OF, 0)
    for lane in lanes:
        parts.append(_lane(lane, {n: (0, top) for n, top in tops.items()}))
        tops = {n: top + _height(lane, n) for n, top in tops.items()}
    if not lanes:
        parts.append(f'<text class="about" x="1" y="20">{_text(say("no_objections"))}</text>')
    heights = {n: top or 30 for n, top in tops.items()}
    return f"{_opening(heights, title, say.language)}{''.join(parts)}</svg>"


def _opening(heights: Mapping[int, int], title: str, language: str) -> str:
    style = "".join(f"--h{n}:{height}px;" for n, height in heights.items())
    size = f'width="{2 * WIDTH + ASIDE + 2}" height="{heights[2]}"'
    named = f'role="group" aria-label="{_text(title)}" lang="{escape(language)}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" class="trail" {size} style="{style}" {named}>'


def _height(lane: Lane, row_of: int) -> int:
    rows = -(-len(lane.boxes) // row_of)
    return HEAD + rows * HEIGHT + (rows - 1) * BELOW + FOOT


def _lane(lane: Lane, at: Mapping[int, tuple[int, int]]) -> str:
    head = (
        f'<text class="name" x="1" y="16">{_text(lane.name)}</text>'
        f'<text class="about" x="1" y="33">{_text(lane.about)}</text>'
    )
    boxes = "".join(_box(box, place) for place, box in enumerate(lane.boxes))
    return f'<g class="at lane" role="group" {_placed(at)}><title>{_text(lane.name)}</title>{head}{boxes}</g>'


def _box(box: Box, place: int) -> str:
    at = {n: _corner(place, n) for n in ROWS_OF}
    lines = "".join(_lines(wrapped(box.text, PLACES, LINES)))
    return (
        f'<g class="at box {box.tone}" role="group" {_placed(at)}><title>{_text(f"{box.heading}: {box.text}")}</title>'
        f"{''.join(_arrows(place))}"
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8"/>'
        f'<svg width="{WIDTH - 4}" height="{HEIGHT}" overflow="hidden">'
        f'<text class="heading" x="12" y="22">{_text(box.heading)}</text>{lines}</svg></g>'
    )


def _corner(place: int, row_of: int) -> tuple[int, int]:
    row, column = divmod(place, row_of)
    return 1 + column * (WIDTH + ASIDE), HEAD + row * (HEIGHT + BELOW)


def _placed(at: Mapping[int, tuple[int, int]]) -> str:
    """For programs that know no variables in styles, as on a phone."""
    style = "".join(f"--x{n}:{x}px;--y{n}:{y}px;" for n, (x, y) in at.items())
    x, y = at[2]
    return f'transform="translate({x} {y})" style="{style}"'


def _lines(lines: Sequence[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f'<text x="12" y="{42 + number * LINE}">{_text(line)}</text>'


def _arrows(place: int) -> Iterator[str]:
    """From the box before: from the side, or from the end of the row above."""
    if not place:
        return
    aside = [n for n in ROWS_OF if place % n]
    if aside:
        middle = HEIGHT // 2
        path = f"M{-ASIDE + 1} {middle}h{ASIDE - 4}m-5 -4l5 4l-5 4"
        yield f'<path class="arrow {" ".join(f"in{n}" for n in aside)}" d="{path}"/>'
    for n in ROWS_OF:
        if place % n == 0:
            across, half = (n - 1) * (WIDTH + ASIDE), BELOW // 2
            path = f"M{across + WIDTH // 2} {-BELOW + 1}v{half - 1}h{-across}v{half - 4}m-4 -5l4 5l4 -5"
            yield f'<path class="arrow in{n}" d="{path}"/>'


def _text(text: str) -> str:
    return escape(one_line(text, 1_000))
