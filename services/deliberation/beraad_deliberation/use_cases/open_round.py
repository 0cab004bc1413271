"""Open a consent round over the current version, with a frozen electorate and a deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from beraad.domain import Event
from beraad.identifiers import new_id
from beraad.roster import KnownGroup
from beraad_deliberation.domain.edits import runs_of
from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.domain.reminding import NAMED_AT_MOST
from beraad_deliberation.domain.rounds import (
    ConsentRound,
    CoordinatorsMissing,
    LiveRoundsAreNotSilent,
    expect_deadline,
    expect_silence,
)
from beraad_deliberation.use_cases.comparing import edits_between
from beraad_deliberation.use_cases.draft_proposal import refuse_ended
from beraad_deliberation.use_cases.freeze_electorate import freeze_electorate
from beraad_deliberation.use_cases.group_profile import profile_of
from beraad_deliberation.use_cases.live_round import note_present
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.recording import tell_round_opened


@dataclass(frozen=True)
class OpenRound:
    """`override_reason` lets it open although the roster may be incomplete; it is recorded.

    `silence`: whoever was told and says nothing consents. `live`: people answer together, in the meeting `meeting_id` or, without
    one, those of `present_ids`.
    """

    proposal_id: UUID
    closes_at: datetime
    override_reason: str | None = None
    silence: bool = False
    live: bool = False
    meeting_id: UUID | None = None
    present_ids: tuple[UUID, ...] = ()


def open_round(command: OpenRound, work: Work, now: datetime) -> ConsentRound:
    """Open it, or refuse to.

    Raises `WrongStage`, `CoordinatorsMissing`, `ProjectionBehind`, `NothingChangedSinceLastRound`, `NoRoundsLeft`,
    `SilenceIsNotPermitted`, `SilenceNeedsTime`, `LiveRoundsAreNotSilent`.
    """
    proposal = work.proposals.get(command.proposal_id)
    work.authorize("round.open", proposal.group_id)
    group = work.groups.get(proposal.group_id)
    _refuse_unready(group, work)
    expect_deadline(command.closes_at, now, now)
    round_id = new_id()
    before, round_before = proposal.last_round_version, proposal.round_id
    profile, moved = proposal.start_round(round_id, profile_of(group, work.group_profiles))
    if command.live and command.silence:
        raise LiveRoundsAreNotSilent
    if command.silence:
        expect_silence(profile, proposal.kind, command.closes_at, now)
    consent_round = ConsentRound(
        **_asked(proposal, round_id, round_before, command.override_reason, work),
        profile=profile,
        opened_at=now,
        closes_at=command.closes_at,
        silence=command.silence,
        live=command.live,
        meeting_id=command.meeting_id,
    )
    work.rounds.add(consent_round)
    if command.live:
        note_present(consent_round, command.present_ids, work)
    work.publish(moved, _opened(consent_round, proposal, before, round_before, work))
    tell_round_opened(consent_round, proposal, round_before, work)
    return consent_round


def next_round(
    proposal: Proposal, before: ConsentRound, closes_at: datetime, work: Work, now: datetime
) -> ConsentRound:
    """Ask about an amended text, of a fresh electorate. Raises `NoRoundsLeft`, `ProjectionBehind`, `ElectorateIsTooSmall`."""
    round_id = new_id()
    moved = proposal.restart_round(round_id)
    consent_round = ConsentRound(
        **_asked(proposal, round_id, before.id, before.override_reason, work),
        profile=before.profile,
        opened_at=now,
        closes_at=closes_at,
    )
    work.rounds.add(consent_round)
    work.publish(moved, _opened(consent_round, proposal, before.version, before.id, work))
    tell_round_opened(consent_round, proposal, before.id, work)
    return consent_round


def _opened(
    consent_round: ConsentRound, proposal: Proposal, before: int | None, round_before: UUID | None, work: Work
) -> Event:
    """With what changed since the version the round before asked about, and who answered that one."""
    if before is None or round_before is None or before == proposal.version:
        return consent_round.opened(proposal.text)
    earlier = work.proposals.text_of(proposal.id, before)
    runs = runs_of(earlier, edits_between(earlier, proposal.text))
    answered = work.rounds.answered_by(round_before, NAMED_AT_MOST)
    return consent_round.opened(proposal.text, before, runs, answered)


def _asked(
    proposal: Proposal, round_id: UUID, before: UUID | None, override_reason: str | None, work: Work
) -> dict[str, Any]:
    """What is asked, and of whom. `before`: the round before."""
    electorate = freeze_electorate(round_id, proposal, before, override_reason, work)
    return {
        "id": round_id,
        "proposal_id": proposal.id,
        "group_id": proposal.group_id,
        "title": proposal.title,
        "number": proposal.rounds_held,
        "version": proposal.version,
        "electors": electorate.count,
        "electorate_hash": electorate.hash,
        "electorate_epoch": electorate.epoch,
        "electorate_position": electorate.position,
        "override_reason": override_reason,
    }


def _refuse_unready(group: KnownGroup, work: Work) -> None:
    refuse_ended(group)
    missing = work.groups.missing_coordinators(group.group_id)
    if missing:
        raise CoordinatorsMissing(f"missing: {', '.join(missing)}", missing_roles=missing)
