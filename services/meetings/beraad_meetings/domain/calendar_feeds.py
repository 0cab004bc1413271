"""Calendar feeds: whoever knows the secret address may read, so it is stored hashed and can be revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import NewType
from uuid import UUID

CalendarFeedId = NewType("CalendarFeedId", UUID)


def hashed(token: str) -> str:
    """What is kept of a feed's token: SHA-256 in hex. 256 random bits need no salt."""
    return sha256(token.encode()).hexdigest()


@dataclass(eq=False, kw_only=True)
class CalendarFeed:
    """One person's calendar: of one group, or of all they take part in (no `group_id`)."""

    id: UUID
    person_id: UUID
    group_id: UUID | None
    token_hash: str
    created_at: datetime
    revoked_at: datetime | None = None

    def revoke(self, at: datetime) -> None:
        """The address answers no more; revoking twice changes nothing."""
        self.revoked_at = self.revoked_at or at
