"""The roster: what a service knows of people, groups, seats and roles, in whatever way it heard of them."""

from datetime import date
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from beraad.domain import Actor
from beraad.messaging.envelope import Envelope
from beraad.perform import reading, transaction
from beraad.roster import (
    KnownGroup,
    groups_of,
    known_group,
    names_of,
    role_holders,
    seat_holders,
    standing_of,
)
from beraad.storage.tables import known_compositions, known_people
from shared.http.notes import a_notes_service
from worlds.world import World, WorldMaker

REGISTERED, UPDATED = "membership.person.registered.v1", "membership.person.updated.v1"
CREATED, CHANGED = "membership.group.created.v1", "membership.group.updated.v1"


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return a_notes_service(tmp_path_factory.mktemp("roster") / "versions")


@pytest.fixture
def world(a_world: WorldMaker, service: Any, each_engine: str) -> World:
    return a_world(service, on=each_engine)


def standing(world: World, person_id: UUID | None, group_id: UUID | None) -> Any:
    with reading(world.store) as work:
        return standing_of(work.session, Actor(person_id=person_id), group_id)


def term(seat_id: UUID, group_id: UUID, person_id: UUID) -> dict[str, Any]:
    return {
        "seat_id": seat_id,
        "group_id": group_id,
        "person_id": person_id,
        "starts_on": date(2017, 6, 1),
        "ends_on": None,
    }


def test_a_seat_a_role_and_the_approving_body_give_standing(world: World) -> None:
    board = world.group("Board", kind="board")
    group = world.group("Housing", approving_body_id=board)
    anna, bram, chloe, dirk = (uuid4() for _ in range(4))
    world.seat(group, anna)
    world.seat(board, bram)
    world.role(group, chloe, "guest")

    assert standing(world, anna, group).seated
    assert not standing(world, anna, group).approver
    assert not standing(world, anna, board).belongs
    assert standing(world, bram, group).approver
    assert not standing(world, bram, group).seated
    assert standing(world, bram, board).seated
    assert standing(world, chloe, group).roles == {"guest"}
    assert standing(world, chloe, group).has("guest", "expert")
    assert not standing(world, chloe, group).has("facilitator")
    assert not standing(world, dirk, group).belongs
    assert not standing(world, None, group).belongs
    assert not standing(world, anna, None).seated
    assert standing(world, anna, uuid4()).belongs is False


def test_whoever_leaves_a_seat_or_role_has_no_standing_from_then_on(world: World) -> None:
    group, anna = world.group(), uuid4()
    seat = world.seat(group, anna)
    world.role(group, anna, "facilitator")
    with reading(world.store) as work:
        assert seat_holders(work.session, group) == [anna]
        assert role_holders(work.session, group, "facilitator", "guest") == [anna]

    world.hears("membership.seat.vacated.v1", reason="removed", **term(seat, group, anna))
    world.hears("membership.role.withdrawn.v1", group_id=group, person_id=anna, role="facilitator")

    assert not standing(world, anna, group).belongs
    with reading(world.store) as work:
        assert seat_holders(work.session, group) == []
        assert role_holders(work.session, group, "facilitator") == []


def test_what_is_heard_twice_changes_nothing(world: World) -> None:
    group, anna = world.group(), uuid4()
    seat = uuid4()
    for _ in range(2):
        world.hears("membership.seat.filled.v1", **term(seat, group, anna))
        world.hears("membership.role.assigned.v1", group_id=group, person_id=anna, role="guest")
    with reading(world.store) as work:
        assert seat_holders(work.session, group) == [anna]
    for _ in range(2):
        world.hears("membership.role.withdrawn.v1", group_id=group, person_id=anna, role="guest")
    assert standing(world, anna, group).roles == set()


def versions_of(world: World, person_id: UUID) -> list[Envelope]:
    facts = {"person_id": person_id, "language": "nl", "time_zone": "Europe/Brussels", "profiles": ["user"]}
    return [
        world.envelope(REGISTERED, revision=1, name="Anna", administrator=False, **facts),
        world.envelope(UPDATED, revision=2, name="Ann", administrator=True, **facts),
        world.envelope(UPDATED, revision=3, name="Anne", administrator=False, **facts),
    ]


def test_the_newest_revision_stands_in_whatever_order_it_is_heard(world: World) -> None:
    for order in permutations(range(3)):
        person_id = uuid4()
        versions = versions_of(world, person_id)
        with transaction(world.store) as work:
            for place in order:
                world.apply(versions[place], work)
            assert names_of(work.session, [person_id, uuid4()]) == {person_id: "Anne"}
            assert not work.is_administrator(person_id)


def test_an_erased_person_leaves_a_pseudonym(world: World) -> None:
    anna = world.administrator()
    assert anna.person_id
    world.hears("membership.person.erased.v1", person_id=anna.person_id, revision=2, pseudonym="wren-17")
    with reading(world.store) as work:
        assert names_of(work.session, [anna.person_id]) == {anna.person_id: "wren-17"}
        assert not work.is_administrator(anna.person_id)
        (row,) = work.session.execute(select(known_people))
        assert row.profiles == []


def test_a_group_is_known_until_and_after_it_ends(world: World) -> None:
    group = world.group("Housing")
    expected = KnownGroup(
        group, "working_group", "Housing", "Housing", "Europe/Brussels", None, "consent", ended=False
    )
    with reading(world.store) as work:
        assert known_group(work.session, group) == expected
        assert known_group(work.session, uuid4()) is None
    world.hears("membership.group.ended.v1", group_id=group, ended_on=date(2018, 6, 1))
    with reading(world.store) as work:
        known = known_group(work.session, group)
        assert known
        assert known.ended


def test_the_health_of_a_group_is_kept(world: World) -> None:
    group = world.group()
    for filled in (11, 12):
        world.hears(
            "membership.composition.changed.v1",
            group_id=group,
            seats_filled=filled,
            seats_max=12,
            complete=filled == 12,
            representative=True,
            coordinators_present=False,
            missing_roles=["board_link"],
        )
    with reading(world.store) as work:
        (row,) = work.session.execute(select(known_compositions))
    assert row.complete
    assert row.missing_roles == ["board_link"]


def test_people_see_the_groups_they_sit_in_accompany_or_approve_and_administrators_all(world: World) -> None:
    board = world.group("Board", kind="board")
    approved = world.group("Housing", approving_body_id=board)
    other = world.group("Income")
    anna, bram = uuid4(), uuid4()
    world.seat(board, anna)
    left = world.seat(other, anna)
    world.hears("membership.seat.vacated.v1", reason="resigned", **term(left, other, anna))
    world.role(other, bram, "observer")

    def seen(actor: Actor) -> set[UUID]:
        with reading(world.store) as work:
            return set(groups_of(work.session, actor))

    assert seen(Actor(person_id=anna)) == {board, approved}
    assert seen(Actor(person_id=bram)) == {other}
    assert seen(Actor(person_id=uuid4())) == set()
    assert seen(Actor(person_id=bram, administrator=True)) == {board, approved, other}


def test_what_a_person_may_see_and_where_they_stand_agree(world: World) -> None:
    """The filter of lists is the same rule as the standing of one resource."""
    board = world.group("Board", kind="board")
    groups = [board, world.group("Housing", approving_body_id=board), world.group("Income")]
    people = [uuid4() for _ in range(4)]
    for person, group in zip(people, groups, strict=False):
        world.seat(group, person)
    world.role(groups[2], people[0], "expert")
    for person in people:
        with reading(world.store) as work:
            seen = set(groups_of(work.session, Actor(person_id=person)))
        assert seen == {group for group in groups if standing(world, person, group).belongs}
