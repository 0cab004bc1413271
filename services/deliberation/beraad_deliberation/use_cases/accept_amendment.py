"""Take an amendment over: a new version stands, the other amendments follow it or conflict.

While a round runs, it gives way to the next one over the new text: nobody's answer counts for a text they have not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.amendments import Amendment
from beraad_deliberation.domain.objections import Integration
from beraad_deliberation.domain.proposals import Proposal, StaleBase
from beraad_deliberation.domain.rounds import ConsentRound
from beraad_deliberation.domain.stages import Stage, expect_possible
from beraad_deliberation.use_cases.hear_round import hear_round
from beraad_deliberation.use_cases.open_round import next_round
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.publish_version import integrate_objections, rebase_amendments
from beraad_deliberation.use_cases.recording import tell_abandoned, tell_settled, tell_version


@dataclass(frozen=True)
class AcceptAmendment:
    """Which amendment, which open objections the new version answers, and which text was seen (None: whichever stands).

    `closes_at`: until when the next round asks, if one runs (None: until the same deadline).
    """

    amendment_id: UUID
    integrations: tuple[Integration, ...] = ()
    base_version: int | None = None
    closes_at: datetime | None = None


def accept_amendment(command: AcceptAmendment, work: Work, now: datetime) -> Amendment:
    """Make it part of the text, or refuse to.

    Raises `AmendmentIsSettled`, `StaleBase`, `WrongStage`, `ObjectionsAreUntested`, `TooLateToAmend`, `NoRoundsLeft`, `NotFound`.
    """
    proposal = work.proposals.of_amendment(command.amendment_id)
    work.authorize("amendment.decide", proposal.group_id, proposal.proposer_ids)
    expect_possible("amendment.decide", proposal.stage)
    running = _running(proposal, work)
    deadline = running.next_deadline(command.closes_at, now) if running else None
    amendment = work.amendments.get(command.amendment_id)
    _expect_seen(command, proposal, work)
    before, after = proposal.text, amendment.applied_to(proposal.text)
    version, published = proposal.adopt_amendment(
        after, amendment.id, amendment.rationale, amendment.author_id, now
    )
    tell_version(proposal, version, work)
    work.publish(amendment.accept(version.number, now), published)
    tell_settled(amendment, work)
    integrate_objections(proposal, command.integrations, work)
    rebase_amendments(proposal, before, amendment.edits, work, now)
    if running is not None and deadline is not None:
        _ask_again(proposal, running, deadline, work, now)
    return amendment


def _running(proposal: Proposal, work: Work) -> ConsentRound | None:
    asking = proposal.stage is Stage.CONSENT_ROUND and proposal.round_id is not None
    return work.rounds.get(proposal.round_id) if asking and proposal.round_id else None


def _ask_again(
    proposal: Proposal, running: ConsentRound, deadline: datetime, work: Work, now: datetime
) -> None:
    heard = hear_round(proposal, running, work.rounds, work.objections)
    work.publish(running.give_way(heard, now))
    tell_abandoned(running, heard, "TextAmended", work)
    next_round(proposal, running, deadline, work, now)


def _expect_seen(command: AcceptAmendment, proposal: Proposal, work: Work) -> None:
    """Raise `StaleBase` with the amendments that were touched by what changed since."""
    if command.base_version not in {None, proposal.version}:
        touched = work.amendments.touched_since(proposal.id, int(command.base_version or 0))
        raise StaleBase(
            f"version {proposal.version} stands, not {command.base_version}",
            version=proposal.version,
            affected_amendments=touched,
        )
