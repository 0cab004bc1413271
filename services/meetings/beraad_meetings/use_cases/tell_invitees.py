"""Invite people, and tell those invited what changed. Each person is told once, with the calendar as it is now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from beraad.identifiers import new_id
from beraad_meetings.domain.invitations import MEMBER, Invitation, Notice
from beraad_meetings.domain.meeting_states import CANCELLED, PLANNED
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.series import Series
from beraad_meetings.use_cases.ports import Work


def invite_to_series(
    series: Series, occurrences: Sequence[Meeting], people: Iterable[UUID], work: Work, now: datetime
) -> None:
    """One invitation per person for all occurrences; nothing where none is to come or for who has one."""
    coming = [one for one in occurrences if one.state == PLANNED and one.starts_at > now] or list(occurrences)
    invitations = [
        Invitation(
            id=new_id(), series_id=series.id, meeting_id=None, group_id=series.group_id, person_id=person
        )
        for person in people
    ]
    _invite(invitations, _series_notice(series, coming[0], work.calendars.series(series, occurrences)), work)


def invite_to_meeting(
    meeting: Meeting, people: Iterable[UUID], work: Work, role: str = MEMBER
) -> list[Invitation]:
    """One invitation per person, with the meeting as it stands; returns those that are new."""
    invitations = [
        Invitation(
            id=new_id(),
            series_id=meeting.series_id,
            meeting_id=meeting.id,
            group_id=meeting.group_id,
            person_id=person,
            role=role,
        )
        for person in people
    ]
    return _invite(
        invitations, _meeting_notice(meeting, "invited", None, _sequence(meeting, work), work), work
    )


def tell_invitees(
    meeting: Meeting, change: str, previous_starts_at: datetime | None, series: Series | None, work: Work
) -> None:
    """Tell everyone invited that the meeting was moved, updated or cancelled."""
    sequence = series.sequence if series is not None else meeting.sequence
    notice = _meeting_notice(meeting, change, previous_starts_at, sequence, work)
    work.publish(*(invitation.issued(notice) for invitation in work.invitations.renew(meeting)))


def count_exception(meeting: Meeting, work: Work, now: datetime) -> Series | None:
    """An occurrence's move or cancellation raises its series' SEQUENCE; the series is locked."""
    if meeting.series_id is None:
        return None
    series = work.series.get(meeting.series_id)
    work.publish(series.except_one(now))
    return series


def _invite(invitations: list[Invitation], notice: Notice, work: Work) -> list[Invitation]:
    new = work.invitations.invite(invitations)
    work.publish(*(invitation.issued(notice) for invitation in new))
    return new


def _sequence(meeting: Meeting, work: Work) -> int:
    return work.series.get(meeting.series_id).sequence if meeting.series_id else meeting.sequence


def _series_notice(series: Series, next_one: Meeting, calendar: str) -> Notice:
    return Notice(
        method="REQUEST",
        change="invited",
        series_id=series.id,
        title=series.title,
        kind="working_meeting",
        starts_at=next_one.starts_at,
        ends_at=next_one.starts_at + timedelta(minutes=series.duration_minutes),
        previous_starts_at=None,
        time_zone=series.time_zone,
        place=series.place,
        online_link=series.online_link,
        recurrence=series.recurrence,
        calendar=calendar,
    )


def _meeting_notice(
    meeting: Meeting, change: str, previous_starts_at: datetime | None, sequence: int, work: Work
) -> Notice:
    names = "series_id title kind starts_at ends_at time_zone place online_link"
    state: dict[str, Any] = {name: getattr(meeting, name) for name in names.split()}
    return Notice(
        method="CANCEL" if meeting.state == CANCELLED else "REQUEST",
        change=change,
        meeting_id=meeting.id,
        previous_starts_at=previous_starts_at,
        recurrence="",
        calendar=work.calendars.meeting(meeting, sequence),
        reason=meeting.cancelled_reason or "",
        **state,
    )
