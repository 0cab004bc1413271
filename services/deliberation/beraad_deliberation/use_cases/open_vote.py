"""Open a majority vote over the current version, with a frozen electorate and a deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.identifiers import new_id
from beraad_deliberation.domain.rounds import expect_deadline
from beraad_deliberation.domain.votes import Vote
from beraad_deliberation.use_cases.draft_proposal import refuse_ended
from beraad_deliberation.use_cases.freeze_electorate import freeze_electorate
from beraad_deliberation.use_cases.group_profile import profile_of
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.recording import tell_vote_opened


@dataclass(frozen=True)
class OpenVote:
    """`override_reason` lets it open although the roster may be incomplete; it is recorded."""

    proposal_id: UUID
    closes_at: datetime
    override_reason: str | None = None


def open_vote(command: OpenVote, work: Work, now: datetime) -> Vote:
    """Raises `WrongStage`, `ProfileDecidesByConsent`, `ProjectionBehind`, `ElectorateIsTooSmall`."""
    proposal = work.proposals.get(command.proposal_id)
    work.authorize("vote.open", proposal.group_id)
    group = work.groups.get(proposal.group_id)
    refuse_ended(group)
    expect_deadline(command.closes_at, now, now)
    vote_id = new_id()
    profile, moved = proposal.start_vote(vote_id, profile_of(group, work.group_profiles))
    electorate = freeze_electorate(vote_id, proposal, proposal.round_id, command.override_reason, work)
    vote = Vote(
        id=vote_id,
        proposal_id=proposal.id,
        group_id=proposal.group_id,
        title=proposal.title,
        version=proposal.version,
        profile=profile,
        opened_at=now,
        closes_at=command.closes_at,
        electors=electorate.count,
        electorate_hash=electorate.hash,
        electorate_epoch=electorate.epoch,
        electorate_position=electorate.position,
        override_reason=command.override_reason,
    )
    work.votes.add(vote)
    work.publish(moved, vote.opened(proposal.text))
    tell_vote_opened(vote, proposal, proposal.round_id, work)
    return vote
