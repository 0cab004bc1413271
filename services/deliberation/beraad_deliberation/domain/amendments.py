"""Amendments: changes of passages of the text, anchored to where they stand in one version.

An amendment follows the text from version to version as long as nobody else changed the same words; else it is in
conflict, and shows what each of the two makes of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from beraad.domain import Event, RuleBroken
from beraad_deliberation.domain import events
from beraad_deliberation.domain.edits import Edit, applied
from beraad_deliberation.domain.merging import Clash, clashes, rebased


class AmendmentState(StrEnum):
    """Where an amendment is in its life."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    ANNOUNCED = "announced"
    STALE = "stale"
    CONFLICTED = "conflicted"


OPEN = frozenset({AmendmentState.PROPOSED, AmendmentState.ANNOUNCED})
"""Follows the text and can still become part of it."""
CONTESTED_WITHIN = timedelta(hours=24)


class PassageNotFound(RuleBroken):
    """The text of that version does not have this passage."""


class PassageIsAmbiguous(RuleBroken):
    """This passage occurs more than once: quote more of the text around it."""


class EditsOverlap(RuleBroken):
    """The edits of one amendment lie within the text, in order, and apart from each other."""


class AmendmentIsSettled(RuleBroken):
    """This amendment was accepted, rejected, withdrawn or is in conflict."""


class EditorialIsContested(RuleBroken):
    """Somebody found that this change is more than editorial: it must be substantive."""


class NothingAnnounced(RuleBroken):
    """This amendment is not announced as an editorial change, or its 24 hours are over."""


class OnlyRejectedArePromoted(RuleBroken):
    """A proposal of its own is made of an amendment that was rejected, once."""


class AmendmentChangesNothing(RuleBroken):
    """The text would stay as it is."""


def locate(text: str, original: str) -> int:
    """Where that passage begins. Raises `PassageNotFound`, `PassageIsAmbiguous`."""
    start = text.find(original)
    if start < 0:
        raise PassageNotFound
    if text.find(original, start + 1) >= 0:
        raise PassageIsAmbiguous
    return start


def expect_edits(text: str, edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """Those that change something. Raises `EditsOverlap`, `AmendmentChangesNothing`."""
    at = -1
    for edit in edits:
        if not at < edit.start <= edit.end <= len(text):
            raise EditsOverlap(start=edit.start, end=edit.end)
        at = edit.end
    telling = tuple(edit for edit in edits if text[edit.start : edit.end] != edit.text)
    if not telling:
        raise AmendmentChangesNothing
    return telling


@dataclass(eq=False, kw_only=True)
class Amendment:
    """Somebody's edits of the text of `base_version`; `original` becomes `replacement`, the passage around all of them."""

    id: UUID
    proposal_id: UUID
    group_id: UUID
    title: str
    author_id: UUID
    base_version: int
    edits: tuple[Edit, ...]
    original: str
    replacement: str
    rationale: str
    proposed_at: datetime
    duplicate_of_id: UUID | None = None
    state: AmendmentState = AmendmentState.PROPOSED
    settled_at: datetime | None = None
    accepted_in_version: int | None = None
    clashes: tuple[Clash, ...] = ()
    editorial: bool = False
    takes_effect_at: datetime | None = None
    contested_by: UUID | None = None
    contest_reason: str | None = None
    promoted_to_id: UUID | None = None
    revision: int = 1

    def proposed(self, proposers: Sequence[UUID]) -> Event:
        """The fact that it is proposed, to the proposers of the proposal other than its author."""
        asked = tuple(person for person in proposers if person != self.author_id)
        return events.AmendmentProposed(revision=self.revision, asked_ids=asked, **self._state())

    def applied_to(self, text: str) -> str:
        """The text of its base version with its edits made. Raises `AmendmentIsSettled`."""
        self._expect_open()
        return applied(text, self.edits)

    def accept(self, version: int, at: datetime) -> Event:
        """It became part of that version. Raises `AmendmentIsSettled`."""
        self._settle(AmendmentState.ACCEPTED, at)
        self.accepted_in_version = version
        self.revision += 1
        return events.AmendmentAccepted(revision=self.revision, version=version, **self._state())

    def decline(self, state: AmendmentState, at: datetime) -> None:
        """Rejected by the proposers, or withdrawn by its author. Raises `AmendmentIsSettled`."""
        self._settle(state, at)

    def announce(self, at: datetime) -> None:
        """An editorial change, unless somebody contests that. Raises `AmendmentIsSettled`, `EditorialIsContested`."""
        if self.state is not AmendmentState.PROPOSED:
            raise AmendmentIsSettled(state=self.state)
        if self.contested_by is not None:
            raise EditorialIsContested
        self.state, self.editorial = AmendmentState.ANNOUNCED, True
        self.takes_effect_at = at + CONTESTED_WITHIN

    def contest(self, by: UUID, reason: str, at: datetime) -> None:
        """It is proposed again, and can only be accepted as substantive. Raises `NothingAnnounced`."""
        until = self.takes_effect_at
        if self.state is not AmendmentState.ANNOUNCED or until is None or at >= until:
            raise NothingAnnounced
        self.state, self.editorial, self.takes_effect_at = AmendmentState.PROPOSED, False, None
        self.contested_by, self.contest_reason = by, reason

    def go_stale(self, at: datetime) -> None:
        """The proposal was decided without it. Raises `AmendmentIsSettled`."""
        self._settle(AmendmentState.STALE, at)

    def promote(self, proposal_id: UUID) -> None:
        """It becomes a proposal of its own. Raises `OnlyRejectedArePromoted`."""
        if self.state is not AmendmentState.REJECTED or self.promoted_to_id is not None:
            raise OnlyRejectedArePromoted(state=self.state)
        self.promoted_to_id = proposal_id

    def rebase(self, before: str, over: Sequence[Edit], version: int, at: datetime) -> Event | None:
        """Follow the text, which `over` brought to that version: accepted with it, carried over, or in conflict."""
        if self.edits == tuple(over):
            return self.accept(version, at)
        found = clashes(before, self.edits, over)
        if found:
            self._settle(AmendmentState.CONFLICTED, at)
            self.clashes = tuple(found)
            self.revision += 1
            return events.AmendmentConflicted(revision=self.revision, **self._state())
        self.edits = rebased(self.edits, over)
        self.base_version = version
        self.quote(applied(before, over))
        return None

    def quote(self, text: str) -> None:
        """Take the passage around all edits from the text of the base version."""
        start, end = self.edits[0].start, self.edits[-1].end
        self.original = text[start:end]
        self.replacement = applied(self.original, [edit.moved(-start) for edit in self.edits])

    def _settle(self, state: AmendmentState, at: datetime) -> None:
        self._expect_open()
        self.state, self.settled_at, self.takes_effect_at = state, at, None

    def _expect_open(self) -> None:
        if self.state not in OPEN:
            raise AmendmentIsSettled(state=self.state)

    def _state(self) -> dict[str, Any]:
        names = "proposal_id group_id title base_version author_id"
        return {"amendment_id": self.id, **{name: getattr(self, name) for name in names.split()}}
