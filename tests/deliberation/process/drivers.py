"""The same acts carried out in the system: by its use cases in this process, or by requests to its API."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from time import monotonic
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection, RootTransaction, Table, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from beraad.clock import real_now
from beraad.domain import Actor, DomainError
from beraad.messaging.cursors import note_watermark
from beraad.messaging.envelope import Watermark
from beraad.perform import WORKER, _open, reading, transaction
from beraad.record.notes import PublicKey
from beraad.storage.engine import open_scratch
from beraad.storage.tables import known_roles, known_seats, outbox
from beraad_deliberation.documents.export_schemas import GROUP_FORMAT
from beraad_deliberation.documents.judging import judge_document
from beraad_deliberation.queries.record import ledger_of
from beraad_deliberation.queries.standing import standing_of_round
from beraad_deliberation.record.verifying import Report, verify
from beraad_deliberation.storage import tables as t
from beraad_deliberation.storage.database import DATABASE
from beraad_deliberation.storage.work import Work
from deliberation.process.acts import Acts, Done
from deliberation.process.reading import Names, read
from deliberation.process.state import EVERYONE, START, Foretold
from worlds.callers import Caller, ok
from worlds.world import World, plain

OWN = {table.name for table in vars(t).values() if isinstance(table, Table)}
FORGOTTEN = [
    *(table for table in reversed(DATABASE.metadata.sorted_tables) if table.name in OWN),
    known_roles,
    outbox,
]
ROUND_OPENED = "deliberation.round.opened.v1"


class Driver(Protocol):
    exact: bool
    """Whether the system's time is the model's to the microsecond."""
    names: Names

    def begin(self, *, body: bool, seated: list[str]) -> None:
        """A group of its own, in which nothing has happened."""

    def new(self, name: str) -> None:
        """An id for what a client names: later ones are greater."""

    def perform(self, act: str, who: str, **args: Any) -> str | None:
        """Carry it out. None, or the name of the rule that refused it."""

    def leave(self, person: str, why: str) -> None: ...

    def join(self, person: str) -> None: ...

    def mail(self, r: str, person: str) -> None: ...

    def roster(self, *, behind: bool) -> None: ...

    def it_is(self, now: datetime) -> None: ...

    def due(self) -> None: ...

    def view(self) -> dict[str, Any]: ...

    def foretold(self, r: str) -> Foretold:
        """What a facilitator is told of a running round: what is missing, by code, and the verdict if it closed now."""

    def published(self) -> int:
        """How many events were written."""

    def verified(self) -> tuple[Report, int]:
        """What `beraad verify` finds in the group's record, and how many decisions stand in it."""

    def end(self) -> None: ...


class _Driver:
    """What both share: people and groups that stay, and a fresh set of names for each example."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.people = {name: world.person(name, administrator=name == "ada") for name in EVERYONE}
        board = world.group("Board", kind="board")
        world.seat(board, self.people["bea"].id)
        self.groups = {
            False: world.group("Housing"),
            True: world.group("Housing and board", approving_body_id=board),
        }
        self.now = START
        self.ids = count(1)
        self.example = 0

    def _start(self, *, body: bool) -> None:
        self.example += 1
        self.now = START
        self.group_id = self.groups[body]
        self.names = Names()
        for name, person in self.people.items():
            self.people[name] = self.world.as_person(person.id)  # a token lasts some minutes
            self.names.know(name, person.id)
        self.seats: dict[str, UUID] = {}
        self.acts = Acts(self.names, self.group_id, self._seen)

    def new(self, name: str) -> None:
        """An id for what a client names: later ones are greater."""
        self.names.know(name, UUID(int=(self.example << 64) + next(self.ids), version=None))

    def _done(self, act: str, who: str, args: dict[str, Any]) -> Done:
        if act in {"respond", "withdraw_objection"}:
            args = {"who": who, **args}
        done: Done = getattr(self.acts, act)(**args)
        return done

    def leave(self, person: str, why: str) -> None:
        self._hears(
            "membership.seat.vacated.v1",
            **self._seat(person, self.seats.pop(person)),
            reason=why,
        )

    def join(self, person: str) -> None:
        self.seats[person] = UUID(int=(self.example << 64) + next(self.ids))
        self._hears("membership.seat.filled.v1", **self._seat(person, self.seats[person]))

    def _seat(self, person: str, seat_id: UUID) -> dict[str, Any]:
        return {
            "group_id": self.group_id,
            "seat_id": seat_id,
            "person_id": self.names[person],
            "starts_on": "2017-01-01",
            "ends_on": None,
        }

    def mail(self, r: str, person: str) -> None:
        opened = select(outbox.c.event_id).where(
            outbox.c.type == ROUND_OPENED, outbox.c.subject.endswith(str(self.names[r]))
        )
        with self._reading() as connection:
            event_id = connection.execute(opened).scalar_one()
        self._hears(
            "notifications.delivery.accepted.v1",
            delivery_id=UUID(int=(self.example << 64) + next(self.ids)),
            person_id=self.names[person],
            kind="round_opened",
            event_id=event_id,
            accepted_at=datetime(2017, 10, 2, tzinfo=UTC),
        )

    def _seen(self, what: str) -> int:
        """The revision a client has read."""
        if what == "rules":
            query = select(func.max(t.group_profiles.c.revision))
            query = query.where(t.group_profiles.c.group_id == self.group_id)
        else:
            query = select(t.proposals.c.revision).where(t.proposals.c.id == self.names[what])
        with self._reading() as connection:
            return connection.execute(query).scalar() or 0

    def published(self) -> int:
        with self._reading() as connection:
            return connection.execute(select(func.max(outbox.c.row_id))).scalar() or 0

    def view(self) -> dict[str, Any]:
        with self._reading() as connection:
            return read(connection, self.names, self.group_id)

    def foretold(self, r: str) -> Foretold:
        told = self._standing(r)
        verdict = told["verdict_now"]
        missing = {one["code"]: one["count"] for one in told["missing"]}
        return missing, str(verdict["outcome"]), list(verdict["reasons"])

    def _standing(self, r: str) -> dict[str, Any]:
        raise NotImplementedError

    def verified(self) -> tuple[Report, int]:
        ledger = self._ledger()
        export = {"format": GROUP_FORMAT, "ledger": ledger}
        key = PublicKey.parse(ledger["key"])
        decisions = sum(entry["type"] == "decision.adopted" for entry in ledger["entries"])
        return verify(export, judge=judge_document, key=key), decisions

    def _ledger(self) -> dict[str, Any]:
        raise NotImplementedError

    def _hears(self, type_: str, **fields: Any) -> None:
        raise NotImplementedError

    def _reading(self) -> Any:
        raise NotImplementedError


class InProcess(_Driver):
    """The use cases with real repositories, on SQLite in memory, with the time of the model.

    An example is one transaction of the database and each act a savepoint in it; nothing is left when it ends.
    """

    exact = True

    def __init__(self, world: World) -> None:
        super().__init__(world)
        for group_id in self.groups.values():
            world.role(group_id, self.people["fay"].id, "facilitator")
        engine = open_scratch()
        self.connection: Connection = engine.connect()
        kept = sqlite3.connect(str(world.store.engine.url.database))
        memory = self.connection.connection.driver_connection
        assert isinstance(memory, sqlite3.Connection)
        self.connection.commit()
        kept.backup(memory)
        kept.close()
        self.outer: RootTransaction | None = None

    def begin(self, *, body: bool, seated: list[str]) -> None:
        self.end()
        self._start(body=body)
        self.outer = self.connection.begin()
        self.roster(behind=False)
        for person in seated:
            self.join(person)

    def end(self) -> None:
        if self.outer is not None:
            self.outer.rollback()
            self.outer = None

    def it_is(self, now: datetime) -> None:
        self.now = now

    def _on_time(self) -> None:
        """Membership is heard of in real time, also where the machine has others to serve."""
        if monotonic() - self.heard_at > 10:
            self.roster(behind=self.behind)

    @contextmanager
    def _work(self, actor: Actor) -> Iterator[Work]:
        how: Any = {"bind": self.connection, "join_transaction_mode": "create_savepoint"}
        with Session(expire_on_commit=False, **how) as session:
            yield (work := Work(session, actor, self.now, self.world.settings))
            work.finish()
            work.session.commit()

    def perform(self, act: str, who: str, **args: Any) -> str | None:
        self._on_time()
        done = self._done(act, who, args)
        try:
            with self._work(Actor(self.names[who], administrator=who == "ada")) as work:
                done.handler(done.command, work, self.now)
        except DomainError as refused:
            return refused.code
        except IntegrityError as error:
            told = str(error.orig)
            rule = next((one for words, one in DATABASE.conflicts.items() if words in told), None)
            if rule is None:
                raise
            return rule.__name__
        return None

    def due(self) -> None:
        """Each piece in a transaction of its own; looking in vain takes none."""
        assert self.world.worker is not None
        self._on_time()
        looking = list(self.world.worker.due_work)
        while looking:
            with self._work(WORKER) as work:
                token = _open.set({id(self.world.store): work})
                try:
                    while looking and not looking[0].once(self.world.store, self.world.settings):
                        looking.pop(0)
                finally:
                    _open.reset(token)

    def _standing(self, r: str) -> dict[str, Any]:
        with self._work(Actor(self.names["fay"])) as work:
            return standing_of_round(work, self.names[r])

    def roster(self, *, behind: bool) -> None:
        self.behind, self.heard_at = behind, monotonic()
        with self._work(WORKER) as work:
            note_watermark(work.session, _watermark(behind=behind))

    def _ledger(self) -> dict[str, Any]:
        with self._work(WORKER) as work:
            return ledger_of(work, self.group_id)

    def _hears(self, type_: str, **fields: Any) -> None:
        with self._work(WORKER) as work:
            self.world.apply(self.world.envelope(type_, **fields), work)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        yield self.connection


class OverHttp(_Driver):
    """Requests to the API on PostgreSQL. The system's time is the model's, or up to twenty seconds later."""

    exact = False

    def begin(self, *, body: bool, seated: list[str]) -> None:
        with transaction(self.world.store, WORKER) as work:
            for table in FORGOTTEN:
                work.session.execute(table.delete())
            ours = known_seats.c.group_id.in_(self.groups.values())
            work.session.execute(known_seats.delete().where(ours))
        self._start(body=body)
        self.world.role(self.group_id, self.people["fay"].id, "facilitator")
        self.it_is(START)
        self.roster(behind=False)
        for person in seated:
            self.join(person)

    def end(self) -> None:
        """What it leaves is forgotten when the next begins."""

    def it_is(self, now: datetime) -> None:
        self.now, self.set_at = now, monotonic()
        self.world.it_is(now)

    def _on_time(self) -> None:
        if monotonic() - self.set_at > 10:
            self.it_is(self.now)
            self.roster(behind=self.behind)

    def perform(self, act: str, who: str, **args: Any) -> str | None:
        self._on_time()
        done = self._done(act, who, args)
        caller: Caller = self.people[who]
        headers = {"if_match": done.if_match} if done.if_match is not None else {}
        answer = caller.call(done.method, f"/v1/{done.path}", json=plain(done.body), **headers)
        if answer.status_code < 300:
            return None
        told = answer.get_json(force=True)
        assert answer.status_code < 500, (act, told)
        code: str = told["code"]
        return code

    def due(self) -> None:
        self._on_time()
        self.world.falls_due()

    def _standing(self, r: str) -> dict[str, Any]:
        self._on_time()
        told: dict[str, Any] = ok(self.people["fay"].get(f"/v1/rounds/{self.names[r]}/standing"))
        return told

    def roster(self, *, behind: bool) -> None:
        self.behind = behind
        with transaction(self.world.store, WORKER) as work:
            note_watermark(work.session, _watermark(behind=behind))

    def _ledger(self) -> dict[str, Any]:
        with reading(self.world.store, WORKER, frozen=True) as work:
            return ledger_of(work, self.group_id)

    def _hears(self, type_: str, **fields: Any) -> None:
        self._on_time()
        self.world.hears(type_, **fields)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self.world.store.engine.connect() as connection:
            yield connection


def _watermark(*, behind: bool) -> Watermark:
    return Watermark("membership", 1, 5 if behind else 0, real_now() + timedelta(hours=1))
