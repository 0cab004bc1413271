"""What every peer is given: the address of a database, the public key of the access tokens."""

import os
from datetime import UTC, datetime
from uuid import UUID

import jwt

DATABASE = os.environ["PEER_DATABASE"]
PUBLIC_KEY = os.environ["PEER_PUBLIC_KEY"]
ANSWERS = ("consent", "consent_with_concern", "object", "stand_aside", "abstain")


def claims_of(token: str) -> dict:
    """Raises `jwt.InvalidTokenError`."""
    return jwt.decode(token, PUBLIC_KEY, algorithms=["ES256"], audience="beraad", issuer="beraad", leeway=30)


def person_of(claims: dict) -> UUID:
    return UUID(claims["sub"])


def now() -> datetime:
    return datetime.now(UTC)
