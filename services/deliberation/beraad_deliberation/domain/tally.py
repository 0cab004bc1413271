"""The verdict on a majority vote: exact fractions with an explicit base and strictness. No floats."""

from __future__ import annotations

from dataclasses import dataclass

from beraad_deliberation.domain.profiles import DecisionProfile
from beraad_deliberation.domain.verdict import Outcome, Verdict


@dataclass(frozen=True)
class Count:
    """The ballots of a vote; `eligible` is the electorate after those who left."""

    eligible: int
    in_favor: int
    against: int
    abstained: int

    @property
    def cast(self) -> int:
        """Ballots that say yes or no."""
        return self.in_favor + self.against

    @property
    def present(self) -> int:
        """Everyone who answered; those who abstain are present, not cast."""
        return self.cast + self.abstained

    def base(self, name: str) -> int:
        """The whole a majority is a share of."""
        return {"cast": self.cast, "present": self.present, "eligible": self.eligible}[name]


def judge(count: Count, profile: DecisionProfile) -> Verdict:
    """Quorum, then the majority, then more for than against; 0:0 never passes."""
    if not profile.quorum.is_reached(count.present, count.eligible) or not count.present:
        return Verdict(Outcome.REJECTED, ("QuorumNotReached",))
    majority = profile.majority
    whole = count.base(majority.base)
    met = majority.share.is_exceeded if majority.strict else majority.share.is_reached
    if not met(count.in_favor, whole) or count.in_favor <= count.against:
        return Verdict(Outcome.REJECTED, ("MajorityNotReached",))
    if profile.recommends:
        return Verdict(Outcome.AWAITING_APPROVAL, ("MajorityReached", "ApprovingBodyDecides"))
    return Verdict(Outcome.ADOPTED, ("MajorityReached",))
