"""What a service listens to: for each publisher, what it keeps of the events and what it does about them.

To *keep* is to write a projection: it depends on the events alone and can be made anew from the log at any time.
To *act* (invite, create, tell by mail) happens once for each event, also when the projection is made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import Table

from beraad.contracts import UnknownEvent, contract_of, read_tolerantly
from beraad.messaging.envelope import Envelope
from beraad.messaging.outbox import stream_of


class Poison(Exception):
    """This event can never be applied here as it is: it is parked, the others flow."""


@dataclass(frozen=True)
class Received:
    """An event as a handler sees it: typed fields by name, and where it stands in its stream."""

    envelope: Envelope
    fields: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        """The field of that name, typed as the contract says."""
        return self.fields[name]

    @property
    def type(self) -> str:
        """The published type."""
        return self.envelope.type


Apply = Callable[[Received, Any], None]


class _Handlers:
    """At most one for each type."""

    def __init__(self) -> None:
        self.by_type: dict[str, Apply] = {}

    def on(self, *types: str) -> Callable[[Apply], Apply]:
        """Call the decorated function ``handler(event, work)`` for these types."""

        def register(handler: Apply) -> Apply:
            for type_ in types:
                self.add(type_, handler)
            return handler

        return register

    def add(self, type_: str, handler: Apply) -> None:
        """Register one handler. Raises `ValueError` for an unknown or doubly handled type."""
        try:
            contract_of(type_)
        except UnknownEvent:
            raise ValueError(f"there is no event {type_}") from None
        if type_ in self.by_type:
            raise ValueError(f"{type_} has a handler already")
        self.by_type[type_] = handler


class Projection(_Handlers):
    """What is kept of a publisher's events: the tables, and the handlers that alone write them.

    A handler writes nothing but these tables, reads nothing but them and the event, and asks for no time: a rebuild
    calls it again for the whole log, in a database that has no other tables.
    """

    def __init__(self, *tables: Table) -> None:
        """`tables` hold nothing that is not in the log."""
        super().__init__()
        self.tables = tables


class Subscriptions(_Handlers):
    """One publisher's stream: projections kept of it, and (`on`) what is done about its events, once for each.

    What is kept is kept first. An event without any handler is read and passed over.
    """

    def __init__(self, publisher: str, *projections: Projection) -> None:
        """`publisher` names the service whose stream is read, or `<service>.private` for what it says in private.

        Raises `ValueError` where two projections keep the same type, or one of another stream.
        """
        super().__init__()
        self.publisher = publisher
        self.tables = tuple(table for projection in projections for table in projection.tables)
        self._keeping = _Handlers()
        for projection in projections:
            for type_, handler in projection.by_type.items():
                self._refuse_foreign(type_)
                self._keeping.add(type_, handler)

    def add(self, type_: str, handler: Apply) -> None:
        """Act on that type. Raises `ValueError` for a foreign, unknown or doubly handled type."""
        self._refuse_foreign(type_)
        super().add(type_, handler)

    @property
    def handlers(self) -> Mapping[str, Apply]:
        """What the first arrival of each type does."""
        return dict.fromkeys({**self._keeping.by_type, **self.by_type}, self.apply)

    def apply(self, event: Received, work: Any) -> None:
        """Keep it, then act on it."""
        self.keep(event, work)
        self.act(event, work)

    def keep(self, event: Received, work: Any) -> None:
        """Write what is kept of it."""
        if handler := self._keeping.by_type.get(event.type):
            handler(event, work)

    def act(self, event: Received, work: Any) -> None:
        """Do what it asks for."""
        if handler := self.by_type.get(event.type):
            handler(event, work)

    def _refuse_foreign(self, type_: str) -> None:
        try:
            stream = stream_of(contract_of(type_))
        except UnknownEvent:
            raise ValueError(f"there is no event {type_}") from None
        if stream != self.publisher:
            raise ValueError(f"{type_} is not in the stream {self.publisher}")


def receive(envelope: Envelope) -> Received:
    """Read the body by its contract. Raises `Poison` for an unknown type, major version or shape."""
    try:
        return Received(envelope, read_tolerantly(envelope.type, envelope.data))
    except UnknownEvent as error:
        raise Poison(f"UnknownEvent: {error}") from error
    except ValidationError as error:
        raise Poison(f"ContractBroken: {error.messages}") from error
