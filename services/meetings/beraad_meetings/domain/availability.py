"""When somebody can come: said of a slot of a poll, or once of a stretch of time for every poll."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_meetings.domain.double_booking import Span

AVAILABLE, IF_NEED_BE, UNAVAILABLE = "yes", "if_need_be", "no"
EXPLICIT, SAME_TIME, AVAILABILITY = "poll", "same_time", "availability"
"""Where an answer comes from: given in the poll, in another poll for the same time, or by one's availability."""


@dataclass(frozen=True)
class Said:
    """What somebody said of a slot, and where."""

    answer: str
    source: str


@dataclass(frozen=True)
class Range:
    """Whether somebody can come during a stretch of time."""

    span: Span
    answer: str


@dataclass(frozen=True)
class Asked:
    """Somebody a poll asks: a seat holder, a coordinator, or both."""

    person_id: UUID
    name: str
    profiles: tuple[str, ...] = ()
    seated: bool = True
    coordinator: bool = False


def said_of(span: Span, ranges: Iterable[Range]) -> str | None:
    """The answer that one's availability gives for a slot, if it gives one.

    No, where it touches a stretch in which one cannot come; yes or if need be, where other stretches cover all of it, the
    weaker of them; else nothing was said.
    """
    touching = [one for one in ranges if one.span.shared_with(span)]
    answers = {one.answer for one in touching}
    if UNAVAILABLE in answers:
        return UNAVAILABLE
    if not _covered(span, [one.span for one in touching]):
        return None
    return IF_NEED_BE if IF_NEED_BE in answers else AVAILABLE


def _covered(span: Span, parts: Iterable[Span]) -> bool:
    reached: datetime = span.starts_at
    for part in sorted(parts, key=lambda one: one.starts_at):
        if part.starts_at > reached:
            return False
        reached = max(reached, part.ends_at)
    return reached >= span.ends_at
