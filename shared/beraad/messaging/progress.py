"""How far one transaction has come in each stream: read under lock, written once, with the effects."""

from __future__ import annotations

from sqlalchemy.orm import Session

from beraad.messaging.cursors import Cursor, lock_cursor, write_cursor
from beraad.messaging.envelope import Envelope
from beraad.messaging.parking import quarantined_subjects


class Progress:
    """The streams' cursors while a batch is applied."""

    def __init__(self, session: Session) -> None:
        """Cursors are read and locked when their stream is first met, so that a second consumer waits."""
        self._session = session
        self._cursors: dict[str, Cursor] = {}
        self._quarantined: dict[str, set[str]] = {}

    def advance(self, event: Envelope) -> bool:
        """Move onto the event; False when it was applied before (also by another consumer)."""
        return self.reach(event.stream, event.epoch, event.position)

    def reach(self, stream: str, epoch: int, position: int) -> bool:
        """Move onto that place; False when we were there before."""
        if stream not in self._cursors:
            self._cursors[stream] = lock_cursor(self._session, stream)
        cursor = self._cursors[stream]
        if (epoch, position) <= (cursor.epoch, cursor.position):
            return False
        cursor.epoch, cursor.position = epoch, position
        return True

    def is_quarantined(self, event: Envelope) -> bool:
        """An earlier event of the same aggregate is parked."""
        if event.stream not in self._quarantined:
            self._quarantined[event.stream] = quarantined_subjects(self._session, event.stream)
        return event.subject in self._quarantined[event.stream]

    def store(self) -> None:
        """Write the cursors."""
        for cursor in self._cursors.values():
            write_cursor(self._session, cursor)
