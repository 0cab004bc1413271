"""Whether each outcome is the one the rule gives: every closed round and vote is judged again, from the record alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from beraad_deliberation.record.history import Close, Findings, RecordedRoll
from beraad_deliberation.record.kinds import ROUND_RULE, VOTE_RULE


class Judged(Protocol):
    """What a judge answers."""

    @property
    def outcome(self) -> str:
        """Its code."""

    @property
    def reasons(self) -> Sequence[str]:
        """Their codes, in order."""


Judge = Callable[[Mapping[str, Any]], Judged]
"""Takes a document as `round_document` and `vote_document` make them."""


def check_outcome(
    roll: RecordedRoll,
    close: Close,
    part: Mapping[str, Any],
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
        verdict = judge(make(roll, close, part, answers))
        outcome, reasons = str(verdict.outcome), [*map(str, verdict.reasons)]
    except Exception as error:  # whatever a hostile profile does to the judge
        findings.add("CannotBeJudged", where, f"the rule cannot be applied: {type(error).__name__}")
        return
    if outcome != close.body["outcome"]:
        findings.add("OutcomeIsWrong", where, f"the rule gives {outcome}, not {close.body['outcome']}")
    elif reasons != close.body["reasons"]:
        findings.add("ReasonsAreWrong", where, f"the rule gives {' '.join(reasons)}")


def round_document(
    roll: RecordedRoll, close: Close, part: Mapping[str, Any], answers: Mapping[str, str]
) -> dict[str, Any]:
    """A round as it stood at that close. Everyone counts as notified where silence is no consent."""
    proposing = roll.changes.get("proposing", set()).union(roll.body["proposers"])
    notified = part["electors"] if part["notified"] is None else part["notified"]
    told = set(notified)
    return {
        "format": ROUND_RULE,
        "number": roll.body["number"],
        "profile": roll.body["profile"],
        "silence": roll.body["silence"],
        "calls": close.calls,
        "electors": [
            {
                **_elector(roll, person),
                "proposer": person in proposing,
                "notified": person in told,
                "answer": answers.get(person),
            }
            for person in part["electors"]
        ],
        "objections": [{"elector": elector, "state": state} for elector, state in close.standing],
    }


def vote_document(
    roll: RecordedRoll, _close: Close, part: Mapping[str, Any], answers: Mapping[str, str]
) -> dict[str, Any]:
    """A vote as it stood when it closed."""
    electors = [{**_elector(roll, person), "choice": answers.get(person)} for person in part["electors"]]
    return {"format": VOTE_RULE, "profile": roll.body["profile"], "electors": electors}


def _elector(roll: RecordedRoll, person: str) -> dict[str, Any]:
    departed, recused = roll.changes.get("departed", ()), roll.changes.get("recused", ())
    return {"id": person, "departed": person in departed, "recused": person in recused}
