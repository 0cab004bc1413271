"""One signing key for all tests of this process; tokens by the claim."""

from functools import cache
from typing import Any
from uuid import UUID, uuid4

from joserfc.jwk import ECKey

from beraad.clock import real_now
from beraad.identity import issue_token


@cache
def signing_key() -> dict[str, Any]:
    """The private key (JWK)."""
    return another_key()


def another_key() -> dict[str, Any]:
    key = ECKey.generate_key("P-256", {"kid": str(uuid4()), "alg": "ES256", "use": "sig"}, private=True)
    return key.as_dict(private=True)


def public_half(key: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in key.items() if name != "d"}


def a_token(person_id: UUID, session_id: UUID | None = None) -> str:
    return issue_token(signing_key(), person_id, session_id or uuid4(), real_now())
