"""Fixtures: one PostgreSQL and one RabbitMQ per test process, started by the first test that asks.

With xdist every worker has its own, so a test may kill and restart them without hurting a neighbor. What is shared by the
tests of one worker is kept apart by database and virtual host.
"""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from servers.postgres import PrivatePostgres
from servers.rabbitmq import PrivateRabbitMQ
from servers.smtp import SmtpSink


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    with PrivatePostgres() as server:
        yield server


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[PrivateRabbitMQ]:
    with PrivateRabbitMQ() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PrivatePostgres) -> Iterator[str]:
    """The SQLAlchemy URL of an empty database, dropped after the test."""
    postgres.start()
    name = f"test_{uuid4().hex}"
    yield postgres.create_database(name)
    postgres.start()
    postgres.drop_database(name)


@pytest.fixture
def amqp_url(rabbitmq: PrivateRabbitMQ) -> Iterator[str]:
    """The URL of an empty virtual host, deleted after the test."""
    rabbitmq.start()
    name = f"test_{uuid4().hex}"
    yield rabbitmq.create_vhost(name)
    rabbitmq.start()
    rabbitmq.delete_vhost(name)


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    with SmtpSink() as sink:
        yield sink
