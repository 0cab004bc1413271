"""Amendments: the replacement of one passage of the text, anchored to where it stands in one version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from beraad.domain import Event, RuleBroken
from beraad_deliberation.domain import events


class AmendmentState(StrEnum):
    """Where an amendment is in its life."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CONFLICTED = "conflicted"


class PassageNotFound(RuleBroken):
    """The text of that version does not have this passage."""


class PassageIsAmbiguous(RuleBroken):
    """This passage occurs more than once: quote more of the text around it."""


class AmendmentIsSettled(RuleBroken):
    """This amendment was accepted, rejected, withdrawn or is in conflict."""


class AmendmentChangesNothing(RuleBroken):
    """The replacement is the passage itself."""


def locate(text: str, passage: str) -> int:
    """Where the passage begins. Raises `PassageNotFound`, `PassageIsAmbiguous`."""
    start = text.find(passage)
    if start < 0:
        raise PassageNotFound
    if text.find(passage, start + 1) >= 0:
        raise PassageIsAmbiguous
    return start


def meets(text: str, one: str, other: str) -> bool:
    """Whether two passages of a text overlap or touch; one character apart is disjoint."""
    start, begin = locate(text, one), locate(text, other)
    return start <= begin + len(other) and begin <= start + len(one)


def occurs_once(text: str, passage: str) -> bool:
    """Whether the passage can be located."""
    try:
        locate(text, passage)
    except (PassageNotFound, PassageIsAmbiguous):
        return False
    return True


@dataclass(eq=False, kw_only=True)
class Amendment:
    """Somebody's change of `original` into `replacement`, written against `base_version`."""

    id: UUID
    proposal_id: UUID
    group_id: UUID
    title: str
    author_id: UUID
    base_version: int
    original: str
    replacement: str
    rationale: str
    proposed_at: datetime
    state: AmendmentState = AmendmentState.PROPOSED
    settled_at: datetime | None = None
    accepted_in_version: int | None = None
    revision: int = 1

    def proposed(self, text: str) -> Event:
        """The fact that it is proposed. Raises where the passage cannot be located in the base text."""
        locate(text, self.original)
        if self.original == self.replacement:
            raise AmendmentChangesNothing
        return events.AmendmentProposed(revision=self.revision, **self._state())

    def applied_to(self, text: str) -> str:
        """The text with the passage replaced."""
        self._expect_open()
        start = locate(text, self.original)
        return text[:start] + self.replacement + text[start + len(self.original) :]

    def accept(self, version: int, at: datetime) -> Event:
        """It became part of that version. Raises `AmendmentIsSettled`."""
        self._settle(AmendmentState.ACCEPTED, at)
        self.accepted_in_version = version
        self.revision += 1
        return events.AmendmentAccepted(revision=self.revision, version=version, **self._state())

    def decline(self, state: AmendmentState, at: datetime) -> None:
        """Rejected by the proposers, or withdrawn by its author. Raises `AmendmentIsSettled`."""
        self._settle(state, at)

    def rebase(
        self, before: str, after: str, version: int, changed: str | None, at: datetime
    ) -> Event | None:
        """Follow the text to its next version, or conflict with what was changed in it.

        `changed` is the passage an accepted amendment replaced; None where the whole text was rewritten.
        """
        touched = changed is not None and meets(before, self.original, changed)
        if not touched and occurs_once(after, self.original):
            self.base_version = version
            return None
        self._settle(AmendmentState.CONFLICTED, at)
        self.revision += 1
        return events.AmendmentConflicted(revision=self.revision, **self._state())

    def _settle(self, state: AmendmentState, at: datetime) -> None:
        self._expect_open()
        self.state = state
        self.settled_at = at

    def _expect_open(self) -> None:
        if self.state is not AmendmentState.PROPOSED:
            raise AmendmentIsSettled(state=self.state)

    def _state(self) -> dict[str, Any]:
        names = "proposal_id group_id title base_version author_id"
        return {"amendment_id": self.id, **{name: getattr(self, name) for name in names.split()}}
