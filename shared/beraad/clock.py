"""Domain time: the database's clock, shifted in development by one row every process reads.

Tokens, leases and mail stay on real time (`real_now`).
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from beraad.storage.tables import clock

OFFSET = select(clock.c.offset_seconds).scalar_subquery()
SQLITE = func.strftime("%Y-%m-%dT%H:%M:%f", "now")
POSTGRESQL = func.now()


def real_now() -> datetime:
    """The machine's time, aware, in UTC."""
    return datetime.now(UTC)


def domain_now(session: Session) -> datetime:
    """The domain's time in this transaction, aware, in UTC, by the database's clock."""
    connection = (
        session.connection()
    )  # what the session adds to a statement costs a fifth of it, at every request
    return instant_of(*connection.execute(STATEMENTS[connection.dialect.name]).one())


def clock_of(dialect: str) -> tuple[ColumnElement[Any], ...]:
    """The two columns that a statement that asks for more selects too, for `instant_of`."""
    return (SQLITE if dialect == "sqlite" else POSTGRESQL), OFFSET


def instant_of(told: datetime | str, offset_seconds: int | None) -> datetime:
    """The domain's time when that statement's transaction began, aware, in UTC."""
    now = told if isinstance(told, datetime) else datetime.fromisoformat(f"{told}+00:00")
    return now + timedelta(seconds=offset_seconds or 0)


STATEMENTS = {dialect: select(*clock_of(dialect)) for dialect in ("sqlite", "postgresql")}


def move_clock(session: Session, to: datetime) -> None:
    """Let domain time continue from `to`, or less than a second later: what is due at `to` is due now.

    The caller has checked that this is development.
    """
    seconds = math.ceil((to - real_now()).total_seconds())
    session.execute(clock.delete())
    session.execute(clock.insert().values(single=True, offset_seconds=seconds))
