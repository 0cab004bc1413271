"""Read your writes across services: `Wait-For`, and the grace for what is not known yet."""

import threading
import time
from uuid import UUID, uuid4

import pytest

from beraad.service import Service
from worlds.callers import Caller, ok, problem
from worlds.world import World, WorldMaker

GROUP = {
    "kind": "working_group",
    "name": "Housing",
    "theme": "",
    "aim": "",
    "deliverables": "",
    "time_zone": "Europe/Brussels",
    "starts_on": "2017-01-01",
    "ends_on": None,
    "approving_body_id": None,
    "decision_id": None,
    "decision_profile": "consent",
}


A_GROUP = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


@pytest.fixture
def world(a_world: WorldMaker, notes_service: Service, each_engine: str) -> World:
    return a_world(notes_service, on=each_engine)


def soon(world: World, group_id: UUID, revision: int, after: float = 0.3) -> threading.Timer:
    timer = threading.Timer(
        after,
        world.hears,
        ("membership.group.created.v1",),
        {"group_id": group_id, "revision": revision, **GROUP},
    )
    timer.start()
    return timer


def test_a_request_waits_for_what_it_names(world: World, anna: Caller) -> None:
    group_id = uuid4()
    timer = soon(world, group_id, 3)
    started = time.monotonic()
    ok(anna.get("/v1/notes", wait_for=f'membership/groups/{group_id}@"3"'))
    assert 0.2 < time.monotonic() - started < 2
    timer.join()
    ok(anna.get("/v1/notes", wait_for=f"membership/groups/{group_id}@1, membership/groups/{group_id}@2"))


def test_what_does_not_arrive_in_two_seconds_is_not_yet_known(world: World, anna: Caller) -> None:
    group_id = uuid4()
    soon(world, group_id, 1, after=0).join()
    started = time.monotonic()
    answer = anna.get("/v1/notes", wait_for=f"membership/groups/{group_id}@2")
    told = problem(answer, 409, "NotYetKnown")
    assert "revision 1, not yet 2" in told["detail"]
    assert answer.headers["Retry-After"] == "1"
    assert 1.9 < time.monotonic() - started < 4


@pytest.mark.parametrize(
    "wanted",
    [
        "groups/x@1",
        "membership/groups/x@1",
        f"membership/groups/{A_GROUP}",
        f"membership/groups/{A_GROUP}@-1",
        "@",
        "x" * 500,
    ],
)
def test_what_names_nothing_is_refused(anna: Caller, wanted: str) -> None:
    refused = problem(anna.get("/v1/notes", wait_for=wanted), 422, "InvalidRequest")
    assert refused["errors"][0]["pointer"] == "Wait-For"


def test_nobody_waits_before_signing_in(world: World) -> None:
    problem(world.nobody.get("/v1/notes", wait_for="nonsense"), 401, "SignInRequired")


@pytest.mark.parametrize("key", [None, "k1"])
def test_a_group_that_is_on_its_way_is_waited_for(world: World, anna: Caller, key: str | None) -> None:
    """With a key, too: what waits holds no transaction, or the consumer could never write it on SQLite."""
    group_id = uuid4()
    timer = soon(world, group_id, 1)
    keyed = {"idempotency_key": key} if key else {}
    answer = anna.post(f"/v1/groups/{group_id}/notes", {"text": "late"}, **keyed)
    assert answer.status_code == 201
    timer.join()
    assert [note["text"] for note in ok(anna.get("/v1/notes"))["items"]] == ["late"]


def test_a_group_that_never_comes_is_not_yet_known_and_nothing_is_half_done(anna: Caller) -> None:
    answer = anna.post(f"/v1/groups/{uuid4()}/notes", {"text": "lost"}, idempotency_key="k1")
    problem(answer, 409, "NotYetKnown")
    assert answer.headers["Retry-After"] == "1"
    assert ok(anna.get("/v1/notes"))["items"] == []
