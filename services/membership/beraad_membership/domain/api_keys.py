"""API keys: how a program of somebody else's reads our events. Issued and revoked by administrators.

All times here are real time, never the development clock's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import InvalidRequest
from beraad_membership.domain.events import ApiKeyIssued, ApiKeyRevoked


class ApiKeyExpiresBeforeItIsIssued(InvalidRequest):
    """The key would have expired already: name an instant to come, or none."""


@dataclass(eq=False, kw_only=True)
class ApiKey:
    """What an integration proves itself with. `scopes` are all it may do; of its secret only the SHA-256 is kept."""

    id: UUID
    name: str
    scopes: list[str]
    secret_hash: str
    created_by: UUID
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    revision: int = 1

    def issue(self) -> ApiKeyIssued:
        """Let it count, here and in the other services. Raises `ApiKeyExpiresBeforeItIsIssued`."""
        if self.expires_at is not None and self.expires_at <= self.created_at:
            raise ApiKeyExpiresBeforeItIsIssued(pointer="/expires_at")
        return ApiKeyIssued(
            key_id=self.id,
            revision=self.revision,
            name=self.name,
            scopes=tuple(self.scopes),
            secret_hash=self.secret_hash,
            expires_at=self.expires_at,
        )

    def revoke(self, at: datetime) -> ApiKeyRevoked | None:
        """Let it count no more. None where it was revoked before: once is enough."""
        if self.revoked_at is not None:
            return None
        self.revoked_at = at
        self.revision += 1
        return ApiKeyRevoked(key_id=self.id, revision=self.revision, revoked_at=at)
