"""Reading minutes: the newest version or an earlier one, its tasks, and what may be done with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select

from beraad.domain import NotFound, can
from beraad.http import page_of
from beraad.roster import names_of
from beraad.storage.tables import known_people
from beraad_meetings.domain.files import summary
from beraad_meetings.queries.agenda import files_of
from beraad_meetings.storage.tables import known_decisions, known_tasks, meetings, minutes, minutes_versions
from beraad_meetings.storage.work import Work

MINUTES_ACTIONS = ("minutes.write", "minutes.circulate", "minutes.approve")
NONE_WRITTEN = "nobody has written minutes of this meeting"


def minutes_of(work: Work, meeting_id: UUID) -> dict[str, Any]:
    """The minutes of that meeting, the newest version. Raises `NotFound`."""
    return _shown(work, meeting_id, minutes_versions.c.version == minutes.c.version)


def minutes_version(work: Work, meeting_id: UUID, version: int) -> dict[str, Any]:
    """The minutes of that meeting as they were written then; `version` counts from 1. Raises `NotFound`."""
    shown = _shown(work, meeting_id, minutes_versions.c.version == version)
    return {**shown, "version": version}


def list_versions(work: Work, meeting_id: UUID, limit: int, cursor: str | None) -> list[dict[str, Any]]:
    """Who wrote which version when, oldest first, without the texts. Raises `NotFound`."""
    _authorized(work, meeting_id)
    query = _versions().join(minutes, minutes.c.id == minutes_versions.c.minutes_id)
    rows = page_of(
        work.session,
        query.where(minutes.c.meeting_id == meeting_id),
        (minutes_versions.c.version,),
        limit,
        cursor,
    )
    return [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented way


def _versions(*more: Any) -> Select[Any]:
    columns = [minutes_versions.c[name] for name in ("version", "written_by", "written_at")]
    author = known_people.c.person_id == minutes_versions.c.written_by
    named = known_people.c.name.label("written_by_name")
    return select(*more, *columns, named).select_from(minutes_versions).outerjoin(known_people, author)


def _shown(work: Work, meeting_id: UUID, wanted: Any) -> dict[str, Any]:
    group_id = _authorized(work, meeting_id)
    texts = (minutes_versions.c.text, minutes_versions.c.action_items)
    query = _versions(*(column for column in minutes.c if column.name != "version"), *texts).join(
        minutes, minutes.c.id == minutes_versions.c.minutes_id
    )
    row = work.session.execute(query.where(minutes.c.meeting_id == meeting_id, wanted)).one_or_none()
    if row is None:
        raise NotFound(NONE_WRITTEN)
    standing = work.standing(group_id)
    allowed = {action: vars(can(work.policies, standing, action)) for action in MINUTES_ACTIONS}
    kept = [summary(file) for file in files_of(work, meeting_id) if file.agenda_item_id is None]
    return {
        **row._mapping,  # noqa: SLF001 - SQLAlchemy's documented way
        "action_items": _action_items(work, row),
        "files": kept,
        "allowed_actions": allowed,
    }


def _action_items(work: Work, row: Row[Any]) -> list[dict[str, Any]]:
    """Each with what became of it: a draft, agreed (it went round), then as its task: assigned, due, done."""
    ids = [UUID(item["id"]) for item in row.action_items]
    tasks = work.session.execute(select(known_tasks).where(known_tasks.c.task_id.in_(ids)))
    states = {str(task.task_id): task.state for task in tasks}
    cited = [UUID(item["decision_id"]) for item in row.action_items if item["decision_id"]]
    decisions = work.session.execute(
        select(known_decisions.c.decision_id, known_decisions.c.title).where(
            known_decisions.c.decision_id.in_(cited)
        )
    )
    titles = {str(one.decision_id): one.title for one in decisions}
    names = names_of(work.session, [UUID(item["owner_id"]) for item in row.action_items])
    return [
        {
            **item,
            "owner_name": names.get(UUID(item["owner_id"])),
            "decision_title": titles.get(item["decision_id"]),
            "state": states.get(item["id"], "agreed" if item["id"] in row.agreed_ids else "draft"),
        }
        for item in row.action_items
    ]


def _authorized(work: Work, meeting_id: UUID) -> UUID | None:
    group_id = work.session.scalar(select(meetings.c.group_id).where(meetings.c.id == meeting_id))
    work.authorize("minutes.read", group_id)
    return group_id
