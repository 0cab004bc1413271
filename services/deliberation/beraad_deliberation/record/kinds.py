"""What each kind of entry says: the table of the record. Texts stand beside it, under their commitments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from beraad.record.entries import VERSION
from beraad.record.shapes import AnyText, Anything, Document, Flag, OneOf, Shape, Text, Whole
from beraad.record.structures import ListOf, Members, OrNull
from beraad_deliberation.domain.amendments import AmendmentState
from beraad_deliberation.domain.decisions import ReviewOutcome
from beraad_deliberation.domain.objections import KINDS, ObjectionState
from beraad_deliberation.domain.responding import Answer
from beraad_deliberation.domain.verdict import Outcome
from beraad_deliberation.domain.votes import Choice

ROUND_RULE, VOTE_RULE = "beraad.round/1", "beraad.vote/1"

HEX = re.compile("[0-9a-f]{64}")
UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
HASH = Text("a SHA-256 in hex", HEX)
COMMITMENT = Text("a commitment", HEX)
PERSON = Text("a pseudonym", HEX)
ID = Text("an id", UUID)
MOMENT = Text("a moment in UTC", re.compile(DATE + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"))
DAY = Text("a day", re.compile(DATE))
CODE = Text("a code", re.compile("[A-Za-z_]{1,64}"))
RULE = Text("a rule and its version", re.compile(r"[a-z.]{1,32}/[0-9]{1,4}"))
COUNT, NUMBER = Whole("a count"), Whole("a number from 1", 1)
SAID = OrNull(COMMITMENT)
ROSTER = Members({"epoch": COUNT, "position": COUNT})


RULES = (
    "name by_vote quorum majority minimum_consents max_rounds phases answers fallbacks time_boxes silence"
    " second_call_quorum objection_test absent_hours longest_term_days on_expiry approving_body_id"
)
PROFILE = Members({name: Anything() for name in RULES.split()}, more=True)
"""All the rules, none left to what a release takes for granted; what they must be is for the judge to say."""


def _one_of(*words: str) -> OneOf:
    return OneOf(f"one of {', '.join(words)}", tuple(str(word) for word in words))


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
ROUND_OUTCOMES = (*(one for one in Outcome if one not in {Outcome.EXTENDED, Outcome.REJECTED}),)
VOTE_OUTCOMES = (Outcome.ADOPTED, Outcome.AWAITING_APPROVAL, Outcome.REJECTED)
S = ObjectionState

BODIES: Mapping[str, Members] = {
    "round.opened": Members(
        {
            "round": ID,
            "number": NUMBER,
            "silence": Flag("true or false"),
            "proposers": ListOf(PERSON),
            **_OPENED,
        }
    ),
    "round.extended": Members(
        {"round": ID, "closes_at": MOMENT, "automatic": Flag("true or false"), "reason": SAID}
    ),
    "round.closed": Members(
        {"round": ID, "outcome": _one_of(*ROUND_OUTCOMES), "notified": OrNull(HASH), **_CLOSED}
    ),
    "round.abandoned": Members({"round": ID, "reason": CODE, **_TREE}),
    "vote.opened": Members({"vote": ID, **_OPENED}),
    "vote.closed": Members({"vote": ID, "outcome": _one_of(*VOTE_OUTCOMES), **_CLOSED}),
    "electorate.changed": Members(
        {
            "roll": ID,
            "elector": PERSON,
            "change": _one_of("departed", "recused", "proposing"),
            "reason": CODE,
        }
    ),
    "objection.raised": Members(
        {
            "objection": ID,
            "round": ID,
            "elector": PERSON,
            "kind": _one_of(*KINDS),
            "reason": COMMITMENT,
            "follows": OrNull(ID),
        }
    ),
    "objection.tested": Members(
        {
            "objection": ID,
            "state": _one_of(S.VALID, S.NOT_QUALIFIED),
            "qualifies": COUNT,
            "does_not": COUNT,
        }
    ),
    "objection.integrating": Members({"objection": ID, "version": NUMBER}),
    "objection.orphaned": Members({"objection": ID, "until": MOMENT}),
    "objection.adopted": Members({"objection": ID, "elector": PERSON}),
    "objection.ended": Members(
        {
            "objection": ID,
            "state": _one_of(S.RESOLVED, S.WITHDRAWN, S.MERGED, S.LAPSED),
            "response": OrNull(Members({"round": ID, "leaf": HASH})),
        }
    ),
    "amendment.proposed": Members(
        {"amendment": ID, "proposal": ID, "base_version": NUMBER, "change": COMMITMENT}
    ),
    "amendment.accepted": Members({"amendment": ID, "version": NUMBER, "text": COMMITMENT}),
    "amendment.declined": Members(
        {
            "amendment": ID,
            "state": _one_of(AmendmentState.REJECTED, AmendmentState.WITHDRAWN, AmendmentState.CONFLICTED),
        }
    ),
    "approval.requested": Members(
        {"approval": ID, "proposal": ID, "version": NUMBER, "text": COMMITMENT, "body": ID, "due_on": DAY}
    ),
    "approval.granted": Members({"approval": ID, "note": SAID}),
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
        }
    ),
    "decision.in_force": Members({"decision": ID}),
    "decision.under_review": Members({"decision": ID}),
    "decision.reviewed": Members({"decision": ID, "outcome": _one_of(*ReviewOutcome), "note": SAID}),
    "decision.superseded": Members({"decision": ID, "by": ID}),
}
"""Type → its body, exactly. A round closes more than once when it is judged again (see docs/record.md)."""

LEAF_BODIES: Mapping[str, Members] = {
    "response.given": Members(
        {
            "round": ID,
            "number": NUMBER,
            "version": NUMBER,
            "answer": _one_of(*Answer),
            "concern": SAID,
            "by": OrNull(PERSON),
        }
    ),
    "ballot.cast": Members({"vote": ID, "version": NUMBER, "choice": _one_of(*Choice), "by": OrNull(PERSON)}),
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
LEAF = Members({**_FRAME, "type": _one_of(*LEAF_BODIES), "actor": PERSON})
"""A leaf's actor is the elector, its `prev` that elector's leaf before; leaves are in no order but their own."""


def roll_of(entry: Mapping[str, Any]) -> str:
    """The round or vote that an entry named `round.…`, `vote.…`, `response.…` or `ballot.…` is about."""
    body: Mapping[str, str] = entry["body"]
    return body["round"] if "round" in body else body["vote"]
