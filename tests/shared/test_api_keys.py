"""A key in every service: it counts once the event has arrived, for the feeds it names, until it is revoked or expires."""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from beraad.api_keys import hash_of, written
from beraad.clock import real_now
from beraad.contracts import PUBLISHERS
from beraad.domain import OPEN_TO_API_KEYS, YES, Actor, Standing, can
from beraad.http.application import KERNEL_POLICIES
from beraad.identifiers import new_id
from beraad.observability import set_up_logs
from worlds.callers import Caller, ok, problem
from worlds.statements import overhearing
from worlds.world import World, WorldMaker

FEED, PRIVATE = "/v1/events", "/v1/private-events"
LISTENERS = ("meetings", "deliberation", "notifications")
SECRET = "Zm9yIHRlc3RzIG9ubHksIG5vdCByYW5kb20gYXQgYWx"


@pytest.fixture
def meetings(a_world: WorldMaker) -> World:
    return a_world("meetings")


def issue(world: World, key_id: UUID | None = None, **changes: Any) -> Caller:
    """The service hears of the key. Answers who holds it."""
    key_id = key_id or new_id()
    facts = {"name": "Chronicle", "scopes": [f"events:{world.service.name}"], "expires_at": None, **changes}
    world.hears("membership.api_key.issued.v1", key_id=key_id, secret_hash=hash_of(SECRET), **facts)
    return holder(world, key_id)


def holder(world: World, key_id: UUID, secret: str = SECRET) -> Caller:
    return Caller(world.app, authorization=f"ApiKey {written(key_id, secret)}")


def revoke(world: World, key_id: UUID) -> None:
    world.hears("membership.api_key.revoked.v1", key_id=key_id, revoked_at=real_now())


@pytest.mark.parametrize("service", LISTENERS)
def test_a_key_counts_from_when_the_service_has_heard_of_it_until_it_hears_of_its_end(
    a_world: WorldMaker, each_engine: str, service: str
) -> None:
    world, key_id = a_world(service, on=each_engine), new_id()
    assert "yet" in problem(holder(world, key_id).get(FEED), 401, "SignInRequired")["detail"]

    integrator = issue(world, key_id)
    assert ok(integrator.get(FEED))["events"] == []

    revoke(world, key_id)
    assert "revoked" in problem(integrator.get(FEED), 401, "SignInRequired")["detail"]
    issue(world, key_id)  # the same event again does not bring it back
    problem(integrator.get(FEED), 401, "SignInRequired")


@pytest.mark.parametrize("service", PUBLISHERS)
def test_a_key_reads_the_feeds_its_scopes_name_and_no_other(a_world: WorldMaker, service: str) -> None:
    world = a_world(service)
    others = [f"events:{other}" for other in PUBLISHERS if other != service]
    ok(world.integrator(f"events:{service}").get(FEED))
    refused = problem(world.integrator(*others).get(FEED), 403, "NotAllowed")
    assert refused["rule"] == "OutsideScope"


@pytest.mark.parametrize("service", PUBLISHERS)
def test_a_key_never_reads_what_is_private_nor_what_operators_see(a_world: WorldMaker, service: str) -> None:
    integrator = a_world(service).integrator()
    for answer in (
        integrator.get(PRIVATE),
        integrator.delete(f"{PRIVATE}?through=1"),
        integrator.get("/v1/parked"),
        integrator.get("/v1/development/clock"),
        integrator.put("/v1/development/clock", {"now": "2017-06-01T12:00:00Z"}),
    ):
        assert problem(answer, 403, "NotAllowed")["rule"] == "OutsideScope"


def test_a_key_is_refused_before_any_rule_is_asked() -> None:
    key = Standing(Actor(api_key_id=new_id(), scopes=frozenset({"events:meetings"})))
    generous = {"anything": lambda _standing, _resource: YES}

    assert can(generous, key, "anything").code == "OutsideScope"
    assert can(generous, Standing(Actor(service="meetings")), "anything").allowed
    assert set(KERNEL_POLICIES) >= OPEN_TO_API_KEYS


def test_a_key_expires(meetings: World) -> None:
    integrator = issue(meetings, expires_at=real_now() + timedelta(minutes=1))
    ok(integrator.get(FEED))
    with time_machine.travel(real_now() + timedelta(minutes=1, seconds=1)):
        assert "expired" in problem(integrator.get(FEED), 401, "SignInRequired")["detail"]


def test_a_key_of_the_future_may_have_scopes_this_service_does_not_know(meetings: World) -> None:
    ok(issue(meetings, scopes=["minutes:read", "events:meetings"]).get(FEED))


@pytest.mark.parametrize(
    "key",
    [
        "",
        "beraad",
        "beraad__",
        "{id}",
        SECRET,
        "beraad_{id}_",
        "beraad_{id}_" + SECRET[:-1],
        "beraad_{id}_" + SECRET + "x",
        "beraad_{id}_" + SECRET[:-1] + "X",
        "beraad_{id}_" + SECRET[:-1] + "é",
        "beraad_{id} " + SECRET,
        "BERAAD_{id}_" + SECRET,
        "beraad_{dashed}_" + SECRET,
        "beraad_{id}_{hash}",
        "beraad_" + "0" * 32 + "_" + SECRET,
        "x" * 5_000,
    ],
)
def test_what_is_no_key_is_refused(meetings: World, key: str) -> None:
    key_id = new_id()
    issue(meetings, key_id)
    wrong = key.format(id=key_id.hex, dashed=key_id, hash=hash_of(SECRET)[:43])
    answer = Caller(meetings.app, authorization=f"ApiKey {wrong}").get(FEED)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    problem(answer, 401, "SignInRequired")


def test_only_who_has_the_secret_is_told_that_a_key_was_revoked(meetings: World) -> None:
    key_id = new_id()
    issue(meetings, key_id)
    revoke(meetings, key_id)
    told = problem(holder(meetings, key_id, "x" * 43).get(FEED), 401, "SignInRequired")["detail"]
    assert told == problem(holder(meetings, new_id()).get(FEED), 401, "SignInRequired")["detail"]


def test_the_scheme_is_read_as_headers_are(meetings: World) -> None:
    key = str(issue(meetings).authorization).partition(" ")[2]
    for scheme in ("ApiKey", "apikey", "APIKEY "):
        ok(Caller(meetings.app, authorization=f"{scheme} {key}").get(FEED))
    problem(Caller(meetings.app, authorization=f"Bearer {key}").get(FEED), 401, "SignInRequired")


def test_requests_are_counted_for_each_key(a_world: WorldMaker) -> None:
    world = a_world("meetings", rate_per_minute=2)
    one, other = world.integrator(), world.integrator()
    assert [one.get(FEED).status_code for _ in range(3)] == [200, 200, 429]
    ok(other.get(FEED))


@pytest.mark.usefixtures("logs_as_before")
def test_no_log_line_and_no_statement_holds_the_secret(
    meetings: World, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("json", "meetings")
    sent: list[str] = []

    key_id = new_id()
    with overhearing(meetings.store.engine, lambda *one: sent.append(repr(one))):
        integrator = issue(meetings, key_id)
        ok(integrator.get(FEED))
    logging.getLogger("beraad").error("a header was wrong: %s", integrator.authorization)

    told = capsys.readouterr().out
    assert f"beraad_{key_id.hex}_***" in told
    assert SECRET not in told
    assert any("known_api_keys" in line for line in sent)
    assert SECRET not in "".join(sent)
