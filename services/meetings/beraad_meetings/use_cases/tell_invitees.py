"""Invite people, and tell those invited what changed. Each person is told once, with the calendar as it is now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from beraad.identifiers import new_id
from beraad_meetings.domain.invitations import GUEST, MEMBER, Invitation, Notice
from beraad_meetings.domain.meeting_states import CANCELLED, PLANNED
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.series import Series
from beraad_meetings.domain.series_outcomes import MOVED, Outcome
from beraad_meetings.use_cases.ports import Work


def invite_to_series(
    series: Series, occurrences: Sequence[Meeting], people: Iterable[UUID], work: Work, now: datetime
) -> None:
    """One invitation per person for all occurrences; nothing where none is to come or for who has one."""
    coming = [one for one in occurrences if one.state == PLANNED and one.starts_at > now]
    if not coming:
        return
    invitations = [
        Invitation(
            id=new_id(), series_id=series.id, meeting_id=None, group_id=series.group_id, person_id=person
        )
        for person in people
    ]
    notice = _series_notice(series, "invited", coming[0], work.calendars.series(series, occurrences))
    _invite(invitations, notice, work)


def invite_to_meeting(
    meeting: Meeting, people: Iterable[UUID], work: Work, role: str = MEMBER
) -> list[Invitation]:
    """One invitation per person, with the meeting as it stands; returns those that are new."""
    notice = meeting_notice(meeting, "invited", _sequence(meeting, work), work)
    return _invite(_invitations(meeting, people, role), notice, work)


def confirm_places(meeting: Meeting, people: Sequence[UUID], occasion: str, work: Work) -> set[UUID]:
    """Send the calendar to people who have a place now. Returns those who were not invited before: they are guests."""
    sequence = _sequence(meeting, work)
    told = work.invitations.renew_of(meeting, people)
    known = {one.person_id for one in told}
    guests = _invitations(meeting, [one for one in people if one not in known], GUEST)
    told += work.invitations.invite(guests)
    _issue(told, meeting, "invited", sequence, work, occasion=occasion)
    return {one.person_id for one in told} - known


def tell_invitees(meeting: Meeting, change: str, series: Series | None, work: Work, **told: Any) -> None:
    """Tell everyone invited that the meeting was moved, updated or cancelled.

    `told`: what the notice says besides (`previous_starts_at`, `previous_ends_at`, `reason`).
    """
    sequence = series.sequence if series is not None else meeting.sequence
    _issue(work.invitations.renew(meeting), meeting, change, sequence, work, **told)


def tell_series(series: Series, notice: Notice, work: Work) -> set[UUID]:
    """Tell everyone invited to the series, once; returns who they are."""
    told = work.invitations.renew_series(series.id)
    work.publish(*(invitation.issued(notice) for invitation in told))
    return {one.person_id for one in told}


def tell_next_series(series: Series, notice: Notice, before: Series, work: Work) -> None:
    """Everyone invited to the series that ended is invited to the one that goes on, and told what changed."""
    invitations = [
        replace(one, id=new_id(), series_id=series.id, revision=1)
        for one in work.invitations.to_series(before.id)
    ]
    _invite(invitations, notice, work)


def tell_guests(
    series: Series, outcomes: Sequence[Outcome], told: Collection[UUID], reason: str, work: Work
) -> None:
    """Tell whoever is invited to one of the changed meetings alone; those in `told` know already."""
    changed = {one.meeting.id: (one, one.change.tell) for one in outcomes if one.change.tell}
    for invitation in work.invitations.renew_guests(changed, told):
        outcome, change = changed[cast("UUID", invitation.meeting_id)]
        work.publish(invitation.issued(_guest_notice(outcome, change, series.sequence, reason, work)))


def series_notice(
    series: Series, change: str, occurrences: Sequence[Meeting], next_one: Meeting, work: Work, **told: Any
) -> Notice:
    """The series as it is now, to everyone invited; `next_one` is what the mail tells of."""
    calendar = work.calendars.series(series, occurrences)
    method = "REQUEST" if series.cancelled_at is None else "CANCEL"
    return replace(_series_notice(series, change, next_one, calendar), **{"method": method, **told})


def count_exception(meeting: Meeting, work: Work, now: datetime) -> Series | None:
    """An occurrence's move or cancellation raises its series' SEQUENCE; the series is locked."""
    if meeting.series_id is None:
        return None
    series = work.series.get(meeting.series_id)
    work.publish(series.except_one(now))
    return series


def _issue(
    invitations: Sequence[Invitation], meeting: Meeting, change: str, sequence: int, work: Work, **told: Any
) -> None:
    """Tell each of a meeting as their invitation has it: alone, or as one of its series."""
    notices = {
        alone: meeting_notice(meeting, change, sequence, work, alone=alone, **told)
        for alone in {_alone(one) for one in invitations}
    }
    work.publish(*(invitation.issued(notices[_alone(invitation)]) for invitation in invitations))


def _invitations(meeting: Meeting, people: Iterable[UUID], role: str) -> list[Invitation]:
    names = "series_id group_id"
    facts = {"meeting_id": meeting.id, **{name: getattr(meeting, name) for name in names.split()}}
    return [Invitation(id=new_id(), person_id=person, role=role, **facts) for person in people]


def _invite(invitations: list[Invitation], notice: Notice, work: Work) -> list[Invitation]:
    new = work.invitations.invite(invitations)
    work.publish(*(invitation.issued(notice) for invitation in new))
    return new


def _sequence(meeting: Meeting, work: Work) -> int:
    return work.series.get(meeting.series_id).sequence if meeting.series_id else meeting.sequence


def _alone(invitation: Invitation) -> bool:
    return invitation.meeting_id is not None


def _guest_notice(outcome: Outcome, change: str, sequence: int, reason: str, work: Work) -> Notice:
    told: dict[str, Any] = {"reason": reason}
    if change == MOVED:
        told["previous_starts_at"] = outcome.previous_starts_at
        told["previous_ends_at"] = outcome.previous_ends_at
    return meeting_notice(outcome.meeting, change, sequence, work, **told)


def _series_notice(series: Series, change: str, next_one: Meeting, calendar: str) -> Notice:
    return Notice(
        method="REQUEST",
        change=change,
        series_id=series.id,
        title=series.title,
        kind="working_meeting",
        starts_at=next_one.starts_at,
        ends_at=next_one.ends_at,
        previous_starts_at=None,
        time_zone=series.time_zone,
        place=series.place,
        online_link=series.online_link,
        recurrence=series.recurrence,
        calendar=calendar,
    )


def meeting_notice(
    meeting: Meeting, change: str, sequence: int, work: Work, *, alone: bool = True, **told: Any
) -> Notice:
    """What is to be said of a meeting, and `told` besides. `alone`: for who is invited to it and not to its series."""
    names = "series_id title kind starts_at ends_at time_zone place online_link"
    state: dict[str, Any] = {name: getattr(meeting, name) for name in names.split()}
    plain = {
        "method": "CANCEL" if meeting.state == CANCELLED else "REQUEST",
        "calendar": work.calendars.meeting(meeting, sequence, alone=alone),
        "previous_starts_at": None,
    }
    return Notice(change=change, meeting_id=meeting.id, recurrence="", **{**plain, **state, **told})
