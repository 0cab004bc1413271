"""The link that ends one kind of mail for one person, without signing in. It proves itself and never expires."""

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


def _signature(told: bytes, secret: str) -> bytes:
    return hmac.digest(b"unsubscribe:" + secret.encode(), told, "sha256")[:SIGNATURE]
