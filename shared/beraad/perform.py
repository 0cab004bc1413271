"""One command is one transaction. This file holds the only commit of the product.

A use case is ``handler(command, work, now) -> result``; `perform` opens the transaction, calls it, and
commits what it changed together with the events it published. `transaction` is the same for consumers
and due work. A transaction opened inside another of the same store joins it (that is how the answer to
an `Idempotency-Key` is stored with its effect).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Column, Connection, Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from beraad.clock import domain_now
from beraad.domain import (
    ANONYMOUS,
    YES,
    Actor,
    Decision,
    Event,
    NotAllowed,
    NotFound,
    Policies,
    Standing,
    can,
)
from beraad.messaging.bell import SILENT, Bell
from beraad.messaging.outbox import write_events
from beraad.roster import standing_of
from beraad.settings import Settings
from beraad.storage import straight
from beraad.storage.tables import known_people

ATTEMPTS = 3
PAUSE = 0.05
"""Seconds before the second attempt, and twice as many before the third: whoever won goes on meanwhile."""
RETRYABLE_SQLSTATES = {"40001", "40P01"}  # serialization_failure, deadlock_detected


class UnguardedRoute(Exception):
    """A command would commit without the policy its route declared having been asked: a defect of ours."""


@dataclass
class Requirement:
    """The action a route declared, and whether its policy was asked."""

    action: str
    asked: bool = False


class TakesATransaction(Exception):
    """More than one statement is needed, or the one wrote nothing: `perform` is the way, and tells why it is refused."""


class Work:
    """What one transaction offers a use case: the session, the actor, publishing, authorization.

    A service extends it with its repositories (`storage/work.py`).
    """

    policies: Policies = {}

    settings: Settings

    administrators: ClassVar[tuple[Column[UUID], Column[bool]]] = (
        known_people.c.person_id,
        known_people.c.administrator,
    )
    """Where this service keeps who administers the organisation."""

    def __init__(
        self, session: Session, actor: Actor, now: datetime | None, settings: Settings | None = None
    ) -> None:
        """Bind the work to one session; without `now` the clock is asked when somebody wants to know."""
        self.session = session
        self.actor = actor
        self._now = now
        self.published: list[Event] = []
        if settings is not None:
            self.settings = settings

    @property
    def now(self) -> datetime:
        """Domain time in this transaction: aware, UTC, the same whenever it is asked."""
        if self._now is None:
            self._now = domain_now(self.session)
        return self._now

    def publish(self, *events: Event) -> None:
        """Let them be written to the outbox at the end of this transaction, in the order they were published."""
        self.published.extend(events)

    @contextmanager
    def attempting(self) -> Iterator[None]:
        """What is done in the block is undone where it fails, and what it published never happened; the error goes on."""
        before = len(self.published)
        try:
            with self.session.begin_nested():
                yield
                self.session.flush()
        except BaseException:
            del self.published[before:]
            raise

    def finish(self) -> None:
        """The last writing of the transaction, right before the commit. A service may write more of its own."""
        write_events(self.session, self.published, self.now)

    def standing(self, group_id: UUID | None) -> Standing:
        """What the actor is to that group, from the roster this service knows."""
        return standing_of(self.session, self.actor, group_id)

    def is_administrator(self, person_id: UUID) -> bool:
        """Whether that person administers the organisation, by what this service knows of people."""
        known, administrator = self.administrators
        return bool(self.session.execute(select(administrator).where(known == person_id)).scalar())

    def decide(self, action: str, group_id: UUID | None = None, resource: Any = None) -> Decision:
        """Ask the service's policy table, without raising."""
        requirement = _required.get()
        if requirement is not None and requirement.action == action:
            requirement.asked = True
        if self.actor.service == "worker":
            return YES
        return can(self.policies, self.standing(group_id), action, resource)

    def authorize(self, action: str, group_id: UUID | None = None, resource: Any = None) -> None:
        """Raise `NotAllowed` with the reason, or `NotFound` where the caller may not know the thing exists."""
        decision = self.decide(action, group_id, resource)
        if decision.allowed:
            return
        if decision.code == "NotFound":
            raise NotFound(decision.reason)
        raise NotAllowed(decision.reason, rule=decision.code)


W = TypeVar("W", bound=Work)
C = TypeVar("C")
R = TypeVar("R")
WORKER = Actor(service="worker")


@dataclass
class Store(Generic[W]):
    """One service's database, and how a unit of work is made from a session."""

    service: str
    engine: Engine
    make_work: Callable[[Session, Actor, datetime | None], W]
    bell: Bell = SILENT
    writer: Engine = field(init=False)
    frozen: Engine = field(init=False)
    glancing: Engine = field(init=False)

    def __post_init__(self) -> None:
        """Writers announce themselves before they read (SQLite's write lock); frozen readers see one moment.

        Who looks by `glancing` begins no transaction, which on PostgreSQL saves two journeys.
        """
        self.writer = self.engine.execution_options(writing=True)
        self.frozen, self.glancing = self.engine, self.engine
        if self.engine.dialect.name != "sqlite":  # there every transaction is a snapshot
            self.frozen = self.engine.execution_options(isolation_level="REPEATABLE READ")
            self.glancing = self.engine.execution_options(isolation_level="AUTOCOMMIT")


_open: ContextVar[dict[int, Work]] = ContextVar("open_transactions")
_required: ContextVar[Requirement | None] = ContextVar("required_action", default=None)


@contextmanager
def requiring(action: str) -> Iterator[Requirement]:
    """Until the end of the block, no transaction commits unless this action was decided in it."""
    requirement = Requirement(action)
    token = _required.set(requirement)
    try:
        yield requirement
    finally:
        _required.reset(token)


def _joined(store: Store[W]) -> W | None:
    return _open.get({}).get(id(store))  # type: ignore[return-value]


@contextmanager
def transaction(store: Store[W], actor: Actor = ANONYMOUS) -> Iterator[W]:
    """Everything in the block happens, or nothing does. Joins a transaction already open on this store."""
    joined = _joined(store)
    if joined is not None:
        yield joined
        return
    straight.put_back()
    with Session(store.writer, expire_on_commit=False) as session:
        work = store.make_work(session, actor, domain_now(session))
        token = _open.set({**_open.get({}), id(store): work})
        try:
            yield work
            refuse_unguarded()
            work.finish()
            session.commit()
        finally:
            _open.reset(token)
    if work.published:
        store.bell.ring()


def waive_requirement() -> None:
    """The action was decided when this answer was first given (a replayed `Idempotency-Key`)."""
    requirement = _required.get()
    if requirement is not None:
        requirement.asked = True


def refuse_unguarded() -> None:
    """Raise `UnguardedRoute` when an action is required in this context and was not decided."""
    requirement = _required.get()
    if requirement is not None and not requirement.asked:
        raise UnguardedRoute(f"the policy {requirement.action!r} was never asked")


class _LookingSession(Session):
    """Before it takes a connection, what was sent straight puts its own back: nobody holds two."""

    def get_bind(self, *arguments: Any, **options: Any) -> Engine | Connection:
        straight.put_back()
        return super().get_bind(*arguments, **options)


@contextmanager
def reading(
    store: Store[W], actor: Actor = ANONYMOUS, *, frozen: bool = False, glancing: bool = False
) -> Iterator[W]:
    """A look without a change. Inside an open transaction it sees that transaction.

    `frozen`: all of it at one moment; else each statement sees what is committed when it begins. `glancing`: without a
    transaction around them, which saves PostgreSQL two journeys; not where rows are fetched bit by bit.
    """
    joined = _joined(store)
    if joined is not None:
        joined.session.flush()
        yield joined
        return
    engine = store.glancing if glancing else store.engine
    with _LookingSession(store.frozen if frozen else engine) as session:
        yield store.make_work(session, actor, None)


def perform(store: Store[W], handler: Callable[[C, W, datetime], R], command: C, actor: Actor = WORKER) -> R:
    """Carry out one command in one transaction and return what the use case returned.

    A deadlock or serialization failure is tried again after a moment, at most three times in all; every other error
    leaves nothing behind.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction(store, actor) as work:
                return handler(command, work, work.now)
        except DBAPIError as error:
            if attempt == ATTEMPTS or _joined(store) is not None or not _worth_retrying(error):
                raise
            time.sleep(PAUSE * attempt)
    raise AssertionError("unreachable")


def perform_at_once(
    store: Store[W],
    handler: Callable[[C, W, datetime], R],
    command: C,
    actor: Actor,
    now: datetime,
) -> R:
    """Carry out a command by one statement, which is a transaction by itself: that saves PostgreSQL three journeys.

    The handler sends at most one statement that writes (`Straight`), publishes nothing, and raises `TakesATransaction`
    unless that wrote all there is to write. The action the route declared is decided before. `now`: the domain's time when the
    request arrived. Raises `TakesATransaction` where nothing was written.
    """
    if store.engine.dialect.name == "sqlite" or _joined(store) is not None:
        raise TakesATransaction
    work = store.make_work(Session(store.engine), actor, now)
    try:
        requirement = _required.get()
        if requirement is not None:
            work.authorize(requirement.action)
        return handler(command, work, now)
    except DBAPIError as error:
        if _worth_retrying(error):
            raise TakesATransaction from error
        raise
    finally:
        if work.session.in_transaction():
            work.session.close()


def _worth_retrying(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in RETRYABLE_SQLSTATES
