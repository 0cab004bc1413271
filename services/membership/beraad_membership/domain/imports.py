"""Importing people: a job that is worked off in pieces, and what it has come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from beraad.domain import RuleBroken

ATTEMPTS = 3


class ImportHasEnded(RuleBroken):
    """This import is done, failed or cancelled: there is nothing left of it to do."""


class ImportState(StrEnum):
    """Where an import is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RowResult(StrEnum):
    """What became (or in a dry run would become) of one row."""

    REGISTERED = "registered"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


UNFINISHED = (ImportState.WAITING, ImportState.RUNNING)
MOVES = {
    ImportState.WAITING: {ImportState.RUNNING, ImportState.DONE, ImportState.FAILED, ImportState.CANCELLED},
    ImportState.RUNNING: {ImportState.RUNNING, ImportState.DONE, ImportState.FAILED, ImportState.CANCELLED},
    ImportState.DONE: set(),
    ImportState.FAILED: set(),
    ImportState.CANCELLED: set(),
}
"""From → to. An import that is running goes on running with each piece."""


@dataclass(eq=False, kw_only=True)
class PeopleImport:
    """A file of people that somebody sent. A dry run changes nobody. `attempts`: failures of the piece at hand."""

    id: UUID
    dry_run: bool
    created_by: UUID
    created_at: datetime
    rows_total: int
    state: ImportState = ImportState.WAITING
    rows_done: int = 0
    registered: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    attempts: int = 0
    failure: str | None = None
    revision: int = 1

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it."""
        return self.state not in UNFINISHED

    def progress(self, results: Iterable[RowResult], at: datetime) -> None:
        """Count the rows of one piece; with the last of them it is done. Raises `ImportHasEnded`."""
        counted = Counter(results)
        for result, number in counted.items():
            setattr(self, result.value, getattr(self, result.value) + number)
        self.rows_done += counted.total()
        self.attempts = 0
        self.started_at = self.started_at or at
        self._become(ImportState.DONE if self.rows_done == self.rows_total else ImportState.RUNNING, at)

    def piece_failed(self, why: str, at: datetime) -> None:
        """Try that piece again, but not for ever: the third failure ends the import. Raises `ImportHasEnded`."""
        self.attempts += 1
        self.started_at = self.started_at or at
        self.failure = why
        self._become(ImportState.FAILED if self.attempts == ATTEMPTS else ImportState.RUNNING, at)

    def cancel(self, at: datetime) -> None:
        """Leave it where it is: who is registered stays so. Harmless to repeat. Raises `ImportHasEnded`."""
        if self.state != ImportState.CANCELLED:
            self._become(ImportState.CANCELLED, at)

    def _become(self, state: ImportState, at: datetime) -> None:
        if state not in MOVES[self.state]:
            raise ImportHasEnded(f"this import is {self.state}")
        self.state = state
        self.revision += 1
        if state == ImportState.DONE:
            self.failure = None
        if self.ended:
            self.ended_at = at
