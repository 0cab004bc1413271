"""Give an integration a key to read events with."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.api_keys import hash_of, written
from beraad.clock import real_now
from beraad.identifiers import new_id
from beraad_membership.domain.api_keys import ApiKey
from beraad_membership.use_cases.ports import Work


@dataclass(frozen=True, kw_only=True)
class IssueApiKey:
    """`name` says which integration it is for; without `expires_at` it counts until it is revoked."""

    name: str
    scopes: tuple[str, ...]
    expires_at: datetime | None = None


@dataclass(frozen=True)
class IssuedApiKey:
    """What its holder gets, this once: `key` can be read nowhere afterwards."""

    id: UUID
    key: str


def issue_api_key(command: IssueApiKey, work: Work, _now: datetime) -> IssuedApiKey:
    """Raises `ApiKeyExpiresBeforeItIsIssued`."""
    work.authorize("api_key.issue")
    secret = secrets.token_urlsafe(32)
    api_key = ApiKey(
        id=new_id(),
        name=command.name,
        scopes=sorted(set(command.scopes)),
        secret_hash=hash_of(secret),
        created_by=work.actor.person,
        created_at=real_now(),
        expires_at=command.expires_at,
    )
    work.publish(api_key.issue())
    work.api_keys.add(api_key)
    return IssuedApiKey(api_key.id, written(api_key.id, secret))
