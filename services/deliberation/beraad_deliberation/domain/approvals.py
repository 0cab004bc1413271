"""Approvals: the approving body grants, grants with changes, returns with reasons, or refuses with reasons. Never tacit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from beraad.domain import Event, RuleBroken
from beraad_deliberation.domain import events


class ApprovalState(StrEnum):
    """What the approving body did."""

    REQUESTED = "requested"
    GRANTED = "granted"
    GRANTED_WITH_CHANGES = "granted_with_changes"
    RETURNED = "returned"
    REFUSED = "refused"


class ApprovalIsAnswered(RuleBroken):
    """The approving body has answered."""


class ApprovalNeedsReason(RuleBroken):
    """Returning or refusing gives reasons."""


@dataclass(eq=False, kw_only=True)
class Approval:
    """What a group recommends, put to its approving body, with a due date that decides nothing."""

    id: UUID
    proposal_id: UUID
    group_id: UUID
    body_id: UUID
    title: str
    version: int
    due_on: date
    overdue_at: datetime
    requested_at: datetime
    proposer_ids: list[UUID]
    verdict_reasons: list[str]
    state: ApprovalState = ApprovalState.REQUESTED
    reason: str = ""
    answered_by: UUID | None = None
    answered_at: datetime | None = None
    told_overdue: bool = False
    revision: int = 1

    def requested(self, text: str) -> Event:
        """The fact that the body is asked."""
        return events.ApprovalRequested(revision=self.revision, text=text, **self._state())

    def grant(self, by: UUID | None, note: str, at: datetime) -> Event:
        """Agree. Raises `ApprovalIsAnswered`."""
        self._answer(ApprovalState.GRANTED, by, note, at)
        return events.ApprovalGranted(revision=self.revision, **self._state())

    def send_back(self, by: UUID | None, reason: str, at: datetime) -> Event:
        """Return with reasons. Raises `ApprovalIsAnswered`, `ApprovalNeedsReason`."""
        self._answer(ApprovalState.RETURNED, by, _given(reason), at)
        return events.ApprovalReturned(revision=self.revision, reason=reason, **self._state())

    def grant_with_changes(self, by: UUID | None, reason: str, at: datetime) -> Event:
        """Agree to another text, which goes back to the group. Raises `ApprovalIsAnswered`, `ApprovalNeedsReason`."""
        self._answer(ApprovalState.GRANTED_WITH_CHANGES, by, _given(reason), at)
        return events.ApprovalReturned(
            revision=self.revision, reason=reason, with_changes=True, **self._state()
        )

    def refuse(self, by: UUID | None, reason: str, at: datetime) -> Event:
        """Refuse with reasons. Raises `ApprovalIsAnswered`, `ApprovalNeedsReason`."""
        self._answer(ApprovalState.REFUSED, by, _given(reason), at)
        return events.ApprovalRefused(revision=self.revision, reason=reason, **self._state())

    def tell_overdue(self) -> Event:
        """The due date passed; told once, and nothing is decided by it."""
        self.told_overdue = True
        self.revision += 1
        return events.ApprovalOverdue(revision=self.revision, **self._state())

    def _answer(self, state: ApprovalState, by: UUID | None, reason: str, at: datetime) -> None:
        if self.state is not ApprovalState.REQUESTED:
            raise ApprovalIsAnswered(state=self.state)
        self.state, self.reason, self.answered_by, self.answered_at = state, reason, by, at
        self.revision += 1

    def _state(self) -> dict[str, Any]:
        names = "proposal_id group_id body_id title version due_on"
        state = {name: getattr(self, name) for name in names.split()}
        return {"approval_id": self.id, "proposer_ids": tuple(self.proposer_ids), **state}


def _given(reason: str) -> str:
    if not reason.strip():
        raise ApprovalNeedsReason
    return reason
