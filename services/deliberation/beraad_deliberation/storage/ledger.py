"""A group's record as it is stored: appended to under the lock of its row, read for proofs and exports."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from beraad.messaging.cursors import upsert
from beraad.record.canonical import canonical
from beraad.record.entries import Log, Sealed
from beraad.record.merkle import Frontier
from beraad_deliberation.record.facts import Fact, append, record_began
from beraad_deliberation.storage.tables import (
    decision_numbers,
    ledger_entries,
    ledgers,
    proposals,
    versions,
)

VERSION_PUBLISHED, DECISION_ADOPTED = "version.published", "decision.adopted"


@dataclass(frozen=True)
class Told:
    """A fact, and the pseudonym of who acted (None: nobody did)."""

    fact: Fact
    actor: str | None


class Ledger:
    """One group's, locked until the end of the transaction."""

    def __init__(self, session: Session, group_id: UUID, now: datetime) -> None:
        """Lock it; the first entry of a group makes it."""
        self._session, self._group_id, self._now = session, group_id, now
        empty = {"group_id": group_id, "size": 0, "peaks": b"", "sealed_size": 0, "sealed_at": now}
        session.execute(upsert(session, ledgers).values(**empty).on_conflict_do_nothing())
        row = session.execute(_row(group_id).with_for_update()).one()
        self.log = _log(row)

    def append(self, told: Sequence[Told]) -> list[Told]:
        """Append those that follow from what is recorded, and return them. What began before the record is not told of it."""
        following = self._following(told)
        if following and self.log.size == 0:
            following = [*self._beginning(following), *following]
        rows = [self._row(one, append(self.log, one.fact, one.actor, self._now)) for one in following]
        if rows:
            self._session.execute(ledger_entries.insert(), rows)
            size, peaks = self.log.size, self.log.frontier.to_bytes()
            self._update(size=size, peaks=peaks, last=self.log.last)
        return following

    def note_sealed(self) -> None:
        """A checkpoint over all of it leaves the service."""
        self._update(sealed_size=self.log.size, sealed_at=self._now)

    def _update(self, **values: Any) -> None:
        self._session.execute(ledgers.update().where(ledgers.c.group_id == self._group_id).values(**values))

    def _row(self, told: Told, sealed: Sealed) -> dict[str, Any]:
        entry = {"seq": sealed.entry["seq"], "entry": canonical(sealed.entry).decode(), "leaf": sealed.leaf}
        return {"group_id": self._group_id, "subject": told.fact.subject, **entry}

    def _following(self, told: Sequence[Told]) -> list[Told]:
        known = self._known({one.fact.follows for one in told} - {None})
        following = []
        for one in told:
            if one.fact.follows is None or one.fact.follows in known:
                known.add(one.fact.subject)
                following.append(one)
        return following

    def _known(self, subjects: Iterable[UUID | None]) -> set[UUID]:
        entries = ledger_entries.c
        query = select(entries.subject).where(entries.group_id == self._group_id)
        return set(self._session.execute(query.where(entries.subject.in_(list(subjects)))).scalars())

    def _beginning(self, told: Sequence[Told]) -> list[Told]:
        """That the group deliberated before; nothing, where this is the first text it ever published."""
        published = (
            select(func.count())
            .select_from(versions.join(proposals))
            .where(proposals.c.group_id == self._group_id)
        )
        if self._session.execute(published).scalar_one() <= _count(told, VERSION_PUBLISHED):
            return []
        numbers = select(decision_numbers.c.last).where(decision_numbers.c.group_id == self._group_id)
        last = self._session.execute(numbers).scalar() or 0
        return [Told(record_began(self._group_id, last - _count(told, DECISION_ADOPTED)), None)]


def log_of(session: Session, group_id: UUID) -> Log | None:
    """How far it goes, to be looked at; None where nothing is recorded."""
    row = session.execute(_row(group_id)).one_or_none()
    return _log(row) if row is not None else None


def entries_of(session: Session, group_id: UUID, subject: UUID | None = None) -> list[dict[str, Any]]:
    """All (about that), from the first to the last."""
    entries = ledger_entries.c
    query = select(entries.entry).where(entries.group_id == group_id).order_by(entries.seq)
    if subject is not None:
        query = query.where(entries.subject == subject)
    return [json.loads(entry) for entry in session.execute(query).scalars()]


def leaves_of_entries(session: Session, group_id: UUID) -> list[bytes]:
    """The leaves of all, from the first to the last."""
    entries = ledger_entries.c
    query = select(entries.leaf).where(entries.group_id == group_id).order_by(entries.seq)
    return list(session.execute(query).scalars())


def _row(group_id: UUID) -> Any:
    return select(ledgers).where(ledgers.c.group_id == group_id)


def _log(row: Any) -> Log:
    return Log(str(row.group_id), Frontier.from_bytes(row.size, row.peaks), row.last)


def _count(told: Sequence[Told], type_: str) -> int:
    return sum(one.fact.type == type_ for one in told)
