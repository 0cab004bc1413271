"""The links at the end of each mail, for one person without signing in: one ends that kind of mail, one opens all choices.

They prove themselves and never expire.
"""

from __future__ import annotations

import base64
import hmac
from uuid import UUID

from beraad_notifications.domain.catalogue import DIGEST, OPTIONAL_KINDS

ID, SIGNATURE = 16, 16


def unsubscribe_token(person_id: UUID, kind: str, secret: str) -> str:
    """Person, kind and an HMAC-SHA-256 over both (its first 128 bits), as base64url."""
    told = person_id.bytes + kind.encode()
    return base64.urlsafe_b64encode(told + _signature(told, secret)).decode().rstrip("=")


def read_token(token: str, secret: str) -> tuple[UUID, str] | None:
    """Whose mail of which kind is to end; None for a token that is not ours."""
    try:
        content = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        told, signature = content[:-SIGNATURE], content[-SIGNATURE:]
        if not hmac.compare_digest(signature, _signature(told, secret)):
            return None
        person_id, kind = UUID(bytes=told[:ID]), told[ID:].decode()
    except ValueError:
        return None
    return (person_id, kind) if kind in {*OPTIONAL_KINDS, DIGEST.name} else None


def preferences_token(person_id: UUID, secret: str) -> str:
    """The person and an HMAC-SHA-256 over them (its first 128 bits), as base64url; no other link is signed like it."""
    told = person_id.bytes
    return base64.urlsafe_b64encode(told + _signature(told, secret, b"preferences:")).decode().rstrip("=")


def read_preferences_token(token: str, secret: str) -> UUID | None:
    """Whose choices it opens; None for a token that is not ours."""
    try:
        content = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    told, signature = content[:ID], content[ID:]
    if len(told) != ID or not hmac.compare_digest(signature, _signature(told, secret, b"preferences:")):
        return None
    return UUID(bytes=told)


def _signature(told: bytes, secret: str, use: bytes = b"unsubscribe:") -> bytes:
    return hmac.digest(use + secret.encode(), told, "sha256")[:SIGNATURE]
