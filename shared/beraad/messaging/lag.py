"""How far a service's events have come: its own streams on their way out, the others' on their way in.

Only looks: no lock, nothing declared, nothing changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from beraad.messaging.cursors import read_cursors, why_behind
from beraad.messaging.outbox import backlog
from beraad.storage.tables import outbox, parked, streams


@dataclass(frozen=True, kw_only=True)
class StreamOut:
    """An own stream: its last position, the last the broker has, how many events the log keeps and since when."""

    stream: str
    epoch: int
    position: int
    confirmed: int
    events: int
    oldest_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class StreamIn:
    """A stream that is read: applied up to, known to go up to, when that was said, what is parked, why it is behind."""

    stream: str
    epoch: int
    position: int
    known_position: int
    known_at: datetime | None
    parked: int
    behind: str | None


@dataclass(frozen=True, kw_only=True)
class Lag:
    """Of one service. `waiting` events are committed and have no position yet; `queues` is by name, messages in each."""

    service: str
    waiting: int
    published: list[StreamOut]
    read: list[StreamIn]
    queues: Mapping[str, int | None]

    def to_json(self) -> dict[str, Any]:
        """Times as RFC 3339, UTC."""
        return asdict(self)


def lag_of(
    session: Session, service: str, read: Iterable[str], queues: Mapping[str, int | None] | None = None
) -> Lag:
    """Look at the database of that service, which reads these streams."""
    cursors = read_cursors(session, read)
    held = {row.stream: row.held for row in session.execute(PARKED)}
    return Lag(
        service=service,
        waiting=backlog(session),
        published=[StreamOut(**row._mapping) for row in session.execute(PUBLISHED)],  # noqa: SLF001 - SQLAlchemy's documented way
        read=[
            StreamIn(
                stream=stream,
                epoch=cursor.epoch,
                position=cursor.position,
                known_position=cursor.known_position,
                known_at=cursor.known_at,
                parked=held.get(stream, 0),
                behind=why_behind(session, stream),
            )
            for stream, cursor in cursors.items()
        ],
        queues=dict(queues or {}),
    )


PARKED = select(parked.c.stream, func.count().label("held")).group_by(parked.c.stream)
PUBLISHED = (
    select(
        streams.c.stream,
        streams.c.epoch,
        streams.c.position,
        streams.c.confirmed,
        func.count(outbox.c.position).label("events"),
        func.min(outbox.c.written_at).label("oldest_at"),
    )
    .outerjoin(outbox, outbox.c.stream == streams.c.stream)
    .group_by(streams.c.stream, streams.c.epoch, streams.c.position, streams.c.confirmed)
    .order_by(streams.c.stream)
)
