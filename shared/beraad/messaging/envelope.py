"""The envelope: CloudEvents 1.0, as JSON in the feed and as AMQP binary mode on the exchange."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

PREFIX = "cloudEvents_"
PRIVATE_SUFFIX = ".private"


class UnreadableMessage(Exception):
    """Not an envelope of ours: nothing tells whose stream it belongs to."""


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """One event on its way. `(epoch, position)` is its place in the publisher's stream, from 1, without holes."""

    id: UUID
    stream: str
    """The publisher's name, or `<publisher>.private`."""
    type: str
    subject: str
    """`<aggregate plural>/<id>`."""
    time: datetime
    epoch: int
    position: int
    data: dict[str, Any]
    traceparent: str | None = field(default=None)

    @property
    def publisher(self) -> str:
        """The service that owns the stream."""
        return self.stream.removesuffix(PRIVATE_SUFFIX)

    @property
    def sequence(self) -> str:
        """`epoch:position`, padded so that text order is stream order (CloudEvents sequence extension)."""
        return f"{self.epoch:08d}:{self.position:016d}"

    def attributes(self) -> dict[str, str]:
        """The context attributes of CloudEvents 1.0, with our two extensions."""
        return {
            "specversion": "1.0",
            "id": str(self.id),
            "source": f"/{self.stream}",
            "type": self.type,
            "subject": self.subject,
            "time": self.time.isoformat().replace("+00:00", "Z"),
            "sequence": self.sequence,
            "partition": "0",
            "dataschema": f"/schemas/{self.type}",
        }

    def to_json(self) -> dict[str, Any]:
        """Structured mode, as the feed serves it."""
        traced = {"traceparent": self.traceparent} if self.traceparent else {}
        return {**self.attributes(), **traced, "datacontenttype": "application/json", "data": self.data}

    def to_amqp(self) -> tuple[dict[str, str], bytes]:
        """Binary mode: headers and body."""
        headers = {PREFIX + name: value for name, value in self.attributes().items()}
        if self.traceparent:
            headers["traceparent"] = self.traceparent
        return headers, json.dumps(self.data, ensure_ascii=False, separators=(",", ":")).encode()


def from_json(event: Mapping[str, Any]) -> Envelope:
    """Read structured mode. Raises `UnreadableMessage`."""
    return _read(event, event.get("data"), event.get("traceparent"))


def from_amqp(headers: Mapping[str, Any], body: bytes) -> Envelope:
    """Read binary mode. Raises `UnreadableMessage`."""
    attributes = {name.removeprefix(PREFIX): value for name, value in headers.items() if name.startswith(PREFIX)}
    try:
        data = json.loads(body)
    except ValueError as error:
        raise UnreadableMessage(f"the body is not JSON: {error}") from error
    return _read(attributes, data, headers.get("traceparent"))


def _read(attributes: Mapping[str, Any], data: Any, traceparent: str | None) -> Envelope:
    try:
        epoch, position = str(attributes["sequence"]).split(":")
        if not isinstance(data, dict):
            raise UnreadableMessage("the data is not a JSON object")
        return Envelope(
            id=UUID(attributes["id"]),
            stream=str(attributes["source"]).lstrip("/"),
            type=str(attributes["type"]),
            subject=str(attributes["subject"]),
            time=datetime.fromisoformat(attributes["time"]),
            epoch=int(epoch),
            position=int(position),
            data=data,
            traceparent=traceparent,
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise UnreadableMessage(f"missing or malformed attribute: {error}") from error


@dataclass(frozen=True)
class Watermark:
    """A publisher's word on how far its stream goes, sent while it is idle."""

    stream: str
    epoch: int
    position: int
