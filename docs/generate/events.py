"""docs/events/README.md: every topic, what it carries and who listens."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from marshmallow import fields, validate

from beraad.contracts import PUBLISHERS, Contract, all_contracts
from docs.generate.installed import workers
from docs.generate.words import code, listed, sentence, table

INTRODUCTION = """# Events

What the services publish, from `beraad.contracts`: one schema per event in
[shared/beraad/contracts](../../shared/beraad/contracts), in the file of the publisher, which owns it. On RabbitMQ the topic is the
routing key on the exchange `beraad.events`; without a broker the same events are in the publisher's feed,
`GET /<publisher>/v1/events`. The envelope is CloudEvents 1.0: `source` is the publisher, `type` the topic, `subject` the aggregate and
`sequence` the place in the publisher's log, `epoch:position`. See [integrating](../integrating.md).

Within `.v1` a contract only grows: consumers ignore fields they do not know. Times are UTC, days are calendar days of the group's zone,
`revision` counts the changes of the aggregate named in the subject. Topics marked *private* travel on `beraad.private`, never in the feed,
and notifications alone may read them: they hold addresses and sign-in links."""

KINDS: dict[type[fields.Field[Any]], str] = {
    fields.UUID: "id",
    fields.AwareDateTime: "time",
    fields.Date: "day",
    fields.Boolean: "yes or no",
    fields.Integer: "number",
    fields.Dict: "object",
    fields.String: "text",
}


def page() -> str:
    """The whole page."""
    return "\n\n".join([INTRODUCTION, *(_publisher(name) for name in PUBLISHERS)])


def listeners(type_: str) -> list[str]:
    """The services with a handler for that type."""
    return [
        name
        for name, worker in workers().items()
        if any(type_ in subscription.handlers for subscription in worker.subscriptions)
    ]


def _publisher(name: str) -> str:
    said = sentence(import_module(f"beraad.contracts.{name}"), name)
    published = [contract for contract in all_contracts().values() if contract.publisher == name]
    rows = (
        [_linked(contract), sentence(contract.schema, contract.type), listed(listeners(contract.type))]
        for contract in published
    )
    parts = [f"## {name.capitalize()}", said, table(["Topic", "Says", "Heard by"], rows)]
    return "\n\n".join([*parts, *map(_topic, published)])


def _linked(contract: Contract) -> str:
    anchor = contract.type.replace(".", "")
    return f"[`{contract.type}`](#{anchor})" + (" *(private)*" if contract.private else "")


def _topic(contract: Contract) -> str:
    carried = " · ".join(_field(name, field) for name, field in contract.schema().fields.items())
    about = f"Subject `{contract.aggregate}/{{{contract.key}}}`"
    if contract.person:
        about += f", about the person in `{contract.person}`"
    return f"#### {code(contract.type)}\n\n{about}. {carried}"


def _field(name: str, field: fields.Field[Any]) -> str:
    return f"{code(name)} {_kind(field)}" + (" or null" if field.allow_none else "")


def _kind(field: fields.Field[Any]) -> str:
    if isinstance(field, fields.List):
        return f"list of {_kind(field.inner)}"
    kind = next(word for class_, word in KINDS.items() if isinstance(field, class_))
    for rule in field.validators:
        if isinstance(rule, validate.OneOf):
            return " / ".join(map(str, rule.choices))
        if isinstance(rule, validate.Length) and rule.max and kind == "text":
            return f"text ≤ {rule.max:,}"
    return kind
