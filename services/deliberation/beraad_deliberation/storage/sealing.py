"""The keys that records are sealed with: one secret of the installation, a name for each group."""

from __future__ import annotations

import hmac
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from beraad.record.entries import Sealed
from beraad.record.notes import PublicKey, SigningKey
from beraad.settings import Settings
from beraad_deliberation.record.export import origin_of
from beraad_deliberation.record.receipts import Promise

PURPOSE = b"beraad.record/1"
GROUPS_REMEMBERED = 1_024
SITE_DIGITS = 16
"""Of the hash of the public key: what an installation is called in its records."""


def sealing_key(settings: Settings, group_id: UUID) -> SigningKey:
    """Signs that group's checkpoints and promises. Derived from `BERAAD_SECRET_KEY`: another secret is another key.

    So is its name, which stays when the installation moves to another address.
    """
    return _key(settings.secret_key, group_id)[0]


def public_key(settings: Settings, group_id: UUID) -> PublicKey:
    """What those are checked with."""
    return _key(settings.secret_key, group_id)[1]


@lru_cache(maxsize=GROUPS_REMEMBERED)
def _key(secret: str, group_id: UUID) -> tuple[SigningKey, PublicKey]:
    seed = hmac.digest(secret.encode(), PURPOSE, "sha256")
    site = sha256(SigningKey.from_seed("beraad", seed).public.raw).hexdigest()[:SITE_DIGITS]
    key = SigningKey.from_seed(origin_of(f"beraad/{site}", str(group_id)), seed)
    return key, key.public


def promised(settings: Settings, group_id: UUID, roll_id: UUID, leaf: Sealed) -> str:
    """The promise that this leaf will be in the tree of that round or vote, signed."""
    key = sealing_key(settings, group_id)
    return Promise(key.name, str(roll_id), leaf.leaf).signed(key)
