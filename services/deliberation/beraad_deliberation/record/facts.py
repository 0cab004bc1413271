"""What a round or a vote adds to the record, made of the aggregates; and the one way to append a fact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from beraad.record.entries import Log, Sealed, instant
from beraad_deliberation.domain.rounds import ConsentRound
from beraad_deliberation.domain.verdict import Verdict
from beraad_deliberation.domain.votes import Vote
from beraad_deliberation.record.fields import ROUND_RULE, VOTE_RULE
from beraad_deliberation.record.kinds import BODIES
from beraad_deliberation.record.pseudonyms import electorate_hash


class FactIsMalformed(ValueError):
    """The verifier would not accept this: nothing is recorded that cannot be checked."""


FIRST = frozenset({"record.began", "version.published", "round.opened", "vote.opened", "amendment.proposed"})
"""What need not follow from anything that was recorded before."""


@dataclass(frozen=True)
class Fact:
    """A kind of entry and its body, whose first member names what it is about.

    `after`: the round, vote or approval that it follows from, where that is not what it is about.
    """

    type: str
    body: dict[str, Any]
    after: UUID | None = None

    @property
    def subject(self) -> UUID:
        """The id of what it is about."""
        return UUID(next(iter(self.body.values())))

    @property
    def follows(self) -> UUID | None:
        """What must have been recorded before; None: nothing."""
        return self.after if self.type in FIRST else self.after or self.subject


@dataclass(frozen=True)
class Leaves:
    """The tree of a round or vote as it closes: its root (32 bytes) and how many leaves it has."""

    root: bytes
    count: int


def append(log: Log, fact: Fact, actor: str | None, at: datetime) -> Sealed:
    """Append it to the group's log, which the caller holds. `actor`: a pseudonym; None where nobody acted.

    Raises `FactIsMalformed`, `NotCanonical`.
    """
    shape = BODIES.get(fact.type)
    if shape is None or not shape.fits(fact.body):
        where, says = shape.fault(fact.body, fact.type) if shape else (fact.type, "unknown")
        raise FactIsMalformed(f"{where}: {says}")
    return log.append(fact.type, at, actor, fact.body)


def record_began(group_id: UUID, decisions: int) -> Fact:
    """The group deliberated before it had a record, and had so many decisions. What was under way then is not recorded."""
    return Fact("record.began", {"group": str(group_id), "decisions": decisions})


def round_opened(
    run: ConsentRound,
    *,
    text: str,
    electors: Iterable[str],
    proposers: Iterable[str],
    override: str | None = None,
    after: UUID | None = None,
) -> Fact:
    """`text`, `override`: commitments; `electors`, `proposers`: pseudonyms. `after`: the round before."""
    more = {"number": run.number, "silence": run.silence, "live": run.live, "proposers": sorted(proposers)}
    body = {"round": str(run.id), **more, **_opened(run, text, electors, override)}
    return Fact("round.opened", body, after=after)


def vote_opened(
    run: Vote,
    *,
    text: str,
    electors: Iterable[str],
    override: str | None = None,
    after: UUID | None = None,
) -> Fact:
    """`text`, `override`: commitments; `electors`: pseudonyms. `after`: the round before."""
    return Fact("vote.opened", {"vote": str(run.id), **_opened(run, text, electors, override)}, after=after)


def round_extended(run: ConsentRound, *, automatic: bool, reason: str | None = None) -> Fact:
    """`automatic`: a second call, where the quorum was missing; else by hand, with the commitment of a reason."""
    told = {"closes_at": instant(run.closes_at), "automatic": automatic, "reason": reason}
    return Fact("round.extended", {"round": str(run.id), **told})


def round_closed(
    run: ConsentRound,
    verdict: Verdict,
    leaves: Leaves,
    *,
    reason: str | None = None,
    notified: Iterable[str] | None = None,
) -> Fact:
    """Also when it is judged again. `notified`: with silence as consent, the pseudonyms of those who were told."""
    told = None if notified is None else electorate_hash(notified)
    return Fact(
        "round.closed",
        {"round": str(run.id), "notified": told, **_closed(verdict, ROUND_RULE, leaves, reason)},
    )


def round_contested(run: ConsentRound, elector: str, *, reason: str) -> Fact:
    """After the close: an answer recorded for that elector is contested. It stays counted. `reason`: a commitment."""
    return Fact("round.contested", {"round": str(run.id), "elector": elector, "reason": reason})


def round_abandoned(run: ConsentRound, code: str, leaves: Leaves) -> Fact:
    """It ended without a verdict: the proposal was withdrawn, or an amended text is asked about in the next."""
    return Fact("round.abandoned", {"round": str(run.id), "reason": code, **_tree(leaves)})


def vote_closed(run: Vote, verdict: Verdict, leaves: Leaves, *, reason: str | None = None) -> Fact:
    """Its verdict and its ballots' tree."""
    return Fact("vote.closed", {"vote": str(run.id), **_closed(verdict, VOTE_RULE, leaves, reason)})


def electorate_changed(
    roll_id: UUID,
    elector: str,
    change: Literal["departed", "recused", "proposing", "stopped_proposing"],
    reason: str,
    note: str | None = None,
) -> Fact:
    """While it runs: somebody left, or stands back from this one. Until it is judged: who proposes. `note`: a commitment."""
    told = {"elector": elector, "change": change, "reason": reason, "note": note}
    return Fact("electorate.changed", {"roll": str(roll_id), **told})


def _opened(
    run: ConsentRound | Vote, text: str, electors: Iterable[str], override: str | None
) -> dict[str, Any]:
    asked = list(electors)
    return {
        "proposal": str(run.proposal_id),
        "version": run.version,
        "text": text,
        "profile": run.profile.to_document(),
        "electors": len(asked),
        "electorate": electorate_hash(asked),
        "roster": {"epoch": run.electorate_epoch, "position": run.electorate_position},
        "override": override,
        "closes_at": instant(run.closes_at),
    }


def _closed(verdict: Verdict, rule: str, leaves: Leaves, reason: str | None) -> dict[str, Any]:
    told = {"outcome": str(verdict.outcome), "reasons": list(verdict.reasons), "rule": rule}
    return {**told, "reason": reason, **_tree(leaves)}


def _tree(leaves: Leaves) -> dict[str, Any]:
    return {"responses_root": leaves.root.hex(), "count": leaves.count}
