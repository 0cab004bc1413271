"""What several use cases tell the group's record in the same words. See `docs/record.md` for what each entry says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from beraad.record.entries import Sealed
from beraad_deliberation.domain.amendments import Amendment, AmendmentState
from beraad_deliberation.domain.objections import Objection
from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.domain.rounds import ConsentRound, Heard
from beraad_deliberation.domain.stages import Stage
from beraad_deliberation.domain.verdict import Verdict
from beraad_deliberation.domain.versions import Version
from beraad_deliberation.domain.votes import Vote
from beraad_deliberation.record import facts, proposal_facts
from beraad_deliberation.use_cases.ports import Work

JUDGED_AGAIN = frozenset({Stage.INTEGRATING, Stage.DEADLOCKED})
"""Where a round that closed may be judged again."""


def is_recorded(proposal: Proposal, before: UUID | None, work: Work) -> bool:
    """Whether a round or vote over it is, after the round `before`: not where the record does not know that one."""
    return before is None or work.record.knows(proposal.group_id, before)


def tell_version(proposal: Proposal, version: Version, work: Work) -> None:
    """Keep the version that stands now, and tell of it."""
    work.proposals.add_version(version)
    fact = proposal_facts.version_published(version, text=work.record.version(proposal))
    work.record.tell(proposal.group_id, fact)


def tell_round_opened(run: ConsentRound, proposal: Proposal, before: UUID | None, work: Work) -> None:
    """With those who are asked. `before`: the round before."""
    fact = facts.round_opened(
        run,
        text=work.record.version(proposal),
        electors=work.electorates.pseudonyms(run.id),
        proposers=work.record.people(proposal.group_id, proposal.proposer_ids).values(),
        override=work.record.said(run.override_reason),
        after=before,
    )
    work.record.tell(proposal.group_id, fact)


def tell_vote_opened(vote: Vote, proposal: Proposal, before: UUID | None, work: Work) -> None:
    """With those who are asked. `before`: the round before."""
    fact = facts.vote_opened(
        vote,
        text=work.record.version(proposal),
        electors=work.electorates.pseudonyms(vote.id),
        override=work.record.said(vote.override_reason),
        after=before,
    )
    work.record.tell(proposal.group_id, fact)


def tell_extended(run: ConsentRound, work: Work, *, automatic: bool = False) -> None:
    """`automatic`: called again, for the quorum was missing."""
    work.record.tell(run.group_id, facts.round_extended(run, automatic=automatic))


def tell_round_closed(
    run: ConsentRound, heard: Heard, verdict: Verdict, work: Work, *, again: bool = False
) -> None:
    """Its verdict. `again`: it had closed before, and the reason for that was told."""
    fact = facts.round_closed(
        run,
        verdict,
        _tree(heard),
        reason=None if again else work.record.said(run.close_reason),
        notified=work.electorates.pseudonyms(run.id, notified_only=True) if run.silence else None,
    )
    work.record.tell(run.group_id, fact)


def tell_abandoned(run: ConsentRound, heard: Heard, code: str, work: Work) -> None:
    """It ended without a verdict."""
    work.record.tell(run.group_id, facts.round_abandoned(run, code, _tree(heard)))


def tell_vote_closed(vote: Vote, verdict: Verdict, work: Work) -> None:
    """Its count."""
    reason = work.record.said(vote.close_reason)
    fact = facts.vote_closed(vote, verdict, work.votes.leaves(vote.id), reason=reason)
    work.record.tell(vote.group_id, fact)


def tell_electorate(
    group_id: UUID,
    roll_id: UUID,
    person_id: UUID,
    change: Literal["departed", "recused", "proposing", "stopped_proposing"],
    reason: str,
    work: Work,
    note: str | None = None,
) -> None:
    """Somebody who is asked left or stands back, or who proposes changed."""
    elector, said = work.record.person(group_id, person_id), work.record.said(note, by=work.actor.person_id)
    work.record.tell(group_id, facts.electorate_changed(roll_id, elector, change, reason, said))


def tell_proposers(proposal: Proposal, before: Sequence[UUID], work: Work) -> None:
    """Who proposes changed, while a round runs or may be judged again."""
    judged_again = proposal.stage in JUDGED_AGAIN and proposal.version == proposal.last_round_version
    if proposal.round_id is None or not (proposal.stage is Stage.CONSENT_ROUND or judged_again):
        return
    for person_id in before:
        tell_electorate(
            proposal.group_id, proposal.round_id, person_id, "stopped_proposing", "TakenOver", work
        )
    for person_id in proposal.proposer_ids:
        tell_electorate(proposal.group_id, proposal.round_id, person_id, "proposing", "TakenOver", work)


def tell_raised(objection: Objection, work: Work) -> None:
    """With its reason, and the passage and amendment it names."""
    about = {
        "reason": objection.reason,
        "anchor": [objection.anchor_start, objection.anchor_end],
        "amendment": str(objection.amendment_id) if objection.amendment_id else None,
    }
    fact = proposal_facts.objection_raised(
        objection,
        elector=work.record.person(objection.group_id, objection.objector_id),
        reason=work.record.text(about, by=objection.objector_id),
    )
    work.record.tell(objection.group_id, fact)


def tell_ended(objection: Objection, work: Work, answer: Sealed | None = None) -> None:
    """It stands no more. `answer`: the leaf of what its objector answers instead."""
    response = (objection.round_id, answer.leaf) if answer else None
    work.record.tell(objection.group_id, proposal_facts.objection_ended(objection, response=response))


def decline_amendment(amendment: Amendment, state: AmendmentState, work: Work, now: datetime) -> None:
    """It becomes no part of the text. Raises `AmendmentIsSettled`."""
    amendment.decline(state, now)
    tell_settled(amendment, work)


def tell_settled(amendment: Amendment, work: Work) -> None:
    """It became part of the text (also where another said the same), or does not."""
    accepted = amendment.state is AmendmentState.ACCEPTED
    fact = proposal_facts.amendment_accepted if accepted else proposal_facts.amendment_declined
    work.record.tell(amendment.group_id, fact(amendment))


def _tree(heard: Heard) -> facts.Leaves:
    return facts.Leaves(bytes.fromhex(heard.root), heard.leaves)
