import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from cloudevents.core.bindings.amqp import AMQPMessage, from_binary, to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from beraad.messaging.envelope import (
    Envelope,
    UnreadableMessage,
    Watermark,
    from_amqp,
    from_json,
    watermark_from_amqp,
)

NOON = datetime(2017, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)


def an_envelope(**changes: Any) -> Envelope:
    fields: dict[str, Any] = {
        "id": uuid4(),
        "stream": "membership",
        "type": "membership.person.updated.v1",
        "subject": f"people/{uuid4()}",
        "time": NOON,
        "epoch": 1,
        "position": 12,
        "data": {"name": "Zoë", "revision": 3},
    }
    return Envelope(**{**fields, **changes})


@pytest.mark.parametrize("traceparent", [None, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"])
def test_what_is_written_is_read_again(traceparent: str | None) -> None:
    envelope = an_envelope(traceparent=traceparent)
    assert from_amqp(*envelope.to_amqp()) == envelope
    assert from_json(json.loads(json.dumps(envelope.to_json()))) == envelope


def test_the_official_library_reads_our_messages() -> None:
    envelope = an_envelope()
    headers, body = envelope.to_amqp()
    read = from_binary(AMQPMessage({"content-type": "application/json"}, headers, body), JSONFormat())
    assert (read.get_id(), read.get_source(), read.get_type()) == (
        str(envelope.id),
        "/membership",
        envelope.type,
    )
    assert (read.get_subject(), read.get_time(), read.get_specversion()) == (envelope.subject, NOON, "1.0")
    assert read.get_dataschema() == "urn:beraad:schema:membership.person.updated.v1"
    assert read.get_extension("sequence") == "00000001:0000000000000012"
    assert read.get_data() == envelope.data


def test_the_official_library_reads_our_feed() -> None:
    envelope = an_envelope()
    read = JSONFormat().read(None, json.dumps(envelope.to_json()))
    assert (read.get_id(), read.get_time(), read.get_data()) == (str(envelope.id), NOON, envelope.data)
    assert read.get_datacontenttype() == "application/json"


def test_the_official_library_reads_our_watermarks() -> None:
    headers, body = Watermark("membership", 1, 12).to_amqp(NOON)
    read = from_binary(AMQPMessage({"content-type": "application/json"}, headers, body), JSONFormat())
    assert read.get_type() == "membership.watermark"


@pytest.mark.parametrize("prefix", ["cloudEvents_", "cloudEvents:"])
def test_we_read_what_the_official_library_writes(prefix: str) -> None:
    envelope = an_envelope()
    attributes = {**envelope.attributes(), "time": NOON, "datacontenttype": "application/json"}
    message = to_binary(CloudEvent(attributes, envelope.data), JSONFormat())
    headers = {
        name.replace("cloudEvents_", prefix): value for name, value in message.application_properties.items()
    }
    assert from_amqp(headers, message.application_data) == envelope


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "7"),
        ("id", 7),
        ("sequence", "12"),
        ("sequence", "1:0"),
        ("sequence", "0:1"),
        ("sequence", f"1:{2**63}"),
        ("sequence", 12),
        ("time", "yesterday"),
        ("time", "2017-03-01T12:00:00"),
        ("time", 10**30),
        ("type", ""),
        ("type", "x" * 121),
        ("subject", 5),
        ("source", "/" + "x" * 61),
    ],
)
def test_a_malformed_attribute_makes_a_message_unreadable(name: str, value: object) -> None:
    headers, body = an_envelope().to_amqp()
    with pytest.raises(UnreadableMessage):
        from_amqp({**headers, f"cloudEvents_{name}": value}, body)


@pytest.mark.parametrize("name", ["id", "sequence", "time", "type", "subject", "source"])
def test_a_missing_attribute_makes_a_message_unreadable(name: str) -> None:
    headers, body = an_envelope().to_amqp()
    del headers[f"cloudEvents_{name}"]
    with pytest.raises(UnreadableMessage):
        from_amqp(headers, body)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[1]", b'{"x": NaN}', b"[" * 200_000, b'{"x": 1' + b"0" * 5000 + b"}"]
)
def test_a_body_that_is_no_json_object_makes_a_message_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableMessage):
        from_amqp(an_envelope().to_amqp()[0], body)


@given(
    st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text() | st.binary()),
    st.binary(),
)
def test_whatever_comes_is_readable_or_unreadable_and_nothing_else(
    headers: dict[str, Any], body: bytes
) -> None:
    with pytest.raises(UnreadableMessage):
        from_amqp(headers, body)


def test_a_watermark_is_read_again_with_the_time_it_was_told() -> None:
    told = Watermark("membership.private", 2, 0)
    headers, _ = told.to_amqp(NOON)
    assert watermark_from_amqp(headers) == Watermark("membership.private", 2, 0, sent_at=NOON)
    with pytest.raises(UnreadableMessage):
        watermark_from_amqp({})


def test_half_a_surrogate_pair_does_not_stop_the_relay() -> None:
    _, body = an_envelope(data={"name": "\ud800"}).to_amqp()
    assert json.loads(body) == {"name": "\ud800"}
