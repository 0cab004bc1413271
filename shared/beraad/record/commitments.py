"""Salted commitments: the record binds a text without holding it, so the text can be erased and the record stays whole."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from beraad.record.canonical import NotCanonical, canonical

SALT = 32
"""Bytes. Without a salt, whoever guesses a short text could confirm the guess after it is erased."""
State = Literal["open", "erased", "broken"]


def new_salt() -> bytes:
    """Fresh, of one text."""
    return secrets.token_bytes(SALT)


def commitment(text: Any, salt: bytes) -> str:
    """SHA-256 over the salt and the canonical text (any JSON value), in hex. Raises `NotCanonical`."""
    return sha256(salt + canonical(text)).hexdigest()


@dataclass(frozen=True)
class Committed:
    """A commitment with what it binds, or without once that is erased. Both are hex, and kept beside the record."""

    commitment: str
    salt: str | None
    text: Any = None

    @classmethod
    def to(cls, text: Any) -> Committed:
        """Bind a text with a fresh salt. Raises `NotCanonical`."""
        salt = new_salt()
        return cls(commitment(text, salt), salt.hex(), text)

    def erased(self) -> Committed:
        """What is left when text and salt are deleted."""
        return Committed(self.commitment, None)

    @property
    def state(self) -> State:
        """`broken` too where a text stands without its salt, or a salt without its text."""
        if self.salt is None and self.text is None:
            return "erased"
        try:
            salt = bytes.fromhex(self.salt or "")
            bound = len(salt) == SALT and commitment(self.text, salt) == self.commitment
        except (ValueError, NotCanonical):
            return "broken"
        return "open" if bound else "broken"
