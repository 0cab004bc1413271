"""The envelope sender of each mail tells which mail comes back (VERP): `beraad+<tag>@example.org`.

The tag is the delivery's id and an HMAC over it, so that nobody can invent returned mail.
"""

from __future__ import annotations

import base64
import hmac
from uuid import UUID

LONGEST_LOCAL_PART = 64
"""Octets (RFC 5321 §4.5.3.1.1)."""
ID, SIGNATURE = 26, 10
"""Characters of base32: 128 bits, and 50 of the HMAC. Servers may change the case of a local part, base32 does not care."""
LONGEST_MAILBOX = LONGEST_LOCAL_PART - len("+") - ID - SIGNATURE
"""Octets of a local part that can be tagged: 27."""


def envelope_sender(mailbox: str, delivery_id: UUID, secret: str) -> str:
    """The mailbox with the delivery's tag; the mailbox as it is where its local part is too long for one."""
    local, _, domain = mailbox.rpartition("@")
    if not 0 < len(local.encode()) <= LONGEST_MAILBOX:
        return mailbox
    return f"{local}+{_id(delivery_id)}{_signature(delivery_id, secret)}@{domain}"


def read_envelope_sender(address: str, secret: str) -> UUID | None:
    """Which delivery comes back to that address; None where the tag is not ours."""
    tag = address.rpartition("@")[0].rpartition("+")[2].lower()
    if len(tag) != ID + SIGNATURE or not tag.isascii():
        return None
    try:
        delivery_id = UUID(bytes=base64.b32decode(f"{tag[:ID]}======".upper()))
    except ValueError:
        return None
    ours = _id(delivery_id) + _signature(delivery_id, secret)
    return delivery_id if hmac.compare_digest(tag, ours) else None


def _id(delivery_id: UUID) -> str:
    return _base32(delivery_id.bytes)[:ID]


def _signature(delivery_id: UUID, secret: str) -> str:
    return _base32(hmac.digest(b"bounce:" + secret.encode(), delivery_id.bytes, "sha256"))[:SIGNATURE]


def _base32(content: bytes) -> str:
    return base64.b32encode(content).decode().lower()
