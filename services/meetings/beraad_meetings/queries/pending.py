"""What awaits the caller in meetings: invitations to answer, minutes to read, meetings that are near."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, or_, select

from beraad.storage.tables import known_seats
from beraad_meetings.domain.meeting_states import PLANNED
from beraad_meetings.domain.minutes import CIRCULATED
from beraad_meetings.queries.polls import polls_to_answer
from beraad_meetings.storage.invitations import STANDS
from beraad_meetings.storage.tables import answers, invitations, meetings, minutes
from beraad_meetings.storage.work import Work

SOON = timedelta(hours=48)
MOST = 50


def pending(work: Work) -> dict[str, Any]:
    """Meetings within two days first, then invitations and polls by date, then minutes that went round."""
    work.authorize("me.read")
    coming = _coming(work)
    soon = [row for row in coming if row.starts_at <= work.now + SOON and row.answer != "declined"]
    unanswered = [row for row in coming if row.answer is None]
    return {
        "items": [
            *(_meeting("meeting.soon", row) for row in soon),
            *(_meeting("invitation.unanswered", row) for row in unanswered),
            *(_poll(row) for row in polls_to_answer(work)),
            *(_minutes(row) for row in _to_read(work)),
        ]
    }


def _coming(work: Work) -> list[Row[Any]]:
    me = work.actor.person_id
    mine = (invitations.c.person_id == me) & invitations.c.withdrawn_at.is_(None)
    scopes = select(invitations.c.scope_id).where(mine)
    query = (
        select(meetings.c.id, meetings.c.title, meetings.c.group_id, meetings.c.starts_at, answers.c.answer)
        .outerjoin(answers, STANDS & (answers.c.person_id == me))
        .where(or_(meetings.c.id.in_(scopes), meetings.c.series_id.in_(scopes)))
        .where(meetings.c.state == PLANNED, meetings.c.starts_at > work.now)
    )
    return list(work.session.execute(query.order_by(meetings.c.starts_at, meetings.c.id).limit(MOST)))


def _to_read(work: Work) -> list[Row[Any]]:
    seats = select(known_seats.c.group_id).where(
        known_seats.c.person_id == work.actor.person_id, known_seats.c.vacated.is_(False)
    )
    query = select(minutes.c.id, minutes.c.title, minutes.c.group_id).where(
        minutes.c.state == CIRCULATED, minutes.c.group_id.in_(seats)
    )
    return list(work.session.execute(query.order_by(minutes.c.circulated_at).limit(MOST)))


def _meeting(kind: str, row: Row[Any]) -> dict[str, Any]:
    subject = {"subject": f"meetings/{row.id}", "title": row.title, "group_id": row.group_id}
    return {"kind": kind, **subject, "due_at": row.starts_at}


def _poll(row: Row[Any]) -> dict[str, Any]:
    subject = {"subject": f"polls/{row.id}", "title": row.title, "group_id": row.group_id}
    return {"kind": "poll.unanswered", **subject, "due_at": row.closes_at}


def _minutes(row: Row[Any]) -> dict[str, Any]:
    subject = {"subject": f"minutes/{row.id}", "title": row.title, "group_id": row.group_id}
    return {"kind": "minutes.to_read", **subject, "due_at": None}
