"""Sample events, one per kind: for previews, and for the test that every template is complete."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from beraad_notifications.domain.catalogue import KINDS, TEST, Kind
from beraad_notifications.domain.deliveries import Claim
from beraad_notifications.use_cases.ports import Letter

SAMPLE = UUID("0190a0b0-1111-7222-8333-444455556666")
ID = str(SAMPLE)
CHECKPOINT = """beraad/9c1f3a5b7d20e4f6/groups/0190b0c0-0000-7000-8000-000000000001
41
7cNV3UQ0tJj2HyaxLM6ldbmhEqGYqzfeqD4GTC4V7bE=

— beraad/9c1f3a5b7d20e4f6/groups/0190b0c0-0000-7000-8000-000000000001 n3KWPJ0dOT2o6Ns1PTv0lW5p1dGGVyKTPxaIKMeaoYm5Vn3YJgQx8DmZKFPkUgVEYJdNTUBxFHYqzfeqD4GTC4V7bEx=
"""
TEXT = """We make the figures of the cooperative **readable for everyone**.

1. Every quarter a page with five figures and a paragraph on each.
2. A meeting where questions are answered.

> Openness is a habit, not a report.
"""
CALENDAR = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Beraad//Meetings//EN\r
BEGIN:VEVENT\r
UID:0190a0b0-1111-7222-8333-444455556666\r
SEQUENCE:0\r
DTSTAMP:20170901T080000Z\r
DTSTART:20170905T160000Z\r
DTEND:20170905T180000Z\r
SUMMARY:Monthly meeting\r
END:VEVENT\r
END:VCALENDAR\r
"""
GROUP = {"group_id": ID, "revision": 1}
SEAT = {**GROUP, "seat_id": ID, "person_id": ID, "starts_on": "2017-09-01", "ends_on": "2018-06-30"}
CANDIDACY = {**GROUP, "candidacy_id": ID, "person_id": ID, "selection_id": ID}
WHEN = {
    "title": "Monthly meeting",
    "kind": "working_meeting",
    "starts_at": "2017-09-05T16:00:00Z",
    "ends_at": "2017-09-05T18:00:00Z",
    "time_zone": "Europe/Brussels",
    "place": "Kapellenveld 12, Brussels",
    "online_link": "https://meet.example.org/housing",
}
SICK = "Two of us are ill. We take the agenda along to October."
INVITED = {
    **GROUP,
    **WHEN,
    "invitation_id": ID,
    "meeting_id": None,
    "series_id": ID,
    "person_id": ID,
    "role": "member",
    "method": "REQUEST",
    "previous_starts_at": None,
    "recurrence": "FREQ=MONTHLY;BYDAY=1TU",
    "occasion": "",
    "calendar": CALENDAR,
    "reason": "",
}
ONE_MEETING = {"meeting_id": ID, "recurrence": "", "previous_starts_at": "2017-09-04T16:00:00Z"}
PLACE = {**INVITED, **ONE_MEETING, "change": "invited", "role": "guest"}
REGISTRATION = {**GROUP, **WHEN, "registration_id": ID, "meeting_id": ID, "person_id": ID}
POLL = {
    **GROUP,
    "poll_id": ID,
    "title": "Visit to a bakery",
    "kind": "visit",
    "place": "The bakery",
    "online_link": "",
    "duration_minutes": 90,
    "time_zone": "Europe/Brussels",
    "closes_at": "2017-09-12T16:00:00Z",
}
POLL_OVER = {**POLL, "meeting_id": None, "starts_at": None, "closed_at": "2017-09-12T16:00:03Z"}
TITLE = {**GROUP, "proposal_id": ID, "title": "Open figures every quarter"}
ROUND = {
    **TITLE,
    "round_id": ID,
    "number": 2,
    "version": 3,
    "closes_at": "2017-12-12T17:00:00Z",
    "electors": 12,
}
VOTE = {**TITLE, "vote_id": ID, "version": 1, "closes_at": "2017-06-20T18:00:00Z", "electors": 300}
APPROVAL = {
    **TITLE,
    "approval_id": ID,
    "body_id": ID,
    "version": 3,
    "due_on": "2018-01-31",
    "proposer_ids": [ID],
}
DECISION = {
    **TITLE,
    "decision_id": ID,
    "number": 4,
    "kind": "recommendation",
    "effective_on": "2018-02-01",
    "review_on": "2019-02-01",
}
AMENDMENT = {**TITLE, "amendment_id": ID, "base_version": 2, "author_id": ID}
TASK = {
    **GROUP,
    "task_id": ID,
    "decision_id": ID,
    "owner_id": ID,
    "title": "Publish the first page",
    "due_on": "2018-03-15",
}
REASON = "The costs are *not yet* known.\n\n- Ask accounting for an estimate.\n- Come back in February."

SAMPLES: dict[str, dict[str, Any]] = {
    "sign_in_link": {
        "person_id": ID,
        "revision": 1,
        "email": "anna@example.org",
        "language": "en",
        "link": "https://beraad.example.org/membership/v1/auth/confirm?token=sample",
        "code": "482913",
        "expires_at": "2017-09-01T08:15:00Z",
    },
    "seat_filled": SEAT,
    "seat_ending": SEAT,
    "role_assigned": {**GROUP, "person_id": ID, "role": "facilitator"},
    "candidacy_submitted": {**GROUP, "candidacy_id": ID, "person_id": ID},
    "draw_prepared": {
        **CANDIDACY,
        "chance_per_mille": 125,
        "randomness": "Loterie Nationale, 1 September 2017",
        "draws_at": "2017-09-01T20:00:00Z",
    },
    "draw_cancelled": {**CANDIDACY, "group_ends": False},
    "in_reserve": {**CANDIDACY, "outcome": "reserve", "reserve_position": 3},
    "seat_vacated": {**SEAT, "reason": "resigned"},
    "group_ended": {**GROUP, "ended_on": "2018-06-01", "member_ids": [ID]},
    "registration_confirmed": {**PLACE, "occasion": "registered"},
    "registration_promoted": {**PLACE, "occasion": "promoted"},
    "registration_waitlisted": {**REGISTRATION, "waiting_place": 3},
    "registration_rescheduled": {
        **REGISTRATION,
        "previous_starts_at": "2017-08-29T16:00:00Z",
        "previous_ends_at": "2017-08-29T18:00:00Z",
        "reason": "",
    },
    "registration_lapsed": {**REGISTRATION, "reason": SICK},
    "meeting_invited": {**INVITED, "change": "invited"},
    "meeting_moved": {**INVITED, **ONE_MEETING, "change": "moved"},
    "meeting_updated": {**INVITED, **ONE_MEETING, "change": "updated", "previous_starts_at": None},
    "meeting_uninvited": {
        **INVITED,
        **ONE_MEETING,
        "change": "cancelled",
        "method": "CANCEL",
        "occasion": "uninvited",
    },
    "meeting_cancelled": {
        **INVITED,
        **ONE_MEETING,
        "change": "cancelled",
        "method": "CANCEL",
        "reason": SICK,
    },
    "meeting_reminder": {
        **GROUP,
        **WHEN,
        "meeting_id": ID,
        "series_id": ID,
        "invitee_ids": [ID],
        "guest_ids": [],
    },
    "poll_opened": {**POLL, "slot_starts": ["2017-09-19T16:00:00Z", "2017-09-21T17:30:00Z"]},
    "poll_reminder": {**POLL, "unanswered_ids": [ID]},
    "poll_expired": {**POLL_OVER, "outcome": "expired"},
    "poll_closed": {**POLL_OVER, "outcome": "closed"},
    "minutes_circulated": {
        **GROUP,
        "minutes_id": ID,
        "meeting_id": ID,
        "title": "Monthly meeting",
        "minutes_version": 2,
        "proposal_ids": [],
    },
    "proposal_opened": {
        **TITLE,
        "kind": "recommendation",
        "stage": "clarifying",
        "version": 1,
        "proposer_ids": [ID],
        "driver": "Associates ask for figures they **understand**.",
    },
    "amendment_proposed": {**AMENDMENT, "asked_ids": [ID]},
    "amendment_accepted": {**AMENDMENT, "version": 3},
    "amendment_conflicted": AMENDMENT,
    "round_opened": {
        **ROUND,
        "electorate_hash": "0" * 64,
        "text": TEXT,
        "since_version": 2,
        "answered_ids": [ID],
        "changes": [
            {"kind": "equal", "text": "Every quarter a page with "},
            {"kind": "removed", "text": "twenty"},
            {"kind": "added", "text": "five"},
            {"kind": "equal", "text": " figures […]"},
        ],
    },
    "round_extended": ROUND,
    "round_reminder": {**ROUND, "unanswered_ids": [ID]},
    "round_closed": {
        **ROUND,
        "outcome": "integrating",
        "reasons": ["ObjectionStands"],
        "present": 11,
        "consents": 10,
        "objections": 1,
        "responses_root": "0" * 64,
        "checkpoint": CHECKPOINT,
    },
    "objection_raised": {
        **TITLE,
        "objection_id": ID,
        "round_id": ID,
        "kind": "side_effect",
        "state": "raised",
    },
    "vote_opened": {**VOTE, "electorate_hash": "0" * 64, "text": TEXT},
    "vote_reminder": {**VOTE, "unanswered_ids": [ID]},
    "vote_closed": {
        **VOTE,
        "outcome": "adopted",
        "reasons": ["MajorityReached"],
        "in_favor": 231,
        "against": 42,
        "abstained": 11,
        "checkpoint": CHECKPOINT,
    },
    "approval_requested": {**APPROVAL, "text": TEXT},
    "approval_overdue": APPROVAL,
    "approval_granted": APPROVAL,
    "approval_returned": {**APPROVAL, "reason": REASON, "with_changes": False},
    "approval_refused": {**APPROVAL, "reason": REASON},
    "decision_in_force": {**DECISION, "annex": {}},
    "review_due": {**DECISION, "questions": ["Does it take too much time?", "Do people read it?"]},
    "task_assigned": TASK,
    "task_due": TASK,
}
SAMPLES["digest"] = {
    "person_id": ID,
    "entries": [
        {
            "kind": kind,
            "event_type": KINDS[kind].event,
            "told": SAMPLES[kind],
            "group_id": ID,
            "group_name": "Financial information",
            "group_time_zone": "Europe/Brussels",
        }
        for kind in ("proposal_opened", "minutes_circulated", "decision_in_force")
    ],
}


def sample_letter(kind_name: str, language: str, **told: Any) -> Letter:
    """A letter of that kind to Anna; `told` replaces fields of the sample event."""
    kind: Kind = KINDS[kind_name]
    moment = datetime(2017, 9, 1, 8, 0, tzinfo=UTC)
    claim = Claim(
        delivery_id=SAMPLE,
        person_id=SAMPLE,
        event_id=SAMPLE,
        kind_name=kind_name,
        revision=0,
        attempts=1,
        left_sending=False,
        give_up_at=moment + kind.patience,
        address="anna@example.org",
        erased=False,
        frequency="immediate",
        refused_address=None,
    )
    return Letter(
        claim=claim,
        name="Anna Peeters",
        language=language,
        time_zone="Europe/Brussels",
        event_type=kind.event,
        told={**SAMPLES[kind_name], **told},
        group_id=SAMPLE if "group_id" in SAMPLES[kind_name] else None,
        group_name="Financial information" if "group_id" in SAMPLES[kind_name] else "",
        group_time_zone="Europe/Brussels",
    )


def shown_by(letter: Letter) -> Letter:
    """What a letter says: itself, or of a test the sample it shows, by name and clock of whom it goes to.

    The links in a sample are its invented person's, so that nobody unsubscribes by trying them.
    """
    if letter.claim.kind is not TEST:
        return letter
    sample = sample_letter(letter.told["kind"], letter.told["language"])
    return replace(sample, name=letter.name, time_zone=letter.time_zone)
