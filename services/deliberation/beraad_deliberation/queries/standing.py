"""What a running round still lacks, for its facilitator: counted by the very function that will judge it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from beraad_deliberation.domain.objection_states import UNTESTED
from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.domain.rounds import ConsentRound, Heard, RunState
from beraad_deliberation.domain.verdict import Tally, as_closing_leaves, evaluate
from beraad_deliberation.queries.visible import one_row
from beraad_deliberation.storage.tables import rounds
from beraad_deliberation.storage.work import Work
from beraad_deliberation.use_cases.hear_round import hear_round

WORDS = {
    "ResponsesMissing": ("1 more response", "{} more responses"),
    "QuorumMissing": ("1 of them for the quorum", "{} of them for the quorum"),
    "ObjectionsUntested": ("1 untested objection", "{} untested objections"),
    "ObjectionsStand": ("1 objection that stands", "{} objections that stand"),
    "ConsentsMissing": ("1 more explicit consent", "{} more explicit consents"),
}


def standing_of_round(work: Work, round_id: UUID) -> dict[str, Any]:
    """What is missing before the round can close in favor, and what closing now would come to (or came to). Raises `NotFound`."""
    row = one_row(work, rounds, round_id, "no such round")
    work.authorize("round.read", row.group_id)
    proposal = work.session.get_one(Proposal, row.proposal_id)
    consent_round = work.session.get_one(ConsentRound, round_id)
    heard = hear_round(proposal, consent_round, work.rounds, work.objections)
    at_close = _as_closing_leaves(heard, consent_round)
    tally = consent_round.tally(at_close)
    answered = sum(one.answer is not None and not one.left for one in heard.electors)
    untested = len(work.objections.untested_of(proposal.id))
    counts = _counts(tally, answered, untested, at_close, consent_round)
    verdict = _verdict(consent_round, tally)
    return {
        "round_id": round_id,
        "state": row.state,
        "closes_at": row.closes_at,
        "eligible": tally.eligible,
        "answered": answered,
        "missing": [
            {"code": code, "count": n, "text": WORDS[code][n > 1].format(n)}
            for code, n in counts.items()
            if n
        ],
        "missing_answers": counts["ResponsesMissing"],
        "missing_for_quorum": counts["QuorumMissing"],
        "open_objections": tally.open_objections,
        "untested_objections": untested,
        "verdict_now": verdict,
    }


def _verdict(consent_round: ConsentRound, tally: Tally) -> dict[str, Any]:
    """What closing it now would come to; where it is closed, what that came to."""
    if consent_round.state is RunState.CLOSED:
        return {"outcome": consent_round.outcome, "reasons": consent_round.reasons}
    verdict = evaluate(tally, consent_round.profile)
    return {"outcome": verdict.outcome, "reasons": verdict.reasons}


def _as_closing_leaves(heard: Heard, consent_round: ConsentRound) -> Heard:
    """Closing hears the objectors of earlier rounds first; a round that is closed has heard them."""
    if consent_round.state is RunState.CLOSED:
        return heard
    left = as_closing_leaves(heard.electors, heard.objections, consent_round.number)
    return replace(heard, objections=left)


def _counts(
    tally: Tally, answered: int, untested: int, heard: Heard, consent_round: ConsentRound
) -> dict[str, int]:
    profile = consent_round.profile
    wanted = profile.minimum_consents if tally.silence else max(1, profile.minimum_consents)
    return {
        "ResponsesMissing": max(0, tally.eligible - answered),
        "QuorumMissing": max(0, tally.needed(profile) - tally.present),
        "ObjectionsUntested": untested,
        "ObjectionsStand": tally.open_objections - sum(one.state in UNTESTED for one in heard.objections),
        "ConsentsMissing": max(0, wanted - tally.consents),
    }
