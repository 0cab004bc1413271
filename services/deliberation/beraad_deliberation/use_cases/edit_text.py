"""Editorial changes: announced, contested by whoever finds them more than that, made after 24 hours otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.amendments import Amendment
from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.domain.stages import Stage, expect_possible, possible
from beraad_deliberation.record.proposal_facts import (
    amendment_announced,
    amendment_contested,
)
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.publish_version import rebase_amendments
from beraad_deliberation.use_cases.recording import tell_settled, tell_version


@dataclass(frozen=True)
class AnnounceEditorial:
    """Which amendment."""

    amendment_id: UUID


@dataclass(frozen=True)
class ContestEditorial:
    """Which announced change, and why it is more than editorial."""

    amendment_id: UUID
    reason: str


@dataclass(frozen=True)
class MakeDueEdit:
    """One announced change that nobody contested, if there is one."""


def announce_editorial(command: AnnounceEditorial, work: Work, now: datetime) -> Amendment:
    """Raises `AmendmentIsSettled`, `EditorialIsContested`, `WrongStage`, `NotFound`."""
    proposal = work.proposals.of_amendment(command.amendment_id)
    work.authorize("amendment.decide", proposal.group_id, proposal.proposer_ids)
    expect_possible("amendment.edit", proposal.stage)
    amendment = work.amendments.get(command.amendment_id)
    amendment.announce(now)
    work.record.tell(amendment.group_id, amendment_announced(amendment))
    return amendment


def contest_editorial(command: ContestEditorial, work: Work, now: datetime) -> Amendment:
    """Raises `NothingAnnounced`, `NotAllowed`, `NotFound`."""
    proposal = work.proposals.of_amendment(command.amendment_id)
    work.authorize("amendment.contest", proposal.group_id)
    amendment = work.amendments.get(command.amendment_id)
    amendment.contest(work.actor.person, command.reason, now)
    reason = work.record.text(command.reason, by=work.actor.person)
    work.record.tell(amendment.group_id, amendment_contested(amendment, reason=reason))
    return amendment


def make_due_edit(_command: MakeDueEdit, work: Work, now: datetime) -> bool:
    """True if there was one. Where the proposal was decided meanwhile, the change comes too late."""
    proposal = work.proposals.with_due_edit(now)
    if proposal is None:
        return False
    for amendment in work.amendments.open_of(proposal.id):
        if amendment.takes_effect_at is not None and amendment.takes_effect_at <= now:
            if possible("amendment.edit", proposal.stage).allowed:
                _make(proposal, amendment, work, now)
            else:
                _go_stale(amendment, work, now)
            break  # what else is due follows the text first
    return True


def _make(proposal: Proposal, amendment: Amendment, work: Work, now: datetime) -> None:
    before, after = proposal.text, amendment.applied_to(proposal.text)
    version, published = proposal.edit_text(
        after, amendment.id, amendment.rationale, amendment.author_id, now
    )
    tell_version(proposal, version, work)
    work.publish(amendment.accept(version.number, now), published)
    tell_settled(amendment, work)
    if proposal.stage is Stage.CONSENT_ROUND and proposal.round_id is not None:
        work.rounds.get(proposal.round_id).follow_text(version.number)
    rebase_amendments(proposal, before, amendment.edits, work, now)


def let_amendments_go_stale(proposal: Proposal, work: Work, now: datetime) -> None:
    """The proposal is decided: what was open is not part of it."""
    for amendment in work.amendments.open_of(proposal.id):
        _go_stale(amendment, work, now)


def _go_stale(amendment: Amendment, work: Work, now: datetime) -> None:
    amendment.go_stale(now)
    tell_settled(amendment, work)
