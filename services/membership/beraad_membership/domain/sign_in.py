"""Signing in: a mailed link (or its six digits) becomes a session, a session becomes access tokens.

All times here are real time, never the development clock's. Only hashes of secrets are kept.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from beraad.domain import NotSignedIn, TooOften
from beraad_membership.domain.events import SessionRevoked, SignInLinkIssued
from beraad_membership.domain.people import Person

LINK_LIFE = timedelta(minutes=15)
SESSION_LIFE = timedelta(days=30)
MAX_CODE_ATTEMPTS = 5


class SignInRefused(NotSignedIn):
    """The link or code is not valid: unknown, used, expired, or opened in another browser."""


class SessionEnded(NotSignedIn):
    """This session is over: sign in again."""


class TooManySignInLinks(TooOften):
    """Too many sign-in links were asked for from this address: wait an hour."""


def hashed(secret: str) -> str:
    """SHA-256 in hex: what is stored instead of a secret of 256 random bits."""
    return sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class LinkSecrets:
    """What travels to the person and the browser; forgotten after the request."""

    token: str
    code: str
    nonce: str | None


@dataclass(eq=False, kw_only=True)
class SignInLink:
    """A single-use link, bound to the browser that asked for it (none for the first administrator's)."""

    id: UUID
    person_id: UUID | None
    email: str
    token_hash: str
    code_hash: str
    nonce_hash: str | None
    requested_from: str
    requested_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    attempts: int = 0

    def issued(self, person: Person, link: str, offered: LinkSecrets) -> SignInLinkIssued:
        """The private command to mail it."""
        return SignInLinkIssued(
            person_id=person.id,
            revision=1,
            email=self.email,
            language=person.language,
            link=link,
            code=offered.code,
            expires_at=self.expires_at,
        )

    def use(self, nonce: str | None, at: datetime) -> UUID:
        """Consume the link and return whose it is. Raises `SignInRefused`."""
        bound = self.nonce_hash is None or hmac.compare_digest(self.nonce_hash, hashed(nonce or ""))
        if self.person_id is None or self.used_at is not None or at >= self.expires_at or not bound:
            raise SignInRefused
        self.used_at = at
        return self.person_id

    def code_matches(self, code: str) -> bool:
        """Count the attempt and compare; after five wrong codes the link is dead."""
        self.attempts += 1
        return self.attempts <= MAX_CODE_ATTEMPTS and hmac.compare_digest(self.code_hash, hashed(code))


def refresh_token_for(session_id: UUID) -> str:
    """A fresh refresh token. It names its session, so that any used one coming back is recognised."""
    return f"{session_id.hex}.{secrets.token_urlsafe(32)}"


def session_named_in(refresh_token: str) -> UUID | None:
    """The session a refresh token claims to be of; None where it is not one of ours."""
    try:
        return UUID(hex=refresh_token.partition(".")[0])
    except ValueError:
        return None


@dataclass(eq=False, kw_only=True)
class Session:
    """A signed-in browser. Its refresh token changes at every use; a used one coming back ends the session."""

    id: UUID
    person_id: UUID
    refresh_hash: str
    started_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None

    def rotate(self, presented: str, fresh: str, at: datetime) -> bool:
        """Exchange the refresh token. False when a used one came back (the caller ends the session)."""
        if self.ended_at is not None or at >= self.expires_at:
            raise SessionEnded
        if not hmac.compare_digest(self.refresh_hash, hashed(presented)):
            return False
        self.refresh_hash = hashed(fresh)
        return True

    def end(self, at: datetime) -> SessionRevoked:
        """End it, for this service and the others."""
        self.ended_at = at
        state: dict[str, Any] = {
            "session_id": self.id,
            "person_id": self.person_id,
            "expires_at": self.expires_at,
        }
        return SessionRevoked(revision=1, **state)
