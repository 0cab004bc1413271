"""Take a key back from an integration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.clock import real_now
from beraad_membership.use_cases.ports import Work


@dataclass(frozen=True)
class RevokeApiKey:
    """Which key."""

    key_id: UUID


def revoke_api_key(command: RevokeApiKey, work: Work, _now: datetime) -> None:
    """From now on here, in the others as soon as they hear of it. Harmless to repeat. Raises `NotFound`."""
    work.authorize("api_key.revoke")
    api_key = work.api_keys.get(command.key_id)
    revoked = api_key.revoke(real_now())
    if revoked is not None:
        work.publish(revoked)
        work.api_keys.accept_no_more(revoked.key_id, revoked.revoked_at)
