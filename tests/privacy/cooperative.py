"""The four services in one process, each with its own database, hearing one another as the consumer does.

cooperative = Cooperative(a_world, "sqlite")
anna = cooperative.person("Anna", "anna@beraad.test")   # registered in membership; heard of by the others after `carries()`
cooperative.carries()                                   # numbers what was written, and applies it everywhere, until nothing is new
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import MetaData, select

from beraad.messaging.consumer import Consumer
from beraad.messaging.cursors import Cursor
from beraad.messaging.envelope import Envelope, Watermark
from beraad.messaging.outbox import confirm, events_after, number_batch, stream_state
from beraad.messaging.sources import Batch, Page
from beraad.perform import WORKER, reading, transaction
from worlds.callers import Caller, ok
from worlds.world import World, WorldMaker

SERVICES = ("membership", "meetings", "deliberation", "notifications")


class Nothing:
    """A source that hands over nothing: the feed is read on demand."""

    def take(self, cursors: Any, limit: int, timeout: float) -> Batch:
        return Batch()

    def settle(self, batch: Batch) -> None:
        """Nothing is to be settled."""

    def keep_alive(self) -> None:
        """There is no connection."""

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class Logs:
    """The publishers' feeds, without HTTP."""

    worlds: Mapping[str, World]

    def read(self, stream: str, epoch: int, after: int, limit: int) -> Page:
        with reading(self.publisher(stream).store) as work:
            state = stream_state(work.session, stream)
            events = events_after(work.session, stream, after, limit)
        return Page(events, Watermark(stream, state.epoch, state.position), state.position)

    def publisher(self, stream: str) -> World:
        return self.worlds[stream.partition(".")[0]]


@dataclass
class Cooperative:
    make: WorldMaker
    engine: str
    worlds: dict[str, World] = field(init=False)

    def __post_init__(self) -> None:
        self.worlds = {name: self.make(name, on=self.engine) for name in SERVICES}
        logs = Logs(self.worlds)
        self._logs = logs
        self._consumers = {
            name: Consumer(world.store, world.worker.subscriptions, Nothing(), logs)
            for name, world in self.worlds.items()
            if world.worker
        }
        self.administrator = self.worlds["membership"].administrator()

    def __getitem__(self, service: str) -> World:
        return self.worlds[service]

    def calls(self, service: str, person: Caller) -> Caller:
        """The same person, asking that service."""
        return self.worlds[service].as_person(person.id)

    def person(self, name: str, email: str, **more: Any) -> Caller:
        registered = ok(
            self.administrator.post("/v1/people", {"name": name, "email": email, **more}, **sent_once()),
            201,
        )
        return self["membership"].as_person(UUID(registered["id"]))

    def group(self, *people: Caller, facilitator: Caller) -> UUID:
        """A working group of these people."""
        group = self["membership"].group("Ethics")
        appointed = [{"person_id": str(person.id)} for person in people]
        ok(self.administrator.post(f"/v1/groups/{group}/seats", {"appointees": appointed}), 201)
        ok(self.administrator.put(f"/v1/groups/{group}/roles/facilitator/{facilitator.id}"))
        return group

    def carries(self, *services: str, private: bool = True) -> None:
        """Apply everything new (to these services, to all where none is named), until there is no more."""
        while sum(self._carry(name, private) for name in services or SERVICES):
            pass

    def _carry(self, service: str, private: bool) -> int:
        applied, consumer = 0, self._consumers[service]
        for stream in consumer.cursors():
            if stream.endswith(".private") and not private:
                continue
            publisher = self._logs.publisher(stream)
            with transaction(publisher.store, WORKER) as work:
                number_batch(work.session)
                state = stream_state(work.session, stream)
            before = _cursor(consumer, stream)
            if before.place < (state.epoch, state.position):
                applied += consumer.apply(Batch(watermarks=[Watermark(stream, state.epoch, state.position)]))
            if stream.endswith(".private"):
                with transaction(publisher.store, WORKER) as work:
                    confirm(work.session, stream, state.position)
        return applied

    def taken(self, stream: str) -> list[Envelope]:
        """What the broker has of that stream and nobody has read yet; the publisher forgets private bodies."""
        publisher = self._logs.publisher(stream)
        with transaction(publisher.store, WORKER) as work:
            number_batch(work.session)
            state = stream_state(work.session, stream)
            events = events_after(work.session, stream, 0, 1000)
            confirm(work.session, stream, state.position)
        return events

    def arrives(self, service: str, events: list[Envelope]) -> None:
        """It comes to that service."""
        self._consumers[service].apply(Batch(events))

    def everything(self) -> dict[str, str]:
        """All that stands in the four databases: `service.table` → its rows, as text."""
        found = {}
        for name, world in self.worlds.items():
            metadata = MetaData()
            metadata.reflect(world.store.engine)
            with world.store.engine.connect() as connection:
                for table in metadata.sorted_tables:
                    rows = connection.execute(select(table)).all()
                    found[f"{name}.{table.name}"] = "\n".join(
                        " ".join(_text(value) for value in row) for row in rows
                    )
        return found

    def mentions(self, *words: str) -> dict[str, list[str]]:
        """Where any of these words stands: `service.table` → the words."""
        found = self.everything().items()
        told = {place: [word for word in words if word in text] for place, text in found}
        return {place: there for place, there in told.items() if there}


def sent_once() -> dict[str, str]:
    """Whoever registers people may send it twice, so the answer is kept."""
    return {"idempotency_key": uuid4().hex}


def _cursor(consumer: Consumer, stream: str) -> Cursor:
    return consumer.cursors()[stream]


def _text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode(errors="replace")
    return str(value)
