"""Who leads a role, and what becomes of it when a database connection breaks."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from beraad.storage.engine import open_engine
from beraad.storage.leadership import Leadership

OTHERS = text(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    engine = open_engine(postgres_url)
    yield engine
    engine.dispose()


def test_one_leads_and_another_follows_at_once(engine: Engine) -> None:
    first, second = Leadership(engine, "relay"), Leadership(engine, "relay")
    assert (first.held(), second.held()) == (True, False)
    first.release()
    assert (second.held(), first.held()) == (True, False)
    second.release()


def test_roles_do_not_shut_each_other_out(engine: Engine) -> None:
    relay, consumer = Leadership(engine, "relay"), Leadership(engine, "consumer")
    assert (relay.held(), consumer.held()) == (True, True)
    relay.release()
    consumer.release()


def test_a_broken_connection_is_a_lost_lead_that_can_be_won_again(engine: Engine, postgres_url: str) -> None:
    leadership = Leadership(engine, "relay")
    assert leadership.held()
    _break_connections(postgres_url)
    assert [leadership.held(), leadership.held()] == [False, True]
    leadership.release()


def test_stepping_down_over_a_broken_connection_says_nothing(engine: Engine, postgres_url: str) -> None:
    leadership, standby = Leadership(engine, "relay"), Leadership(engine, "relay")
    assert leadership.held()
    _break_connections(postgres_url)
    leadership.release()
    assert standby.held()
    standby.release()


def _break_connections(url: str) -> None:
    other = open_engine(url)
    with other.connect() as connection:
        for pid in connection.scalars(OTHERS).all():
            connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    other.dispose()
