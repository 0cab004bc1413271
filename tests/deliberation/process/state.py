"""What the model knows: plain records under short names ("p1", "p1.2" for its second round), with the times as they are."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from deliberation.process.oracle import Rules

START = datetime(2017, 10, 2, 9, tzinfo=UTC)
BRUSSELS = ZoneInfo("Europe/Brussels")
OPEN = {"raised", "testing", "valid", "integrating", "orphaned"}
SPOKEN_FOR = OPEN - {"orphaned"}
UNTESTED = {"raised", "testing"}
BEFORE_DECIDING = {"clarifying", "reacting", "tuning", "consent_round", "integrating", "deadlocked"}
CHANGING = {"tuning", "integrating", "deadlocked"}
MOVES = {
    "clarifying": {"reacting", "tuning"},
    "reacting": {"clarifying", "tuning"},
    "tuning": {"clarifying", "reacting"},
    "integrating": {"tuning"},
}
EVERYONE = ("fay", "pat", "ann", "ben", "cas", "dan", "ola", "bea", "ada")
"""Fay is the facilitator, Ada an administrator, Bea sits on the board; Ola sits nowhere at first."""
Foretold = tuple[dict[str, int], str, list[str]]
"""Of a running round: how many of what are missing, and what closing it now would come to, with the reasons."""


def day_of(at: datetime) -> date:
    return at.astimezone(BRUSSELS).date()


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), BRUSSELS).astimezone(UTC)


@dataclass
class Elector:
    left: str | None = None
    told: bool = False


@dataclass
class Round:
    name: str
    proposal: str
    number: int
    version: int
    opened: datetime
    closes: datetime
    electors: dict[str, Elector]
    silence: bool = False
    override: bool = False
    objected: bool = False
    answers: dict[str, tuple[str, int]] = field(default_factory=dict)
    history: list[tuple[str, str, int]] = field(default_factory=list)
    calls: int = 1
    running: bool = True
    outcome: str | None = None
    reasons: list[str] = field(default_factory=list)
    figures: tuple[int, int, int, int] | None = None

    def staying(self) -> list[str]:
        return [who for who, one in self.electors.items() if one.left is None]

    def hear(self, who: str, answer: str) -> None:
        self.answers[who] = (answer, self.version)
        self.history.append((who, answer, self.version))


@dataclass
class Objection:
    name: str
    round: str
    proposal: str
    objector: str
    raiser: str
    state: str = "raised"
    follows: str | None = None
    merged_into: str | None = None
    opinions: dict[str, bool] = field(default_factory=dict)
    was: str | None = None
    orphaned_until: datetime | None = None
    appealable_until: datetime | None = None
    appealed: bool = False
    integrated_in: int | None = None

    @property
    def open(self) -> bool:
        return self.state in OPEN


@dataclass
class Amendment:
    name: str
    proposal: str
    author: str
    base: int
    words: dict[int, str]
    state: str = "proposed"
    editorial: bool = False
    takes_effect: datetime | None = None
    contested: bool = False
    accepted_in: int | None = None
    like: str | None = None

    @property
    def open(self) -> bool:
        return self.state in {"proposed", "announced"}


@dataclass
class Vote:
    name: str
    proposal: str
    version: int
    closes: datetime
    electors: dict[str, Elector]
    ballots: dict[str, tuple[str, int]] = field(default_factory=dict)
    running: bool = True
    outcome: str | None = None
    reasons: list[str] = field(default_factory=list)
    figures: tuple[int, int, int, int] | None = None

    def staying(self) -> list[str]:
        return [who for who, one in self.electors.items() if one.left is None]


@dataclass
class Approval:
    name: str
    proposal: str
    version: int
    reasons: list[str]
    state: str = "requested"


@dataclass
class Decision:
    number: int
    proposal: str
    version: int
    words: list[str]
    reasons: list[str]
    effective: date
    review: date
    concerns: list[str]
    tasks: int
    supersedes: int | None
    state: str = "adopted"
    superseded_by: int | None = None


@dataclass
class Proposal:
    name: str
    kind: str
    proposer: str
    words: list[str]
    effective: date | None = None
    review: date | None = None
    supersedes: int | None = None
    complete: bool = True
    stage: str = "draft"
    version: int = 1
    texts: dict[int, tuple[list[str], bool]] = field(default_factory=dict)
    phase_ends: datetime | None = None
    rules: Rules | None = None
    rounds_held: int = 0
    asked: bool = False
    """The text that stands was put to a round, but for editorial changes since."""
    round: str | None = None
    vote: str | None = None
    approval: str | None = None
    decision: int | None = None
    questions: dict[str, bool] = field(default_factory=dict)
    reacted: set[str] = field(default_factory=set)
    deferred: int = 0
    withdraws: datetime | None = None
    granted: int | None = None
    """The version the approving body agreed to before the group did."""


@dataclass
class Known:
    """The whole world of one example."""

    rules: Rules = field(default_factory=Rules)
    body: bool = False
    behind: bool = False
    """What the roster was read from is known to be incomplete."""
    now: datetime = START
    seated: set[str] = field(default_factory=set)
    proposals: dict[str, Proposal] = field(default_factory=dict)
    rounds: dict[str, Round] = field(default_factory=dict)
    objections: dict[str, Objection] = field(default_factory=dict)
    amendments: dict[str, Amendment] = field(default_factory=dict)
    votes: dict[str, Vote] = field(default_factory=dict)
    approvals: dict[str, Approval] = field(default_factory=dict)
    decisions: dict[int, Decision] = field(default_factory=dict)


def hours(n: float) -> timedelta:
    return timedelta(hours=n)


def view(known: Known) -> dict[str, Any]:
    """As a driver reads the system: what must be equal after every step."""
    return {
        "proposals": {p.name: _proposal(p) for p in known.proposals.values()},
        "rounds": {r.name: _round(r) for r in known.rounds.values()},
        "objections": {
            o.name: {
                "state": o.state,
                "objector": o.objector,
                "raiser": o.raiser,
                "follows": o.follows,
                "merged_into": o.merged_into,
                "opinions": o.opinions,
                "orphaned_until": o.orphaned_until,
                "appealable_until": o.appealable_until,
                "integrated_in": o.integrated_in,
            }
            for o in known.objections.values()
        },
        "amendments": {
            a.name: {
                "state": a.state,
                "base": a.base,
                "edits": edits_of(known.proposals[a.proposal].texts[a.base][0], a.words),
                "editorial": a.editorial,
                "takes_effect": a.takes_effect,
                "accepted_in": a.accepted_in,
                "like": a.like,
            }
            for a in known.amendments.values()
        },
        "votes": {
            v.name: {
                "version": v.version,
                "closes": v.closes,
                "running": v.running,
                "outcome": v.outcome,
                "reasons": v.reasons,
                "figures": v.figures,
                "electors": {who: one.left for who, one in v.electors.items()},
                "ballots": v.ballots,
            }
            for v in known.votes.values()
        },
        "approvals": {
            k.name: {"state": k.state, "version": k.version, "reasons": k.reasons}
            for k in known.approvals.values()
        },
        "decisions": {
            d.number: {
                "proposal": d.proposal,
                "version": d.version,
                "text": " ".join(d.words),
                "reasons": d.reasons,
                "state": d.state,
                "effective": d.effective,
                "effective_at": start_of(d.effective),
                "review": d.review,
                "review_at": start_of(d.review),
                "concerns": sorted(d.concerns),
                "tasks": d.tasks,
                "superseded_by": d.superseded_by,
            }
            for d in known.decisions.values()
        },
    }


def edits_of(text: list[str], words: dict[int, str]) -> list[tuple[int, int, str]]:
    """Which characters of the text become which, for the words at these places."""
    edits, at = [], 0
    for place, word in enumerate(text):
        if place in words:
            edits.append((at, at + len(word), words[place]))
        at += len(word) + 1
    return edits


def _proposal(p: Proposal) -> dict[str, Any]:
    return {
        "stage": p.stage,
        "version": p.version,
        "text": " ".join(p.words),
        "versions": {n: (" ".join(words), editorial) for n, (words, editorial) in p.texts.items()},
        "phase_ends": p.phase_ends,
        "rounds_held": p.rounds_held,
        "withdraws": p.withdraws,
        "proposer": p.proposer,
        "questions": p.questions,
        "reacted": p.reacted,
        "decision": p.decision,
    }


def _round(r: Round) -> dict[str, Any]:
    return {
        "version": r.version,
        "closes": r.closes,
        "running": r.running,
        "calls": r.calls,
        "silence": r.silence,
        "outcome": r.outcome,
        "reasons": r.reasons,
        "figures": r.figures,
        "electors": {who: (one.left, one.told) for who, one in r.electors.items()},
        "answers": r.answers,
        "history": r.history,
    }
