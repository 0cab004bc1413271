"""The outbox is the service's event log: one row per event, in the transaction that caused it.

Nothing here serialises writers: no shared counter, no NOTIFY. The relay gives positions afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, cast, exists, func, null, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from beraad.contracts import Contract, contract_of, dump_strictly
from beraad.domain import Event
from beraad.identifiers import new_id
from beraad.messaging.envelope import PRIVATE_SUFFIX, Envelope, Sealed
from beraad.storage.tables import epochs, outbox, streams

FIRST_MINUTE = datetime(2020, 1, 1, tzinfo=UTC)
current_traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)


def stream_of(contract: Contract) -> str:
    """The stream an event of this contract belongs to."""
    return contract.publisher + (PRIVATE_SUFFIX if contract.private else "")


def write_events(session: Session, events: Iterable[Event], now: datetime) -> None:
    """Append the events to the log, in their order and in one statement.

    Raises `ContractBroken` before anything is written.
    """
    traceparent = current_traceparent.get()
    headers = {"traceparent": traceparent} if traceparent else {}
    rows = [{**_row(event), "headers": headers, "written_at": now} for event in events]
    if rows:
        session.execute(outbox.insert(), rows)


def _row(event: Event) -> dict[str, Any]:
    contract = contract_of(event.topic)
    body = dump_strictly(event.topic, event)
    return {
        "event_id": new_id(),
        "stream": stream_of(contract),
        "type": event.topic,
        "subject": f"{contract.aggregate}/{body[contract.key]}",
        "revision": event.revision,
        "subject_person": getattr(event, contract.person) if contract.person else None,
        "body": body,
    }


@dataclass(frozen=True)
class StreamState:
    """Where one of our own streams stands."""

    stream: str
    epoch: int
    position: int
    confirmed: int


def stream_state(session: Session, stream: str) -> StreamState:
    """The state of that stream; a stream nothing was numbered in yet stands at zero of epoch one."""
    row = session.execute(select(streams).where(streams.c.stream == stream)).one_or_none()
    return StreamState(*row) if row else StreamState(stream, 1, 0, 0)


def stream_states(session: Session, names: Iterable[str]) -> list[StreamState]:
    """The states of those streams, in their order."""
    order = list(names)
    rows = session.execute(select(streams).where(streams.c.stream.in_(order)))
    found = {row.stream: StreamState(*row) for row in rows}
    return [found.get(name, StreamState(name, 1, 0, 0)) for name in order]


def shared_since(session: Session, stream: str, epoch: int) -> int:
    """Up to which position that own stream is now what it was in that (earlier) epoch; all of it in the present one."""
    since = select(func.min(epochs.c.shared)).where(epochs.c.stream == stream, epochs.c.epoch > epoch)
    shared = session.execute(since).scalar()
    return stream_state(session, stream).position if shared is None else shared


def raise_epoch(session: Session, stream: str, now: datetime, shared: int | None = None) -> StreamState:
    """Begin a new epoch of an own stream whose database was restored from a backup.

    `shared`: the last position that came from the backup; None means all there is. The new number is at least the
    minutes since 2020, so that a backup from before an earlier restoration never takes a number again. Raises
    `ValueError` for a position the stream does not have.
    """
    state = stream_state(session, stream)
    shared = state.position if shared is None else shared
    if not 0 <= shared <= state.position:
        raise ValueError(f"{stream} has the positions 1 to {state.position}")
    epoch = max(state.epoch + 1, int((now - FIRST_MINUTE) / timedelta(minutes=1)))
    session.execute(_insert(session)(streams).values(stream=stream).on_conflict_do_nothing())
    session.execute(streams.update().where(streams.c.stream == stream).values(epoch=epoch))
    session.execute(epochs.insert().values(stream=stream, epoch=epoch, shared=shared))
    return stream_state(session, stream)


def number_batch(session: Session, limit: int = 500) -> int:
    """Give the next positions to committed rows that have none, in the order they were written.

    Only the one active relay calls this. Returns how many rows were numbered.
    """
    waiting = select(outbox.c.row_id, outbox.c.stream).where(outbox.c.position.is_(None))
    waiting = waiting.order_by(outbox.c.row_id).limit(limit)
    there = session.execute(select(waiting.cte("batch").c.stream).distinct()).scalars().all()
    for stream in there:
        session.execute(_insert(session)(streams).values(stream=stream).on_conflict_do_nothing())
    before = sum(state.position for state in stream_states(session, there))
    batch = waiting.where(outbox.c.stream.in_(there)).cte("batch")  # another may have come into use meanwhile
    place = func.row_number().over(partition_by=batch.c.stream, order_by=batch.c.row_id)
    last = select(streams.c.position).where(streams.c.stream == batch.c.stream).scalar_subquery()
    numbered = select(batch.c.row_id, (place + last).label("position")).cte("numbered")
    update = outbox.update().values(position=numbered.c.position).where(outbox.c.row_id == numbered.c.row_id)
    session.execute(update)
    newest = select(func.max(outbox.c.position)).where(outbox.c.stream == streams.c.stream).scalar_subquery()
    position = func.coalesce(newest, streams.c.position)
    moved_on = streams.update().where(streams.c.stream.in_(there)).values(position=position)
    after: int = sum(session.execute(moved_on.returning(streams.c.position)).scalars())
    return after - before


def _insert(session: Session) -> Any:
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert


def events_after(
    session: Session, stream: str, position: int, limit: int, types: tuple[str, ...] = ()
) -> list[Envelope]:
    """Numbered events of the stream after that position, in order; confirmed private bodies are gone."""
    wanted = _after(stream, position, limit, outbox.c.body)
    if types:
        wanted = wanted.where(outbox.c.type.in_(types))
    epoch = stream_state(session, stream).epoch
    return [Envelope(**_context(row, epoch), data=row.body) for row in session.execute(wanted)]


def sealed_after(session: Session, state: StreamState, limit: int) -> list[Sealed]:
    """The events after the confirmed ones, to be sent as they are stored."""
    text = cast(outbox.c.body, Text).label("body")
    rows = session.execute(_after(state.stream, state.confirmed, limit, text)).all()
    return [Sealed(**_context(row, state.epoch), text=row.body) for row in rows]


def _after(stream: str, position: int, limit: int, body: ColumnElement[Any]) -> Select[Any]:
    traceparent = outbox.c.headers["traceparent"].as_string().label("traceparent")
    place = (outbox.c.stream == stream) & (outbox.c.position > position) & outbox.c.body.is_not(None)
    return select(*CONTEXT, traceparent, body).where(place).order_by(outbox.c.position).limit(limit)


CONTEXT = [outbox.c[name] for name in ("event_id", "stream", "type", "subject", "written_at", "position")]


def _context(row: Row[Any], epoch: int) -> dict[str, Any]:
    return {
        "id": row.event_id,
        "stream": row.stream,
        "type": row.type,
        "subject": row.subject,
        "time": row.written_at,
        "epoch": epoch,
        "position": row.position,
        "traceparent": row.traceparent,
    }


def confirm(session: Session, stream: str, position: int) -> None:
    """Record that the transport has everything up to `position`; private bodies are forgotten."""
    session.execute(
        streams.update()
        .where(streams.c.stream == stream, streams.c.confirmed < position)
        .values(confirmed=position)
    )
    if stream.endswith(PRIVATE_SUFFIX):
        delivered = (outbox.c.stream == stream) & (outbox.c.position <= position) & outbox.c.body.is_not(None)
        session.execute(outbox.update().where(delivered).values(body=null()))


def has_unnumbered(session: Session) -> bool:
    """Whether the relay has something to number."""
    return bool(session.execute(select(exists().where(outbox.c.position.is_(None)))).scalar())


def backlog(session: Session) -> int:
    """Rows the relay has not numbered yet."""
    waiting = select(func.count()).select_from(outbox).where(outbox.c.position.is_(None))
    return session.execute(waiting).scalar_one()
