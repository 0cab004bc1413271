"""docs/events/asyncapi.json: every topic as AsyncAPI 3.0, for code generators and catalogues."""

from __future__ import annotations

import json
from typing import Any

from beraad.contracts import PUBLISHERS, Contract, all_contracts
from beraad.contracts.payloads import payload
from beraad.messaging.envelope import PREFIX, WATERMARK, Watermark
from beraad.messaging.topology import EVENTS, exchange_of
from docs.generate.event_examples import BEGINS, example
from docs.generate.installed import workers
from docs.generate.words import sentence

Document = dict[str, Any]
BINDING = "0.3.0"


def document() -> str:
    """The whole document."""
    contracts = list(all_contracts().values())
    channels = {one.type: _channel(one.type, exchange_of(example(one).stream)) for one in contracts}
    channels |= {_watermark_type(name): _channel(_watermark_type(name), EVENTS) for name in PUBLISHERS}
    messages = {one.type: _message(one) for one in contracts} | {WATERMARK: _watermark()}
    told: Document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Beraad",
            "version": "1",
            "description": "What the services publish on RabbitMQ. The same events are in each publisher's feed.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "broker": {
                "host": "broker.example.org:5672",
                "protocol": "amqp",
                "pathname": "/beraad",
                "description": "The installation's RabbitMQ; an integrator has a user that listens and does nothing else.",
            }
        },
        "channels": channels,
        "operations": dict(_operations(contracts)),
        "components": {"messages": messages},
    }
    return json.dumps(told, indent=1, ensure_ascii=False)


def _watermark_type(publisher: str) -> str:
    return f"{publisher}.{WATERMARK}"


def _channel(type_: str, exchange: str) -> Document:
    message = WATERMARK if type_.endswith(f".{WATERMARK}") else type_
    return {
        "address": type_,
        "messages": {"event": {"$ref": f"#/components/messages/{message}"}},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": exchange, "type": "topic", "durable": True, "autoDelete": False},
                "bindingVersion": BINDING,
            }
        },
    }


def _operations(contracts: list[Contract]) -> list[tuple[str, Document]]:
    sent = [(f"{one.publisher}.sends.{one.type}", _operation("send", one.type)) for one in contracts]
    told = [(f"{name}.sends.{WATERMARK}", _operation("send", _watermark_type(name))) for name in PUBLISHERS]
    heard = [
        (f"{name}.receives.{type_}", _operation("receive", type_))
        for name, worker in workers().items()
        for subscriptions in worker.subscriptions
        for type_ in sorted(subscriptions.handlers)
    ]
    return [*sent, *told, *heard]


def _operation(action: str, type_: str) -> Document:
    channel = f"#/channels/{type_}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/event"}],
    }


def _message(contract: Contract) -> Document:
    event = example(contract)
    headers, _body = event.to_amqp()
    return {
        "name": contract.type,
        "summary": sentence(contract.schema, contract.type),
        "contentType": "application/json",
        "headers": _headers(headers),
        "payload": payload(contract),
        "examples": [{"name": "golden", "headers": headers, "payload": event.data}],
    }


def _watermark() -> Document:
    headers, _body = Watermark("membership", 1, 4711).to_amqp(BEGINS)
    headers[f"{PREFIX}id"] = "0190b5a0-0000-7000-8000-000000000000"
    return {
        "name": WATERMARK,
        "summary": "No event: how far the publisher's log goes, told every few seconds.",
        "contentType": "application/json",
        "headers": _headers(headers),
        "payload": {"type": "object"},
        "examples": [{"name": "golden", "headers": headers, "payload": {}}],
    }


def _headers(example_headers: dict[str, str]) -> Document:
    """CloudEvents 1.0 in binary mode."""
    properties: Document = {name: {"type": "string"} for name in example_headers}
    properties[f"{PREFIX}time"] = {"type": "string", "format": "date-time"}
    properties[f"{PREFIX}specversion"] = {"type": "string", "const": "1.0"}
    properties[f"{PREFIX}sequence"] = {"type": "string", "pattern": "^[0-9]{8}:[0-9]{16}$"}
    properties["traceparent"] = {"type": "string", "description": "W3C trace context, where there is one"}
    return {"type": "object", "properties": properties, "required": sorted(example_headers)}
