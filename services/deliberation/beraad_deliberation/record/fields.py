"""The values that entries are made of."""

from __future__ import annotations

import re

from beraad.record.shapes import Anything, OneOf, Text, Whole
from beraad.record.structures import Members, OrNull

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


def one_of(*words: str) -> OneOf:
    return OneOf(f"one of {', '.join(words)}", tuple(str(word) for word in words))
