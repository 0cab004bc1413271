"""The story the entries tell, read from the first to the last; what cannot follow from what came before is found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from beraad.record.findings import Finding
from beraad_deliberation.domain.amendments import AmendmentState
from beraad_deliberation.domain.decisions import DecisionState
from beraad_deliberation.domain.objection_states import OPEN, ObjectionState

Entry = Mapping[str, Any]
Body = Mapping[str, Any]


class Findings(list[Finding]):
    """What was found so far."""

    def add(self, code: str, where: str, says: str) -> None:
        """One more."""
        self.append(Finding(code, where, says))


@dataclass
class RecordedObjection:
    """An objection as far as the entries read tell."""

    id: str
    elector: str
    roll_id: str
    number: int
    state: ObjectionState
    orphaned_from: ObjectionState = ObjectionState.RAISED
    into: str | None = None
    """Where it was merged: the objection it goes on in."""

    @property
    def is_open(self) -> bool:
        """It stands."""
        return self.state in OPEN

    def __post_init__(self) -> None:
        """Whose it is at first is who raised it."""
        self.raised_by = self.elector


Standing = tuple[str, int, str, str]
"""An objection at a close: whose, in the round of which number it was raised, its state, and who raised it."""


@dataclass
class RecordedAmendment:
    """An amendment as far as the entries read tell."""

    state: AmendmentState = AmendmentState.PROPOSED
    promoted: bool = False


@dataclass(frozen=True)
class Close:
    """A round or vote as it stood when it closed, or was judged again.

    `standing`: the objections that matter for it. `again`: it had closed before.
    """

    seq: int
    body: Body
    judged: bool
    calls: int
    closes_at: str
    standing: tuple[Standing, ...]
    proposers: frozenset[str]
    again: bool

    @property
    def outcome(self) -> str | None:
        """None where it was abandoned."""
        return self.body["outcome"] if self.judged else None


@dataclass
class RecordedRoll:
    """A round or vote as far as the entries read tell.

    `version`, `text`: what is asked about, which follows editorial changes; `versions`: all it was. `outdated`: another
    version stands since.
    """

    kind: Literal["round", "vote"]
    id: str
    seq: int
    body: Body
    closes_at: str
    version: int
    text: str
    versions: set[int]
    outdated: bool = False
    calls: int = 1
    changes: dict[str, set[str]] = field(default_factory=dict)
    closes: list[Close] = field(default_factory=list)
    proposers: set[str] = field(default_factory=set)
    raised_by: set[str] = field(default_factory=set)
    adopted_by: set[str] = field(default_factory=set)

    @property
    def proposal(self) -> str:
        """Over which proposal."""
        told: str = self.body["proposal"]
        return told


@dataclass
class History:
    """All of it. `adopted` and `awaiting`: proposal → version and text, until a decision or request takes it up.

    `granted`: the text that an approving body agrees to, if the group consents.
    """

    rolls: dict[str, RecordedRoll] = field(default_factory=dict)
    latest: dict[str, RecordedRoll] = field(default_factory=dict)
    objections: dict[str, RecordedObjection] = field(default_factory=dict)
    replacements: dict[str, dict[str, int]] = field(default_factory=dict)
    """Round → the leaves that withdrawing carried → the entry that says so."""
    objections_to: dict[str, list[RecordedObjection]] = field(default_factory=dict)
    amendments: dict[str, RecordedAmendment] = field(default_factory=dict)
    awaiting: dict[str, tuple[int, str]] = field(default_factory=dict)
    adopted: dict[str, tuple[int, str]] = field(default_factory=dict)
    granted: dict[str, tuple[int, str]] = field(default_factory=dict)
    approvals: dict[str, Body | None] = field(default_factory=dict)
    decisions: dict[str, DecisionState] = field(default_factory=dict)
    numbers: int = 0
    skips: bool = False
    """Decisions that rest on what began before the record have numbers and no entries."""


Tell = Callable[[str, str], None]
Step = Callable[[History, Entry, Tell], None]
"""Takes one entry in, or tells a code and why it cannot follow."""


def replay(entries: Iterable[Entry], steps: Mapping[str, Step], findings: Findings) -> History:
    """Read all entries, whose shapes were checked."""
    history = History()
    for entry in entries:
        seq = entry["seq"]

        def tell(code: str, says: str, seq: int = seq) -> None:
            findings.add(code, f"entry {seq}", says)

        steps[entry["type"]](history, entry, tell)
    return history
