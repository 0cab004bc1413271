"""Entries of a log: numbered from 1 without a gap, each naming the leaf of the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from beraad.record.canonical import canonical
from beraad.record.checkpoints import Checkpoint
from beraad.record.merkle import Frontier, leaf_hash

VERSION = 1


class TimeHasNoZone(ValueError):
    """Recorded times are UTC: this one does not say what it is."""


@dataclass(frozen=True)
class Sealed:
    """An entry as recorded, and its leaf (32 bytes)."""

    entry: dict[str, Any]
    leaf: bytes


def instant(at: datetime) -> str:
    """UTC with microseconds, so that times of one length compare as text. Raises `TimeHasNoZone`."""
    if at.tzinfo is None:
        raise TimeHasNoZone
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def leaf_of(entry: Mapping[str, Any]) -> bytes:
    """SHA-256 over a zero byte and the canonical entry. Raises `NotCanonical`."""
    return leaf_hash(canonical(entry))


@dataclass
class Log:
    """A group's log as far as it goes. All that storage keeps of it: `frontier` and the `last` leaf."""

    group: str
    frontier: Frontier = field(default_factory=Frontier)
    last: bytes | None = None

    @property
    def size(self) -> int:
        """How many entries; also the number of the last."""
        return self.frontier.size

    def append(self, type_: str, at: datetime, actor: str | None, body: Mapping[str, Any]) -> Sealed:
        """Number and chain the next entry. `actor`: a pseudonym, None where nobody acted (a deadline).

        The caller holds the group's row, so that no two take one number. Raises `NotCanonical`, `TimeHasNoZone`.
        """
        entry = {
            "v": VERSION,
            "group": self.group,
            "seq": self.size + 1,
            "type": type_,
            "at": instant(at),
            "actor": actor,
            "body": dict(body),
            "prev": self.last.hex() if self.last else None,
        }
        leaf = leaf_of(entry)
        self.frontier.append(leaf)
        self.last = leaf
        return Sealed(entry, leaf)

    def checkpoint(self, origin: str) -> Checkpoint:
        """How far the log goes now, to be signed."""
        return Checkpoint(origin, self.size, self.frontier.root())
