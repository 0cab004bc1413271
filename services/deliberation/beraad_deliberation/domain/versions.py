"""Versions of a text: immutable, each with the hash of the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID


def hash_of(text: str) -> str:
    """SHA-256 in hex."""
    return sha256(text.encode()).hexdigest()


@dataclass(eq=False, kw_only=True)
class Version:
    """The text as it stood. `hash` covers number, text and the version before, so none can be exchanged."""

    proposal_id: UUID
    number: int
    text: str
    text_hash: str
    previous_hash: str | None
    hash: str
    author_id: UUID | None
    amendment_id: UUID | None
    note: str
    published_at: datetime
    editorial: bool = False


def chained_hash(previous_hash: str | None, number: int, text_hash: str) -> str:
    """The hash of a version over the one before."""
    return hash_of(f"{previous_hash or ''}\n{number}\n{text_hash}")
