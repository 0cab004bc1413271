"""The public keys that verify access tokens now."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from beraad.clock import real_now
from beraad.storage.tables import signing_keys
from beraad_membership.storage.work import Work


def public_keys(work: Work) -> list[dict[str, Any]]:
    """JWKs in force or coming, by real time."""
    query = select(signing_keys.c.jwk).where(signing_keys.c.valid_until > real_now())
    return list(work.session.execute(query).scalars())
