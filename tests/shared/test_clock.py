"""Domain time: the database's clock, moved in development for every process alike."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, insert, select
from sqlalchemy.exc import StatementError

from beraad.clock import domain_now, move_clock, real_now
from beraad.identifiers import new_id
from beraad.perform import reading, transaction
from beraad.storage.engine import open_engine
from beraad.storage.types import Instant
from shared.http.notes import a_notes_service
from worlds.world import World, WorldMaker

JUNE = datetime(2017, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return a_notes_service(tmp_path_factory.mktemp("clock") / "versions")


@pytest.fixture
def world(a_world: WorldMaker, service: Any, each_engine: str) -> World:
    return a_world(service, on=each_engine)


def domain_time(world: World) -> datetime:
    with reading(world.store) as work:
        return domain_now(work.session)


def test_unmoved_domain_time_is_real_time(world: World) -> None:
    assert abs(domain_time(world) - real_now()) < timedelta(seconds=2)
    assert domain_time(world).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "to", [JUNE, datetime(2031, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=14)))]
)
def test_moved_domain_time_goes_on_from_there_and_never_from_before(world: World, to: datetime) -> None:
    for _ in range(3):
        world.it_is(to)
        assert timedelta(0) <= domain_time(world) - to < timedelta(seconds=3)
    later = domain_time(world)
    assert domain_time(world) >= later


def test_tokens_and_leases_stay_on_real_time(world: World) -> None:
    before = real_now()
    world.it_is(JUNE)
    assert real_now() - before < timedelta(seconds=10)


def test_within_a_transaction_time_stands_still_on_postgresql(a_world: WorldMaker, service: Any) -> None:
    world = a_world(service, on="postgresql")
    with transaction(world.store) as work:
        assert domain_now(work.session) == domain_now(work.session) == work.now


def test_moving_twice_keeps_one_offset(world: World) -> None:
    for moment in (JUNE, JUNE + timedelta(days=400)):
        with transaction(world.store) as work:
            move_clock(work.session, moment)
    assert domain_time(world) >= JUNE + timedelta(days=400)


# -- instants in the database --------------------------------------------------------------------------------

instants = Table("instants", MetaData(), Column("id", Integer, primary_key=True), Column("at", Instant))


@pytest.fixture
def engine(each_engine: str, request: pytest.FixtureRequest, tmp_path: Any) -> Any:
    url = (
        f"sqlite:///{tmp_path}/x.sqlite"
        if each_engine == "sqlite"
        else request.getfixturevalue("postgres_url")
    )
    engine = open_engine(url)
    with engine.begin() as connection:
        instants.create(connection)
    yield engine
    engine.dispose()


def test_an_instant_comes_back_in_utc_and_to_the_microsecond(engine: Any) -> None:
    given_ = [
        JUNE,
        datetime(2017, 3, 26, 2, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2))),
        datetime(1970, 1, 1, tzinfo=UTC),
        None,
    ]
    with engine.begin() as connection:
        connection.execute(insert(instants), [{"at": at} for at in given_])
        back = list(connection.execute(select(instants.c.at).order_by(instants.c.id)).scalars())
    assert back == given_
    assert all(at.utcoffset() == timedelta(0) for at in back if at)


def test_an_instant_without_a_zone_is_a_defect(engine: Any) -> None:
    with engine.connect() as connection, pytest.raises(StatementError, match="naive"):
        connection.execute(insert(instants).values(at=datetime(2017, 6, 1)))  # noqa: DTZ001 - that is the point


# -- ids -----------------------------------------------------------------------------------------------------


def test_ids_are_of_version_7_and_sort_by_creation() -> None:
    ids = [new_id() for _ in range(2_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert {(made.version, made.variant) for made in ids} == {(7, "specified in RFC 4122")}


@given(st.datetimes(datetime(1971, 1, 1), datetime(2500, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - of hypothesis
def test_an_id_tells_its_millisecond(moment: datetime) -> None:
    with time_machine.travel(moment, tick=False):
        made: UUID = new_id()
    assert abs((made.int >> 80) - int(moment.timestamp() * 1000)) <= 1
