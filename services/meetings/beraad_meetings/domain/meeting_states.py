"""The life of a meeting: planned → open → closed, or planned → cancelled; and what each state permits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from beraad.domain import YES, Decision, RuleBroken, no


class MeetingNotOpened(RuleBroken):
    """The meeting has not begun."""


class MeetingHasBegun(RuleBroken):
    """The meeting has begun already."""


class MeetingIsOver(RuleBroken):
    """The meeting is over."""


class MeetingIsCancelled(RuleBroken):
    """The meeting was cancelled."""


class MeetingNeedsReport(RuleBroken):
    """A meeting closes with minutes, a file of them, or a short report of what was done."""


class GroupHasEnded(RuleBroken):
    """The group's mandate is over."""


ORDINARY_QUORUM: Mapping[str, Any] = {"share": "1/2", "coordinator_required": True}
"""Half of the held seats (rounded up) and a coordinator, where a meeting says nothing else."""

PLANNED, OPEN, CLOSED, CANCELLED = "planned", "open", "closed", "cancelled"
PERMITTED: Mapping[str, frozenset[str]] = {
    "meeting.change": frozenset({PLANNED, OPEN}),
    "meeting.move": frozenset({PLANNED}),
    "quorum.change": frozenset({PLANNED}),
    "meeting.cancel": frozenset({PLANNED}),
    "meeting.open": frozenset({PLANNED}),
    "meeting.close": frozenset({OPEN}),
    "guest.invite": frozenset({PLANNED, OPEN}),
    "invitation.answer": frozenset({PLANNED}),
    "agenda.change": frozenset({PLANNED, OPEN}),
    "agenda.publish": frozenset({PLANNED, OPEN}),
    "agenda.run": frozenset({OPEN}),
    "attendance.excuse": frozenset({PLANNED, OPEN, CLOSED}),
    "attendance.record": frozenset({OPEN, CLOSED}),
    "registration.open": frozenset({PLANNED}),
    "registration.join": frozenset({PLANNED}),
    "registration.withdraw": frozenset({PLANNED}),
    "minutes.write": frozenset({OPEN, CLOSED}),
}
"""In which states what may be done; opening leads to open, closing to closed, cancelling to cancelled."""

REFUSALS: Mapping[str, type[RuleBroken]] = {
    PLANNED: MeetingNotOpened,
    OPEN: MeetingHasBegun,
    CLOSED: MeetingIsOver,
    CANCELLED: MeetingIsCancelled,
}


def permitted(action: str, state: str) -> Decision:
    """Whether a meeting in that state lets this be done."""
    if state in PERMITTED.get(action, frozenset({state})):
        return YES
    rule = REFUSALS[state]
    return no(rule.__name__, str(rule()))
