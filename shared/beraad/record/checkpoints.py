"""Checkpoints (c2sp.org/tlog-checkpoint): a signed note that says how far a log goes and what its root is then."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass

from beraad.record.canonical import LARGEST
from beraad.record.merkle import LENGTH
from beraad.record.notes import NoteIsMalformed, PublicKey, SigningKey, opened, sign, strictly_decoded

SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
PARTS = 3


@dataclass(frozen=True)
class Checkpoint:
    """The log named `origin` has so many entries under that root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def signed(self, *keys: SigningKey) -> str:
        """As a note, three lines and a signature. Raises `NoteIsMalformed` where the origin is more than a line."""
        if "\n" in self.origin or not self.origin:
            raise NoteIsMalformed
        return sign(f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n", *keys)


def read_checkpoint(note: str, key: PublicKey) -> Checkpoint:
    """What that key signed. Raises `NoteIsMalformed`, `SignatureIsMissing`, `SignatureIsWrong`."""
    lines = opened(note, key).split("\n")[:-1]
    if len(lines) != PARTS or not lines[0] or not SIZE.fullmatch(lines[1]):
        raise NoteIsMalformed
    try:
        root = strictly_decoded(lines[2])
    except ValueError as error:
        raise NoteIsMalformed from error
    if len(root) != LENGTH or int(lines[1]) > LARGEST:
        raise NoteIsMalformed
    return Checkpoint(lines[0], int(lines[1]), root)
