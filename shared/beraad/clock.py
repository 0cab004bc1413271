"""Domain time: the database's clock, shifted in development by one row every process reads.

Tokens, leases and mail stay on real time (`real_now`).
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from beraad.storage.tables import clock

OFFSET = select(clock.c.offset_seconds).scalar_subquery()
SQLITE = select(func.strftime("%Y-%m-%dT%H:%M:%f", "now"), OFFSET)
POSTGRESQL = select(func.now(), OFFSET)


def real_now() -> datetime:
    """The machine's time, aware, in UTC."""
    return datetime.now(UTC)


def domain_now(session: Session) -> datetime:
    """The domain's time in this transaction, aware, in UTC, by the database's clock."""
    connection = (
        session.connection()
    )  # what the session adds to a statement costs a fifth of it, at every request
    if connection.dialect.name == "sqlite":
        now, seconds = connection.execute(SQLITE).one()
        instant = datetime.fromisoformat(now).replace(tzinfo=UTC)
    else:
        instant, seconds = connection.execute(POSTGRESQL).one()
    return instant + timedelta(seconds=seconds or 0)


def move_clock(session: Session, to: datetime) -> None:
    """Let domain time continue from `to`, or less than a second later: what is due at `to` is due now.

    The caller has checked that this is development.
    """
    seconds = math.ceil((to - real_now()).total_seconds())
    session.execute(clock.delete())
    session.execute(clock.insert().values(single=True, offset_seconds=seconds))
