"""The steps of deliveries: only ever added, in the transaction of what they tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, literal, select
from sqlalchemy.orm import Session

from beraad.storage.types import Instant
from beraad_notifications.domain.deliveries import State
from beraad_notifications.domain.holding_back import WAITS
from beraad_notifications.domain.steps import Step, What
from beraad_notifications.storage.tables import deliveries, delivery_steps


class Steps:
    """Bound to one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, steps: Sequence[Step]) -> None:
        """Write them down, in one statement."""
        rows = [{**vars(step), "told": step.told[:2000]} for step in steps]
        if rows:
            self._session.execute(delivery_steps.insert(), rows)

    def looked_at_again(self, person_id: UUID, at: datetime) -> None:
        """Say so of what quiet hours hold back for that person."""
        asleep = (deliveries.c.state == State.DEFERRED.value) & (deliveries.c.reason == WAITS)
        self._say((deliveries.c.person_id == person_id) & asleep, What.LOOKED_AT_AGAIN, at, at)

    def brought_forward(self, these: Sequence[UUID], due_at: datetime, at: datetime) -> None:
        """Say so of these: their digest is due at that (domain) time now."""
        self._say(deliveries.c.id.in_(these), What.BROUGHT_FORWARD, at, due_at)

    def address_known(self, person_id: UUID, at: datetime) -> None:
        """Say so of what waited for it."""
        waiting = (deliveries.c.person_id == person_id) & (deliveries.c.state == State.QUEUED.value)
        self._say(waiting, What.ADDRESS_KNOWN, at, at)

    def forget_person(self, person_id: UUID) -> None:
        """Keep nothing: a mail server's words name the address."""
        self._session.execute(delivery_steps.delete().where(delivery_steps.c.person_id == person_id))

    def _say(self, of: ColumnElement[bool], what: What, at: datetime, next_at: datetime) -> None:
        values: dict[str, Any] = {
            "delivery_id": deliveries.c.id,
            "person_id": deliveries.c.person_id,
            "at": literal(at, Instant),
            "what": literal(what.value),
            "told": literal(""),
            "next_at": literal(next_at, Instant),
            "attempt": deliveries.c.attempts,
        }
        rows = select(*values.values()).where(of)
        self._session.execute(delivery_steps.insert().from_select(list(values), rows))
