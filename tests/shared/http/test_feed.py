"""The feed over HTTP, and the development clock: who may, and what they get."""

from datetime import UTC, datetime

import pytest

from beraad.messaging.outbox import number_batch
from beraad.perform import transaction
from worlds.callers import ok, problem
from worlds.world import World, WorldMaker

FEED, PRIVATE, CLOCK = "/v1/events", "/v1/private-events", "/v1/development/clock"


@pytest.fixture
def membership(a_world: WorldMaker, each_engine: str) -> World:
    world = a_world("membership", on=each_engine)
    for name in ("Anna", "Bram"):
        world.person(name)
    with transaction(world.store) as work:
        number_batch(work.session)
    return world


def test_a_service_reads_what_happened_in_order(membership: World) -> None:
    meetings = membership.as_service("meetings")
    feed = ok(meetings.get(f"{FEED}?limit=500"))
    assert feed["position"] == len(feed["events"]) == 4  # a key, the administrator, Anna, Bram
    assert [event["sequence"][-1] for event in feed["events"]] == ["1", "2", "3", "4"]
    assert {event["specversion"] for event in feed["events"]} == {"1.0"}
    rest = ok(meetings.get(f"{FEED}?after={feed['epoch']}:2&limit=1"))
    assert rest["events"] == feed["events"][2:3]
    assert ok(meetings.get(f"{FEED}?after=7:4"))["events"] == feed["events"]
    wanted = ok(meetings.get(f"{FEED}?type=membership.person.registered.v1&type=nothing"))["events"]
    assert [event["data"]["name"] for event in wanted] == ["Administrator", "Anna", "Bram"]


def test_addresses_are_never_in_the_public_feed(membership: World) -> None:
    assert "@beraad.test" not in membership.as_service("meetings").get(FEED).text


def test_an_administrator_reads_the_feed_and_others_do_not(membership: World) -> None:
    ok(membership.administrator().get(FEED))
    problem(membership.person().get(FEED), 403, "NotAllowed")
    problem(membership.nobody.get(FEED), 401, "SignInRequired")


@pytest.mark.parametrize("after", ["", "x", "1", "1:", ":1", "1:-1", "1:" + "9" * 19, "1:1:1"])
def test_a_place_that_is_none_is_refused(membership: World, after: str) -> None:
    problem(membership.as_service("meetings").get(FEED, query_string={"after": after}), 422, "InvalidRequest")


def test_private_events_are_for_notifications_alone_and_forgotten_once_confirmed(membership: World) -> None:
    notifications = membership.as_service("notifications")
    private = ok(notifications.get(PRIVATE))
    assert "anna" not in str(private).lower() or private["events"]
    assert {event["type"] for event in private["events"]} >= {"membership.contact.changed.v1"}
    for other in (membership.as_service("meetings"), membership.administrator()):
        problem(other.get(PRIVATE), 403, "NotAllowed")
        problem(other.delete(f"{PRIVATE}?through=100"), 403, "NotAllowed")

    assert notifications.delete(f"{PRIVATE}?through={private['position']}").status_code == 204

    after = ok(notifications.get(PRIVATE))
    assert (after["position"], after["events"]) == (private["position"], [])


# -- the development clock -----------------------------------------------------------------------------------


def test_an_administrator_moves_the_domains_time(membership: World) -> None:
    ada = membership.administrator()
    ok(ada.put(CLOCK, {"now": "2017-06-01T12:00:00+02:00"}))
    now = datetime.fromisoformat(ok(ada.get(CLOCK))["now"])
    assert 0 <= (now - datetime(2017, 6, 1, 10, tzinfo=UTC)).total_seconds() < 60
    ok(ada.put(CLOCK, {"now": "2018-06-01T12:00:00Z"}))
    assert ok(ada.get(CLOCK))["now"].startswith("2018-06-01T12:0")
    problem(membership.person().put(CLOCK, {"now": "2018-06-01T12:00:00Z"}), 403, "NotAllowed")


@pytest.mark.parametrize(
    "now", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2017-06-01T12:00:00", "noon"]
)
def test_time_stays_within_reach(membership: World, now: str) -> None:
    ada = membership.administrator()
    refused = problem(ada.put(CLOCK, {"now": now}), 422, "InvalidRequest")
    assert refused["errors"][0]["pointer"] == "/now"


def test_outside_development_there_is_no_clock(a_world: WorldMaker) -> None:
    world = a_world("membership", environment="production")
    for answer in (
        world.administrator().get(CLOCK),
        world.administrator().put(CLOCK, {"now": "2017-06-01T12:00:00Z"}),
    ):
        problem(answer, 404, "NotFound")
