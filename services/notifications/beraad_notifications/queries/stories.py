"""The stories of deliveries, read a page at a time: the same few statements for one and for a hundred."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, select

from beraad.clock import real_now
from beraad.storage.tables import known_people
from beraad_notifications.domain.catalogue import DIGEST
from beraad_notifications.domain.channels import Channel
from beraad_notifications.domain.deliveries import CLAIMABLE, MAIL, State
from beraad_notifications.domain.steps import Step, What
from beraad_notifications.domain.stories import Standing, what_happened, what_is_next
from beraad_notifications.storage.tables import contacts, deliveries, delivery_steps, recipients
from beraad_notifications.storage.work import Work

DELIVERIES = (
    select(
        deliveries,
        func.coalesce(known_people.c.name, "").label("person_name"),
        contacts.c.email,
        contacts.c.time_zone,
        recipients.c.refused_address,
        recipients.c.refused_reason,
    )
    .outerjoin(known_people, known_people.c.person_id == deliveries.c.person_id)
    .outerjoin(contacts, contacts.c.person_id == deliveries.c.person_id)
    .outerjoin(recipients, recipients.c.person_id == deliveries.c.person_id)
)
SHOWN = ("id", "person_id", "person_name", "event_id", "kind", "state", "attempts", "digest_id")
STEP = ("delivery_id", "person_id", "at", "told", "next_at", "attempt")


def stories(work: Work, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Of these rows of `DELIVERIES`, each with that of the digest it was told in."""
    digests = _digests(work, rows)
    steps = _steps(work, [row.id for row in (*rows, *digests.values())])
    due_before = _due_before(work, rows[0]) if len(rows) == 1 else None
    channel = _channel(work)
    return [
        {
            **_story(work, row, steps[row.id], due_before, channel),
            "digest": _story(work, digest, steps[digest.id], None, channel)
            if (digest := digests.get(row.digest_id)) is not None
            else None,
        }
        for row in rows
    ]


def _story(
    work: Work, row: Row[Any], steps: Sequence[Step], due_before: int | None, channel: Channel
) -> dict[str, Any]:
    standing = Standing(
        kind_name=row.kind,
        state=State(row.state),
        reason=row.reason,
        attempts=row.attempts,
        queued_at=row.queued_at,
        due_at=row.due_at,
        give_up_at=row.give_up_at,
        settled_at=row.settled_at,
        digest_id=row.digest_id,
        zone=ZoneInfo(row.time_zone or work.settings.time_zone),
        address_known=row.email is not None,
        refused=row.refused_reason if row.email and row.email == row.refused_address else None,
        due_before=due_before,
        channel=channel,
    )
    told = {"steps": [vars(line) for line in what_happened(standing, steps)]}
    return {**{name: getattr(row, name) for name in SHOWN}, **told, "next": vars(what_is_next(standing))}


def _channel(work: Work) -> Channel:
    """Why it is paused is told to those who may list channels, and to nobody else."""
    channel = work.channels.seen(MAIL)
    if not _may_list_channels(work):
        channel.reason = ""
    return channel


def _may_list_channels(work: Work) -> bool:
    return work.actor.administrator or work.actor.service is not None


def _digests(work: Work, rows: Iterable[Row[Any]]) -> dict[UUID, Row[Any]]:
    """By what stands as their event."""
    ids = {row.digest_id for row in rows if row.digest_id is not None}
    if not ids:
        return {}
    of_digests = deliveries.c.event_id.in_(ids) & (deliveries.c.kind == DIGEST.name)
    return {row.event_id: row for row in work.session.execute(DELIVERIES.where(of_digests))}


def _steps(work: Work, ids: Sequence[UUID]) -> dict[UUID, list[Step]]:
    found: dict[UUID, list[Step]] = defaultdict(list)
    query = select(delivery_steps).where(delivery_steps.c.delivery_id.in_(ids))
    for row in work.session.execute(query.order_by(delivery_steps.c.row_id)) if ids else ():
        step = Step(what=What(row.what), **{name: getattr(row, name) for name in STEP})
        if step.what is What.CHANNEL_REFUSED and not _may_list_channels(work):
            step = replace(step, told="")
        found[step.delivery_id].append(step)
    return found


def _due_before(work: Work, row: Row[Any]) -> int | None:
    """How many mails a worker takes before it; None where it is not in the queue."""
    if row.state != State.QUEUED.value:
        return None
    sooner = (deliveries.c.urgency < row.urgency) & (deliveries.c.due_at <= real_now())
    before = (deliveries.c.urgency == row.urgency) & (deliveries.c.due_at < row.due_at)
    due = deliveries.c.state.in_([state.value for state in CLAIMABLE]) & (sooner | before)
    return work.session.execute(select(func.count()).where(due)).scalar_one()
