"""What each kind of entry says: the table of the record. Texts stand beside it, under their commitments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from beraad.record.entries import VERSION
from beraad.record.shapes import AnyText, Document, Flag, OneOf, Shape
from beraad.record.structures import ListOf, Members, OrNull
from beraad_deliberation.domain.amendments import AmendmentState
from beraad_deliberation.domain.decisions import ReviewOutcome
from beraad_deliberation.domain.objection_states import ObjectionState
from beraad_deliberation.domain.objections import KINDS, Strategy
from beraad_deliberation.domain.responding import Answer
from beraad_deliberation.domain.verdict import Outcome
from beraad_deliberation.domain.votes import Choice
from beraad_deliberation.record.fields import (
    CODE,
    COMMITMENT,
    COUNT,
    DAY,
    HASH,
    ID,
    MOMENT,
    NUMBER,
    PERSON,
    PROFILE,
    ROSTER,
    RULE,
    SAID,
    one_of,
)

_OPENED: dict[str, Shape] = {
    "proposal": ID,
    "version": NUMBER,
    "text": COMMITMENT,
    "profile": PROFILE,
    "electors": COUNT,
    "electorate": HASH,
    "roster": ROSTER,
    "override": SAID,
    "closes_at": MOMENT,
}
_TREE: dict[str, Shape] = {"responses_root": HASH, "count": COUNT}
_CLOSED: dict[str, Shape] = {
    "reasons": ListOf(CODE),
    "rule": RULE,
    "reason": SAID,
    **_TREE,
}
ROUND_OUTCOMES = (
    Outcome.ADOPTED,
    Outcome.AWAITING_APPROVAL,
    Outcome.INTEGRATING,
    Outcome.DEADLOCKED,
    Outcome.LAPSED,
)
VOTE_OUTCOMES = (Outcome.ADOPTED, Outcome.AWAITING_APPROVAL, Outcome.REJECTED)
S, A = ObjectionState, AmendmentState

PROPOSING = ("proposing", "stopped_proposing")
"""The changes that say who proposes; they go on after a close, for the round may be judged again."""

BODIES: Mapping[str, Members] = {
    "record.began": Members({"group": ID, "decisions": COUNT}),
    "round.opened": Members(
        {
            "round": ID,
            "number": NUMBER,
            "silence": Flag("true or false"),
            "live": Flag("true or false"),
            "proposers": ListOf(PERSON),
            **_OPENED,
        }
    ),
    "round.extended": Members(
        {"round": ID, "closes_at": MOMENT, "automatic": Flag("true or false"), "reason": SAID}
    ),
    "round.closed": Members(
        {"round": ID, "outcome": one_of(*ROUND_OUTCOMES), "notified": OrNull(HASH), **_CLOSED}
    ),
    "round.contested": Members({"round": ID, "elector": PERSON, "reason": COMMITMENT}),
    "round.abandoned": Members({"round": ID, "reason": CODE, **_TREE}),
    "vote.opened": Members({"vote": ID, **_OPENED}),
    "vote.closed": Members({"vote": ID, "outcome": one_of(*VOTE_OUTCOMES), **_CLOSED}),
    "electorate.changed": Members(
        {
            "roll": ID,
            "elector": PERSON,
            "change": one_of("departed", "recused", *PROPOSING),
            "reason": CODE,
            "note": SAID,
        }
    ),
    "objection.raised": Members(
        {
            "objection": ID,
            "round": ID,
            "elector": PERSON,
            "kind": one_of(*KINDS),
            "reason": COMMITMENT,
            "follows": OrNull(ID),
            "state": one_of(S.RAISED, S.VALID),
        }
    ),
    "objection.testing": Members({"objection": ID, "ruling": SAID}),
    "objection.appealed": Members({"objection": ID}),
    "objection.tested": Members(
        {
            "objection": ID,
            "state": one_of(S.VALID, S.NOT_QUALIFIED),
            "qualifies": COUNT,
            "does_not": COUNT,
        }
    ),
    "objection.integrating": Members(
        {
            "objection": ID,
            "version": NUMBER,
            "strategy": one_of(*Strategy),
            "note": SAID,
            "owner": OrNull(PERSON),
            "due_on": OrNull(DAY),
        }
    ),
    "objection.orphaned": Members({"objection": ID, "until": MOMENT}),
    "objection.adopted": Members({"objection": ID, "elector": PERSON}),
    "objection.ended": Members(
        {
            "objection": ID,
            "state": one_of(S.RESOLVED, S.WITHDRAWN, S.MERGED, S.LAPSED),
            "response": OrNull(Members({"round": ID, "leaf": HASH})),
            "into": OrNull(ID),
        }
    ),
    "amendment.proposed": Members(
        {"amendment": ID, "proposal": ID, "base_version": NUMBER, "change": COMMITMENT}
    ),
    "amendment.announced": Members({"amendment": ID, "until": MOMENT}),
    "amendment.contested": Members({"amendment": ID, "reason": COMMITMENT}),
    "amendment.accepted": Members({"amendment": ID, "version": NUMBER}),
    "amendment.declined": Members(
        {
            "amendment": ID,
            "state": one_of(A.REJECTED, A.WITHDRAWN, A.CONFLICTED, A.STALE),
        }
    ),
    "amendment.promoted": Members({"amendment": ID, "proposal": ID}),
    "version.published": Members(
        {
            "proposal": ID,
            "version": NUMBER,
            "text": COMMITMENT,
            "amendment": OrNull(ID),
            "editorial": Flag("true or false"),
        }
    ),
    "proposal.referred": Members({"proposal": ID, "version": NUMBER, "text": COMMITMENT}),
    "approval.requested": Members(
        {"approval": ID, "proposal": ID, "version": NUMBER, "text": COMMITMENT, "body": ID, "due_on": DAY}
    ),
    "approval.granted": Members({"approval": ID, "note": SAID}),
    "approval.changed": Members(
        {"approval": ID, "version": NUMBER, "text": COMMITMENT, "reason": COMMITMENT}
    ),
    "approval.returned": Members({"approval": ID, "reason": COMMITMENT}),
    "approval.refused": Members({"approval": ID, "reason": COMMITMENT}),
    "decision.adopted": Members(
        {
            "decision": ID,
            "number": NUMBER,
            "proposal": ID,
            "version": NUMBER,
            "text": COMMITMENT,
            "reasons": ListOf(CODE),
            "effective_on": DAY,
            "review_on": OrNull(DAY),
            "expires_on": OrNull(DAY),
        }
    ),
    "decision.in_force": Members({"decision": ID}),
    "decision.under_review": Members({"decision": ID}),
    "decision.reviewed": Members({"decision": ID, "outcome": one_of(*ReviewOutcome), "note": SAID}),
    "decision.expired": Members({"decision": ID}),
    "decision.superseded": Members({"decision": ID, "by": ID}),
}
"""Type → its body, exactly. A round closes more than once when it is judged again (see docs/record.md)."""

LEAF_BODIES: Mapping[str, Members] = {
    "response.given": Members(
        {
            "round": ID,
            "number": NUMBER,
            "version": NUMBER,
            "answer": one_of(*Answer),
            "concern": SAID,
            "by": OrNull(PERSON),
        }
    ),
    "response.contested": Members({"round": ID, "number": NUMBER, "version": NUMBER, "reason": COMMITMENT}),
    "ballot.cast": Members({"vote": ID, "version": NUMBER, "choice": one_of(*Choice), "by": OrNull(PERSON)}),
}
"""What the leaves of a round's or a vote's tree say. `by`: who recorded it for the elector, if somebody did."""

_FRAME: dict[str, Shape] = {
    "v": OneOf("version 1", (VERSION,)),
    "group": ID,
    "at": MOMENT,
    "body": Document("a body"),
    "prev": OrNull(HASH),
}
ENTRY = Members({**_FRAME, "seq": NUMBER, "type": AnyText("a type"), "actor": OrNull(PERSON)})
LEAF = Members({**_FRAME, "type": one_of(*LEAF_BODIES), "actor": PERSON})
"""A leaf's actor is the elector, its `prev` that elector's leaf before; leaves are in no order but their own."""


def roll_of(entry: Mapping[str, Any]) -> str:
    """The round or vote that an entry named `round.…`, `vote.…`, `response.…` or `ballot.…` is about."""
    body: Mapping[str, str] = entry["body"]
    return body["round"] if "round" in body else body["vote"]
