"""Parking: an event that can never be applied is put aside with its reason, and its aggregate with it.

Later events of the same aggregate wait behind it in order; everything else flows. `replay` applies an
aggregate's parked events in order once the cause is mended; `drop` gives them up.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from beraad.clock import real_now
from beraad.messaging.cursors import lock_cursor, upsert
from beraad.messaging.envelope import Envelope, from_json
from beraad.storage.tables import parked

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
QUARANTINED = "Quarantined: an earlier event of this aggregate is parked"


def quarantined_subjects(session: Session, stream: str) -> set[str]:
    """The aggregates of that stream with a parked event."""
    return set(
        session.execute(select(parked.c.subject).where(parked.c.stream == stream).distinct()).scalars()
    )


def park(session: Session, envelope: Envelope, reason: str, *, acted: bool = False) -> None:
    """Put the event aside; parking it twice is the same as once. `acted`: a replay must only keep it."""
    statement = upsert(session, parked).values(
        stream=envelope.stream,
        epoch=envelope.epoch,
        position=envelope.position,
        subject=envelope.subject,
        type=envelope.type,
        reason=_storable(reason[:2000]),
        envelope=_storable(envelope.to_json()),
        parked_at=real_now(),
        acted=acted,
    )
    session.execute(statement.on_conflict_do_nothing())


def _storable(value: Any) -> Any:
    """Without the characters PostgreSQL refuses: what cannot be stored would stop the whole stream."""
    if isinstance(value, str):
        return UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_storable(name): _storable(part) for name, part in value.items()}
    return [_storable(part) for part in value] if isinstance(value, list) else value


def parked_of(session: Session, stream: str, subject: str) -> list[Envelope]:
    """The parked events of one aggregate, in order."""
    return [event for event, _ in parked_to_replay(session, stream, subject)]


def parked_to_replay(session: Session, stream: str, subject: str) -> list[tuple[Envelope, bool]]:
    """The same, each with whether it was acted on before (a rebuild parked it)."""
    query = select(parked.c.envelope, parked.c.acted).where(
        parked.c.stream == stream, parked.c.subject == subject
    )
    rows = session.execute(query.order_by(parked.c.epoch, parked.c.position))
    return [(from_json(row.envelope), row.acted) for row in rows]


def parked_aggregates(session: Session) -> list[tuple[str, str]]:
    """(stream, subject) of every aggregate with a parked event, the longest parked first."""
    first = func.min(parked.c.parked_at)
    query = select(parked.c.stream, parked.c.subject).group_by(parked.c.stream, parked.c.subject)
    return [(row.stream, row.subject) for row in session.execute(query.order_by(first))]


def drop_parked(session: Session, stream: str, subject: str) -> list[Envelope]:
    """Give the parked events of one aggregate up and lift its quarantine. Returns them, in order."""
    lock_cursor(session, stream)  # or an event arriving now would be parked behind what we lift
    dropped = parked_of(session, stream, subject)
    session.execute(parked.delete().where(parked.c.stream == stream, parked.c.subject == subject))
    return dropped


def unpark(session: Session, envelope: Envelope) -> None:
    """Take one event out again."""
    session.execute(
        parked.delete().where(
            parked.c.stream == envelope.stream,
            parked.c.epoch == envelope.epoch,
            parked.c.position == envelope.position,
        )
    )
