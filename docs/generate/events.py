"""docs/events: the index of all topics, and a page and a golden example for each."""

from __future__ import annotations

import inspect
import json
from importlib import import_module
from typing import Any

from marshmallow import fields, validate

from beraad.contracts import PUBLISHERS, Contract, all_contracts
from docs.generate.event_examples import example
from docs.generate.installed import workers
from docs.generate.words import code, listed, sentence, table

INTRODUCTION = """# Events

What the services publish, from `beraad.contracts`: one schema per event in
[shared/beraad/contracts](../../shared/beraad/contracts), in the file of the publisher, which owns it. On RabbitMQ the topic is the
routing key on the exchange `beraad.events`; without a broker the same events are in the publisher's feed,
`GET /<publisher>/v1/events`. The envelope is CloudEvents 1.0: `source` is the publisher, `type` the topic, `subject` the aggregate and
`sequence` the place in the publisher's log, `epoch:position`. See [integrating](../integrating.md).

Each topic has a page of its own with a golden example, which is also in [examples](examples), and all are in [asyncapi.json](asyncapi.json)
(AsyncAPI 3.0) for code generators. Within `.v1` a contract only grows: consumers ignore fields they do not know. Times are UTC, days are calendar days of the group's zone,
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
    return "\n\n".join(parts)


def _linked(contract: Contract) -> str:
    return f"[`{contract.type}`]({contract.type}.md)" + (" *(private)*" if contract.private else "")


def topic_page(contract: Contract) -> str:
    """One topic: what it says, who hears it, what it carries, how it looks."""
    about = f"Subject `{contract.aggregate}/{{{contract.key}}}`, published by {contract.publisher}"
    about += ", on `beraad.private` alone" if contract.private else ""
    heard = listed(listeners(contract.type))
    said = inspect.cleandoc(contract.schema.__doc__ or "")
    fields_ = (
        [code(name), _kind(field) + (" or null" if field.allow_none else ""), _note(contract, name, field)]
        for name, field in contract.schema().fields.items()
    )
    return "\n\n".join(
        [
            f"# {contract.type}",
            said,
            f"{about}. Heard by: {heard}. All events: [events](README.md).",
            table(["Field", "Kind", ""], fields_),
            "A golden example, as a feed serves it; on RabbitMQ `data` is the body and the rest is in the headers:",
            f"```json\n{golden(contract)}```",
        ]
    )


def golden(contract: Contract) -> str:
    """The example as JSON text."""
    return json.dumps(example(contract).to_json(), indent=2, ensure_ascii=False) + "\n"


def _note(contract: Contract, name: str, field: fields.Field[Any]) -> str:
    notes = []
    if name == contract.key:
        notes.append("the aggregate")
    if name == contract.person:
        notes.append("the person it is about")
    if field.metadata.get("personal"):
        notes.append("rewritten when that person is erased")
    if not field.required:
        notes.append("may be absent in older events")
    return ", ".join(notes)


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
