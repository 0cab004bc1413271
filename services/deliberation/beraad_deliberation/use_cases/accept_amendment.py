"""Take an amendment over: a new version stands, the other amendments follow it or conflict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.amendments import Amendment
from beraad_deliberation.domain.proposals import Proposal, StaleBase
from beraad_deliberation.domain.stages import expect_possible
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.publish_version import integrate_objections, rebase_amendments


@dataclass(frozen=True)
class AcceptAmendment:
    """Which amendment, which open objections the new version answers, and which text was seen (None: whichever stands)."""

    amendment_id: UUID
    objection_ids: tuple[UUID, ...] = ()
    base_version: int | None = None


def accept_amendment(command: AcceptAmendment, work: Work, now: datetime) -> Amendment:
    """Raises `AmendmentIsSettled`, `StaleBase`, `WrongStage`, `NotFound`."""
    proposal = work.proposals.of_amendment(command.amendment_id)
    work.authorize("amendment.decide", proposal.group_id, proposal.proposer_ids)
    expect_possible("amendment.decide", proposal.stage)
    amendment = work.amendments.get(command.amendment_id)
    _expect_seen(command, proposal, work)
    before, after = proposal.text, amendment.applied_to(proposal.text)
    version, published = proposal.publish_version(
        after, amendment.rationale, amendment.author_id, now, amendment.id
    )
    work.proposals.add_version(version)
    work.publish(amendment.accept(version.number, now), published)
    integrate_objections(proposal, command.objection_ids, work)
    rebase_amendments(proposal, before, amendment.edits, work, now)
    return amendment


def _expect_seen(command: AcceptAmendment, proposal: Proposal, work: Work) -> None:
    """Raise `StaleBase` with the amendments that were touched by what changed since."""
    if command.base_version not in {None, proposal.version}:
        touched = work.amendments.touched_since(proposal.id, int(command.base_version or 0))
        raise StaleBase(
            f"version {proposal.version} stands, not {command.base_version}",
            version=proposal.version,
            affected_amendments=touched,
        )
