"""Whether each outcome is the one the rule gives: every closed round and vote is judged again, from the record alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from beraad_deliberation.record.fields import ROUND_RULE, VOTE_RULE
from beraad_deliberation.record.history import Close, Findings, RecordedRoll


class Judged(Protocol):
    """What a judge answers."""

    @property
    def outcome(self) -> str:
        """Its code."""

    @property
    def reasons(self) -> Sequence[str]:
        """Their codes, in order."""


@dataclass(frozen=True)
class Shown:
    """What the export shows beside the answers: those asked, and those told (None where silence is no consent)."""

    electors: Sequence[str]
    notified: Sequence[str] | None


Judge = Callable[[Mapping[str, Any]], Judged]
"""Takes a document as `round_document` and `vote_document` make them."""


def check_outcome(
    roll: RecordedRoll,
    close: Close,
    shown: Shown,
    answers: Mapping[str, str],
    judge: Judge,
    findings: Findings,
) -> None:
    """Judge it again. One that was abandoned was not judged."""
    where = f"entry {close.seq}"
    if not close.judged:
        return
    if close.body["rule"] != {"round": ROUND_RULE, "vote": VOTE_RULE}[roll.kind]:
        findings.add("RuleIsUnknown", where, f"this release cannot judge by {close.body['rule']}")
        return
    make = round_document if roll.kind == "round" else vote_document
    try:
        verdict = judge(make(roll, close, shown, answers))
        outcome, reasons = str(verdict.outcome), [*map(str, verdict.reasons)]
    except Exception as error:  # whatever a hostile profile does to the judge
        findings.add("CannotBeJudged", where, f"the rule cannot be applied: {type(error).__name__}")
        return
    if outcome != close.body["outcome"]:
        findings.add("OutcomeIsWrong", where, f"the rule gives {outcome}, not {close.body['outcome']}")
    elif reasons != close.body["reasons"]:
        findings.add("ReasonsAreWrong", where, f"the rule gives {' '.join(reasons)}")


def round_document(
    roll: RecordedRoll, close: Close, shown: Shown, answers: Mapping[str, str]
) -> dict[str, Any]:
    """A round as it stood at that close. Who was told is recorded where silence is consent, and matters only there."""
    told = set(shown.notified or ())
    return {
        "format": ROUND_RULE,
        "number": roll.body["number"],
        "profile": roll.body["profile"],
        "silence": roll.body["silence"],
        "calls": close.calls,
        "reconsidered": close.again,
        "electors": [
            {
                **_elector(roll, person),
                "proposer": person in close.proposers,
                "notified": person in told,
                "answer": answers.get(person),
            }
            for person in shown.electors
        ],
        "objections": [
            {"elector": elector, "round": number, "state": state, "raised_by": raised_by}
            for elector, number, state, raised_by in close.standing
        ],
    }


def vote_document(
    roll: RecordedRoll, _close: Close, shown: Shown, answers: Mapping[str, str]
) -> dict[str, Any]:
    """A vote as it stood when it closed."""
    electors = [{**_elector(roll, person), "choice": answers.get(person)} for person in shown.electors]
    return {"format": VOTE_RULE, "profile": roll.body["profile"], "electors": electors}


def _elector(roll: RecordedRoll, person: str) -> dict[str, Any]:
    departed, recused = roll.changes.get("departed", ()), roll.changes.get("recused", ())
    return {"id": person, "departed": person in departed, "recused": person in recused}
