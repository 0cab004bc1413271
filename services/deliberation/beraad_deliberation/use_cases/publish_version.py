"""Publish a new version of a text, which may integrate objections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.edits import Edit
from beraad_deliberation.domain.objections import NotAnObjectionToThis
from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.use_cases.comparing import edits_between
from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True)
class PublishVersion:
    """The whole text, written against `base_version`; which open objections it answers."""

    proposal_id: UUID
    text: str
    base_version: int
    note: str = ""
    objection_ids: tuple[UUID, ...] = ()


def publish_version(command: PublishVersion, work: Work, now: datetime) -> Proposal:
    """Raises `StaleBase`, `WrongStage`, `NothingChanged`, `NotAnObjectionToThis`."""
    proposal = work.proposals.get(command.proposal_id)
    work.authorize("version.publish", proposal.group_id, proposal.proposer_ids)
    proposal.expect_base(command.base_version)
    before = proposal.text
    version, published = proposal.publish_version(command.text, command.note, work.actor.person_id, now)
    work.proposals.add_version(version)
    work.publish(published)
    integrate_objections(proposal, command.objection_ids, work)
    rebase_amendments(proposal, before, edits_between(before, proposal.text), work, now)
    return proposal


def integrate_objections(proposal: Proposal, objection_ids: Iterable[UUID], work: Work) -> None:
    """Mark open objections as answered by the current version. Raises `NotAnObjectionToThis`."""
    standing = {objection.id: objection for objection in work.objections.open_of(proposal.id)}
    for objection_id in dict.fromkeys(objection_ids):
        if objection_id not in standing:
            raise NotAnObjectionToThis(objection_id=objection_id)
        standing[objection_id].integrate(proposal.version)


def rebase_amendments(
    proposal: Proposal, before: str, edits: Sequence[Edit], work: Work, now: datetime
) -> None:
    """Let the amendments still open follow the text, or conflict."""
    for amendment in work.amendments.open_of(proposal.id):
        settled = amendment.rebase(before, edits, proposal.version, now)
        if settled is not None:
            work.publish(settled)
