"""Take an amendment over: a new version stands, the other amendments follow it or conflict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.amendments import Amendment
from beraad_deliberation.domain.stages import expect_possible
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.publish_version import integrate_objections, rebase_amendments


@dataclass(frozen=True)
class AcceptAmendment:
    """Which amendment, and which open objections the new version answers."""

    amendment_id: UUID
    objection_ids: tuple[UUID, ...] = ()


def accept_amendment(command: AcceptAmendment, work: Work, now: datetime) -> Amendment:
    """Raises `AmendmentIsSettled`, `StaleBase`, `WrongStage`, `NotFound`."""
    proposal = work.proposals.of_amendment(command.amendment_id)
    work.authorize("amendment.decide", proposal.group_id, proposal.proposer_ids)
    expect_possible("amendment.decide", proposal.stage)
    amendment = work.amendments.get(command.amendment_id)
    before, after = proposal.text, amendment.applied_to(proposal.text)
    proposal.expect_base(amendment.base_version)
    version, published = proposal.publish_version(
        after, amendment.rationale, amendment.author_id, now, amendment.id
    )
    work.proposals.add_version(version)
    work.publish(amendment.accept(version.number, now), published)
    integrate_objections(proposal, command.objection_ids, work)
    rebase_amendments(proposal, before, amendment.original, work, now)
    return amendment
