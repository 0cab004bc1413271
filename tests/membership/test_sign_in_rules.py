from datetime import datetime, timedelta
from uuid import UUID

import pytest

from beraad.identifiers import new_id
from beraad_membership.domain.sign_in import (
    LINK_LIFE,
    MAX_CODE_ATTEMPTS,
    LinkSecrets,
    Session,
    SessionEnded,
    SignInLink,
    SignInRefused,
    hashed,
    refresh_token_for,
    session_named_in,
)
from membership.vocabulary import ANNA, NOON, a_person

TOKEN, CODE, NONCE = "t" * 43, "042042", "n" * 43


def a_link(person_id: UUID | None = ANNA, nonce: str | None = NONCE) -> SignInLink:
    return SignInLink(
        id=new_id(),
        person_id=person_id,
        email="anna@smart.test",
        token_hash=hashed(TOKEN),
        code_hash=hashed(CODE),
        nonce_hash=hashed(nonce) if nonce else None,
        requested_from="192.0.2.1",
        requested_at=NOON,
        expires_at=NOON + LINK_LIFE,
    )


def a_session(refresh_token: str, expires_at: datetime = NOON + timedelta(days=30)) -> Session:
    return Session(
        id=new_id(),
        person_id=ANNA,
        refresh_hash=hashed(refresh_token),
        started_at=NOON,
        expires_at=expires_at,
    )


def test_a_link_signs_in_the_browser_that_asked_for_it() -> None:
    assert a_link().use(NONCE, NOON) == ANNA


def test_a_link_is_used_once() -> None:
    link = a_link()
    link.use(NONCE, NOON)
    with pytest.raises(SignInRefused):
        link.use(NONCE, NOON)


@pytest.mark.parametrize("nonce", ["another browser", "", None])
def test_a_link_is_refused_in_another_browser(nonce: str | None) -> None:
    link = a_link()
    with pytest.raises(SignInRefused):
        link.use(nonce, NOON)
    assert link.used_at is None


def test_a_link_bound_to_no_browser_works_in_any() -> None:
    assert a_link(nonce=None).use(None, NOON) == ANNA


def test_a_link_lives_a_quarter_of_an_hour() -> None:
    assert a_link().use(NONCE, NOON + LINK_LIFE - timedelta(seconds=1)) == ANNA
    with pytest.raises(SignInRefused):
        a_link().use(NONCE, NOON + LINK_LIFE)


def test_a_link_for_an_unknown_address_signs_nobody_in() -> None:
    with pytest.raises(SignInRefused):
        a_link(person_id=None).use(NONCE, NOON)


def test_after_five_wrong_codes_the_right_one_is_refused_too() -> None:
    link = a_link()
    assert not any(link.code_matches("000000") for _ in range(MAX_CODE_ATTEMPTS))
    assert not link.code_matches(CODE)


def test_the_fifth_attempt_may_still_be_right() -> None:
    link = a_link()
    for _ in range(MAX_CODE_ATTEMPTS - 1):
        link.code_matches("000000")
    assert link.code_matches(CODE)


def test_the_mail_carries_link_and_code_and_when_they_expire() -> None:
    issued = a_link().issued(a_person(), "http://beraad.test/…", LinkSecrets(TOKEN, CODE, NONCE))
    assert (issued.code, issued.link, issued.language) == (CODE, "http://beraad.test/…", "nl")
    assert issued.expires_at == NOON + LINK_LIFE


def test_a_refresh_token_is_exchanged_for_a_fresh_one() -> None:
    session = a_session("first")
    assert session.rotate("first", "second", NOON)
    assert session.rotate("second", "third", NOON)


def test_any_used_refresh_token_coming_back_is_noticed() -> None:
    session = a_session("first")
    session.rotate("first", "second", NOON)
    session.rotate("second", "third", NOON)
    assert not session.rotate("first", "mine", NOON)
    assert not session.rotate("second", "mine", NOON)


def test_an_ended_or_expired_session_is_over() -> None:
    session = a_session("first")
    revoked = session.end(NOON)
    assert (revoked.session_id, revoked.person_id) == (session.id, ANNA)
    with pytest.raises(SessionEnded):
        session.rotate("first", "second", NOON)
    with pytest.raises(SessionEnded):
        a_session("first", expires_at=NOON).rotate("first", "second", NOON)


def test_a_refresh_token_names_its_session_and_is_never_the_same() -> None:
    session_id = new_id()
    tokens = {refresh_token_for(session_id) for _ in range(10)}
    assert len(tokens) == 10
    assert {session_named_in(token) for token in tokens} == {session_id}
    assert session_named_in("nothing of ours") is None
    assert session_named_in("") is None
