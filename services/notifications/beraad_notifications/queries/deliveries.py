"""Reading deliveries: what was sent to whom, and what was not and why."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from beraad.http import page_of
from beraad_notifications.domain.deliveries import State
from beraad_notifications.domain.replies import NO_CODE, code_of
from beraad_notifications.storage.tables import deliveries
from beraad_notifications.storage.work import Work

SHOWN = (
    "id",
    "revision",
    "person_id",
    "event_id",
    "kind",
    "channel",
    "state",
    "reason",
    "attempts",
    "uncertain",
    "queued_at",
    "due_at",
    "settled_at",
    "digest_id",
)


def list_deliveries(
    work: Work, person_id: UUID | None, kind: str | None, state: str | None, limit: int, cursor: str | None
) -> list[dict[str, Any]]:
    """Oldest first. Without `person_id` administrators see all, others their own."""
    if person_id is None and not work.actor.administrator:
        person_id = work.actor.person_id
    work.authorize("delivery.list", resource=person_id)
    query = select(*(deliveries.c[name] for name in SHOWN))
    wanted = {"person_id": person_id, "kind": kind, "state": state}
    for column, value in wanted.items():
        if value is not None:
            query = query.where(deliveries.c[column] == value)
    rows = page_of(work.session, query, (deliveries.c.id,), limit, cursor)
    return [_told(work, row) for row in rows]


def _told(work: Work, row: Row[Any]) -> dict[str, Any]:
    """While a mail waits, what the mail server said may be about us: that is for those who run it."""
    told = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way
    waits_for_server = row.state == State.DEFERRED.value and code_of(row.reason)[0] != NO_CODE
    if waits_for_server and not (work.actor.administrator or work.actor.service):
        told["reason"] = "the mail server did not take it yet"
    return told


def count_deliveries(work: Work) -> dict[str, Any]:
    """How many there are of each kind in each state."""
    work.authorize("delivery.count")
    query = select(deliveries.c.kind, deliveries.c.state, func.count().label("count"))
    rows = work.session.execute(
        query.group_by(deliveries.c.kind, deliveries.c.state).order_by("kind", "state")
    )
    return {"items": [dict(row._mapping) for row in rows]}  # noqa: SLF001 - SQLAlchemy's documented way
