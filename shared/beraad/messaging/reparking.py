"""What becomes of parked events when what is kept of their publisher is made anew.

What cannot be kept now is parked now, and remembers whether it was acted on before. What was parked and can be kept
now is acted on, an aggregate at a time, or stays parked with the reason it fails for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import structlog
from sqlalchemy import select

from beraad.messaging.envelope import from_json
from beraad.messaging.faults import raise_if_transient
from beraad.messaging.subscriptions import Subscriptions, receive
from beraad.perform import Work
from beraad.storage.tables import parked

log = structlog.get_logger()
Row = dict[str, Any]


def repark(source: Work, target: Work, subscription: Subscriptions, epoch: int, through: int) -> None:
    """Let the target's parked events of that stream, up to that place, become what the source could not keep.

    Those further on stay as they are; in a new epoch they never happened.
    """
    stream = subscription.publisher
    old, new = _rows(target, stream), _rows(source, stream)
    acted = {row["position"]: row["acted"] for row in old}
    unkept = [{**row, "acted": acted.get(row["position"], True)} for row in new]
    later = [row for row in old if row["position"] > through and row["epoch"] == epoch]
    held = {row["subject"] for row in [*unkept, *later]}
    before = [row for row in old if row["position"] <= through]
    waiting = [row for row in before if row["subject"] in held]
    mended = [row for row in before if row["subject"] not in held]
    failing = [row for rows in _by_subject(mended) for row in _acted(target, subscription, rows)]
    stay = {row["position"]: row for row in [*waiting, *unkept, *later, *failing]}
    target.session.execute(parked.delete().where(parked.c.stream == stream))
    if stay:
        target.session.execute(parked.insert(), list(stay.values()))


def _rows(work: Work, stream: str) -> list[Row]:
    query = select(parked).where(parked.c.stream == stream).order_by(parked.c.epoch, parked.c.position)
    return [dict(row._mapping) for row in work.session.execute(query)]  # noqa: SLF001 - SQLAlchemy's documented way


def _by_subject(rows: Sequence[Row]) -> Iterable[list[Row]]:
    ordered = sorted(rows, key=lambda row: (row["subject"], row["position"]))
    return (list(group) for _, group in groupby(ordered, key=lambda row: row["subject"]))


def _acted(work: Work, subscription: Subscriptions, rows: list[Row]) -> list[Row]:
    """Act on one aggregate's events, all or none. Answers those that stay parked."""
    try:
        with work.attempting():
            for row in rows:
                if not row["acted"]:
                    subscription.act(receive(from_json(row["envelope"])), work)
    except Exception as error:
        raise_if_transient(error)
        log.warning("stays_parked", subject=rows[0]["subject"], error=repr(error))
        return [{**row, "reason": f"{type(error).__name__}: {error}"[:2000]} for row in rows]
    return []
