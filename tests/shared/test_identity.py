"""Access tokens: what proves who is asking, and everything that does not."""

import base64
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from psycopg.pq import TransactionStatus

from beraad.clock import real_now
from beraad.domain import Actor
from beraad.identity import (
    CACHE_SIZE,
    Claims,
    InvalidToken,
    TokenVerifier,
    holder_of,
    issue_token,
    remember_revocation,
)
from beraad.perform import WORKER, Work, reading, transaction
from shared.http.notes import a_notes_service
from worlds.callers import Caller, ok, problem
from worlds.keys import a_token, another_key, public_half, signing_key
from worlds.world import World, WorldMaker


@pytest.fixture
def world(a_world: WorldMaker, tmp_path_factory: pytest.TempPathFactory) -> World:
    return a_world(a_notes_service(tmp_path_factory.mktemp("identity") / "versions"))


@pytest.fixture
def work(world: World) -> Iterator[Work]:
    with reading(world.store) as work:
        yield work


def claims(**changes: Any) -> dict[str, Any]:
    now = int(real_now().timestamp())
    good = {
        "iss": "beraad",
        "aud": "beraad",
        "sub": str(uuid4()),
        "sid": str(uuid4()),
        "iat": now,
        "exp": now + 600,
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def signed(body: dict[str, Any], key: dict[str, Any] | None = None, **header: Any) -> str:
    key = key or signing_key()
    return jwt.encode(
        {"alg": "ES256", "kid": key["kid"], **header}, body, ECKey.import_key(key), algorithms=["ES256"]
    )


def unsigned(header: Any, body: Any = None, signature: str = "") -> str:
    parts = (
        json.dumps(part).encode() if not isinstance(part, bytes) else part
        for part in (header, body or claims())
    )
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), signature])


def refused(world: World, token: str) -> str:
    """The reason why the token counts as nobody's, through the API."""
    answer = Caller(world.app, authorization=f"Bearer {token}").get("/v1/notes")
    return str(problem(answer, 401, "SignInRequired")["detail"])


def test_a_token_proves_the_person_and_the_session(work: Work) -> None:
    person, session = uuid4(), uuid4()
    token = issue_token(signing_key(), person, session, real_now())
    found = TokenVerifier().verify(token, work.session)
    assert (found.person_id, found.session_id) == (person, session)
    assert 590 < found.expires_at - real_now().timestamp() <= 600


def test_a_good_token_is_let_in(world: World) -> None:
    ok(Caller(world.app, authorization=f"Bearer {a_token(uuid4())}").get("/v1/notes"))
    ok(Caller(world.app, authorization=f"bearer   {signed(claims())} ").get("/v1/notes"))


def test_an_expired_token_is_refused_also_when_it_was_seen_before(world: World) -> None:
    token = a_token(uuid4())
    caller = Caller(world.app, authorization=f"Bearer {token}")
    ok(caller.get("/v1/notes"))
    with time_machine.travel(real_now() + timedelta(minutes=10, seconds=20)):
        ok(caller.get("/v1/notes"))  # within the leeway
    with time_machine.travel(real_now() + timedelta(minutes=10, seconds=31)):
        assert "expired" in refused(world, token)


def test_a_token_of_the_future_is_refused(world: World) -> None:
    later = int(real_now().timestamp()) + 120
    refused(world, signed(claims(iat=later, exp=later + 600)))
    refused(world, signed(claims(nbf=later)))


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "another"},
        {"aud": None},
        {"iss": "another"},
        {"iss": None},
        {"sub": None},
        {"sub": "nobody"},
        {"sid": None},
        {"sid": "x"},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"exp": 1},
    ],
)
def test_a_token_that_says_anything_else_is_refused(world: World, change: dict[str, Any]) -> None:
    refused(world, signed(claims(**change)))


def test_a_token_without_signature_is_refused(world: World) -> None:
    for algorithm in ("none", "None", "NONE", "ES256"):
        refused(world, unsigned({"alg": algorithm, "kid": signing_key()["kid"]}))


def test_a_token_of_another_algorithm_is_refused(world: World) -> None:
    public = json.dumps(public_half(signing_key()))
    hs256 = OctKey.import_key(public.ljust(64).encode())
    rs256 = RSAKey.generate_key(2048)
    kid = signing_key()["kid"]
    refused(world, jwt.encode({"alg": "HS256", "kid": kid}, claims(), hs256, algorithms=["HS256"]))
    refused(world, jwt.encode({"alg": "RS256", "kid": kid}, claims(), rs256, algorithms=["RS256"]))


def test_a_token_of_a_foreign_key_is_refused(world: World) -> None:
    foreign = another_key()
    assert "not known here" in refused(world, signed(claims(), foreign))
    refused(world, signed(claims(), foreign, kid=signing_key()["kid"]))
    refused(world, signed(claims(), foreign, jwk=public_half(foreign), kid=signing_key()["kid"]))


@pytest.mark.parametrize("kid", [None, 7, [], {}, "", "no id", "../../etc/passwd"])
def test_a_key_is_named_by_an_id_of_ours(world: World, kid: object) -> None:
    refused(world, unsigned({"alg": "ES256", "kid": kid}, signature="x" * 86))


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b.c",
        "é.é.é",
        unsigned([1], {}),
        unsigned("text"),
        unsigned(b"[" * 3_000),
        unsigned(b"\xff\xfe"),
        unsigned({"alg": "ES256"}, [1]),
        "x" * 5_000,
    ],
)
def test_what_is_no_token_is_refused(world: World, token: str) -> None:
    refused(world, token)


def test_a_changed_token_is_refused(world: World) -> None:
    header, body, signature = a_token(uuid4()).split(".")
    other = a_token(uuid4()).split(".")[1]
    refused(world, f"{header}.{other}.{signature}")
    refused(world, f"{header}.{body}.{signature[:-4]}AAAA")


def test_a_revoked_session_is_over_at_once_and_others_go_on(world: World) -> None:
    person, session = uuid4(), uuid4()
    caller = Caller(world.app, authorization=f"Bearer {a_token(person, session)}")
    ok(caller.get("/v1/notes"))

    world.hears(
        "membership.session.revoked.v1",
        session_id=session,
        person_id=person,
        expires_at=real_now() + timedelta(days=30),
    )
    world.hears(
        "membership.session.revoked.v1",
        session_id=session,
        person_id=person,
        expires_at=real_now() + timedelta(days=30),
    )

    assert "ended" in str(problem(caller.get("/v1/notes"), 401, "SignInRequired")["detail"])
    ok(Caller(world.app, authorization=f"Bearer {a_token(person)}").get("/v1/notes"))


def test_a_key_membership_publishes_counts_from_then_on(world: World) -> None:
    fresh = another_key()
    token = signed(claims(), fresh)
    refused(world, token)
    for _ in range(2):
        world.hears(
            "membership.signing_key.published.v1",
            key_id=UUID(fresh["kid"]),
            jwk=public_half(fresh),
            valid_from=real_now(),
            valid_until=real_now() + timedelta(days=365),
        )
    ok(Caller(world.app, authorization=f"Bearer {token}").get("/v1/notes"))


def test_verified_tokens_are_remembered_within_bounds(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    assert CACHE_SIZE == 10_000
    monkeypatch.setattr("beraad.identity.CACHE_SIZE", 2)
    verifier = TokenVerifier()
    for _ in range(5):
        verifier.verify(a_token(uuid4()), work.session)
    assert len(verifier._seen) == 2


def test_a_verifier_knows_no_key_before_it_has_seen_the_database(work: Work) -> None:
    with pytest.raises(InvalidToken):
        TokenVerifier().verify(signed(claims(), another_key()), work.session)


def test_who_holds_a_token_is_asked_in_one_statement_and_no_transaction(
    a_world: WorldMaker, each_engine: str
) -> None:
    world = a_world("meetings", on=each_engine)
    anna, ada, ended = world.person("Anna"), world.administrator(), uuid4()
    with transaction(world.store, WORKER) as work:
        remember_revocation(work.session, ended, real_now())

    world.it_is(datetime(2017, 6, 1, tzinfo=UTC))

    def held(person_id: UUID, session_id: UUID) -> Actor:
        claims = Claims(person_id, session_id, 0)
        actor, arrived_at = holder_of(claims, world.store.engine, Work.administrators)
        assert arrived_at.date() == date(2017, 6, 1)
        assert arrived_at.tzinfo is not None
        return actor

    running = uuid4()
    assert held(ada.id, running) == Actor(ada.id, running, administrator=True)
    assert held(running, running) == Actor(running, running)
    with pytest.raises(InvalidToken, match="ended"):
        held(ada.id, ended)
    with world.counting_statements() as sent:
        assert held(anna.id, running) == Actor(anna.id, running)
    assert len([statement for statement in sent if statement != "BEGIN"]) == 1
    if each_engine == "postgresql":
        with closing(world.store.engine.raw_connection()) as connection:
            driver: Any = connection.dbapi_connection
            assert driver.info.transaction_status == TransactionStatus.IDLE
            assert driver.autocommit is False
