from dataclasses import replace
from datetime import timedelta

import pytest

from beraad.identifiers import new_id
from beraad_membership.domain.api_keys import ApiKey, ApiKeyExpiresBeforeItIsIssued
from membership.vocabulary import ANNA, NOON


def a_key() -> ApiKey:
    return ApiKey(
        id=new_id(),
        name="Chronicle",
        scopes=["events:meetings"],
        secret_hash="0" * 64,
        created_by=ANNA,
        created_at=NOON,
    )


def test_a_key_is_issued_with_what_the_services_need_to_check_it() -> None:
    key = a_key()
    issued = key.issue()
    assert (issued.key_id, issued.scopes, issued.secret_hash) == (key.id, ("events:meetings",), "0" * 64)
    assert (issued.revision, issued.expires_at) == (1, None)


def test_a_key_that_has_expired_is_not_issued() -> None:
    until = NOON + timedelta(seconds=1)
    assert replace(a_key(), expires_at=until).issue().expires_at == until
    with pytest.raises(ApiKeyExpiresBeforeItIsIssued):
        replace(a_key(), expires_at=NOON).issue()


def test_a_key_is_revoked_once() -> None:
    key = a_key()
    revoked = key.revoke(NOON)
    assert revoked is not None
    assert (revoked.key_id, revoked.revoked_at, revoked.revision) == (key.id, NOON, 2)
    assert key.revoke(NOON + timedelta(days=1)) is None
    assert (key.revoked_at, key.revision) == (NOON, 2)
