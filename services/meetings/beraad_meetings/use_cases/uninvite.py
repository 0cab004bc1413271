"""Whoever is not invited any more is told, alone, so that what they had leaves their calendar (RFC 5546 §3.2.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from beraad_meetings.domain.invitations import Invitation
from beraad_meetings.domain.meeting_states import CANCELLED
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.use_cases.ports import Work
from beraad_meetings.use_cases.tell_invitees import meeting_notice, series_notice

CANCEL: dict[str, Any] = {"method": "CANCEL", "occasion": "uninvited"}


def uninvite_from_meeting(ended: Sequence[Invitation], meeting: Meeting, work: Work, now: datetime) -> None:
    """Invitations to this meeting ended. Nothing where it is not to come; the meeting is locked."""
    if not ended or not meeting.is_to_come(now):
        return
    counted = work.series.get(meeting.series_id) if meeting.series_id is not None else meeting
    sequence = counted.uninvite(now)
    calendar = work.calendars.without([meeting], sequence)
    notice = meeting_notice(meeting, "cancelled", sequence, work, calendar=calendar, **CANCEL)
    work.publish(*(one.issued(notice) for one in ended))


def uninvite_from_series(ended: Invitation, gone: Sequence[Meeting], work: Work, now: datetime) -> None:
    """The invitation to a series ended; `gone`: its meetings to come, but for those they are invited to by themselves.

    What was held stays in their calendar. Nothing where nothing is gone; the series is locked.
    """
    if not gone:
        return
    series = work.series.get(cast("UUID", ended.series_id))
    meetings = work.meetings.of_series(series.id)
    sequence = series.uninvite(now)
    whole = all(one in gone or one.state == CANCELLED for one in meetings)
    calendar = (
        work.calendars.without_series(series, meetings, sequence)
        if whole
        else work.calendars.without(gone, sequence, alone=False)
    )
    first = min(gone, key=lambda one: one.starts_at)
    notice = series_notice(series, "cancelled", meetings, first, work, calendar=calendar, **CANCEL)
    work.publish(ended.issued(notice))
