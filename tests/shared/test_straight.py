"""Statements straight to the driver: the same values, the same errors, and no connection that is worse for it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Engine,
    Enum,
    Integer,
    MetaData,
    Table,
    Uuid,
    bindparam,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import Session

from beraad.storage.engine import open_engine, open_scratch
from beraad.storage.straight import Straight
from beraad.storage.types import Instant
from servers.processes import free_port


class Word(StrEnum):
    YES = "yes"
    NO = "no"


things = Table(
    "things",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("word", Enum(Word, native_enum=False, values_callable=lambda words: [str(one) for one in words])),
    Column("seen", Instant),
    Column("count", Integer),
    Column("right", Boolean),
)
NAMES = ("id", "word", "seen", "count")
ADDED = (
    things.insert()
    .from_select(
        [*NAMES, "right"],
        select(*(bindparam(f"the_{name}", type_=things.c[name].type) for name in NAMES), literal(value=True)),
    )
    .returning(*things.c)
)
ADD = Straight(select(ADDED.cte("added")))
READ = Straight(select(*things.c).where(things.c.id == bindparam("the_id", type_=Uuid())))
PID = Straight(select(func.pg_backend_pid()))
AT = datetime(2017, 6, 1, 12, 0, 0, 5, tzinfo=UTC)


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    engine = open_engine(postgres_url, pool_size=1)
    things.metadata.create_all(engine)
    yield engine
    engine.dispose()


def a_thing(**values: Any) -> dict[str, Any]:
    return {"the_id": uuid4(), "the_word": Word.NO, "the_seen": AT, "the_count": 3, **values}


def add(engine: Engine, **values: Any) -> UUID:
    given = a_thing(**values)
    ADD.one(engine, given)
    identifier: UUID = given["the_id"]
    return identifier


def test_values_go_in_and_come_out_as_sqlalchemy_makes_them(engine: Engine) -> None:
    given = a_thing()
    row = ADD.one(engine, given)
    assert row == (given["the_id"], Word.NO, AT, 3, True)
    assert type(row[1]) is Word
    with engine.connect() as connection:
        assert tuple(connection.execute(select(things)).one()) == row
    assert READ.one(engine, {"the_id": given["the_id"]}) == row


def test_nothing_is_nothing(engine: Engine) -> None:
    identifier = add(engine, the_word=None, the_seen=None, the_count=None)
    assert READ.one(engine, {"the_id": identifier}) == (identifier, None, None, None, True)


def test_a_value_that_its_type_refuses_is_refused(engine: Engine) -> None:
    with pytest.raises((StatementError, ValueError, LookupError)):
        add(engine, the_seen=datetime(2017, 6, 1))  # noqa: DTZ001 - that is what is refused
    with pytest.raises(KeyError):
        READ.one(engine, {})


def test_on_sqlite_it_is_read_the_ordinary_way() -> None:
    engine = open_scratch()
    with engine.begin() as connection:
        things.metadata.create_all(connection)
        values = {"id": uuid4(), "word": Word.YES, "seen": AT, "count": 1, "right": True}
        connection.execute(things.insert().values(**values))
    found = select(*things.c).where(things.c.count == bindparam("the_count", type_=Integer()))
    assert Straight(found).one(engine, {"the_count": 1}) == tuple(values.values())
    engine.dispose()


def test_an_error_is_sqlalchemys_and_leaves_the_connection_as_it_was(engine: Engine) -> None:
    identifier = add(engine)
    pid = PID.one(engine, {})
    with pytest.raises(IntegrityError) as refused:
        add(engine, the_id=identifier)
    assert "INSERT INTO things" in str(refused.value)
    assert refused.value.orig is not None
    assert refused.value.orig.sqlstate == "23505"  # type: ignore[attr-defined]
    assert not refused.value.connection_invalidated
    with engine.begin() as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() == pid[0]
        connection.execute(things.delete())
        connection.rollback()
    assert READ.one(engine, {"the_id": identifier})[0] == identifier


def test_a_wait_has_its_deadline(engine: Engine) -> None:
    slow = Straight(select(func.pg_sleep(20)))
    with pytest.raises(OperationalError, match="statement timeout"):
        slow.one(engine, {})
    assert PID.one(engine, {})[0]


def test_a_connection_that_dies_meanwhile_is_replaced(engine: Engine) -> None:
    suicide = Straight(select(func.pg_terminate_backend(func.pg_backend_pid())))
    with pytest.raises(OperationalError) as gone:
        suicide.one(engine, {})
    assert gone.value.connection_invalidated
    assert PID.one(engine, {})[0]
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_database_that_is_not_there_is_told_as_always() -> None:
    engine = open_engine(f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing")
    with pytest.raises(OperationalError):
        PID.one(engine, {})
    engine.dispose()


def test_who_is_interrupted_leaves_no_connection_in_the_middle(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = PID.one(engine, {})

    def interrupt(*_told: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(psycopg.Connection, "execute", interrupt)
        with pytest.raises(KeyboardInterrupt):
            PID.one(engine, {})
    assert PID.one(engine, {}) != before
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_all_its_errors_are_of_the_database(engine: Engine) -> None:
    with pytest.raises(DBAPIError):
        Straight(select(text("1/0"))).one(engine, {})


def test_what_sqlalchemy_writes_into_the_text_itself_is_there(engine: Engine) -> None:
    add(engine, the_word=Word.YES)
    add(engine)
    words: Any = select(func.aggregate_strings(things.c.word, "%;"), func.count())
    assert Straight(words).one(engine, {}) == ("yes%;no", 2)


def test_it_sees_what_the_session_sees(engine: Engine) -> None:
    identifier = add(engine)
    with Session(engine) as session:
        assert READ.seen_by(session, {"the_id": identifier})[0] == identifier
        assert not session.in_transaction()
        session.execute(things.update().values(count=7))
        assert READ.seen_by(session, {"the_id": identifier})[3] == 7
    assert READ.one(engine, {"the_id": identifier})[3] == 3
