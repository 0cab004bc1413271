"""Keys for integrators: issued and revoked by administrators, shown once, kept as a hash."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import MetaData

from beraad.clock import real_now
from beraad.perform import reading
from worlds.callers import Caller, ok, problem
from worlds.races import at_once
from worlds.world import World, WorldMaker

KEYS, FEED = "/v1/api-keys", "/v1/events"
CHRONICLE = {"name": "Chronicle", "scopes": ["events:meetings", "events:membership"]}


@pytest.fixture
def world(a_world: WorldMaker, each_engine: str) -> World:
    return a_world("membership", on=each_engine, pool_size=8)


@pytest.fixture
def ada(world: World) -> Caller:
    return world.administrator()


def everything_kept(world: World) -> str:
    """All rows of all tables, as text; bytes as what they say."""
    found = MetaData()
    found.reflect(world.store.engine)
    with reading(world.store) as work:
        rows = [row for table in found.sorted_tables for row in work.session.execute(table.select())]
    values = [value for row in rows for value in row]
    return "\n".join(bytes(v).decode() if isinstance(v, bytes | memoryview) else str(v) for v in values)


def test_an_administrator_issues_a_key_that_reads_the_feed_at_once(world: World, ada: Caller) -> None:
    answer = ada.post(KEYS, CHRONICLE)

    issued = ok(answer, 201)
    assert issued["key"].startswith(f"beraad_{issued['id'].replace('-', '')}_")
    assert answer.headers["Cache-Control"] == "no-store"
    assert (issued["created_by"], issued["revision"]) == (str(ada.id), 1)
    assert issued["scopes"] == ["events:meetings", "events:membership"]
    assert (issued["expires_at"], issued["revoked_at"]) == (None, None)
    assert issued["allowed_actions"]["api_key.revoke"]["allowed"]
    ok(Caller(world.app, authorization=f"ApiKey {issued['key']}").get(FEED))


def test_each_key_is_another(ada: Caller) -> None:
    keys = [ok(ada.post(KEYS, CHRONICLE), 201)["key"] for _ in range(5)]
    assert len({key.rpartition("_")[2] for key in keys}) == 5


def test_of_the_secret_only_a_hash_is_kept_and_published(world: World, ada: Caller) -> None:
    key = ok(ada.post(KEYS, CHRONICLE, idempotency_key="k1"), 201)["key"]

    kept = everything_kept(world)
    (event,) = world.published("membership.api_key.issued.v1")

    assert kept.count(event["secret_hash"]) == 3  # the key, what this service knows of keys, the event
    assert key[-43:] not in kept


def test_what_is_issued_is_told_to_the_other_services(world: World, ada: Caller) -> None:
    until = (real_now() + timedelta(days=90)).isoformat()
    issued = ok(ada.post(KEYS, {**CHRONICLE, "expires_at": until}), 201)
    (event,) = world.published("membership.api_key.issued.v1")
    assert event["key_id"] == issued["id"]
    assert event["name"] == "Chronicle"
    assert event["scopes"] == sorted(CHRONICLE["scopes"])
    assert event["expires_at"] is not None


def test_a_repeated_request_issues_no_second_key_and_does_not_show_the_first_again(
    world: World, ada: Caller
) -> None:
    first = ada.post(KEYS, CHRONICLE, idempotency_key="k1")
    again = ada.post(KEYS, CHRONICLE, idempotency_key="k1")

    assert ok(first, 201)["key"]
    assert ok(again, 201) == {**ok(first, 201), "key": None}
    assert len(world.published("membership.api_key.issued.v1")) == 1


def test_keys_are_listed_without_what_proves_them(ada: Caller) -> None:
    issued = [ok(ada.post(KEYS, {**CHRONICLE, "name": f"Chronicle {n}"}), 201) for n in range(3)]

    first = ada.get(f"{KEYS}?limit=2")
    second = ada.get(first.headers["Link"].partition(">")[0].removeprefix("<"))

    listed = [*ok(first)["items"], *ok(second)["items"]]
    assert listed == [{name: one[name] for name in one if name != "key"} for one in issued]
    assert "secret" not in first.text
    assert "Link" not in second.headers


def test_a_revoked_key_counts_no_more_and_revoking_again_changes_nothing(world: World, ada: Caller) -> None:
    issued = ok(ada.post(KEYS, CHRONICLE), 201)
    integrator = Caller(world.app, authorization=f"ApiKey {issued['key']}")

    for _ in range(2):
        assert ada.delete(f"{KEYS}/{issued['id']}").status_code == 204

    assert "revoked" in problem(integrator.get(FEED), 401, "SignInRequired")["detail"]
    (shown,) = ok(ada.get(KEYS))["items"]
    assert shown["revoked_at"]
    (event,) = world.published("membership.api_key.revoked.v1")
    assert (event["key_id"], event["revision"]) == (issued["id"], 2)


def test_two_who_revoke_at_once_revoke_once(world: World, ada: Caller) -> None:
    address = f"{KEYS}/{ok(ada.post(KEYS, CHRONICLE), 201)['id']}"

    answers = at_once([lambda: ada.delete(address).status_code] * 6)

    assert answers == [204] * 6
    assert len(world.published("membership.api_key.revoked.v1")) == 1


def test_a_key_nobody_issued_cannot_be_revoked(ada: Caller) -> None:
    problem(ada.delete(f"{KEYS}/{uuid4()}"), 404, "NotFound")


def test_others_neither_issue_nor_see_nor_revoke_keys(world: World, ada: Caller) -> None:
    address = f"{KEYS}/{ok(ada.post(KEYS, CHRONICLE), 201)['id']}"
    for other in (world.person(), world.integrator(), world.as_service("meetings")):
        for answer in (other.post(KEYS, CHRONICLE), other.get(KEYS), other.delete(address)):
            problem(answer, 403, "NotAllowed")


def test_a_key_expires_in_the_future(ada: Caller) -> None:
    passed = {**CHRONICLE, "expires_at": (real_now() - timedelta(seconds=1)).isoformat()}
    refused = problem(ada.post(KEYS, passed), 422, "ApiKeyExpiresBeforeItIsIssued")
    assert refused["errors"][0]["pointer"] == "/expires_at"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("scopes", []),
        ("scopes", ["events:everything"]),
        ("scopes", ["private-events:membership"]),
        ("scopes", "events:membership"),
        ("scopes", ["events:membership"] * 21),
        ("expires_at", "2017-06-01T12:00:00"),
        ("expires_at", "soon"),
        ("secret", "one of my own"),
    ],
)
def test_what_is_wrong_with_a_key_is_named_by_a_pointer(
    a_world: WorldMaker, field: str, value: object
) -> None:
    body: dict[str, Any] = {**CHRONICLE, field: value}
    refused = problem(a_world("membership").administrator().post(KEYS, body), 422, "InvalidRequest")
    assert refused["errors"][0]["pointer"].startswith(f"/{field}")
