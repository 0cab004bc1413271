"""Worlds for the contract suite, and for who plays faults in them: every transport on every database."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import MetaData

from beraad.perform import Store, Work
from beraad.service import Database
from contracts.rig import (
    PAIRS,
    FeedPair,
    Pair,
    RabbitPair,
    World,
    a_store,
    create_tables,
    feed_client,
    remove_topology,
)
from servers.postgres import PrivatePostgres
from servers.rabbitmq import PrivateRabbitMQ
from shared.tiny import served, some_settings


@pytest.fixture
def broker(rabbitmq: PrivateRabbitMQ) -> str:
    """The URL of a broker on which nothing of ours stands."""
    rabbitmq.start()
    remove_topology(rabbitmq.url())
    return rabbitmq.url()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def database_urls(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    services = ("membership", "notifications")
    if engine == "sqlite":
        yield {name: f"sqlite:///{tmp_path}/{name}.sqlite" for name in services}
        return
    postgres: PrivatePostgres = request.getfixturevalue("postgres")
    postgres.start()
    names = {name: f"{name}_{uuid4().hex}" for name in services}
    yield {name: postgres.create_database(database) for name, database in names.items()}
    for database in names.values():
        postgres.drop_database(database)


@pytest.fixture
def stores(database_urls: dict[str, str]) -> Iterator[dict[str, Store[Work]]]:
    made = {name: a_store(name, url) for name, url in database_urls.items()}
    for store in made.values():
        create_tables(store)
    yield made
    for store in made.values():
        store.engine.dispose()


@pytest.fixture
def store(stores: dict[str, Store[Work]]) -> Store[Work]:
    """The listener's."""
    return stores["notifications"]


@pytest.fixture
def feed_url(
    stores: dict[str, Store[Work]], database_urls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The root of the publisher's API."""
    settings = some_settings("membership", database_urls["membership"], monkeypatch)
    with served(Database(MetaData(), "", Work), stores["membership"], settings) as root:
        yield root


@pytest.fixture(params=PAIRS)
def pair(request: pytest.FixtureRequest, feed_url: str) -> Pair:
    if request.param == "feed":
        return FeedPair(feed_client(feed_url))
    return RabbitPair(request.getfixturevalue("broker"))


@pytest.fixture
def world(stores: dict[str, Store[Work]], pair: Pair, feed_url: str) -> Iterator[World]:
    with ExitStack() as stack:
        made = World(stores["membership"], stores["notifications"], pair, feed_client(feed_url))
        stack.callback(made.close)
        made.consumer.step(0)  # the queues stand
        yield made
