"""The envelope: CloudEvents 1.0, as JSON in the feed and as AMQP binary mode on the exchange."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isfinite
from typing import Any
from uuid import UUID

from beraad.identifiers import new_id

PREFIX = "cloudEvents_"
SPELLINGS = (PREFIX, "cloudEvents:")
MALFORMED = (KeyError, ValueError, TypeError, AttributeError, OverflowError, OSError)
PRIVATE_SUFFIX = ".private"
WATERMARK = "watermark"
LONGEST = {"source": 61, "type": 120, "subject": 120}
"""Characters the tables of a consumer have room for."""
LAST_EPOCH, LAST_POSITION = 2**31 - 1, 2**62
DEEPEST = 32
"""Levels of objects and lists in a body: contracts have four at most."""
TRACEPARENT = re.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
"""W3C Trace Context."""


class UnreadableMessage(Exception):
    """Not an envelope of ours: nothing tells whose stream it belongs to."""


@dataclass(frozen=True, kw_only=True)
class Addressed:
    """An event's context attributes. `(epoch, position)` is its place in the publisher's stream, from 1, without holes."""

    id: UUID
    stream: str
    """The publisher's name, or `<publisher>.private`."""
    type: str
    subject: str
    """`<aggregate plural>/<id>`."""
    time: datetime
    epoch: int
    position: int
    traceparent: str | None = field(default=None)

    @property
    def publisher(self) -> str:
        """The service that owns the stream."""
        return self.stream.removesuffix(PRIVATE_SUFFIX)

    @property
    def place(self) -> tuple[int, int]:
        """`(epoch, position)`: in this order for one stream."""
        return self.epoch, self.position

    @property
    def sequence(self) -> str:
        """`epoch:position`, padded so that text order is stream order (CloudEvents sequence extension)."""
        return _sequence(self.epoch, self.position)

    def attributes(self) -> dict[str, str]:
        """The context attributes of CloudEvents 1.0, with our two extensions."""
        return {
            "specversion": "1.0",
            "id": str(self.id),
            "source": f"/{self.stream}",
            "type": self.type,
            "subject": self.subject,
            "time": _text(self.time),
            "sequence": self.sequence,
            "partition": "0",
            "dataschema": f"urn:beraad:schema:{self.type}",
        }

    def headers(self) -> dict[str, str]:
        """The attributes as AMQP's binary mode has them."""
        traced = {"traceparent": self.traceparent} if self.traceparent else {}
        return {PREFIX + name: value for name, value in self.attributes().items()} | traced

    def body(self) -> bytes:
        """The data as JSON."""
        raise NotImplementedError

    def to_amqp(self) -> tuple[dict[str, str], bytes]:
        """Binary mode: headers and body."""
        return self.headers(), self.body()


@dataclass(frozen=True, kw_only=True)
class Envelope(Addressed):
    """One event, read: its data can be looked into."""

    data: dict[str, Any]

    def body(self) -> bytes:
        """The data as JSON."""
        return json.dumps(self.data, separators=(",", ":")).encode()

    def to_json(self) -> dict[str, Any]:
        """Structured mode, as the feed serves it."""
        traced = {"traceparent": self.traceparent} if self.traceparent else {}
        return {**self.attributes(), **traced, "datacontenttype": "application/json", "data": self.data}


@dataclass(frozen=True, kw_only=True)
class Sealed(Addressed):
    """One event on its way from the log to the broker: its data stays the JSON text that the log holds."""

    text: str

    def body(self) -> bytes:
        """The data as JSON."""
        return self.text.encode()


def from_json(event: Mapping[str, Any]) -> Envelope:
    """Read structured mode. Raises `UnreadableMessage`."""
    return _read(event, event.get("data"), event.get("traceparent"))


def from_amqp(headers: Mapping[str, Any], body: bytes) -> Envelope:
    """Read binary mode. Raises `UnreadableMessage`."""
    return _read(_attributes(headers), _object(body), headers.get("traceparent"))


def _attributes(headers: Mapping[str, Any]) -> dict[str, Any]:
    """By name without prefix; the AMQP binding knows two spellings of it and a receiver takes both."""
    return {name[len(PREFIX) :]: value for name, value in headers.items() if name.startswith(SPELLINGS)}


def _object(body: bytes) -> Any:
    try:
        value = JSON.decode(body.decode())
    except (ValueError, RecursionError) as error:
        raise UnreadableMessage(f"the body is not JSON: {error}") from error
    if body.count(b"[") + body.count(b"{") > DEEPEST and _is_deeper(value, DEEPEST):
        raise UnreadableMessage(f"the body is nested more than {DEEPEST} deep")
    return value


def _is_deeper(value: Any, levels: int) -> bool:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels < 0 or any(_is_deeper(part, levels - 1) for part in parts)


def _finite(number: str) -> float:
    """Also not one too large to be told from infinity: no database keeps that as JSON."""
    value = float(number)
    if not isfinite(value):
        raise ValueError(f"{number} is no number of finite size")
    return value


JSON = json.JSONDecoder(parse_float=_finite, parse_constant=_finite)


def _text(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def _sequence(epoch: int, position: int) -> str:
    return f"{epoch:08d}:{position:016d}"


def _read(attributes: Mapping[str, Any], data: Any, traceparent: Any) -> Envelope:
    try:
        epoch, position = _place(attributes, first=1)
        return Envelope(
            id=UUID(attributes["id"]),
            stream=_limited(attributes, "source").removeprefix("/"),
            type=_limited(attributes, "type"),
            subject=_limited(attributes, "subject"),
            time=_aware(attributes["time"]),
            epoch=epoch,
            position=position,
            data=_document(data),
            traceparent=_trace(traceparent),
        )
    except MALFORMED as error:
        raise UnreadableMessage(f"missing or malformed attribute: {error}") from error


def _place(attributes: Mapping[str, Any], first: int) -> tuple[int, int]:
    epoch, position = (int(part) for part in attributes["sequence"].split(":"))
    if not (0 < epoch <= LAST_EPOCH and first <= position <= LAST_POSITION):
        raise ValueError(f"no stream has a place {attributes['sequence']}")
    return epoch, position


def _limited(attributes: Mapping[str, Any], name: str) -> str:
    value = attributes[name]
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST[name] or not value.isprintable():
        raise ValueError(f"{name} is no printable text of at most {LONGEST[name]} characters")
    return value


def _trace(traceparent: Any) -> str | None:
    """None where it is malformed: who traces begins anew then, as the standard says."""
    return traceparent if isinstance(traceparent, str) and TRACEPARENT.fullmatch(traceparent) else None


def _aware(value: str | int) -> datetime:
    """RFC 3339, or milliseconds since 1970 as the AMQP binding also has it; in UTC."""
    time = (
        datetime.fromtimestamp(value / 1000, UTC) if isinstance(value, int) else datetime.fromisoformat(value)
    )
    if time.tzinfo is None:
        raise ValueError("the time has no zone")
    return time if time.tzinfo is UTC else time.astimezone(UTC)


def _document(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise ValueError("the data is not a JSON object")  # noqa: TRY004 - a wrong value, not a wrong call
    return data


@dataclass(frozen=True)
class Watermark:
    """A publisher's word on how far its stream goes, repeated every few seconds."""

    stream: str
    epoch: int
    position: int
    sent_at: datetime | None = None
    """When the publisher said so (its real time); None means just now."""

    @property
    def place(self) -> tuple[int, int]:
        """`(epoch, position)`: in this order for one stream."""
        return self.epoch, self.position

    @property
    def publisher(self) -> str:
        """The service that owns the stream."""
        return self.stream.removesuffix(PRIVATE_SUFFIX)

    @property
    def type(self) -> str:
        """Also its routing key: `<publisher>.watermark`."""
        return f"{self.publisher}.{WATERMARK}"

    def to_amqp(self, now: datetime) -> tuple[dict[str, str], bytes]:
        """A CloudEvent in binary mode like every other message of the exchange."""
        attributes = {
            "specversion": "1.0",
            "id": str(new_id()),
            "source": f"/{self.stream}",
            "type": self.type,
            "time": _text(now),
            "sequence": _sequence(self.epoch, self.position),
            "partition": "0",
        }
        return {PREFIX + name: value for name, value in attributes.items()}, b"{}"


def watermark_from_amqp(headers: Mapping[str, Any]) -> Watermark:
    """Read what `Watermark.to_amqp` wrote. Raises `UnreadableMessage`."""
    attributes = _attributes(headers)
    try:
        stream = _limited(attributes, "source").removeprefix("/")
        return Watermark(stream, *_place(attributes, first=0), sent_at=_aware(attributes["time"]))
    except MALFORMED as error:
        raise UnreadableMessage(f"missing or malformed attribute: {error}") from error
