"""API keys of integrators, as every service keeps and checks them. On real time, like tokens.

A key reads `beraad_<id>_<secret>`: the id names it, the secret (256 random bits) proves it. Only the SHA-256 of the
secret is kept: nobody can go back from it to the secret, as one could from the hash of a password.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from beraad.clock import real_now
from beraad.messaging.cursors import upsert
from beraad.storage.tables import known_api_keys

KEY = re.compile(r"beraad_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")


class InvalidApiKey(Exception):
    """The API key is malformed, unknown, revoked or expired."""


@dataclass(frozen=True)
class KnownApiKey:
    """What is known of a key."""

    key_id: UUID
    secret_hash: str
    scopes: frozenset[str]
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


def written(key_id: UUID, secret: str) -> str:
    """The key as its holder sends it. `secret` is `secrets.token_urlsafe(32)`."""
    return f"beraad_{key_id.hex}_{secret}"


def hash_of(secret: str) -> str:
    """SHA-256 in hex: all that is kept of the secret."""
    return sha256(secret.encode()).hexdigest()


def known_api_key(session: Session, key: str) -> KnownApiKey:
    """The key, if it counts now. Raises `InvalidApiKey`; only who has the secret is told why."""
    parts = KEY.fullmatch(key)
    row = (
        parts
        and session.execute(
            select(known_api_keys).where(known_api_keys.c.key_id == UUID(parts[1]))
        ).one_or_none()
    )
    if not parts or not row or not hmac.compare_digest(row.secret_hash, hash_of(parts[2])):
        raise InvalidApiKey("the API key is not valid, or not known here (yet)")
    if row.revoked_at is not None:
        raise InvalidApiKey("this API key was revoked")
    if row.expires_at is not None and row.expires_at <= real_now():
        raise InvalidApiKey("this API key has expired")
    return KnownApiKey(row.key_id, row.secret_hash, frozenset(row.scopes), row.expires_at)


def remember_api_key(session: Session, key: KnownApiKey) -> None:
    """Accept the key from now on. Safe to repeat: one that was revoked stays so."""
    values = {**vars(key), "scopes": sorted(key.scopes)}
    session.execute(upsert(session, known_api_keys).values(**values).on_conflict_do_nothing())


def revoke_known_api_key(session: Session, key_id: UUID, at: datetime) -> None:
    """Refuse the key from now on."""
    session.execute(known_api_keys.update().where(known_api_keys.c.key_id == key_id).values(revoked_at=at))
