"""Publish a new version of a text, which may integrate objections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.edits import Edit
from beraad_deliberation.domain.objections import Integration, Objection, Strategy, expect_none_vanishes
from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.record.proposal_facts import objection_integrating
from beraad_deliberation.use_cases.comparing import edits_between
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.recording import tell_settled, tell_version


@dataclass(frozen=True)
class PublishVersion:
    """The whole text, written against `base_version`; which open objections it answers."""

    proposal_id: UUID
    text: str
    base_version: int
    note: str = ""
    integrations: tuple[Integration, ...] = ()


def publish_version(command: PublishVersion, work: Work, now: datetime) -> Proposal:
    """Raises `StaleBase`, `WrongStage`, `NothingChanged`, `NotAnObjectionToThis`, `ObjectionsAreUntested`."""
    proposal = work.proposals.get(command.proposal_id)
    work.authorize("version.publish", proposal.group_id, proposal.proposer_ids)
    proposal.expect_base(command.base_version)
    before = proposal.text
    version, published = proposal.publish_version(command.text, command.note, work.actor.person_id, now)
    tell_version(proposal, version, work)
    work.publish(published)
    integrate_objections(proposal, command.integrations, work)
    rebase_amendments(proposal, before, edits_between(before, proposal.text), work, now)
    return proposal


def integrate_objections(proposal: Proposal, integrations: Sequence[Integration], work: Work) -> None:
    """Mark open objections as answered by the current version; what is deferred becomes a task of the decision.

    Raises `NotAnObjectionToThis`, `ObjectionsAreUntested`, `DeferralNeedsOwnerAndDate`, `ObjectionIsOrphaned`.
    """
    standing = work.objections.open_of(proposal.id)
    expect_none_vanishes(standing, integrations)
    work.groups.expect_people([how.owner_id for how in integrations if how.owner_id])
    by_id = {objection.id: objection for objection in standing}
    for how in integrations:
        by_id[how.objection_id].integrate(proposal.version, how)
        _tell_integrating(by_id[how.objection_id], how, work)
        if how.strategy is Strategy.DEFER:
            proposal.defer(how.note or by_id[how.objection_id].reason, how.owner_id, how.due_on)


def rebase_amendments(
    proposal: Proposal, before: str, edits: Sequence[Edit], work: Work, now: datetime
) -> None:
    """Let the amendments still open follow the text, or conflict."""
    for amendment in work.amendments.open_of(proposal.id):
        settled = amendment.rebase(before, edits, proposal.version, now)
        if settled is not None:
            work.publish(settled)
            tell_settled(amendment, work)


def _tell_integrating(objection: Objection, how: Integration, work: Work) -> None:
    note = work.record.said(how.note)
    owner = work.record.person(objection.group_id, how.owner_id) if how.owner_id else None
    work.record.tell(objection.group_id, objection_integrating(objection, note=note, owner=owner))
