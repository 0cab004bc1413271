"""Feeds that answer wrongly, late or not at all; what is confirmed of a private one."""

import threading
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIServer, make_server

import pytest

from beraad.messaging.bell import Bell
from beraad.messaging.cursors import Cursor
from beraad.messaging.envelope import Envelope, Watermark
from beraad.messaging.feed import FeedClient, FeedSource
from beraad.messaging.sources import Batch, FeedUnavailable
from contracts.rig import PUBLIC, SECRET, feed_client
from servers.processes import free_port
from shared.messaging.test_envelope import an_envelope
from shared.tiny import Quiet


class Answers:
    """A server that answers the same to everything."""

    def __init__(self) -> None:
        self.status, self.body = "200 OK", b"{}"
        self.asked: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.asked.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}?{environ['QUERY_STRING']}")
        start_response(self.status, [("Content-Type", "application/json")])
        return [self.body]


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def client(answers: Answers) -> Iterator[FeedClient]:
    with make_server("127.0.0.1", 0, answers, WSGIServer, Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield feed_client(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("200 OK", b"<html>"),
        ("200 OK", b"{}"),
        ("200 OK", b"[]"),
        ("200 OK", b""),
        ("200 OK", b'{"epoch": 1, "position": 1, "shared": 0, "events": [{"id": "7"}]}'),
        ("302 Found", b""),
        ("401 Unauthorized", b"{}"),
        ("503 Service Unavailable", b"{}"),
    ],
)
def test_a_wrong_answer_is_a_feed_that_is_unavailable(
    client: FeedClient, answers: Answers, status: str, body: bytes
) -> None:
    answers.status, answers.body = status, body
    with pytest.raises(FeedUnavailable):
        client.read(PUBLIC, 1, 0, 10)


def test_a_feed_that_is_not_there_is_unavailable_and_passed_over() -> None:
    client = feed_client(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(FeedUnavailable):
        client.read(PUBLIC, 1, 0, 10)
    assert FeedSource(client, [PUBLIC], Bell()).take(lambda: {PUBLIC: Cursor(PUBLIC)}, 10, 0) == Batch()


def test_each_stream_has_its_address(client: FeedClient, answers: Answers) -> None:
    answers.body = b'{"epoch": 2, "position": 7, "shared": 6, "events": []}'
    page = client.read(PUBLIC, 2, 5, 10)
    assert (page.events, page.watermark.stream, page.watermark.place, page.shared) == ([], PUBLIC, (2, 7), 6)
    client.read(SECRET, 2, 5, 10)
    answers.status, answers.body = "204 No Content", b""
    client.confirm(SECRET, 7)
    assert answers.asked == [
        "GET /v1/events?after=2:5&limit=10",
        "GET /v1/private-events?after=2:5&limit=10",
        "DELETE /v1/private-events?through=7",
    ]


class Confirming(FeedClient):
    """Notes what is confirmed."""

    def __init__(self) -> None:
        super().__init__("notifications", "key", {})
        self.confirmed: list[tuple[str, int]] = []

    def confirm(self, stream: str, position: int) -> None:
        self.confirmed.append((stream, position))


def a_private(position: int) -> Envelope:
    return an_envelope(stream=SECRET, position=position)


def test_all_that_was_applied_of_a_private_stream_is_confirmed_once() -> None:
    client = Confirming()
    source = FeedSource(client, [PUBLIC, SECRET], Bell())
    source.keep_alive()
    source.settle(Batch([an_envelope(position=9)], [Watermark(PUBLIC, 1, 9)]))
    source.settle(Batch([a_private(1), a_private(2)], [Watermark(SECRET, 1, 5)]))
    source.settle(Batch([], [Watermark(SECRET, 1, 5)]))
    source.settle(Batch([a_private(6)]))
    source.close()
    assert client.confirmed == [(SECRET, 5), (SECRET, 6)]
