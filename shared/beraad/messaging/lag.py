"""How far a service's events have come: its own streams on their way out, the others' on their way in.

Only looks: no lock, nothing declared, nothing changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session

from beraad.clock import domain_now
from beraad.messaging.cursors import read_cursors, why_behind
from beraad.messaging.outbox import backlog
from beraad.storage.tables import outbox, parked, streams

STUCK_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class StreamOut:
    """An own stream: its last position, the last the broker has, how many events the log keeps and since when.

    `unsent_since` is when the first event was written that the broker has not confirmed (without a broker, the first).
    """

    stream: str
    epoch: int
    position: int
    confirmed: int
    events: int
    oldest_at: datetime | None
    unsent_since: datetime | None


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
    """Of one service. `waiting` events are committed and have no position yet, the first of them since `waiting_since`.

    `queues` is by name, messages in each, None for one that is not there; empty without a broker. `broker` says why the
    broker could not be asked, `stuck` why this service's own events do not get out.
    """

    service: str
    waiting: int
    waiting_since: datetime | None
    stuck: str | None
    published: list[StreamOut]
    read: list[StreamIn]
    queues: Mapping[str, int | None]
    broker: str | None = None

    @property
    def current(self) -> bool:
        """Whether what it reads is applied and what it wrote is out, as far as can be seen."""
        return not (self.stuck or any(stream.behind for stream in self.read))

    def to_json(self) -> dict[str, Any]:
        """Times as RFC 3339, UTC."""
        return asdict(self)


def lag_of(
    session: Session, service: str, read: Iterable[str], queues: Mapping[str, int | None] | None = None
) -> Lag:
    """Look at the database of that service, which reads these streams. `queues` None: the feeds are the transport."""
    cursors = read_cursors(session, read)
    held = {row.stream: row.held for row in session.execute(PARKED)}
    published = [StreamOut(**row._mapping) for row in session.execute(PUBLISHED)]  # noqa: SLF001 - SQLAlchemy's documented way
    waiting, since = backlog(session), session.execute(WAITING_SINCE).scalar()
    unsent = [out for out in published if out.unsent_since] if queues is not None else []
    return Lag(
        service=service,
        waiting=waiting,
        waiting_since=since,
        stuck=_why_stuck(domain_now(session), since, unsent),
        published=published,
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


def _why_stuck(now: datetime, waiting_since: datetime | None, unsent: list[StreamOut]) -> str | None:
    if waiting_since and now - waiting_since > STUCK_AFTER:
        return f"no relay has numbered what was written since {waiting_since:%Y-%m-%d %H:%M:%S} UTC"
    for out in unsent:
        if out.unsent_since and now - out.unsent_since > STUCK_AFTER:
            since = f"{out.unsent_since:%Y-%m-%d %H:%M:%S} UTC"
            return f"the broker, or a queue on it, has not taken what {out.stream} says since {since}"
    return None


PARKED = select(parked.c.stream, func.count().label("held")).group_by(parked.c.stream)
WAITING_SINCE = (
    select(outbox.c.written_at).where(outbox.c.position.is_(None)).order_by(outbox.c.row_id).limit(1)
)


def _written_at(position: ColumnElement[int]) -> ScalarSelect[datetime]:
    place = (outbox.c.stream == streams.c.stream) & (outbox.c.position == position)
    return select(outbox.c.written_at).where(place).scalar_subquery()


FIRST = (
    select(func.min(outbox.c.position))
    .where(outbox.c.stream == streams.c.stream)
    .correlate(streams)
    .scalar_subquery()
)
PUBLISHED = select(  # by the ends of the log, without counting it: it may hold millions
    streams.c.stream,
    streams.c.epoch,
    streams.c.position,
    streams.c.confirmed,
    func.coalesce(streams.c.position - FIRST + 1, 0).label("events"),
    _written_at(FIRST).label("oldest_at"),
    _written_at(streams.c.confirmed + 1).label("unsent_since"),
).order_by(streams.c.stream)
