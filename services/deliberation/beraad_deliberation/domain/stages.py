"""A proposal's life as data: which stage may follow which, and what may be done in which stage.

Source: design, "A proposal's life" (Sociocracy 3.0: proposal forming, consent decision-making).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from beraad.domain import YES, Decision, RuleBroken, no


class Stage(StrEnum):
    """Where a proposal is in its life."""

    DRAFT = "draft"
    CLARIFYING = "clarifying"
    REACTING = "reacting"
    TUNING = "tuning"
    CONSENT_ROUND = "consent_round"
    INTEGRATING = "integrating"
    DEADLOCKED = "deadlocked"
    VOTE = "vote"
    AWAITING_APPROVAL = "awaiting_approval"
    ADOPTED = "adopted"
    IN_FORCE = "in_force"
    UNDER_REVIEW = "under_review"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    RETIRED = "retired"
    EXPIRED = "expired"


S = Stage
VERDICTS = frozenset({S.INTEGRATING, S.DEADLOCKED, S.AWAITING_APPROVAL, S.ADOPTED, S.LAPSED})

TRANSITIONS: Mapping[Stage, frozenset[Stage]] = {
    S.DRAFT: frozenset({S.CLARIFYING, S.REACTING, S.TUNING, S.WITHDRAWN}),
    S.CLARIFYING: frozenset({S.REACTING, S.TUNING, S.VOTE, S.WITHDRAWN}),
    S.REACTING: frozenset({S.CLARIFYING, S.TUNING, S.VOTE, S.WITHDRAWN}),
    S.TUNING: frozenset({S.CLARIFYING, S.REACTING, S.CONSENT_ROUND, S.VOTE, S.WITHDRAWN}),
    S.CONSENT_ROUND: VERDICTS | {S.CONSENT_ROUND, S.WITHDRAWN},
    S.INTEGRATING: frozenset({S.TUNING, S.CONSENT_ROUND, S.WITHDRAWN}) | VERDICTS - {S.INTEGRATING},
    S.DEADLOCKED: frozenset({S.CONSENT_ROUND, S.VOTE, S.WITHDRAWN})
    | VERDICTS - {S.INTEGRATING, S.DEADLOCKED},
    S.VOTE: frozenset({S.ADOPTED, S.AWAITING_APPROVAL, S.REJECTED}),
    S.AWAITING_APPROVAL: frozenset({S.ADOPTED, S.TUNING, S.REJECTED}),
    S.ADOPTED: frozenset({S.IN_FORCE, S.SUPERSEDED}),
    S.IN_FORCE: frozenset({S.UNDER_REVIEW, S.SUPERSEDED, S.EXPIRED}),
    S.UNDER_REVIEW: frozenset({S.IN_FORCE, S.RETIRED, S.SUPERSEDED, S.EXPIRED}),
    S.WITHDRAWN: frozenset(),
    S.LAPSED: frozenset(),
    S.REJECTED: frozenset(),
    S.SUPERSEDED: frozenset(),
    S.RETIRED: frozenset(),
    S.EXPIRED: frozenset(),
}
"""What may follow. A stage that nothing follows is an end: a new proposal supersedes, none is reopened."""

MOVES: Mapping[Stage, frozenset[Stage]] = {
    S.CLARIFYING: frozenset({S.REACTING, S.TUNING}),
    S.REACTING: frozenset({S.CLARIFYING, S.TUNING}),
    S.TUNING: frozenset({S.CLARIFYING, S.REACTING}),
    S.INTEGRATING: frozenset({S.TUNING}),
}
"""What a facilitator may do by hand, with a reason. Every other transition follows from an act."""

BEFORE_DECIDING = frozenset(
    {S.CLARIFYING, S.REACTING, S.TUNING, S.CONSENT_ROUND, S.INTEGRATING, S.DEADLOCKED}
)
CHANGING_TEXT = frozenset({S.TUNING, S.INTEGRATING, S.DEADLOCKED})

ACTS: Mapping[str, frozenset[Stage]] = {
    "proposal.edit": frozenset({S.DRAFT}),
    "proposal.open": frozenset({S.DRAFT}),
    "proposal.move": frozenset(MOVES),
    "proposal.withdraw": frozenset(stage for stage, after in TRANSITIONS.items() if S.WITHDRAWN in after),
    "question.ask": BEFORE_DECIDING,
    "question.answer": BEFORE_DECIDING,
    "reaction.give": frozenset({S.REACTING}),
    "version.publish": CHANGING_TEXT,
    "amendment.propose": CHANGING_TEXT | {S.CONSENT_ROUND},
    "amendment.edit": BEFORE_DECIDING,
    "amendment.decide": CHANGING_TEXT | {S.CONSENT_ROUND},
    "round.open": frozenset(
        stage for stage, after in TRANSITIONS.items() if S.CONSENT_ROUND in after - {stage}
    ),
    "proposal.take_over": BEFORE_DECIDING,
    "proposal.refer": frozenset({S.DEADLOCKED}),
    "vote.open": frozenset(stage for stage, after in TRANSITIONS.items() if S.VOTE in after),
}
"""Act → the stages in which it is possible. What is not named here does not depend on the stage."""


class WrongStage(RuleBroken):
    """The proposal's stage does not permit this."""


def possible(act: str, stage: Stage) -> Decision:
    """Whether the stage permits the act, for `allowed_actions`."""
    if stage in ACTS.get(act, {stage}):
        return YES
    return no("WrongStage", f"not possible while the proposal is {stage}")


def expect_possible(act: str, stage: Stage) -> None:
    """Raise `WrongStage` where the stage does not permit the act."""
    decision = possible(act, stage)
    if not decision.allowed:
        raise WrongStage(decision.reason, stage=stage, possible_in=sorted(ACTS[act]))
