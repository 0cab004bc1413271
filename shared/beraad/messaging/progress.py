"""How far one transaction has come in each stream: read under lock, written once, with the effects."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from beraad.messaging.cursors import Cursor, lock_cursor, write_cursor
from beraad.messaging.envelope import Envelope
from beraad.messaging.parking import quarantined_subjects


class CursorWentBack(Exception):
    """A rebuild put the cursor back after this batch was completed: what lies between must be read first."""


class Progress:
    """The streams' cursors while a batch is applied."""

    def __init__(self, session: Session, began: Mapping[str, tuple[int, int]] | None = None) -> None:
        """Cursors are read and locked when their stream is first met, so that a second consumer waits.

        `began`: where the cursors stood when the batch was completed. One that stands before that now raises
        `CursorWentBack`; one that stands after it was moved by another consumer, and what it applied is passed over.
        """
        self._session = session
        self._began = began or {}
        self._cursors: dict[str, Cursor] = {}
        self._quarantined: dict[str, set[str]] = {}

    def advance(self, event: Envelope) -> bool:
        """Move onto the event; False when it was applied before (also by another consumer)."""
        return self.reach(event.stream, event.epoch, event.position)

    def reach(self, stream: str, epoch: int, position: int) -> bool:
        """Move onto that place; False when we were there before."""
        cursor = self._cursors.get(stream) or self._lock(stream)
        if (epoch, position) <= cursor.place:
            return False
        if epoch != cursor.epoch:
            cursor.again_through = 0
        cursor.epoch, cursor.position = epoch, position
        return True

    def doubt(self, stream: str, reason: str) -> None:
        """Remember that this stream's publisher seems to have lost events."""
        cursor = self._cursors.get(stream) or self._lock(stream)
        cursor.doubt = reason

    def is_again(self, event: Envelope) -> bool:
        """The event, onto which we moved, was acted on before a rebuild: it is only kept."""
        return event.position <= self._cursors[event.stream].again_through

    def is_quarantined(self, event: Envelope) -> bool:
        """An earlier event of the same aggregate is parked."""
        if event.stream not in self._quarantined:
            self._quarantined[event.stream] = quarantined_subjects(self._session, event.stream)
        return event.subject in self._quarantined[event.stream]

    def store(self) -> None:
        """Write the cursors."""
        for cursor in self._cursors.values():
            write_cursor(self._session, cursor)

    def _lock(self, stream: str) -> Cursor:
        cursor = self._cursors[stream] = lock_cursor(self._session, stream)
        if cursor.place < self._began.get(stream, (0, 0)):
            raise CursorWentBack(stream)
        return cursor
