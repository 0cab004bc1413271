"""Reading meetings: lists, and one with its agenda, invitations and attendance."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from beraad.domain import YES, NotFound, can
from beraad.http import page_of
from beraad.storage.tables import known_people
from beraad_meetings.domain.meeting_states import permitted
from beraad_meetings.queries.agenda import agenda_of
from beraad_meetings.queries.attendance import attendance_summary
from beraad_meetings.queries.registrations import registration_summary
from beraad_meetings.queries.visibility import visible_meetings
from beraad_meetings.storage.invitations import STANDS, concerning
from beraad_meetings.storage.tables import answers, invitations, meetings, overridden_conflicts
from beraad_meetings.storage.work import Work
from beraad_meetings.use_cases.keep_file import FileStanding

ANSWERS = ("accepted", "declined", "tentative")
MEETING_ACTIONS = (
    "meeting.change",
    "meeting.cancel",
    "meeting.open",
    "meeting.close",
    "agenda.change",
    "agenda.publish",
    "agenda.run",
    "guest.invite",
    "invitation.answer",
    "attendance.record",
    "minutes.write",
)


def one_meeting(work: Work, meeting_id: UUID) -> dict[str, Any]:
    """A meeting with its agenda and numbers. Raises `NotFound`."""
    row = work.session.execute(select(meetings).where(meetings.c.id == meeting_id)).one_or_none()
    mine = _my_invitation(work, row) if row is not None else None
    open_to_all = registration_summary(work, meeting_id)
    seen = mine is not None or open_to_all is not None
    work.authorize("meeting.read", row.group_id if row else None, seen)
    if row is None:
        raise NotFound("no such meeting")
    file = FileStanding(on_agenda=True, invited=mine is not None)
    readable = work.decide("file.read", row.group_id, file).allowed
    return {
        **meeting_summary(row),
        "report": row.report if work.standing(row.group_id).belongs else "",
        "agenda": agenda_of(work, row, with_files=readable),
        "my_invitation": mine,
        "invitations": _invitation_counts(work, row),
        "attendance": attendance_summary(work, row.id, row.group_id),
        "registration": open_to_all,
        "overridden_conflicts": _overridden(work, row),
        "allowed_actions": _allowed(work, row, invited=mine is not None),
    }


def list_meetings(
    work: Work,
    group_id: UUID | None,
    starts_from: datetime | None,
    starts_before: datetime | None,
    limit: int,
    cursor: str | None,
) -> list[dict[str, Any]]:
    """Meetings the caller may see that start in `[starts_from, starts_before)`, earliest first."""
    work.authorize("meeting.list")
    query = select(meetings).where(visible_meetings(work))
    if group_id is not None:
        query = query.where(meetings.c.group_id == group_id)
    if starts_from is not None:
        query = query.where(meetings.c.starts_at >= starts_from)
    if starts_before is not None:
        query = query.where(meetings.c.starts_at < starts_before)
    rows = page_of(work.session, query, (meetings.c.starts_at, meetings.c.id), limit, cursor)
    return [meeting_summary(row) for row in rows]


def meeting_summary(row: Row[Any]) -> dict[str, Any]:
    """What a list shows of a meeting."""
    ends_at = row.starts_at + timedelta(minutes=row.duration_minutes)
    return {**row._mapping, "ends_at": ends_at}  # noqa: SLF001 - SQLAlchemy's documented way


def _my_invitation(work: Work, row: Row[Any]) -> dict[str, Any] | None:
    mine = invitations.c.person_id == work.actor.person_id
    query = (
        select(
            invitations.c.id, invitations.c.role, answers.c.answer, answers.c.comment, answers.c.answered_at
        )
        .join_from(invitations, meetings, meetings.c.id == row.id)
        .outerjoin(answers, STANDS & (answers.c.person_id == invitations.c.person_id))
        .where(concerning(row.id, row.series_id), mine)
        .order_by(invitations.c.meeting_id.is_(None))
        .limit(1)
    )
    found = work.session.execute(query).one_or_none()
    return dict(found._mapping) if found else None  # noqa: SLF001 - SQLAlchemy's documented way


def _overridden(work: Work, meeting: Row[Any]) -> list[dict[str, Any]]:
    """To the group: why people are booked who are in another meeting, newest first, at most twenty times."""
    if not work.standing(meeting.group_id).belongs:
        return []
    name = known_people.c.name.label("overridden_by_name")
    query = (
        select(overridden_conflicts, name)
        .outerjoin(known_people, known_people.c.person_id == overridden_conflicts.c.overridden_by)
        .where(overridden_conflicts.c.meeting_id == meeting.id)
        .order_by(overridden_conflicts.c.overridden_at.desc(), overridden_conflicts.c.id.desc())
        .limit(20)
    )
    return [dict(row._mapping) for row in work.session.execute(query)]  # noqa: SLF001 - documented


def _invitation_counts(work: Work, row: Row[Any]) -> dict[str, int]:
    people = select(invitations.c.person_id).where(concerning(row.id, row.series_id)).distinct().subquery()
    query = (
        select(answers.c.answer, func.count())
        .select_from(people)
        .join(meetings, meetings.c.id == row.id)
        .outerjoin(answers, STANDS & (answers.c.person_id == people.c.person_id))
    )
    counted: dict[str | None, int] = {
        row.answer: row[1] for row in work.session.execute(query.group_by(answers.c.answer))
    }
    return {
        "invited": sum(counted.values()),
        "unanswered": counted.get(None, 0),
        **{answer: counted.get(answer, 0) for answer in ANSWERS},
    }


def _allowed(work: Work, row: Row[Any], *, invited: bool) -> dict[str, Any]:
    """By right, then by the meeting's state; the standing is looked up once."""
    standing = work.standing(row.group_id)
    resources = {"meeting.change": row.kind, "meeting.cancel": row.kind, "invitation.answer": invited}
    decisions = {}
    for action in MEETING_ACTIONS:
        decision = can(work.policies, standing, action, resources.get(action))
        decisions[action] = vars(permitted(action, row.state) if decision == YES else decision)
    return decisions
