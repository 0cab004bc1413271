"""The view of whoever leads a meeting that is on: what is treated, time left, who is there, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from beraad.domain import NotFound
from beraad.roster import names_of
from beraad.storage.tables import known_people
from beraad_meetings.domain.meeting_states import MeetingNotOpened
from beraad_meetings.domain.meetings import MOST_NAMED
from beraad_meetings.domain.quorum import RollCall
from beraad_meetings.queries.agenda import agenda_of
from beraad_meetings.storage.attendance import presence_of
from beraad_meetings.storage.tables import meetings
from beraad_meetings.storage.work import Work

ASK_AGAIN = 5
"""Seconds after which the page may ask again."""


def running_view(work: Work, meeting_id: UUID) -> dict[str, Any]:
    """All of it as it is now, in a dozen statements at most. Raises `MeetingNotOpened`, `NotFound`.

    Times left are in seconds and negative once over; of a meeting that is over they are as it ended.
    """
    row = work.session.execute(select(meetings).where(meetings.c.id == meeting_id)).one_or_none()
    work.authorize("running.read", row.group_id if row else None)
    if row is None:
        raise NotFound("no such meeting")
    if row.opened_at is None:
        raise MeetingNotOpened
    now = row.closed_at or work.now
    items = agenda_of(work, row, with_files=True)
    on = next((item for item in items if item["started_at"] and not item["closed_at"]), None)
    presence = presence_of(work.session, meeting_id, row.group_id, row.closed_at, at=now)
    roll = presence.roll_call(row.quorum, now)
    ends_at = row.starts_at + timedelta(minutes=row.duration_minutes)
    return {
        "id": row.id,
        "revision": row.revision,
        "group_id": row.group_id,
        "title": row.title,
        "state": row.state,
        "time_zone": row.time_zone,
        "now": now,
        "opened_at": row.opened_at,
        "ends_at": ends_at,
        "seconds_left": _seconds(ends_at - now),
        "item": _on(on, now) if on else None,
        "next_item": _next(items),
        "items": items,
        "quorum": roll.quorum,
        "present": _people(work, roll),
        "present_count": len(roll.people),
        "ask_again_after": ASK_AGAIN,
    }


def _on(item: dict[str, Any], now: datetime) -> dict[str, Any]:
    ends_at = item["started_at"] + timedelta(minutes=item["minutes"])
    return {**item, "ends_at": ends_at, "seconds_left": _seconds(ends_at - now)}


def _next(items: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The first that was not started, after the last that was."""
    begun = max((place for place, item in enumerate(items) if item["started_at"]), default=-1)
    waiting = [item for item in items if not item["started_at"]]
    after = [item for item in items[begun + 1 :] if not item["started_at"]]
    return next(iter(after or waiting), None)


def _people(work: Work, roll: RollCall) -> list[dict[str, Any]]:
    """By name; of more than a hundred, nobody is named."""
    if len(roll.people) > MOST_NAMED:
        return []
    names, counted = names_of(work.session, roll.people), set(roll.counted)
    people = [{"person_id": one, "name": names.get(one, ""), "counts": one in counted} for one in roll.people]
    return sorted(people, key=lambda one: (one["name"], one["person_id"]))


def _seconds(left: timedelta) -> int:
    return int(left.total_seconds())


def readers_language(work: Work) -> str:
    """The language of whoever asks."""
    me = known_people.c.person_id == work.actor.person_id
    return work.session.scalar(select(known_people.c.language).where(me)) or "en"


def steady(view: dict[str, Any]) -> dict[str, Any]:
    """What of the view changes only when something happens: its tag is made of this, not of the clock."""
    item = view["item"]
    calm = {name: value for name, value in view.items() if name not in {"now", "seconds_left"}}
    quorum = {**vars(view["quorum"]), "at": None}
    return {**calm, "quorum": quorum, "item": {**item, "seconds_left": 0} if item else None}
