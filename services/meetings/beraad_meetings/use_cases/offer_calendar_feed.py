"""Offer a calendar feed, or revoke it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import NotSignedIn
from beraad.identifiers import new_id
from beraad_meetings.domain.calendar_feeds import CalendarFeed, hashed
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class OfferCalendarFeed:
    """Of one group, or of everything the caller takes part in."""

    group_id: UUID | None = None


@dataclass(frozen=True)
class RevokeCalendarFeed:
    """Which feed."""

    feed_id: UUID


def offer_calendar_feed(command: OfferCalendarFeed, work: Work, now: datetime) -> tuple[CalendarFeed, str]:
    """The feed and its secret address, which nobody can read again."""
    work.authorize("calendar_feed.create", command.group_id)
    if work.actor.person_id is None:
        raise NotSignedIn
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed(
        id=new_id(),
        person_id=work.actor.person_id,
        group_id=command.group_id,
        token_hash=hashed(token),
        created_at=now,
    )
    work.calendar_feeds.add(feed)
    return feed, f"{work.settings.public_url}/meetings/v1/calendars/{token}.ics"


def revoke_calendar_feed(command: RevokeCalendarFeed, work: Work, now: datetime) -> CalendarFeed:
    """Safe to repeat. Raises `NotFound`, also for somebody else's."""
    feed = work.calendar_feeds.get(command.feed_id)
    work.authorize("calendar_feed.revoke", feed.group_id, feed.person_id)
    feed.revoke(now)
    return feed
