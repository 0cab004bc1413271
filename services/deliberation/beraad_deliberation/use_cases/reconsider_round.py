"""Judge a closed round again once nothing stands against it: "none left open → evaluate r again"."""

from __future__ import annotations

from datetime import datetime

from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.use_cases.hear_round import hear_round
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.recording import JUDGED_AGAIN, tell_round_closed
from beraad_deliberation.use_cases.settle_verdict import settle_verdict


def reconsider_round(proposal: Proposal, work: Work, now: datetime) -> None:
    """No effect while an objection stands, or once another version than the one asked about stands."""
    if proposal.stage not in JUDGED_AGAIN or proposal.round_id is None:
        return
    if proposal.version != proposal.last_round_version or work.objections.open_of(proposal.id):
        return
    consent_round = work.rounds.get(proposal.round_id)
    heard = hear_round(proposal, consent_round, work.rounds, work.objections)
    judged = consent_round.reconsider(heard)
    if judged is None:
        return
    verdict, closed = judged
    work.publish(closed)
    tell_round_closed(consent_round, heard, verdict, work, again=True)
    settle_verdict(proposal, verdict, work, now)
