"""One command is one transaction, and only `perform` commits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

import psycopg.errors
import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError

from beraad.clock import real_now
from beraad.contracts import ContractBroken
from beraad.domain import ANONYMOUS, YES, Actor, Event, NotAllowed, NotFound, RuleBroken, Standing, no
from beraad.messaging.bell import Bell
from beraad.perform import (
    ATTEMPTS,
    WORKER,
    Store,
    TakesATransaction,
    UnguardedRoute,
    Work,
    perform,
    perform_at_once,
    reading,
    refuse_unguarded,
    requiring,
    transaction,
    waive_requirement,
)
from beraad.storage.straight import Straight
from beraad.storage.tables import known_people, outbox
from shared.http.notes import a_notes_service
from worlds.races import at_once
from worlds.world import World, WorldMaker


@dataclass(frozen=True, kw_only=True)
class GroupEnded(Event):
    topic: ClassVar[str] = "membership.group.ended.v1"
    group_id: UUID
    ended_on: date


def an_event(**changes: Any) -> GroupEnded:
    return GroupEnded(**{"group_id": uuid4(), "revision": 1, "ended_on": date(2017, 6, 1), **changes})


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return a_notes_service(tmp_path_factory.mktemp("perform") / "versions")


@pytest.fixture
def world(a_world: WorldMaker, service: Any, each_engine: str) -> World:
    return a_world(service, on=each_engine)


@pytest.fixture
def store(world: World) -> Store[Work]:
    return world.store


def published(store: Store[Work]) -> int:
    with reading(store) as work:
        return work.session.execute(select(func.count()).select_from(outbox)).scalar_one()


def publish(_command: object, work: Work, _now: datetime) -> str:
    work.publish(an_event())
    return "published"


def publish_and_refuse(command: object, work: Work, now: datetime) -> None:
    publish(command, work, now)
    raise RuleBroken("no")


def test_a_command_commits_what_it_published_and_returns_its_result(store: Store[Work]) -> None:
    assert perform(store, publish, None) == "published"
    assert published(store) == 1


def test_a_refused_command_leaves_nothing_behind(store: Store[Work]) -> None:
    with pytest.raises(RuleBroken):
        perform(store, publish_and_refuse, None)
    assert published(store) == 0


def test_an_event_that_breaks_its_contract_stops_the_command(store: Store[Work]) -> None:
    with pytest.raises(ContractBroken), transaction(store) as work:
        work.publish(an_event(), an_event(revision=-1))
    assert published(store) == 0


def test_a_handler_gets_the_domains_time(world: World, store: Store[Work]) -> None:
    world.it_is(datetime.fromisoformat("2017-06-01T12:00:00+00:00"))

    def tell(_command: object, work: Work, now: datetime) -> bool:
        return now == work.now and now.tzinfo is not None and now.year == 2017

    assert perform(store, tell, None)


# -- transactions within transactions ------------------------------------------------------------------------


def test_a_transaction_within_another_joins_it(store: Store[Work]) -> None:
    def change_and_refuse() -> None:
        with transaction(store) as outer:
            with transaction(store) as inner:
                assert inner is outer
            perform(store, publish, None)
            with reading(store) as looking:
                assert looking is outer
                assert len(looking.published) == 1
            raise RuleBroken("everything is undone")

    with pytest.raises(RuleBroken):
        change_and_refuse()
    assert published(store) == 0


def test_a_transaction_of_another_store_is_its_own(
    a_world: WorldMaker, service: Any, store: Store[Work]
) -> None:
    other = a_world(service).store

    def refuse(_command: object, _work: Work, _now: datetime) -> None:
        perform(other, publish, None)
        raise RuleBroken("undoes the outer one only")

    with pytest.raises(RuleBroken):
        perform(store, refuse, None)
    assert published(other) == 1


def test_reading_changes_nothing(store: Store[Work]) -> None:
    with reading(store) as work:
        work.publish(an_event())
    assert published(store) == 0


def test_the_bell_rings_once_after_the_commit_and_only_for_events(store: Store[Work]) -> None:
    store.bell = Bell()
    with transaction(store) as work:
        work.publish(an_event())
        perform(store, publish, None)
        assert store.bell.rings == 0
    assert store.bell.rings == 1
    with transaction(store):
        pass
    with pytest.raises(RuleBroken):
        perform(store, publish_and_refuse, None)
    assert store.bell.rings == 1


# -- trying again --------------------------------------------------------------------------------------------


def failing(times: int, error: type[Exception]) -> tuple[Callable[..., int], list[int]]:
    """A handler that publishes, then fails so many times."""
    tried: list[int] = []

    def handler(command: object, work: Work, now: datetime) -> int:
        tried.append(1)
        publish(command, work, now)
        if len(tried) <= times:
            raise OperationalError("statement", {}, error())
        return len(tried)

    return handler, tried


@pytest.mark.parametrize("error", [psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure])
def test_a_deadlock_is_tried_again_and_happens_once(store: Store[Work], error: type[Exception]) -> None:
    handler, tried = failing(2, error)
    assert perform(store, handler, None) == ATTEMPTS == len(tried)
    assert published(store) == 1


def test_after_three_deadlocks_it_is_told(store: Store[Work]) -> None:
    handler, tried = failing(3, psycopg.errors.DeadlockDetected)
    with pytest.raises(OperationalError):
        perform(store, handler, None)
    assert len(tried) == ATTEMPTS
    assert published(store) == 0


def test_another_fault_of_the_database_is_not_tried_again(store: Store[Work]) -> None:
    handler, tried = failing(1, psycopg.errors.LockNotAvailable)
    with pytest.raises(OperationalError):
        perform(store, handler, None)
    assert len(tried) == 1


def test_within_another_transaction_nothing_is_tried_again(store: Store[Work]) -> None:
    handler, tried = failing(1, psycopg.errors.DeadlockDetected)
    with pytest.raises(OperationalError), transaction(store):
        perform(store, handler, None)
    assert len(tried) == 1
    assert published(store) == 0


def test_two_who_really_deadlock_both_succeed(a_world: WorldMaker, service: Any) -> None:
    world = a_world(service, on="postgresql")
    first, second = world.person("Anna"), world.person("Bram")
    entered = [False, False]

    def rename(order: tuple[Any, Any, int], work: Work, _now: datetime) -> None:
        one, other, me = order
        for person in (one, other):
            change = known_people.update().where(known_people.c.person_id == person.person_id)
            work.session.execute(change.values(revision=known_people.c.revision + 1))
            entered[me] = True
            while person is one and not all(entered):
                pass

    outcomes = at_once(
        [
            lambda: perform(world.store, rename, (first, second, 0)),
            lambda: perform(world.store, rename, (second, first, 1)),
        ]
    )

    assert outcomes == [None, None]
    with reading(world.store) as work:
        assert set(work.session.execute(select(known_people.c.revision)).scalars()) == {3}


# -- one statement -------------------------------------------------------------------------------------------

RENAMED = (
    known_people.update().values(revision=known_people.c.revision + 1).returning(known_people.c.revision)
)
RENAME = Straight(select(RENAMED.cte("renamed").c.revision))


def rename_everyone(_command: object, work: Work, _now: datetime) -> Any:
    engine = work.session.get_bind()
    assert isinstance(engine, Engine)
    return RENAME.one(engine, {})[0]


def act_at_once(
    store: Store[Work], handler: Callable[[object, Work, datetime], Any] = rename_everyone
) -> Any:
    return perform_at_once(store, handler, None, WORKER, real_now())


@pytest.fixture
def on_postgresql(a_world: WorldMaker, service: Any) -> Store[Work]:
    world = a_world(service, on="postgresql")
    world.person("Anna")
    return world.store


def revision(store: Store[Work]) -> Any:
    with reading(store) as work:
        return work.session.execute(select(known_people.c.revision)).scalar_one()


def test_one_statement_is_a_transaction_by_itself(on_postgresql: Store[Work]) -> None:
    before = revision(on_postgresql)
    assert act_at_once(on_postgresql) == before + 1 == revision(on_postgresql)


def test_a_handler_that_acts_at_once_gets_the_time_of_arrival(on_postgresql: Store[Work]) -> None:
    arrived_at = datetime.fromisoformat("2017-06-01T12:00:00+00:00")

    def tell(_command: object, work: Work, now: datetime) -> bool:
        return now == work.now == arrived_at

    assert perform_at_once(on_postgresql, tell, None, WORKER, arrived_at)


def test_sqlite_and_an_open_transaction_take_a_transaction(
    on_postgresql: Store[Work], a_world: WorldMaker, service: Any
) -> None:
    with pytest.raises(TakesATransaction):
        act_at_once(a_world(service, on="sqlite").store)
    with transaction(on_postgresql), pytest.raises(TakesATransaction):
        act_at_once(on_postgresql)


def test_what_a_route_requires_is_asked_before_anything_is_sent(on_postgresql: Store[Work]) -> None:
    before = revision(on_postgresql)
    with requiring("note.fly"), pytest.raises(NotAllowed):
        perform_at_once(on_postgresql, rename_everyone, None, Actor(uuid4()), real_now())
    assert revision(on_postgresql) == before
    with requiring("note.fly"):
        act_at_once(on_postgresql)
        refuse_unguarded()


@pytest.mark.parametrize("error", [psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure])
def test_a_deadlock_of_the_one_statement_takes_a_transaction(
    on_postgresql: Store[Work], error: type[Exception]
) -> None:
    with pytest.raises(TakesATransaction):
        act_at_once(on_postgresql, failing(1, error)[0])
    with pytest.raises(OperationalError):
        act_at_once(on_postgresql, failing(1, psycopg.errors.LockNotAvailable)[0])


# -- asking the policy ---------------------------------------------------------------------------------------


def test_what_was_required_and_not_asked_commits_nothing(store: Store[Work]) -> None:
    with requiring("note.write"):
        with pytest.raises(UnguardedRoute, match=r"note\.write"):
            perform(store, publish, None)
        with pytest.raises(UnguardedRoute):
            refuse_unguarded()
    assert published(store) == 0
    refuse_unguarded()
    perform(store, publish, None)


def test_asking_another_policy_is_not_enough(store: Store[Work]) -> None:
    with requiring("note.write"):
        with pytest.raises(UnguardedRoute), transaction(store) as work:
            work.decide("note.read")
        with transaction(store) as work:
            assert work.decide("note.write").allowed is False
        refuse_unguarded()


def test_an_answer_given_before_was_asked_then(store: Store[Work]) -> None:
    with requiring("note.write"):
        waive_requirement()
        refuse_unguarded()
    waive_requirement()


def test_a_refusal_carries_the_rule_and_hides_what_may_not_be_known(store: Store[Work]) -> None:
    policies = {
        "open": lambda _standing, _resource: YES,
        "closed": lambda _standing, _resource: no("MembersOnly", "only members may"),
        "hidden": lambda _standing, _resource: no("NotFound", "there is no such thing"),
    }
    with transaction(store, Actor(person_id=uuid4())) as work:
        work.policies = policies
        work.authorize("open")
        with pytest.raises(NotAllowed, match="only members may") as refused:
            work.authorize("closed")
        assert refused.value.facts == {"rule": "MembersOnly"}
        with pytest.raises(NotFound):
            work.authorize("hidden")
        with pytest.raises(NotAllowed, match="nobody may fly"):
            work.authorize("fly")


def test_the_worker_acts_for_the_organisation(store: Store[Work]) -> None:
    with transaction(store, WORKER) as work:
        work.authorize("anything at all")


def test_nobody_stands_nowhere(store: Store[Work]) -> None:
    assert ANONYMOUS.is_anonymous
    assert not WORKER.is_anonymous
    with reading(store) as work:
        assert work.standing(None) == Standing(ANONYMOUS)
        assert not work.is_administrator(uuid4())


def asked(sent: list[str]) -> list[str]:
    """Without SQLite's BEGIN."""
    return [statement for statement in sent if statement.startswith("SELECT")]


def test_the_clock_is_asked_once_and_only_by_who_wants_to_know(world: World) -> None:
    with world.counting_statements() as sent, reading(world.store) as work:
        assert sent == []
        assert work.now.tzinfo is not None
        assert work.now == work.now
    assert len(asked(sent)) == 1
