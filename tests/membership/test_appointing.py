from collections import Counter
from functools import partial
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from beraad.domain import Actor, InvalidRequest, NotFound
from beraad.identifiers import new_id
from beraad.perform import WORKER, perform
from beraad_membership.domain.groups import Group
from beraad_membership.use_cases.appoint_seats import Appointee, AppointSeats, appoint_seats
from membership.vocabulary import SMART_POLICY
from worlds.callers import Caller, ok, problem
from worlds.races import at_once
from worlds.world import World, WorldMaker


@pytest.fixture
def world(a_world: WorldMaker) -> World:
    return a_world("membership")


def a_group_of(administrator: Caller, size: int, **more: object) -> str:
    body = {
        "kind": "working_group",
        "name": "Housing",
        "starts_on": "2017-01-01",
        "policy": {"size_max": size},
    }
    group_id: str = ok(administrator.post("/v1/groups", {**body, **more}), 201)["id"]
    return group_id


def appoint(caller: Caller, group_id: object, *people: Caller, **term: object) -> TestResponse:
    appointees = [{"person_id": str(person.person_id)} for person in people]
    return caller.post(f"/v1/groups/{group_id}/seats", {"appointees": appointees, **term})


def outcome(answer: TestResponse | Exception) -> str:
    assert isinstance(answer, TestResponse), answer
    code: str = answer.get_json(force=True).get("code", "filled")
    return code


def test_twelve_are_appointed_by_their_profiles_and_the_thirteenth_is_refused(world: World) -> None:
    ada = world.administrator()
    group_id = a_group_of(ada, 12, policy=SMART_POLICY)
    people = [world.person(profiles=("user",)) for _ in range(8)]
    people += [world.person(profiles=("client",)) for _ in range(2)]
    people += [world.person(profiles=("staff",)) for _ in range(2)]

    group = ok(appoint(ada, group_id, *people), 201)

    assert group["health"]["seats_filled"] == 12
    assert group["health"]["representative"]
    assert group["health"]["missing_roles"] == ["board_link", "facilitator"]
    refused = problem(appoint(ada, group_id, world.person()), 409, "GroupIsFull")
    assert refused["seats_max"] == 12
    assert len(ok(ada.get(f"/v1/groups/{group_id}/seats"))["items"]) == 12


def test_seats_are_filled_all_or_none(world: World) -> None:
    ada = world.administrator()
    group_id = a_group_of(ada, 2)
    before = len(world.published())

    problem(appoint(ada, group_id, *(world.person() for _ in range(3))), 409, "GroupIsFull")

    assert ok(ada.get(f"/v1/groups/{group_id}/seats"))["items"] == []
    assert len(world.published("membership.seat.filled.v1")) == 0
    assert len(world.published()) == before + 3 * 2  # the three people and their contacts


def test_a_term_starts_today_and_ends_with_the_mandate_unless_told(world: World) -> None:
    ada = world.administrator()
    group_id = a_group_of(ada, 12, ends_on="2199-01-01")
    anna, bram, chloe = (world.person() for _ in range(3))

    appoint(ada, group_id, anna)
    appoint(ada, group_id, bram, starts_on="2017-06-01", ends_on="2198-06-01")
    appoint(ada, group_id, chloe, starts_on=None, ends_on=None)

    seats = {seat["person_id"]: seat for seat in ok(ada.get(f"/v1/groups/{group_id}/seats"))["items"]}
    assert seats[str(anna.person_id)]["ends_on"] == "2199-01-01"
    assert seats[str(bram.person_id)]["starts_on"] == "2017-06-01"
    assert seats[str(bram.person_id)]["ends_on"] == "2198-06-01"
    assert seats[str(chloe.person_id)]["ends_on"] == "2199-01-01"


def test_a_term_before_a_mandate_that_has_not_begun_starts_with_it(world: World) -> None:
    ada = world.administrator()
    group_id = a_group_of(ada, 12, starts_on="2199-01-01")
    appoint(ada, group_id, world.person())
    (seat,) = ok(ada.get(f"/v1/groups/{group_id}/seats"))["items"]
    assert seat["starts_on"] == "2199-01-01"


def test_a_term_outside_the_mandate_or_ending_before_it_starts_is_refused(world: World) -> None:
    ada = world.administrator()
    group_id = a_group_of(ada, 12, ends_on="2199-01-01")
    anna = world.person()
    problem(appoint(ada, group_id, anna, ends_on="2199-01-02"), 409, "TermOutsideMandate")
    problem(appoint(ada, group_id, anna, starts_on="2016-12-31"), 409, "TermOutsideMandate")
    refused = appoint(ada, group_id, anna, starts_on="2017-06-01", ends_on="2017-06-01")
    assert problem(refused, 422, "InvalidRequest")["errors"][0]["pointer"] == "/ends_on"


def test_a_person_sits_under_one_of_their_own_profiles(world: World) -> None:
    ada = world.administrator()
    group_id = UUID(a_group_of(ada, 12))
    anna = world.person(profiles=("user", "client"))
    nobody_special = world.person(profiles=())
    assert anna.person_id
    assert nobody_special.person_id
    as_worker = partial(perform, world.store, appoint_seats)

    with pytest.raises(InvalidRequest):
        as_worker(AppointSeats(group_id, (Appointee(anna.person_id, "staff"),)))
    as_worker(
        AppointSeats(group_id, (Appointee(anna.person_id, "client"), Appointee(nobody_special.person_id)))
    )

    items = ok(ada.get(f"/v1/groups/{group_id}/seats"))["items"]
    assert [seat["profile"] for seat in items] == ["client", "none"]


def test_only_people_who_are_registered_are_appointed_to_groups_that_exist(world: World) -> None:
    ada = world.administrator()
    stranger = world.as_person(new_id())
    refused = problem(appoint(ada, a_group_of(ada, 12), stranger), 422, "InvalidRequest")
    assert refused["errors"] == [
        {"pointer": "/appointees", "detail": f"there is no person {stranger.person_id}"}
    ]
    with pytest.raises(NotFound):
        perform(world.store, appoint_seats, AppointSeats(new_id(), ()), WORKER)


def test_the_approving_body_appoints_and_others_do_not(world: World) -> None:
    ada, anna, bram = world.administrator(), world.person("Anna"), world.person("Bram")
    board = a_group_of(ada, 12, kind="board", name="Board")
    group_id = a_group_of(ada, 12, approving_body_id=board)
    assert problem(appoint(anna, group_id, bram), 403, "NotAllowed")["rule"] == "ApprovingBodyOnly"

    ok(appoint(ada, board, anna), 201)

    ok(appoint(anna, group_id, bram), 201)
    problem(appoint(bram, group_id, world.person()), 403, "NotAllowed")


def test_of_sixteen_who_appoint_the_last_seat_exactly_one_succeeds(
    a_world: WorldMaker, each_engine: str
) -> None:
    world = a_world("membership", on=each_engine, pool_size=16)
    ada = world.administrator()
    group_id = a_group_of(ada, 12)
    appoint(ada, group_id, *(world.person() for _ in range(11)))
    sixteen = [world.person() for _ in range(16)]

    answers = at_once([partial(appoint, ada, group_id, person) for person in sixteen])

    outcomes = Counter(map(outcome, answers))
    assert outcomes == {"filled": 1, "GroupIsFull": 15}
    assert len(ok(ada.get(f"/v1/groups/{group_id}/seats"))["items"]) == 12
    assert len(world.published("membership.seat.filled.v1")) == 12
    revisions = [event["revision"] for event in world.published() if event.get("group_id") == group_id]
    assert revisions == list(range(1, len(revisions) + 1))


def test_one_person_appointed_twice_at_once_sits_once(a_world: WorldMaker, each_engine: str) -> None:
    world = a_world("membership", on=each_engine, pool_size=8)
    ada, anna = world.administrator(), world.person()
    group_id = a_group_of(ada, 12)

    answers = at_once([partial(appoint, ada, group_id, anna)] * 8)

    codes = Counter(map(outcome, answers))
    assert codes == {"filled": 1, "AlreadySeated": 7}


def test_the_worker_needs_no_policy(world: World) -> None:
    group_id = world.group()
    anna = world.person()
    assert anna.person_id
    group = perform(
        world.store,
        appoint_seats,
        AppointSeats(group_id, (Appointee(anna.person_id),)),
        Actor(service="worker"),
    )
    assert isinstance(group, Group)
