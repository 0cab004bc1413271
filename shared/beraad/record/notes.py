"""Signed notes (c2sp.org/signed-note): a text, an empty line, and a line per signature. Ed25519.

Any program that knows the form can check one, and a person can read it.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
ID_LENGTH = 4
PUBLIC_LENGTH = 32
UNFIT = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff]")
"""Control characters but the line feed, and halves of surrogate pairs."""
MARK = "\u2014 "
"""An em dash begins a signature line."""


class NoteIsMalformed(ValueError):
    """This is not a signed note."""


class KeyIsMalformed(ValueError):
    """This is not a public key of notes: name, key id in hex and key in base64, joined by plus signs."""


class SignatureIsMissing(ValueError):
    """The note is not signed by that key."""


class SignatureIsWrong(ValueError):
    """The note claims to be signed by that key, and is not."""


@dataclass(frozen=True)
class PublicKey:
    """Whose signatures are believed: a name and 32 bytes."""

    name: str
    raw: bytes

    @cached_property
    def id(self) -> bytes:
        """Four bytes that tell keys apart: the beginning of SHA-256 over name, newline, kind and key."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.raw).digest()[:ID_LENGTH]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(ED25519 + self.raw).decode()}"

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """From the text form. Raises `KeyIsMalformed`."""
        name, _, rest = text.partition("+")
        try:
            decoded = strictly_decoded(rest.partition("+")[2])
            key = cls(name, decoded[1:])
            Ed25519PublicKey.from_public_bytes(key.raw)
        except (ValueError, UnicodeEncodeError) as error:
            raise KeyIsMalformed from error
        if not _is_name(name) or str(key) != text:
            raise KeyIsMalformed
        return key


@dataclass(frozen=True)
class SigningKey:
    """Signs notes under a name."""

    name: str
    private: Ed25519PrivateKey

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> SigningKey:
        """From the 32 secret bytes."""
        return cls(name, Ed25519PrivateKey.from_private_bytes(seed))

    @cached_property
    def public(self) -> PublicKey:
        """What others check the signatures with."""
        return PublicKey(self.name, self.private.public_key().public_bytes_raw())


def sign(text: str, *keys: SigningKey) -> str:
    """The note, signed by each key (by two while keys change over). Raises `NoteIsMalformed`."""
    if not _is_text(text) or not all(_is_name(key.name) for key in keys):
        raise NoteIsMalformed
    lines = [
        f"{MARK}{key.name} {b64encode(key.public.id + key.private.sign(text.encode())).decode()}\n"
        for key in keys
    ]
    return text + "\n" + "".join(lines)


def opened(note: str, key: PublicKey) -> str:
    """The text that key signed. Raises `NoteIsMalformed`, `SignatureIsMissing`, `SignatureIsWrong`.

    Signatures by other keys are left to those who know them.
    """
    text, signatures = _split(note)
    for name, decoded in signatures:
        if name == key.name and decoded[:ID_LENGTH] == key.id:
            _expect_signed(text, decoded[ID_LENGTH:], key)
            return text
    raise SignatureIsMissing


def strictly_decoded(text: str) -> bytes:
    """Base64 that is written in the one way it can be. Raises `ValueError`."""
    decoded = b64decode(text.encode("ascii"), validate=True)
    if b64encode(decoded).decode() != text:
        raise binascii.Error("base64 with stray bits")
    return decoded


def _expect_signed(text: str, signature: bytes, key: PublicKey) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, text.encode())
    except InvalidSignature as error:
        raise SignatureIsWrong from error


def _split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    text, gap, rest = note.rpartition("\n\n")
    text += "\n"
    lines = rest.split("\n")
    if not gap or not _is_text(text) or lines.pop() or not lines:
        raise NoteIsMalformed
    return text, [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes]:
    name, _, encoded = line.removeprefix(MARK).partition(" ")
    try:
        decoded = strictly_decoded(encoded)
    except (ValueError, UnicodeEncodeError) as error:
        raise NoteIsMalformed from error
    if not line.startswith(MARK) or not _is_name(name) or len(decoded) <= ID_LENGTH:
        raise NoteIsMalformed
    return name, decoded


def _is_name(name: str) -> bool:
    return bool(name) and name.isascii() and name.isprintable() and not set(name) & {" ", "+"}


def _is_text(text: str) -> bool:
    """Ends with a newline, no other control characters, and can be written as UTF-8."""
    return text.endswith("\n") and UNFIT.search(text) is None
