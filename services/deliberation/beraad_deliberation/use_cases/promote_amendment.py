"""Make a proposal of one's own of an amendment that was rejected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.identifiers import new_id
from beraad_deliberation.domain.edits import applied
from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.record.proposal_facts import amendment_promoted
from beraad_deliberation.use_cases.draft_proposal import refuse_ended
from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True)
class PromoteAmendment:
    """Which amendment, under which title; the driver is its rationale, if none is told."""

    amendment_id: UUID
    title: str
    driver: str | None = None


def promote_amendment(command: PromoteAmendment, work: Work, now: datetime) -> Proposal:
    """A draft with the text as the author wanted it. Raises `OnlyRejectedArePromoted`, `GroupHasEnded`, `NotAllowed`, `NotFound`."""
    original = work.proposals.of_amendment(command.amendment_id)
    amendment = work.amendments.get(command.amendment_id)
    work.authorize("amendment.promote", original.group_id, amendment.author_id)
    refuse_ended(work.groups.get(original.group_id))
    draft = Proposal(
        id=new_id(),
        group_id=original.group_id,
        kind=original.kind,
        title=command.title,
        driver=command.driver or amendment.rationale or original.driver,
        text=applied(work.proposals.text_of(original.id, amendment.base_version), amendment.edits),
        theme=original.theme,
        proposer_ids=[amendment.author_id],
        responsible_id=amendment.author_id,
        groups=list(original.groups),
        created_at=now,
    )
    amendment.promote(draft.id)
    work.record.tell(amendment.group_id, amendment_promoted(amendment))
    work.proposals.add(draft)
    return draft
