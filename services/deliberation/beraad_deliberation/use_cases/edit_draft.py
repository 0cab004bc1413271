"""Change a draft before the group sees it as a proposal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.use_cases.draft_proposal import checked_annex, expect_named
from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True)
class EditDraft:
    """`changes` by field name; tasks and groups as in `DraftProposal`."""

    proposal_id: UUID
    changes: dict[str, Any]
    expected_revision: int


def edit_draft(command: EditDraft, work: Work, _now: datetime) -> Proposal:
    """Raises `Stale`, `WrongStage`, `NotFound`, `NotYetKnown`, `InvalidRequest`."""
    proposal = work.proposals.get(command.proposal_id)
    work.authorize("proposal.edit", proposal.group_id, proposal.proposer_ids)
    changes = dict(command.changes)
    expect_named(work, changes.get("responsible_id"), changes.get("tasks", ()))
    if "tasks" in changes:
        changes["tasks"] = [task.to_document() for task in changes["tasks"]]
    if "groups" in changes:
        changes["groups"] = checked_annex(tuple(changes["groups"]), work)
    proposal.edit(changes, command.expected_revision)
    return proposal
