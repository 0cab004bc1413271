"""Put together what a round is judged by."""

from __future__ import annotations

from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.domain.rounds import ConsentRound, Heard
from beraad_deliberation.use_cases.ports import Objections, Rounds


def hear_round(
    proposal: Proposal, consent_round: ConsentRound, rounds: Rounds, objections: Objections
) -> Heard:
    """The electors as they stand, and every objection to the proposal that stands or was raised in this round.

    Locks nothing: whoever judges by it holds the proposal and the round.
    """
    tree = rounds.leaves(consent_round.id)
    return Heard(
        rounds.electors_of(consent_round.id, proposal.proposer_ids),
        objections.heard_in(consent_round.id, proposal.id),
        tree.root.hex(),
        tree.count,
    )
