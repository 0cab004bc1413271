"""Keep a signing key: the private half sealed here, the public half told to the other services."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from joserfc.jwk import ECKey

from beraad.identifiers import new_id
from beraad_membership.domain.events import SigningKeyPublished
from beraad_membership.use_cases.ports import Work

KEY_LIFE = timedelta(days=365)


def signing_key(work: Work, now: datetime) -> dict[str, Any]:
    """The private key in use by real time (JWK); where there is none, a fresh one is published first."""
    return work.sign_ins.signing_key(now) or publish_signing_key(work, now)


def publish_signing_key(work: Work, now: datetime) -> dict[str, Any]:
    """Make a key for a year. Returns its private half."""
    key_id = new_id()
    key = ECKey.generate_key("P-256", {"kid": str(key_id), "alg": "ES256", "use": "sig"}, private=True)
    until = now + KEY_LIFE
    work.sign_ins.add_signing_key(key.as_dict(private=True), now, until)
    work.publish(
        SigningKeyPublished(
            key_id=key_id, revision=1, jwk=key.as_dict(private=False), valid_from=now, valid_until=until
        )
    )
    return key.as_dict(private=True)
