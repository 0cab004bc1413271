"""One service in this process: its application, its database, what it hears, and people who are signed in.

world = a_world("meetings")                       # SQLite, migrated; a_world(…, on="postgresql")
anna = world.person("Anna", profiles=("user",))   # known here, and a signed-in caller
group = world.group("Housing")
world.seat(group, anna.person_id)
anna.get(f"/v1/groups/{group}/meetings")
world.hears("deliberation.proposal.adopted.v1", …)
assert world.published("meetings.meeting.scheduled.v1") == [{…}]
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from secrets import token_urlsafe
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select

from beraad.api_keys import KnownApiKey, hash_of, remember_api_key, written
from beraad.clock import move_clock, real_now
from beraad.contracts import contract_of
from beraad.contracts.membership import API_KEY_SCOPES
from beraad.http.application import create_application
from beraad.identifiers import new_id
from beraad.identity import IDENTITY, remember_key
from beraad.messaging.cursors import note_revisions
from beraad.messaging.envelope import Envelope
from beraad.messaging.outbox import stream_of
from beraad.messaging.subscriptions import Subscriptions, receive
from beraad.perform import WORKER, Store, Work, transaction
from beraad.roster import ROSTER
from beraad.service import Service, UnknownService, Worker, find_worker, open_store
from beraad.settings import Settings
from beraad.storage.tables import outbox
from worlds.callers import Caller
from worlds.keys import a_token, public_half, signing_key
from worlds.statements import overhearing

KERNEL = Subscriptions("membership", ROSTER, IDENTITY)


@dataclass
class World:
    service: Service
    settings: Settings
    store: Store[Any]
    app: Flask
    worker: Worker | None
    _revisions: dict[str, Iterator[int]] = field(default_factory=dict)
    _positions: Iterator[int] = field(default_factory=lambda: count(1))

    # -- callers ---------------------------------------------------------------------------------------------

    def as_person(self, person_id: UUID) -> Caller:
        return Caller(self.app, person_id, f"Bearer {a_token(person_id)}")

    def as_service(self, name: str) -> Caller:
        return Caller(self.app, authorization=f"Service {name}:{self.settings.service_keys[name]}")

    def integrator(self, *scopes: str) -> Caller:
        """With a key for every feed, or for these scopes."""
        key_id, secret = new_id(), token_urlsafe(32)
        key = KnownApiKey(key_id, hash_of(secret), frozenset(scopes or API_KEY_SCOPES))
        with transaction(self.store, WORKER) as work:
            remember_api_key(work.session, key)
        return Caller(self.app, authorization=f"ApiKey {written(key_id, secret)}")

    @property
    def nobody(self) -> Caller:
        return Caller(self.app)

    # -- people and groups, wherever the service knows them from ----------------------------------------------

    def person(
        self,
        name: str = "Anna",
        *,
        administrator: bool = False,
        profiles: tuple[str, ...] = ("user",),
        language: str = "en",
    ) -> Caller:
        person_id = new_id()
        email = f"{person_id.hex}@beraad.test"
        if self.service.name == "membership":
            self._register(person_id, name, email, administrator, profiles, language)
        else:
            self._hear_of_person(person_id, name, email, administrator, profiles, language)
        return self.as_person(person_id)

    def administrator(self) -> Caller:
        return self.person("Ada", administrator=True)

    def group(
        self, name: str = "Housing", *, kind: str = "working_group", approving_body_id: UUID | None = None
    ) -> UUID:
        """A group whose mandate began; in membership use its own vocabulary for more."""
        group_id = new_id()
        if self.service.name == "membership":
            from beraad_membership.use_cases.create_group import CreateGroup, add_group

            command = CreateGroup(
                id=group_id,
                kind=kind,
                name=name,
                starts_on=date(2017, 1, 1),
                approving_body_id=approving_body_id,
            )
            with transaction(self.store, WORKER) as work:
                add_group(command, work)
            return group_id
        self.hears(
            "membership.group.created.v1",
            group_id=group_id,
            kind=kind,
            name=name,
            theme=name,
            aim="",
            deliverables="",
            time_zone="Europe/Brussels",
            starts_on="2017-01-01",
            ends_on=None,
            approving_body_id=approving_body_id,
            decision_id=None,
            decision_profile="consent",
        )
        return group_id

    def seat(self, group_id: UUID, person_id: UUID) -> UUID:
        """The service hears that the person holds a seat. Answers the seat's id."""
        seat_id = new_id()
        term = {"starts_on": "2017-01-01", "ends_on": None}
        self.hears(
            "membership.seat.filled.v1", group_id=group_id, seat_id=seat_id, person_id=person_id, **term
        )
        return seat_id

    def role(self, group_id: UUID, person_id: UUID, role: str) -> None:
        self.hears("membership.role.assigned.v1", group_id=group_id, person_id=person_id, role=role)

    # -- events -----------------------------------------------------------------------------------------------

    def hears(self, type_: str, **fields: Any) -> Envelope:
        """Apply an event as the consumer would: the handler, then the revision (for Wait-For).

        `revision` rises by itself. An event without handler here is passed over.
        """
        with transaction(self.store, WORKER) as work:
            envelope = replace(self.envelope(type_, **fields), time=work.now)
            self.apply(envelope, work)
        return envelope

    def envelope(self, type_: str, **fields: Any) -> Envelope:
        contract = contract_of(type_)
        subject = f"{contract.aggregate}/{fields[contract.key]}"
        fields.setdefault("revision", next(self._revisions.setdefault(subject, count(1))))
        return Envelope(
            id=uuid4(),
            stream=stream_of(contract),
            type=type_,
            subject=subject,
            time=real_now(),
            epoch=1,
            position=next(self._positions),
            data=plain(fields),
        )

    def apply(self, envelope: Envelope, work: Work) -> None:
        """A service without a worker (a test's own) keeps the roster and the keys."""
        subscriptions = self.worker.subscriptions if self.worker else (KERNEL,)
        heard = {one.publisher: one.handlers for one in subscriptions}
        handler = heard.get(envelope.stream, {}).get(envelope.type)
        if handler is not None:
            handler(receive(envelope), work)
        note_revisions(work.session, [envelope])

    def published(self, *types: str) -> list[dict[str, Any]]:
        """The bodies of the events written so far (of these types), oldest first."""
        query = select(outbox.c.type, outbox.c.body).order_by(outbox.c.row_id)
        with transaction(self.store) as work:
            rows = work.session.execute(query).all()
        return [row.body for row in rows if not types or row.type in types]

    def log(self, type_: str) -> list[dict[str, Any]]:
        """The events of that type with their ids, as `event_id` and `body`, oldest first."""
        query = select(outbox.c.event_id, outbox.c.body).where(outbox.c.type == type_)
        with transaction(self.store) as work:
            rows = work.session.execute(query.order_by(outbox.c.row_id)).mappings()
            return [dict(row) for row in rows]

    def falls_due(self) -> int:
        """Do all due work there is. Answers how many pieces."""
        assert self.worker is not None
        done = 0
        while pieces := sum(self._turn()):
            done += pieces
        return done

    def _turn(self) -> list[bool]:
        """One piece of each kind, as a worker does them."""
        assert self.worker is not None
        due = [due.once(self.store, self.settings) for due in self.worker.due_work]
        return due + [job.once(self.store, self.settings, lambda: True) for job in self.worker.jobs]

    # -- time and statements -----------------------------------------------------------------------------------

    def it_is(self, moment: datetime) -> None:
        """Domain time goes on from `moment`."""
        with transaction(self.store) as work:
            move_clock(work.session, moment.astimezone(UTC))

    def days_pass(self, days: float) -> None:
        with transaction(self.store) as work:
            move_clock(work.session, work.now + timedelta(days=days))

    @contextmanager
    def counting_statements(self) -> Iterator[list[str]]:
        """The statements sent to the database inside the block."""
        sent: list[str] = []
        with overhearing(self.store.engine, lambda statement, _parameters: sent.append(statement)):
            yield sent

    # -- how a service comes to know a person -------------------------------------------------------------------

    def _register(
        self,
        person_id: UUID,
        name: str,
        email: str,
        administrator: bool,
        profiles: tuple[str, ...],
        language: str,
    ) -> None:
        from beraad_membership.use_cases.register_person import RegisterPerson, add_person

        command = RegisterPerson(
            id=person_id,
            name=name,
            email=email,
            administrator=administrator,
            profiles=profiles,
            language=language,
        )
        with transaction(self.store, WORKER) as work:
            add_person(command, work, work.now)

    def _hear_of_person(
        self,
        person_id: UUID,
        name: str,
        email: str,
        administrator: bool,
        profiles: tuple[str, ...],
        language: str,
    ) -> None:
        same = {"person_id": person_id, "name": name, "language": language, "time_zone": "Europe/Brussels"}
        self.hears(
            "membership.person.registered.v1",
            profiles=list(profiles),
            administrator=administrator,
            revision=1,
            **same,
        )
        self.hears("membership.contact.changed.v1", email=email, revision=1, **same)


def plain(value: Any) -> Any:
    """As JSON would have it."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def open_world(service: Service, settings: Settings, *, pool_size: int = 5) -> World:
    """The service over a database that was migrated. The tests' signing key is known to it."""
    store = open_store(service.name, service.database, settings, pool_size=pool_size)
    key = public_half(signing_key())
    now = real_now()
    with transaction(store, WORKER) as work:
        remember_key(work.session, UUID(key["kid"]), key, now, now + timedelta(days=1))
    try:
        worker = find_worker(service.name)
    except UnknownService:
        worker = None
    return World(service, settings, store, create_application(service, store, settings), worker)


WorldMaker = Callable[..., World]
