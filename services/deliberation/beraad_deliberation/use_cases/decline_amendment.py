"""Reject an amendment (proposers) or withdraw it (its author)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.amendments import Amendment, AmendmentState
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.recording import decline_amendment


@dataclass(frozen=True)
class RejectAmendment:
    """Which amendment."""

    amendment_id: UUID


@dataclass(frozen=True)
class WithdrawAmendment:
    """Which amendment."""

    amendment_id: UUID


def reject_amendment(command: RejectAmendment, work: Work, now: datetime) -> Amendment:
    """Raises `AmendmentIsSettled`, `NotFound`."""
    proposal = work.proposals.of_amendment(command.amendment_id)
    work.authorize("amendment.decide", proposal.group_id, proposal.proposer_ids)
    amendment = work.amendments.get(command.amendment_id)
    decline_amendment(amendment, AmendmentState.REJECTED, work, now)
    return amendment


def withdraw_amendment(command: WithdrawAmendment, work: Work, now: datetime) -> Amendment:
    """Raises `AmendmentIsSettled`, `NotFound`."""
    proposal = work.proposals.of_amendment(command.amendment_id)
    amendment = work.amendments.get(command.amendment_id)
    work.authorize("amendment.withdraw", proposal.group_id, amendment.author_id)
    decline_amendment(amendment, AmendmentState.WITHDRAWN, work, now)
    return amendment
