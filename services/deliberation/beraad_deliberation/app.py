"""The web side of deliberation."""

from __future__ import annotations

from beraad.service import Service
from beraad_deliberation.api import (
    amendments,
    contributions,
    exports,
    live_rounds,
    objections,
    pending,
    profiles,
    proposals,
    questions,
    receipts,
    register,
    rounds,
    trails,
    votes,
)
from beraad_deliberation.domain.authorization import POLICIES
from beraad_deliberation.storage.database import DATABASE

service = Service(
    name="deliberation",
    summary="Proposals, amendments, consent rounds, votes, approvals, decisions and contributions.",
    database=DATABASE,
    blueprints=(
        proposals.blueprint,
        profiles.blueprint,
        questions.blueprint,
        amendments.blueprint,
        rounds.blueprint,
        live_rounds.blueprint,
        objections.blueprint,
        trails.blueprint,
        votes.blueprint,
        register.blueprint,
        contributions.blueprint,
        exports.blueprint,
        receipts.blueprint,
        pending.blueprint,
    ),
    policies=POLICIES,
)
