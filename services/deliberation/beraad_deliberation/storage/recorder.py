"""What a transaction tells the records of its groups. It is written last, so that the lock of a record is held for a moment.

A record's row comes after every other lock, whatever the transaction did before: nobody waits in a circle for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from beraad.domain import Actor
from beraad.record.commitments import Committed
from beraad.settings import Settings
from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.record.facts import Fact
from beraad_deliberation.storage.ledger import Ledger, Told
from beraad_deliberation.storage.pseudonyms import pseudonyms_of
from beraad_deliberation.storage.sealing import sealing_key
from beraad_deliberation.storage.tables import ledger_entries, ledgers, record_texts


@dataclass(frozen=True)
class _Bound:
    """A text, with whom it is erased, or which version it is."""

    committed: Committed
    author_id: UUID | None = None
    proposal_id: UUID | None = None
    version: int | None = None

    def row(self, group_id: UUID) -> dict[str, Any]:
        of = {"author_id": self.author_id, "proposal_id": self.proposal_id, "version": self.version}
        one = self.committed
        return {"commitment": one.commitment, "group_id": group_id, "salt": one.salt, "text": one.text, **of}


class Record:
    """Of one transaction."""

    def __init__(self, session: Session, actor: Actor, settings: Settings) -> None:
        """Nothing is told yet."""
        self._session, self._actor, self._settings = session, actor, settings
        self._bound: dict[str, _Bound] = {}
        self._told: dict[UUID, list[Told]] = {}

    def told(self) -> dict[UUID, int]:
        """How many facts were told of each group so far."""
        return {group_id: len(told) for group_id, told in self._told.items()}

    def tell_no_more_than(self, before: Mapping[UUID, int]) -> None:
        """What was told since did not happen."""
        self._told = {group_id: self._told[group_id][:count] for group_id, count in before.items()}

    @property
    def has_something_to_say(self) -> bool:
        """Whether anything was told."""
        return bool(self._told)

    def tell(self, group_id: UUID, fact: Fact) -> None:
        """At the end it is appended, unless what it follows began before the record."""
        person_id = self._actor.person_id
        actor = self.person(group_id, person_id) if person_id is not None else None
        self._told.setdefault(group_id, []).append(Told(fact, actor))

    def knows(self, group_id: UUID, subject: UUID) -> bool:
        """Whether something was, or will be, recorded about it."""
        if any(one.fact.subject == subject for one in self._told.get(group_id, ())):
            return True
        entries = ledger_entries.c
        mine = exists().where(entries.group_id == group_id, entries.subject == subject)
        return bool(self._session.execute(select(mine)).scalar())

    def text(self, words: Any, *, by: UUID | None = None) -> str:
        """The commitment of a text (any JSON value), which is erased with the person who wrote it."""
        return self._bind(_Bound(Committed.to(words), by))

    def said(self, words: str | None, *, by: UUID | None = None) -> str | None:
        """The same of a text that may be missing."""
        return self.text(words, by=by) if words else None

    def version(self, proposal: Proposal) -> str:
        """The commitment of the proposal's text as it stands; the same whenever it is asked. The caller holds the proposal."""
        named = (proposal.id, proposal.version)
        for commitment, bound in self._bound.items():
            if (bound.proposal_id, bound.version) == named:
                return commitment
        texts = record_texts.c
        known = select(texts.commitment).where(texts.proposal_id == named[0], texts.version == named[1])
        whole = {"title": proposal.title, "text": proposal.text}
        kept: str | None = self._session.execute(known).scalar()
        return kept or self._bind(_Bound(Committed.to(whole), None, *named))

    def person(self, group_id: UUID, person_id: UUID) -> str:
        """Their pseudonym in that group."""
        return self.people(group_id, [person_id])[person_id]

    def people(self, group_id: UUID, person_ids: Collection[UUID]) -> dict[UUID, str]:
        """Theirs in that group."""
        return pseudonyms_of(self._session, group_id, person_ids)

    def seal_due(self, now: datetime, told_before: datetime) -> tuple[UUID, int, str] | None:
        """Seal one record that grew since a checkpoint was told before that moment, skipping those others hold."""
        due = (ledgers.c.sealed_at <= told_before) & (ledgers.c.sealed_size < ledgers.c.size)
        query = select(ledgers.c.group_id).where(due).order_by(ledgers.c.sealed_at).limit(1)
        group_id = self._session.execute(query.with_for_update(skip_locked=True)).scalar()
        if group_id is None:
            return None
        ledger = Ledger(self._session, group_id, now)
        return group_id, ledger.log.size, self._sealed(group_id, ledger)

    def write(self, now: datetime, sealing: Collection[UUID]) -> dict[UUID, str]:
        """Append what was told. The checkpoints of the groups to be sealed, where something was."""
        checkpoints = {}
        for group_id in sorted(self._told):
            ledger = Ledger(self._session, group_id, now)
            self._keep_texts(group_id, ledger.append(self._told[group_id]))
            if group_id in sealing and ledger.log.size:
                checkpoints[group_id] = self._sealed(group_id, ledger)
        self._told = {}
        return checkpoints

    def _sealed(self, group_id: UUID, ledger: Ledger) -> str:
        key = sealing_key(self._settings, group_id)
        ledger.note_sealed()
        return ledger.log.checkpoint(key.name).signed(key)

    def _bind(self, bound: _Bound) -> str:
        self._bound[bound.committed.commitment] = bound
        return bound.committed.commitment

    def _keep_texts(self, group_id: UUID, told: list[Told]) -> None:
        """Of what is recorded only: nothing is kept that no entry is bound to."""
        rows = [
            self._bound.pop(value).row(group_id)
            for one in told
            for value in _values(one.fact.body)
            if value in self._bound
        ]
        if rows:
            self._session.execute(record_texts.insert(), rows)


def _values(body: dict[str, Any]) -> Iterator[str]:
    return (value for value in body.values() if isinstance(value, str))
