"""Propose to change passages of the current text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from beraad.domain import InvalidRequest
from beraad.identifiers import new_id
from beraad_deliberation.domain.amendments import Amendment, expect_edits
from beraad_deliberation.domain.edits import Edit, applied
from beraad_deliberation.domain.merging import clashes, rebased
from beraad_deliberation.domain.proposals import LONGEST_TEXT, Proposal, StaleBase, TextTooLong
from beraad_deliberation.domain.stages import expect_possible
from beraad_deliberation.record.proposal_facts import amendment_proposed
from beraad_deliberation.use_cases.comparing import edits_between, edits_of_passage
from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True, kw_only=True)
class ProposeAmendment:
    """What is to change in the text of `base_version`, said in one of three ways.

    A passage it has once and what becomes of it; the edits; or the whole new text.
    """

    proposal_id: UUID
    base_version: int
    original: str | None = None
    replacement: str | None = None
    edits: tuple[Edit, ...] | None = None
    text: str | None = None
    rationale: str = ""
    editorial: bool = False
    id: UUID = field(default_factory=new_id)


def propose_amendment(command: ProposeAmendment, work: Work, now: datetime) -> Amendment:
    """Make it, or refuse it.

    Raises `StaleBase`, `PassageNotFound`, `PassageIsAmbiguous`, `EditsOverlap`, `AmendmentChangesNothing`, `TextTooLong`,
    `WrongStage`, `NotFound`.
    """
    proposal = work.proposals.get(command.proposal_id)
    work.authorize("amendment.propose", proposal.group_id)
    expect_possible("amendment.edit" if command.editorial else "amendment.propose", proposal.stage)
    edits = _edits_of_current(command, proposal, work)
    if len(applied(proposal.text, edits)) > LONGEST_TEXT:
        raise TextTooLong
    alike = next((one for one in work.amendments.open_of(proposal.id) if one.edits == edits), None)
    amendment = Amendment(
        id=command.id,
        proposal_id=proposal.id,
        group_id=proposal.group_id,
        title=proposal.title,
        author_id=work.actor.person,
        base_version=proposal.version,
        edits=edits,
        original="",
        replacement="",
        rationale=command.rationale,
        proposed_at=now,
        duplicate_of_id=alike.id if alike else None,
        editorial=command.editorial,
    )
    amendment.quote(proposal.text)
    work.amendments.add(amendment)
    work.publish(amendment.proposed(proposal.proposer_ids))
    change = {"edits": [vars(edit) for edit in edits], "rationale": amendment.rationale}
    committed = work.record.text(change)
    work.record.tell(proposal.group_id, amendment_proposed(amendment, change=committed))
    return amendment


def _edits_of_current(command: ProposeAmendment, proposal: Proposal, work: Work) -> tuple[Edit, ...]:
    """What was written against an older version follows the text. Raises `StaleBase` with both sides where it meets a change."""
    if command.base_version == proposal.version:
        return expect_edits(proposal.text, _edits(command, proposal.text))
    if command.base_version > proposal.version:
        proposal.expect_base(command.base_version)
    base = work.proposals.text_of(proposal.id, command.base_version)
    edits = expect_edits(base, _edits(command, base))
    since = edits_between(base, proposal.text)
    found = clashes(base, edits, since)
    if found:
        raise StaleBase(
            f"version {proposal.version} changes the same words",
            version=proposal.version,
            clashes=[vars(clash) for clash in found],
        )
    return expect_edits(proposal.text, rebased(edits, since))


def _edits(command: ProposeAmendment, text: str) -> tuple[Edit, ...]:
    told = [command.original is not None, command.edits is not None, command.text is not None]
    if sum(told) != 1 or (command.original is None) != (command.replacement is None):
        raise InvalidRequest("say it in one way: original and replacement, or edits, or text", pointer="")
    if command.original is not None and command.replacement is not None:
        return edits_of_passage(text, command.original, command.replacement)
    if command.text is not None:
        return edits_between(text, command.text)
    return command.edits or ()
