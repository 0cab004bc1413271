"""How a group decides: the profile, frozen on a proposal when its first round or vote opens.

Source: design, "A proposal's life". Ratios are exact fractions, compared in integers; durations are whole hours or days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from beraad.domain import RuleBroken
from beraad_deliberation.domain.responding import Answer


@dataclass(frozen=True)
class Ratio:
    """An exact fraction `n/d`, compared in integers only."""

    n: int
    d: int

    def is_reached(self, part: int, whole: int) -> bool:
        """At least n/d of the whole."""
        return part * self.d >= self.n * whole

    def is_exceeded(self, part: int, whole: int) -> bool:
        """More than n/d of the whole."""
        return part * self.d > self.n * whole

    def of(self, whole: int) -> int:
        """The fewest of the whole that reach it."""
        return -(-self.n * whole // self.d)


@dataclass(frozen=True)
class Majority:
    """What a vote needs: a share of a base, reached (`strict` false) or exceeded (`strict` true).

    `base`: "cast" = for + against, "present" = cast + abstentions, "eligible" = the electorate.
    """

    share: Ratio
    base: str = "cast"
    strict: bool = False


class ObjectionTest(StrEnum):
    """Who finds whether an objection qualifies: nobody but the objector, the other electors, or the facilitator."""

    SELF = "self"
    GROUP = "group"
    FACILITATOR = "facilitator"


class Fallback(StrEnum):
    """A way out of a deadlock."""

    VOTE = "vote"
    REFER = "refer"
    EXTRA_ROUND = "extra_round"
    WITHDRAW = "withdraw"


class ExtraRoundIsNoWayOut(RuleBroken):
    """The one extra round may deadlock again: permit another way out of a deadlock besides (vote, refer, withdraw)."""


class OnExpiry(StrEnum):
    """What happens to a decision whose longest term is over and which was not renewed."""

    REVIEW = "review"
    EXPIRE = "expire"


PHASES = ("clarifying", "reacting")
"""The phases before tuning that a profile may use, in their order."""
BASES = ("cast", "present", "eligible")


@dataclass(frozen=True)
class DecisionProfile:
    """The rules one decision is made by.

    `time_boxes`: phase → hours; a phase that is not named ends by hand. `silence`: a round may be declared to take it for
    consent. `second_call_quorum`: None where a round without quorum lapses after its one automatic extension.
    `absent_hours`: how long those absent from a live round may still answer.
    """

    name: str
    by_vote: bool
    quorum: Ratio
    majority: Majority
    minimum_consents: int = 1
    max_rounds: int = 3
    phases: tuple[str, ...] = PHASES
    time_boxes: Mapping[str, int] = field(default_factory=dict, hash=False)
    answers: tuple[Answer, ...] = tuple(Answer)
    silence: bool = False
    second_call_quorum: Ratio | None = None
    objection_test: ObjectionTest = ObjectionTest.GROUP
    fallbacks: tuple[Fallback, ...] = tuple(Fallback)
    absent_hours: int = 0
    longest_term_days: int | None = None
    on_expiry: OnExpiry = OnExpiry.REVIEW
    approving_body_id: UUID | None = None

    @property
    def recommends(self) -> bool:
        """The group recommends; its approving body decides."""
        return self.approving_body_id is not None

    def for_approval_by(self, body_id: UUID | None) -> DecisionProfile:
        """The same rules in a group whose decisions that body approves."""
        return replace(self, approving_body_id=body_id)

    def expect_way_out(self) -> None:
        """Of a deadlock, also after the extra round. Raises `ExtraRoundIsNoWayOut`."""
        if set(self.fallbacks) == {Fallback.EXTRA_ROUND}:
            raise ExtraRoundIsNoWayOut(fallbacks=[str(one) for one in self.fallbacks])

    def first_phase(self) -> str:
        """Where a proposal begins once it is opened."""
        return next((phase for phase in PHASES if phase in self.phases), "tuning")

    def phase_after(self, phase: str) -> str:
        """What comes after that phase; "tuning" after the last."""
        later = PHASES[PHASES.index(phase) + 1 :]
        return next((one for one in later if one in self.phases), "tuning")

    def quorum_of_call(self, calls: int) -> Ratio:
        """What is needed the first and the second time (the automatic extension), and on a second call."""
        return self.second_call_quorum if calls > CALLS and self.second_call_quorum else self.quorum

    def to_document(self) -> dict[str, Any]:
        """As stored and exported: JSON of strings, integers, booleans, lists and null. A ratio is `[n, d]`."""
        share, second = self.majority.share, self.second_call_quorum
        return {
            **{name: getattr(self, name) for name in PLAIN},
            **{
                name: [str(word) for word in getattr(self, name)]
                for name in ("phases", "answers", "fallbacks")
            },
            "time_boxes": dict(self.time_boxes),
            "objection_test": str(self.objection_test),
            "on_expiry": str(self.on_expiry),
            "quorum": [self.quorum.n, self.quorum.d],
            "second_call_quorum": [second.n, second.d] if second else None,
            "majority": {**asdict(self.majority), "share": [share.n, share.d]},
            "approving_body_id": str(self.approving_body_id) if self.approving_body_id else None,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> DecisionProfile:
        """From what was stored; what an older release did not store is as that release had it."""
        told = {name: document[name] for name in PLAIN if name in document}
        read = {name: make(document[name]) for name, make in READ.items() if document.get(name) is not None}
        return cls(**{**told, **read})


CALLS = 2
"""How often a round is called by itself: once, and once more by its automatic extension."""
PLAIN = (
    "name",
    "by_vote",
    "minimum_consents",
    "max_rounds",
    "silence",
    "absent_hours",
    "longest_term_days",
)


def _majority(document: Mapping[str, Any]) -> Majority:
    return Majority(Ratio(*document["share"]), document["base"], document["strict"])


READ: Mapping[str, Any] = {
    "phases": tuple,
    "time_boxes": dict,
    "answers": lambda words: tuple(Answer(word) for word in words),
    "fallbacks": lambda words: tuple(Fallback(word) for word in words),
    "objection_test": ObjectionTest,
    "on_expiry": OnExpiry,
    "quorum": lambda ratio: Ratio(*ratio),
    "second_call_quorum": lambda ratio: Ratio(*ratio),
    "majority": _majority,
    "approving_body_id": UUID,
}

HALF = Ratio(1, 2)
QUARTER = Ratio(1, 4)
SIMPLE = Majority(HALF, strict=True)
TWO_THIRDS = Majority(Ratio(2, 3))

PRESETS: Mapping[str, DecisionProfile] = {
    "consent": DecisionProfile("consent", by_vote=False, quorum=HALF, majority=TWO_THIRDS),
    "lazy_consensus": DecisionProfile(
        "lazy_consensus",
        by_vote=False,
        quorum=HALF,
        majority=TWO_THIRDS,
        minimum_consents=0,
        phases=(),
        silence=True,
    ),
    "majority": DecisionProfile("majority", by_vote=True, quorum=QUARTER, majority=SIMPLE),
    "two_thirds": DecisionProfile("two_thirds", by_vote=True, quorum=QUARTER, majority=TWO_THIRDS),
}
"""For the two that decide by consent, `majority` is what a fallback vote needs.

Silence is consent only in a round that was declared so when it opened, which only `lazy_consensus` permits.
"""


def preset(name: str) -> DecisionProfile:
    """The preset of that name; consent where a group names one this release does not know."""
    return PRESETS.get(name, PRESETS["consent"])
