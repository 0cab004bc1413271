"""The life of an objection as data: which state may follow which, and which of them keep a proposal from being adopted."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class ObjectionState(StrEnum):
    """Where an objection is in its life."""

    RAISED = "raised"
    TESTING = "testing"
    VALID = "valid"
    INTEGRATING = "integrating"
    RESOLVED = "resolved"
    NOT_QUALIFIED = "not_qualified"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    ORPHANED = "orphaned"
    LAPSED = "lapsed"


O = ObjectionState  # noqa: E741 - reads as in the tables of the design
OPEN = frozenset({O.RAISED, O.TESTING, O.VALID, O.INTEGRATING, O.ORPHANED})
UNTESTED = frozenset({O.RAISED, O.TESTING})
UNANSWERED = frozenset({O.WITHDRAWN, O.LAPSED})
"""Ends that answer nothing: what was merged into such an objection stands again."""
ENDS = frozenset({O.RESOLVED, O.WITHDRAWN, O.MERGED, O.ORPHANED, O.LAPSED})

TRANSITIONS: Mapping[ObjectionState, frozenset[ObjectionState]] = {
    O.RAISED: frozenset({O.TESTING, O.VALID, O.NOT_QUALIFIED, O.INTEGRATING}) | ENDS,
    O.TESTING: frozenset({O.VALID, O.NOT_QUALIFIED, O.INTEGRATING}) | ENDS,
    O.VALID: frozenset({O.INTEGRATING}) | ENDS,
    O.INTEGRATING: frozenset({O.INTEGRATING, O.TESTING, O.VALID, O.NOT_QUALIFIED}) | ENDS,
    O.ORPHANED: frozenset({O.RAISED, O.TESTING, O.VALID, O.NOT_QUALIFIED, O.INTEGRATING, O.LAPSED}),
    O.WITHDRAWN: frozenset({O.RAISED}),
    O.RESOLVED: frozenset(),
    O.NOT_QUALIFIED: frozenset(),
    O.MERGED: frozenset({O.RAISED}),
    O.LAPSED: frozenset(),
}
"""An objection withdrawn or merged while its round runs may be raised again in that round; a merged one stands again also later,
when the one it was merged into ends unanswered; an orphan that is adopted goes on."""
