"""Steps of the story: amendments, approvals and decisions, each from what allows it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from beraad_deliberation.domain.amendments import OPEN, AmendmentState
from beraad_deliberation.domain.decisions import GIVING_WAY, STANDING, DecisionState, ReviewOutcome
from beraad_deliberation.domain.verdict import Outcome
from beraad_deliberation.record.history import Entry, History, RecordedAmendment, Step, Tell

FOLLOWS: Mapping[DecisionState, frozenset[DecisionState]] = {
    DecisionState.IN_FORCE: frozenset({DecisionState.ADOPTED}),
    DecisionState.UNDER_REVIEW: frozenset({DecisionState.IN_FORCE}),
    DecisionState.SUPERSEDED: GIVING_WAY,
    DecisionState.EXPIRED: STANDING,
}
"""State → the states it follows (a review aside)."""

AMENDMENT_STEPS: Mapping[str, tuple[Collection[AmendmentState], AmendmentState | None]] = {
    "amendment.announced": ({AmendmentState.PROPOSED}, AmendmentState.ANNOUNCED),
    "amendment.contested": ({AmendmentState.ANNOUNCED}, AmendmentState.PROPOSED),
    "amendment.accepted": (OPEN, AmendmentState.ACCEPTED),
    "amendment.declined": (OPEN, None),
    "amendment.promoted": ({AmendmentState.REJECTED}, AmendmentState.REJECTED),
}
"""Type → the states it follows, and the one it leads to (None: the one it names)."""


def _record_began(history: History, entry: Entry, tell: Tell) -> None:
    if entry["seq"] != 1:
        tell("BeganLate", "only the first entry says what was before")
    history.skips, history.numbers = True, entry["body"]["decisions"]


def _amendment_proposed(history: History, entry: Entry, tell: Tell) -> None:
    amendment = entry["body"]["amendment"]
    if amendment in history.amendments:
        tell("AmendmentOutOfOrder", "this amendment was proposed before")
    history.amendments[amendment] = RecordedAmendment()


def _amendment_moved(history: History, entry: Entry, tell: Tell) -> None:
    amendment = history.amendments.get(entry["body"]["amendment"])
    before, after = AMENDMENT_STEPS[entry["type"]]
    if amendment is None or amendment.state not in before or amendment.promoted:
        tell("AmendmentOutOfOrder", f"this amendment is {amendment.state if amendment else 'not proposed'}")
        return
    amendment.promoted = entry["type"] == "amendment.promoted"
    amendment.state = after or AmendmentState(entry["body"]["state"])


def _proposal_referred(history: History, entry: Entry, tell: Tell) -> None:
    body = entry["body"]
    roll = history.latest.get(body["proposal"])
    if roll is None or not roll.closes or roll.closes[-1].outcome != Outcome.DEADLOCKED:
        tell("ApprovalWithoutVerdict", "only what is deadlocked is referred")
    history.awaiting[body["proposal"]] = (body["version"], body["text"])


def _approval_requested(history: History, entry: Entry, tell: Tell) -> None:
    body = entry["body"]
    if history.awaiting.pop(body["proposal"], None) != (body["version"], body["text"]):
        tell("ApprovalWithoutVerdict", "no verdict recommends this version of the proposal")
    history.approvals[body["approval"]] = body


def _approval_answered(history: History, entry: Entry, tell: Tell) -> None:
    approval = entry["body"]["approval"]
    asked = history.approvals.get(approval)
    if asked is None:
        tell("ApprovalOutOfOrder", "this approval was not requested, or is answered")
        return
    history.approvals[approval] = None
    if entry["type"] == "approval.granted":
        history.adopted[asked["proposal"]] = (asked["version"], asked["text"])
    elif entry["type"] == "approval.changed":
        history.granted[asked["proposal"]] = (entry["body"]["version"], entry["body"]["text"])


def _decision_adopted(history: History, entry: Entry, tell: Tell) -> None:
    body = entry["body"]
    if history.adopted.pop(body["proposal"], None) != (body["version"], body["text"]):
        tell("DecisionWithoutVerdict", "no verdict and no approval adopts this version of the proposal")
    follows = history.numbers + 1
    if body["number"] < follows or (body["number"] > follows and not history.skips):
        tell("DecisionNumberIsWrong", f"number {follows} follows")
    history.numbers = body["number"]
    history.decisions[body["decision"]] = DecisionState.ADOPTED


def _decision_moved(history: History, entry: Entry, tell: Tell) -> None:
    after = DecisionState(entry["type"].partition(".")[2])
    if _decision_in(FOLLOWS[after], history, entry, tell):
        history.decisions[entry["body"]["decision"]] = after


def _decision_reviewed(history: History, entry: Entry, tell: Tell) -> None:
    """One that is to evolve stays under review until another supersedes it."""
    if _decision_in({DecisionState.UNDER_REVIEW}, history, entry, tell):
        found = {ReviewOutcome.KEEP: DecisionState.IN_FORCE, ReviewOutcome.DROP: DecisionState.RETIRED}
        after = found.get(entry["body"]["outcome"], DecisionState.UNDER_REVIEW)
        history.decisions[entry["body"]["decision"]] = after


def _decision_in(states: Collection[DecisionState], history: History, entry: Entry, tell: Tell) -> bool:
    state = history.decisions.get(entry["body"]["decision"])
    if state not in states:
        tell("DecisionOutOfOrder", f"this decision is {state or 'not adopted'}")
    return state in states


STEPS: Mapping[str, Step] = {
    "record.began": _record_began,
    "amendment.proposed": _amendment_proposed,
    **dict.fromkeys(AMENDMENT_STEPS, _amendment_moved),
    "proposal.referred": _proposal_referred,
    "approval.requested": _approval_requested,
    "approval.granted": _approval_answered,
    "approval.changed": _approval_answered,
    "approval.returned": _approval_answered,
    "approval.refused": _approval_answered,
    "decision.adopted": _decision_adopted,
    "decision.in_force": _decision_moved,
    "decision.under_review": _decision_moved,
    "decision.reviewed": _decision_reviewed,
    "decision.superseded": _decision_moved,
    "decision.expired": _decision_moved,
}
