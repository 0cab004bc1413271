"""A golden example of every event, from the reference case: what a reader of the pages sees, and what tests read back.

Values are found by the field's name, or by the type where a name means something else there.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from beraad.contracts import Contract
from beraad.messaging.envelope import Envelope
from beraad.messaging.outbox import stream_of

BEGINS = datetime(2017, 6, 26, 16, 0, tzinfo=UTC)


def example_id(name: str) -> UUID:
    """The same for the same thing, in every example."""
    return uuid5(NAMESPACE_URL, f"urn:beraad:example:{name}")


HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
TEXT = "Members may pay their share in four parts. The first is due when they join."
IDS = (
    "amendment approval candidacy contribution decision delivery event export group invitation key meeting minutes objection "
    "person poll proposal registration reply round seat selection series session task vote item"
)
BY_NAME: dict[str, Any] = {
    **{f"{name}_id": str(example_id(name)) for name in IDS.split()},
    "abstained": 12,
    "administrator": False,
    "against": 31,
    "aim": "Make joining the cooperative affordable for everybody.",
    "annex": {},
    "answer": "accepted",
    "approved_at_meeting_id": str(example_id("next meeting")),
    "approving_body_id": str(example_id("board")),
    "author_id": str(example_id("person")),
    "answered_ids": [str(example_id("neighbor"))],
    "asked_ids": [str(example_id("neighbor"))],
    "base_version": 2,
    "body_id": str(example_id("board")),
    "calendar": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n",
    "change": "invited",
    "checkpoint": (
        "beraad/9c1f3a5b7d20e4f6/groups/0190b0c0-0000-7000-8000-000000000001\n41\n"
        "7cNV3UQ0tJj2HyaxLM6ldbmhEqGYqzfeqD4GTC4V7bE=\n\n"
        "\u2014 beraad/9c1f3a5b7d20e4f6/groups/0190b0c0-0000-7000-8000-000000000001 n3KWPJ0dOT2o6Ns1\n"
    ),
    "code": "482913",
    "complete": True,
    "group_ends": False,
    "member_ids": [str(example_id("person"))],
    "consents": 10,
    "content": {"preferences": [{"kind": "round_opened", "frequency": "daily"}]},
    "part": 1,
    "parts": 1,
    "tacit": 0,
    "since_version": 2,
    "changes": [
        {"kind": "equal", "text": "We answer within "},
        {"kind": "removed", "text": "a month"},
        {"kind": "added", "text": "two weeks"},
    ],
    "with_changes": False,
    "coordinators_present": True,
    "cancelled": False,
    "candidates": 60,
    "chance_per_mille": 200,
    "commitment_sha256": HASH,
    "randomness": "Loterie Nationale, 1 September 2017",
    "seed": "Loterie Nationale, 1 September 2017|3-11-24-27-38-41",
    "seated": 12,
    "reserve": 48,
    "reserve_position": 3,
    "decision_profile": "consent",
    "deliverables": "A recommendation to the board by the end of the year.",
    "driver": "Paying the whole share at once keeps people from joining.",
    "duration_minutes": 120,
    "electorate_hash": HASH,
    "electors": 12,
    "email": "anna@example.org",
    "follows_series_id": None,
    "frequency": "daily",
    "group_frequency": "weekly",
    "guest_ids": [str(example_id("neighbor"))],
    "in_favor": 214,
    "invitee_ids": [str(example_id("person")), str(example_id("neighbor"))],
    "items": [
        {
            "item_id": str(example_id("item")),
            "title": "The share in four parts",
            "kind": "decision",
            "minutes": 30,
            "proposal_id": str(example_id("proposal")),
        }
    ],
    "jwk": {
        "kty": "EC",
        "crv": "P-256",
        "kid": str(example_id("key")),
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    },
    "language": "nl",
    "last_starts_at": None,
    "link": "https://beraad.example.org/sign-in?token=…",
    "method": "REQUEST",
    "minutes_version": 1,
    "missing_roles": [],
    "name": "Anna Peeters",
    "number": 1,
    "objections": 1,
    "occasion": "",
    "online_link": "https://meet.example.org/shares",
    "outcome": "integrating",
    "owner_id": str(example_id("person")),
    "place": "Rue Coenraets 72, Brussels",
    "policy_version": 1,
    "present": 11,
    "promoted": True,
    "waiting_place": 3,
    "present_count": 2,
    "present_ids": [str(example_id("person")), str(example_id("neighbor"))],
    "profiles": ["associate", "artist"],
    "proposal_ids": [str(example_id("proposal"))],
    "proposer_ids": [str(example_id("person"))],
    "pseudonym": "former associate 7f3a",
    "questions": ["Did fewer people leave in their first year?"],
    "quotas": {"client": {"min": 3, "max": 4}, "user": {"min": 6, "max": 8}},
    "attribute_quotas": {"language": {"nl": {"min": 4, "max": 6}}},
    "reason": "The board asks for the effect on the reserves.",
    "reasons": ["ObjectionStands"],
    "recurrence": "FREQ=MONTHLY;BYDAY=2TU;COUNT=5",
    "representative": True,
    "required_roles": ["facilitator", "board_link", "secretary"],
    "responses_root": HASH,
    "revision": 3,
    "role": "member",
    "scopes": ["events:deliberation"],
    "seats_filled": 12,
    "slot_starts": ["2017-10-10T17:00:00+00:00", "2017-10-12T17:00:00+00:00"],
    "unanswered_ids": [str(example_id("neighbor"))],
    "answers": [{"slot_id": str(example_id("slot")), "answer": "if_need_be"}],
    "seats_max": 12,
    "secret_hash": HASH,
    "size_max": 12,
    "size_min": 8,
    "stage": "consent_round",
    "state": "open",
    "superseded_by_id": str(example_id("later decision")),
    "term_months": 24,
    "renewals_max": 1,
    "text": TEXT,
    "text_hash": HASH,
    "theme": "Shares",
    "time_zone": "Europe/Brussels",
    "title": "The share in four parts",
    "unmet_quotas": [],
    "version": 2,
    "accepted_at": "2017-10-10T17:31:05+00:00",
    "closed_at": "2017-10-10T19:00:00+00:00",
    "closes_at": "2017-10-17T16:00:00+00:00",
    "due_on": "2017-11-15",
    "effective_on": "2018-01-01",
    "draws_at": "2017-09-01T20:00:00+00:00",
    "ended_on": "2017-12-31",
    "ends_at": "2017-10-10T19:00:00+00:00",
    "ends_on": "2017-12-31",
    "expires_at": "2018-06-30T00:00:00+00:00",
    "first_starts_at": "2017-09-12T17:00:00+00:00",
    "given_at": "2017-10-08T18:20:00+00:00",
    "opened_at": "2017-10-10T17:02:00+00:00",
    "previous_starts_at": "2017-10-09T17:00:00+00:00",
    "previous_ends_at": "2017-10-09T19:00:00+00:00",
    "review_on": "2019-01-01",
    "revoked_at": "2018-03-01T09:00:00+00:00",
    "starts_at": "2017-10-10T17:00:00+00:00",
    "size": 41,
    "starts_on": "2017-07-01",
    "valid_from": "2017-06-01T00:00:00+00:00",
    "valid_until": "2018-06-01T00:00:00+00:00",
}
BY_TYPE: dict[str, dict[str, Any]] = {
    "membership.group": {"name": "Shares", "kind": "working_group"},
    "membership.api_key": {"name": "Newsletter"},
    "membership.role": {"role": "facilitator"},
    "membership.seat.vacated": {"reason": "resigned"},
    "membership.candidacy.settled": {"outcome": "reserve"},
    "membership.selection": {"size": 12, "number": 920},
    "meetings.": {"kind": "working_meeting", "quorum": {"share": "1/2", "coordinator_required": True}},
    "meetings.poll.closed": {"outcome": "booked"},
    "meetings.attendance.recorded": {"state": "present"},
    "meetings.action_item": {"title": "Publish the first page", "revision": 1},
    "deliberation.": {"kind": "recommendation"},
    "deliberation.proposal.opened": {"stage": "clarifying", "version": 1},
    "deliberation.proposal.adopted": {"stage": "adopted", "reasons": ["NoObjectionStands"]},
    "deliberation.proposal.withdrawn": {"stage": "withdrawn"},
    "deliberation.proposal.lapsed": {"stage": "lapsed", "reasons": ["QuorumNotReached"]},
    "deliberation.proposal.rejected": {"stage": "rejected", "reasons": ["MajorityNotReached"]},
    "deliberation.proposal.deadlocked": {"stage": "deadlocked"},
    "deliberation.objection": {"kind": "side_effect"},
    "deliberation.objection.tested": {"state": "qualified"},
    "deliberation.objection.resolved": {"state": "resolved"},
    "deliberation.record": {"revision": 41},
    "deliberation.vote": {"electors": 300},
    "deliberation.vote.closed": {"outcome": "adopted", "reasons": ["MajorityReached"]},
    "notifications.": {"kind": "round_opened"},
    "notifications.delivery.failed": {"reason": "550 5.1.1 no such mailbox"},
    "notifications.address.suppressed": {"reason": "550 5.1.1 no such mailbox"},
}


def example(contract: Contract) -> Envelope:
    """The whole event as a feed serves it."""
    place = example_id(contract.type).int % 9_000 + 1  # its own, whatever other events there are
    data = {name: _value(contract.type, name) for name in contract.schema().fields}
    return Envelope(
        id=example_id(contract.type),
        stream=stream_of(contract),
        type=contract.type,
        subject=f"{contract.aggregate}/{data[contract.key]}",
        time=BEGINS + timedelta(minutes=20 * place),
        epoch=1,
        position=place,
        data=data,
    )


def _value(type_: str, name: str) -> Any:
    """The value of the longest beginning of the type that names it, else that of the name."""
    named = [
        beginning for beginning, values in BY_TYPE.items() if type_.startswith(beginning) and name in values
    ]
    return BY_TYPE[max(named, key=len)][name] if named else BY_NAME[name]
