"""The decision profile a group goes by, set by who mandates it; every one that was set is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import InvalidRequest, expect_revision
from beraad_deliberation.domain.profiles import BASES, PHASES, DecisionProfile, Ratio
from beraad_deliberation.domain.responding import EXPLICIT_CONSENTS, Answer

MOST_ROUNDS = 10
MOST_CONSENTS = 10_000
LONGEST_BOX = 90 * 24
LONGEST_TERM = 3650
FINEST = 10_000


@dataclass(eq=False, kw_only=True)
class GroupProfile:
    """The profile of a group from `set_at` on; the one with the highest `revision` counts."""

    group_id: UUID
    revision: int
    profile: DecisionProfile
    reason: str
    set_by: UUID | None
    set_at: datetime

    def followed_by(
        self, profile: DecisionProfile, reason: str, by: UUID | None, at: datetime, expected: int | None
    ) -> GroupProfile:
        """The next one. Raises `Stale`, `InvalidRequest`, `ExtraRoundIsNoWayOut`."""
        expect_revision(self.revision, expected)
        expect_sound(profile)
        profile.expect_way_out()
        return GroupProfile(
            group_id=self.group_id,
            revision=self.revision + 1,
            profile=profile,
            reason=reason,
            set_by=by,
            set_at=at,
        )


def expect_sound(profile: DecisionProfile) -> None:
    """Raise `InvalidRequest` where the profile contradicts itself or lets a decision be made that nobody agreed to."""
    for pointer, problem in _problems(profile):
        raise InvalidRequest(problem, pointer=f"/{pointer}")


def _problems(profile: DecisionProfile) -> Iterator[tuple[str, str]]:
    yield from _ratio_problems(profile)
    if not 1 <= profile.max_rounds <= MOST_ROUNDS:
        yield "max_rounds", f"between 1 and {MOST_ROUNDS}"
    if not (0 if profile.silence else 1) <= profile.minimum_consents <= MOST_CONSENTS:
        yield "minimum_consents", "at least 1; 0 only where silence may be declared to be consent"
    if profile.majority.base not in BASES:
        yield "majority/base", f"one of {', '.join(BASES)}"
    if Answer.OBJECT not in profile.answers or not EXPLICIT_CONSENTS & set(profile.answers):
        yield "answers", "people can always consent and always object"
    if not profile.fallbacks:
        yield "fallbacks", "a deadlock needs a way out"
    yield from _time_problems(profile)


def _ratio_problems(profile: DecisionProfile) -> Iterator[tuple[str, str]]:
    ratios: dict[str, Ratio | None] = {
        "quorum": profile.quorum,
        "second_call_quorum": profile.second_call_quorum,
        "majority/share": profile.majority.share,
    }
    for pointer, ratio in ratios.items():
        if ratio is not None and not (ratio.d >= 1 and 0 <= ratio.n <= ratio.d <= FINEST):
            yield pointer, f"a fraction n/d from 0 to 1, with d at most {FINEST}"
    second = profile.second_call_quorum
    if second is not None and second.n * profile.quorum.d > profile.quorum.n * second.d:
        yield "second_call_quorum", "a second call asks for no more than the first"


def _time_problems(profile: DecisionProfile) -> Iterator[tuple[str, str]]:
    for phase, hours in profile.time_boxes.items():
        if phase not in PHASES:
            yield f"time_boxes/{phase}", "a time box is of clarifying or reacting"
        elif not 1 <= hours <= LONGEST_BOX:
            yield f"time_boxes/{phase}", f"from 1 to {LONGEST_BOX} hours"
    if not 0 <= profile.absent_hours <= LONGEST_BOX:
        yield "absent_hours", f"from 0 to {LONGEST_BOX} hours"
    if profile.longest_term_days is not None and not 1 <= profile.longest_term_days <= LONGEST_TERM:
        yield "longest_term_days", f"from 1 to {LONGEST_TERM} days"
