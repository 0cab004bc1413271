"""The published language: one marshmallow schema per event, in a file per publisher.

A publisher is held to its contract strictly (`dump_strictly`); a consumer reads tolerantly and ignores
fields it does not know (`read_tolerantly`), so a contract may grow within its major version.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Literal

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, missing

PUBLISHERS = ("membership", "meetings", "deliberation", "notifications")


PRIVATE_READERS = {
    "membership": "notifications",  # addresses and sign-in links
    "meetings": "membership",  # what they hold of a person
    "deliberation": "membership",
    "notifications": "membership",
}
"""Who alone reads what a publisher says in private."""


class Payload(Schema):
    """What an event carries. Every field is the state after the change; dates are ISO 8601, times UTC."""


PayloadClass = type[Payload]


@dataclass(frozen=True)
class Contract:
    """One published event type and what it says about itself."""

    type: str
    schema: PayloadClass
    aggregate: str
    """Plural noun of the publisher's aggregate, first half of the CloudEvents subject."""
    key: str
    """The field holding the aggregate's id."""
    person: str | None = None
    """The field holding the person the event is about, if erasing that person must rewrite it."""
    private: bool = False
    """Travels on the private exchange, never in the feed (addresses, sign-in links)."""

    @property
    def publisher(self) -> str:
        """The service that owns the contract."""
        return self.type.split(".", 1)[0]


class ContractBroken(Exception):
    """A publisher tried to say something its contract does not allow: a defect of ours, never of a client."""


class UnknownEvent(Exception):
    """No contract of this type and major version is known here."""


_REGISTRY: dict[str, Contract] = {}


def contract(
    type_: str, *, aggregate: str, key: str, person: str | None = None, private: bool = False
) -> Callable[[type[Payload]], type[Payload]]:
    """Register the schema under its published type."""

    def register(schema: type[Payload]) -> type[Payload]:
        if type_ in _REGISTRY:
            raise ContractBroken(f"{type_} is declared twice")
        _REGISTRY[type_] = Contract(type_, schema, aggregate, key, person, private)
        return schema

    return register


@cache
def all_contracts() -> dict[str, Contract]:
    """Every contract of every publisher, by type."""
    for publisher in PUBLISHERS:
        import_module(f"beraad.contracts.{publisher}")
    return dict(sorted(_REGISTRY.items()))


def contract_of(type_: str) -> Contract:
    """The contract of that type. Raises `UnknownEvent`."""
    try:
        return all_contracts()[type_]
    except KeyError:
        raise UnknownEvent(type_) from None


@cache
def _schema(type_: str, unknown: Literal["raise", "exclude"]) -> Payload:
    payload = contract_of(type_).schema
    return payload(unknown=unknown)


def dump_strictly(type_: str, event: object) -> dict[str, Any]:
    """The JSON body of an event, checked against its own contract. Raises `ContractBroken`."""
    schema = _schema(type_, RAISE)
    body: dict[str, Any] = schema.dump(event)
    try:
        _loaded(schema, body)
    except ValidationError as error:
        raise ContractBroken(f"{type_}: {error.messages}") from error
    return body


def read_tolerantly(type_: str, body: dict[str, Any]) -> dict[str, Any]:
    """The typed fields of a received body; unknown fields are ignored. Raises `ValidationError`."""
    return _loaded(_schema(type_, EXCLUDE), body)


def _loaded(schema: Payload, body: dict[str, Any]) -> dict[str, Any]:
    """As `schema.load` where no field is unknown, in two thirds of its time: contracts have fields, and no rule beside theirs."""
    read = ((name, field.deserialize(body.get(name, missing))) for name, field in schema.load_fields.items())
    try:
        return {name: value for name, value in read if value is not missing}
    except ValidationError:
        loaded: dict[str, Any] = schema.load(body)  # names all that is wrong
        return loaded
