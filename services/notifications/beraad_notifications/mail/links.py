"""Where a mail leads: the one thing to open next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from beraad.settings import Settings
from beraad_notifications.domain.replying import ANSWERS, Invited, reply_token
from beraad_notifications.domain.unsubscribing import preferences_token, unsubscribe_token
from beraad_notifications.use_cases.ports import Letter

PLACES = (
    ("minutes_id", "meetings", "meetings/{meeting_id}/minutes"),
    ("meeting_id", "meetings", "meetings/{meeting_id}"),
    ("series_id", "meetings", "series/{series_id}"),
    ("decision_id", "deliberation", "decisions/{decision_id}"),
    ("objection_id", "deliberation", "proposals/{proposal_id}"),
    ("round_id", "deliberation", "rounds/{round_id}"),
    ("vote_id", "deliberation", "votes/{vote_id}"),
    ("proposal_id", "deliberation", "proposals/{proposal_id}"),
    ("selection_id", "membership", "selections/{selection_id}"),
    ("poll_id", "meetings", "polls/{poll_id}"),
    ("group_id", "membership", "groups/{group_id}"),
)
"""The first field the event has decides: whose it is, and its place there, which is also its place in the frontend."""
NAMES = re.compile(r"{(\w+)}")
THREADS = ("proposal_id", "meeting_id", "series_id", "decision_id", "poll_id")
"""Mails about the same of these are one conversation."""
REMINDER = "meeting_reminder"
ANSWERED = {"meeting_invited", "meeting_moved", "meeting_updated", REMINDER}
"""The kinds of mail that ask whether one comes."""


def next_step(told: Mapping[str, Any], settings: Settings) -> str:
    """The address to open: in the frontend where it is known, else in the service's API."""
    if link := told.get("link"):
        return str(link)
    for field, service, place in PLACES:
        if told.get(field) and all(told.get(name) for name in NAMES.findall(place)):
            root = settings.frontend_url or f"{settings.public_url}/{service}/v1"
            return f"{root}/{place.format(**told)}"
    return settings.frontend_url or settings.public_url


def thread_of(told: Mapping[str, Any]) -> str | None:
    """The name of the conversation; a mail of that id is never sent."""
    for field in THREADS:
        if told.get(field):
            return f"{field.removesuffix('_id')}-{told[field]}"
    return None


def reply_links(letter: Letter, settings: Settings) -> dict[str, str]:
    """By answer, the page that gives it; none where the mail is about no meeting to come to."""
    told = letter.told
    scope = told.get("meeting_id") or told.get("series_id")
    if scope is None or letter.claim.kind_name not in ANSWERED or told.get("last_starts_at"):
        return {}
    invited = Invited(
        person_id=letter.claim.person_id,
        scope_id=UUID(scope),
        is_series=told.get("meeting_id") is None,
        by_seat=_by_seat(letter),
    )
    page = f"{settings.public_url}/notifications/v1/replies/{reply_token(invited, settings.secret_key)}"
    return {answer: f"{page}?answer={answer}" for answer in ANSWERS}


def _by_seat(letter: Letter) -> bool:
    """Whether they are invited as a member of the group. Reminders told before they named guests do not say."""
    if letter.claim.kind_name != REMINDER:
        return letter.told.get("role") == "member"
    guests = letter.told.get("guest_ids")
    return guests is not None and str(letter.claim.person_id) not in guests


def unsubscribe_link(letter: Letter, settings: Settings) -> str | None:
    """Ends this kind of mail for this person; None where it cannot be ended."""
    if letter.claim.kind.essential:
        return None
    token = unsubscribe_token(letter.claim.person_id, letter.claim.kind_name, settings.secret_key)
    return f"{settings.public_url}/notifications/v1/unsubscribe/{token}"


def preferences_link(letter: Letter, settings: Settings) -> str:
    """Opens all of this person's choices."""
    token = preferences_token(letter.claim.person_id, settings.secret_key)
    return f"{settings.public_url}/notifications/v1/preferences/{token}"
