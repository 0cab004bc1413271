"""What a service listens to: for each publisher, which handler applies which event."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError

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


class Subscriptions:
    """The handlers for one publisher's stream. An event without handler is read and passed over."""

    def __init__(self, publisher: str) -> None:
        """`publisher` names the service whose stream is read, or `<service>.private` for what it says in private."""
        self.publisher = publisher
        self.handlers: dict[str, Apply] = {}

    def on(self, *types: str) -> Callable[[Apply], Apply]:
        """Apply these types with the decorated function ``handler(event, work)``."""

        def register(handler: Apply) -> Apply:
            for type_ in types:
                self.add(type_, handler)
            return handler

        return register

    def add(self, type_: str, handler: Apply) -> None:
        """Register one handler. Raises `ValueError` for a foreign, unknown or doubly handled type."""
        try:
            stream = stream_of(contract_of(type_))
        except UnknownEvent:
            raise ValueError(f"there is no event {type_}") from None
        if stream != self.publisher or type_ in self.handlers:
            raise ValueError(f"{type_} is not in the stream {self.publisher}, or has a handler already")
        self.handlers[type_] = handler

    def include(self, handlers: Iterable[tuple[str, Apply]]) -> None:
        """Register handlers the kernel offers (the roster, identity)."""
        for type_, handler in handlers:
            self.add(type_, handler)


def receive(envelope: Envelope) -> Received:
    """Read the body by its contract. Raises `Poison` for an unknown type, major version or shape."""
    try:
        return Received(envelope, read_tolerantly(envelope.type, envelope.data))
    except UnknownEvent as error:
        raise Poison(f"UnknownEvent: {error}") from error
    except ValidationError as error:
        raise Poison(f"ContractBroken: {error.messages}") from error
