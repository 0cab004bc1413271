"""Access tokens (ES256, RFC 7519), and what every service keeps to know who is asking: public keys, revocations, API keys.

The token proves who is asking and nothing else; roles come from the roster. Tokens live on real time.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from sqlalchemy import Column, Connection, Engine, Uuid, bindparam, exists, select
from sqlalchemy.orm import Session

from beraad.api_keys import KnownApiKey, remember_api_key, revoke_known_api_key
from beraad.clock import clock_of, instant_of
from beraad.domain import Actor
from beraad.messaging.cursors import upsert
from beraad.messaging.subscriptions import Projection, Received
from beraad.storage.straight import Straight
from beraad.storage.tables import known_api_keys, revoked_sessions, signing_keys

ALGORITHMS = ["ES256"]
ISSUER = AUDIENCE = "beraad"
LEEWAY = timedelta(seconds=30)
ACCESS_TOKEN_LIFE = timedelta(minutes=10)
CACHE_SIZE = 10_000
Administrators = tuple[Column[UUID], Column[bool]]
"""The columns that tell of each person whether they administer the organisation."""


class InvalidToken(Exception):
    """The access token is missing, malformed, forged, expired, or of an unknown key."""


@dataclass(frozen=True)
class Claims:
    """What a verified token says."""

    person_id: UUID
    session_id: UUID
    expires_at: float


def issue_token(private_jwk: dict[str, Any], person_id: UUID, session_id: UUID, now: datetime) -> str:
    """A signed access token for ten minutes from `now` (real time)."""
    key = ECKey.import_key(private_jwk)
    issued = int(now.timestamp())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(person_id),
        "sid": str(session_id),
        "iat": issued,
        "exp": issued + int(ACCESS_TOKEN_LIFE.total_seconds()),
    }
    return jwt.encode({"alg": ALGORITHMS[0], "kid": private_jwk["kid"]}, claims, key, algorithms=ALGORITHMS)


class TokenVerifier:
    """Checks signatures with a bounded cache per process. Expiry is re-checked at every hit."""

    def __init__(self) -> None:
        """Start with an empty cache; keys are read from the database when first met."""
        self._seen: OrderedDict[str, Claims] = OrderedDict()
        self._keys: dict[str, ECKey] = {}
        self._lock = threading.Lock()

    def verify(self, token: str, database: Session | Connection) -> Claims:
        """The claims of a valid token. Raises `InvalidToken`."""
        return self.known(token) or self._live(self._check(token, database))

    def known(self, token: str) -> Claims | None:
        """The claims of a token that was verified before. Raises `InvalidToken` where it has expired since."""
        with self._lock:
            claims = self._seen.get(token)
        return claims and self._live(claims)

    def _live(self, claims: Claims) -> Claims:
        if claims.expires_at + LEEWAY.total_seconds() < time.time():
            raise InvalidToken("the access token has expired")
        return claims

    def _check(self, token: str, database: Session | Connection) -> Claims:
        try:
            decoded = jwt.decode(
                token, lambda obj: self._key(obj.headers().get("kid"), database), algorithms=ALGORITHMS
            )
            _registry().validate(decoded.claims)
            claims = Claims(
                UUID(decoded.claims["sub"]), UUID(decoded.claims["sid"]), float(decoded.claims["exp"])
            )
        except (JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise InvalidToken("the access token is not valid: sign in again") from error
        with self._lock:
            self._seen[token] = claims
            if len(self._seen) > CACHE_SIZE:
                self._seen.popitem(last=False)
        return claims

    def _key(self, key_id: str | None, database: Session | Connection) -> ECKey:
        if key_id not in self._keys:
            row = database.execute(
                select(signing_keys.c.jwk).where(signing_keys.c.key_id == UUID(key_id))
            ).scalar()
            if row is None:
                raise InvalidToken("the signing key is not known here (yet)")
            self._keys[str(key_id)] = ECKey.import_key(row)
        return self._keys[str(key_id)]


def _registry() -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        leeway=int(LEEWAY.total_seconds()),
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": AUDIENCE},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )


def holder_of(claims: Claims, engine: Engine, administrators: Administrators) -> tuple[Actor, datetime]:
    """Who holds a token with these claims, and the domain's time (aware, UTC), by one statement.

    Raises `InvalidToken` where the session was ended.
    """
    names = {"the_person": claims.person_id, "the_session": claims.session_id}
    ended, administrator, *clock = _holder(*administrators, engine.dialect.name).one(engine, names)
    if ended:
        raise InvalidToken("this session was ended")
    return Actor(claims.person_id, claims.session_id, administrator=bool(administrator)), instant_of(*clock)


@cache
def _holder(known: Column[UUID], administrator: Column[bool], dialect: str) -> Straight:
    """Made once: to make a statement takes longer than to execute it."""
    ended = exists().where(revoked_sessions.c.session_id == bindparam("the_session", type_=Uuid()))
    person = select(administrator).where(known == bindparam("the_person", type_=Uuid()))
    told = select(ended.label("ended"), person.scalar_subquery().label("administrator"))
    return Straight(told.add_columns(*clock_of(dialect)))


def remember_key(
    session: Session, key_id: UUID, jwk: dict[str, Any], valid_from: datetime, valid_until: datetime
) -> None:
    """Keep a public key."""
    values = {"key_id": key_id, "jwk": jwk, "valid_from": valid_from, "valid_until": valid_until}
    session.execute(upsert(session, signing_keys).values(**values).on_conflict_do_nothing())


def remember_revocation(session: Session, session_id: UUID, expires_at: datetime) -> None:
    """Refuse the session's tokens from now on."""
    statement = upsert(session, revoked_sessions).values(session_id=session_id, expires_at=expires_at)
    session.execute(statement.on_conflict_do_nothing())


IDENTITY = Projection(signing_keys, revoked_sessions, known_api_keys)
"""What a service keeps of membership to know who is asking."""


@IDENTITY.on("membership.signing_key.published.v1")
def _key_published(event: Received, work: Any) -> None:
    remember_key(work.session, event["key_id"], event["jwk"], event["valid_from"], event["valid_until"])


@IDENTITY.on("membership.session.revoked.v1")
def _session_revoked(event: Received, work: Any) -> None:
    remember_revocation(work.session, event["session_id"], event["expires_at"])


@IDENTITY.on("membership.api_key.issued.v1")
def _api_key_issued(event: Received, work: Any) -> None:
    scopes = frozenset(event["scopes"])
    key = KnownApiKey(event["key_id"], event["secret_hash"], scopes, event["expires_at"])
    remember_api_key(work.session, key)


@IDENTITY.on("membership.api_key.revoked.v1")
def _api_key_revoked(event: Received, work: Any) -> None:
    revoke_known_api_key(work.session, event["key_id"], event["revoked_at"])
