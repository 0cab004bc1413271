"""Reading series with their occurrences."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from beraad.domain import NotFound, can
from beraad.http import page_of
from beraad.roster import groups_of
from beraad_meetings.domain.local_time import instant_of
from beraad_meetings.domain.meeting_states import PLANNED
from beraad_meetings.domain.series import still_open
from beraad_meetings.queries.meetings import meeting_summary
from beraad_meetings.storage.invitations import STANDS
from beraad_meetings.storage.repositories import IN_ORDER
from beraad_meetings.storage.tables import answers, meetings, series
from beraad_meetings.storage.work import Work
from beraad_meetings.use_cases.change_series import SeriesChange

SERIES_ACTIONS = ("series.change", "series.cancel", "series.answer")


def one_series(work: Work, series_id: UUID) -> dict[str, Any]:
    """A series, its meetings in order, and where the wall clock was not plain. Raises `NotFound`."""
    row = work.session.execute(select(series).where(series.c.id == series_id)).one_or_none()
    work.authorize("series.read", row.group_id if row else None)
    if row is None:
        raise NotFound("no such series")
    query = select(meetings).where(meetings.c.series_id == series_id).order_by(*IN_ORDER)
    found = [meeting_summary(meeting) for meeting in work.session.execute(query)]
    warnings = [
        {"code": one["local_time_warning"], "meeting_id": one["id"], "starts_at": one["starts_at"]}
        for one in found
        if one["local_time_warning"]
    ]
    return {
        **_summary(row),
        "followed_by_id": work.session.scalar(
            select(series.c.id)
            .where(series.c.follows_series_id == series_id)
            .order_by(series.c.first_starts_on, series.c.id)
            .limit(1)
        ),
        "meetings": found,
        "my_answers": _my_answers(work, series_id),
        "warnings": warnings,
        "avoid": _dated(row.avoid),
        "avoided": [_dated(one) for one in row.avoided],
        "allowed_actions": _allowed(work, row, found),
    }


def changed_series(work: Work, change: SeriesChange) -> dict[str, Any]:
    """The series that has a change, and what became of each meeting."""
    outcomes = [
        {
            "meeting_id": one.meeting.id,
            "on": one.on,
            "outcome": one.outcome,
            "previous_starts_at": one.previous_starts_at,
            "starts_at": one.meeting.starts_at,
        }
        for one in change.outcomes
    ]
    return {**one_series(work, change.series.id), "outcomes": outcomes}


def list_series(work: Work, group_id: UUID | None, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """The series of the caller's groups, in the order they were scheduled."""
    work.authorize("series.list")
    query = select(series)
    if not work.actor.administrator:
        query = query.where(series.c.group_id.in_(groups_of(work.session, work.actor)))
    if group_id is not None:
        query = query.where(series.c.group_id == group_id)
    return [_summary(row) for row in page_of(work.session, query, (series.c.id,), limit, cursor)]


def _summary(row: Row[Any]) -> dict[str, Any]:
    first = instant_of(datetime.combine(row.first_starts_on, row.start_time), row.time_zone)
    shown = {**row._mapping, "start_time": f"{row.start_time:%H:%M}"}  # noqa: SLF001 - documented
    return {**shown, "first_starts_at": first.starts_at}


def _dated(kept: dict[str, Any] | None) -> dict[str, Any] | None:
    """JSON has no days and no instants."""
    if kept is None:
        return None
    read: dict[str, Any] = dict(kept)
    if "days" in read:
        read["days"] = [date.fromisoformat(day) for day in read["days"]]
    for name in {"on"}.intersection(read):
        read[name] = date.fromisoformat(read[name])
    for name in {"from", "to"}.intersection(read):
        read[name] = datetime.fromisoformat(read[name]) if read[name] else None
    return read


def _my_answers(work: Work, series_id: UUID) -> list[dict[str, Any]]:
    query = (
        select(answers)
        .join_from(answers, meetings, STANDS)
        .where(meetings.c.series_id == series_id, answers.c.person_id == work.actor.person_id)
        .order_by(*IN_ORDER)
    )
    return [dict(row._mapping) for row in work.session.execute(query)]  # noqa: SLF001 - documented


def _allowed(work: Work, row: Row[Any], found: list[dict[str, Any]]) -> dict[str, Any]:
    """By right, then by whether anything of the series is still to come."""
    coming = [one for one in found if one["state"] == PLANNED and one["starts_at"] > work.now]
    state = still_open(cancelled=row.cancelled_at is not None, to_come=bool(coming))
    standing = work.standing(row.group_id)
    kinds = {one["kind"] for one in coming} or {None}
    me = work.actor.person_id
    invited = me is not None and work.invitations.invites_to_series(row.id, me)
    decisions = {}
    for action in SERIES_ACTIONS:
        about: set[Any] = {invited} if action == "series.answer" else kinds
        refused = [
            decision for one in about if not (decision := can(work.policies, standing, action, one)).allowed
        ]
        decisions[action] = vars(refused[0] if refused else state)
    return decisions
