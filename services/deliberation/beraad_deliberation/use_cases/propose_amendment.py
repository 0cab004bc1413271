"""Propose to replace one passage of the current text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from beraad.identifiers import new_id
from beraad_deliberation.domain.amendments import Amendment
from beraad_deliberation.domain.stages import expect_possible
from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True, kw_only=True)
class ProposeAmendment:
    """`original` is the exact passage of the text of `base_version`, which has it once."""

    proposal_id: UUID
    base_version: int
    original: str
    replacement: str
    rationale: str = ""
    id: UUID = field(default_factory=new_id)


def propose_amendment(command: ProposeAmendment, work: Work, now: datetime) -> Amendment:
    """Raises `StaleBase`, `PassageNotFound`, `PassageIsAmbiguous`, `WrongStage`, `NotFound`."""
    proposal = work.proposals.get(command.proposal_id)
    work.authorize("amendment.propose", proposal.group_id)
    expect_possible("amendment.propose", proposal.stage)
    proposal.expect_base(command.base_version)
    amendment = Amendment(
        **vars(command),
        group_id=proposal.group_id,
        title=proposal.title,
        author_id=work.actor.person,
        proposed_at=now,
    )
    proposed = amendment.proposed(proposal.text)
    work.amendments.add(amendment)
    work.publish(proposed)
    return amendment
