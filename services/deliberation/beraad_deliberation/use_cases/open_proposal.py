"""Put a draft to the group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from beraad_deliberation.domain.days import local_day
from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.use_cases.draft_proposal import refuse_ended
from beraad_deliberation.use_cases.group_profile import profile_of
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.recording import tell_version

REVIEWED_AFTER = timedelta(days=365)


@dataclass(frozen=True)
class OpenProposal:
    """Which draft."""

    proposal_id: UUID


def open_proposal(command: OpenProposal, work: Work, now: datetime) -> Proposal:
    """Where no review date is named it is a year after the effect. Raises `ProposalIsIncomplete`, `WrongStage`."""
    proposal = work.proposals.get(command.proposal_id)
    work.authorize("proposal.open", proposal.group_id, proposal.proposer_ids)
    group = work.groups.get(proposal.group_id)
    refuse_ended(group)
    starts = proposal.effective_on or local_day(now, group.time_zone)
    version, opened = proposal.open(
        starts + REVIEWED_AFTER, profile_of(group, work.group_profiles), work.actor.person_id, now
    )
    tell_version(proposal, version, work)
    work.publish(opened)
    return proposal
