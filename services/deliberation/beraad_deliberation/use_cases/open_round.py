"""Open a consent round over the current version, with a frozen electorate and a deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.identifiers import new_id
from beraad.roster import KnownGroup
from beraad_deliberation.domain.profiles import DecisionProfile, preset
from beraad_deliberation.domain.rounds import ConsentRound, CoordinatorsMissing, expect_deadline
from beraad_deliberation.use_cases.draft_proposal import refuse_ended
from beraad_deliberation.use_cases.freeze_electorate import freeze_electorate
from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True)
class OpenRound:
    """`override_reason` lets it open although the roster may be incomplete; it is recorded."""

    proposal_id: UUID
    closes_at: datetime
    override_reason: str | None = None


def open_round(command: OpenRound, work: Work, now: datetime) -> ConsentRound:
    """Raises `WrongStage`, `CoordinatorsMissing`, `ProjectionBehind`, `NothingChangedSinceLastRound`, `NoRoundsLeft`."""
    proposal = work.proposals.get(command.proposal_id)
    work.authorize("round.open", proposal.group_id)
    group = work.groups.get(proposal.group_id)
    _refuse_unready(group, work)
    expect_deadline(command.closes_at, now, now)
    round_id = new_id()
    profile, moved = proposal.start_round(round_id, profile_of(group))
    electorate = freeze_electorate(round_id, group.group_id, command.override_reason, work)
    consent_round = ConsentRound(
        id=round_id,
        proposal_id=proposal.id,
        group_id=proposal.group_id,
        title=proposal.title,
        number=proposal.rounds_held,
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
    work.rounds.add(consent_round)
    work.publish(moved, consent_round.opened(proposal.text))
    return consent_round


def profile_of(group: KnownGroup) -> DecisionProfile:
    """How the group decides. An assembly that names no way of voting decides by majority."""
    chosen = preset(group.decision_profile)
    if group.kind == "assembly" and not chosen.by_vote:
        chosen = preset("majority")
    return chosen.for_approval_by(group.approving_body_id)


def _refuse_unready(group: KnownGroup, work: Work) -> None:
    refuse_ended(group)
    missing = work.groups.missing_coordinators(group.group_id)
    if missing:
        raise CoordinatorsMissing(f"missing: {', '.join(missing)}", missing_roles=missing)
