"""Whoever is connected, as a socket that can be told until when what they send must have come."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

SHORTEST = 0.001
"""Seconds; a socket takes none for "do not wait at all"."""


class Peer(socket.socket):
    """A socket whose every single read ends at one moment, so that it holds whoever sends a byte now and then too."""

    until: float | None = None
    """By the monotonic clock; None: whoever sends may take their time."""

    @classmethod
    def of(cls, accepted: socket.socket) -> Peer:
        """The same connection; `accepted` is used no more."""
        kind = (accepted.family, accepted.type, accepted.proto)
        return cls(*kind, fileno=accepted.detach())

    def recv(self, size: int, flags: int = 0) -> bytes:
        """As sockets do. Raises `TimeoutError` once it is `until`."""
        if self.until is not None:
            self.settimeout(max(self.until - time.monotonic(), SHORTEST))
        return super().recv(size, flags)


@contextmanager
def arriving_within(seconds: float, environ: Mapping[str, Any]) -> Iterator[None]:
    """What the block reads of this request must come within so many seconds in all, else reading raises `TimeoutError`.

    Nothing is guaranteed where the server hands out no `Peer` (macOS, tests without a server): look at the clock too.
    """
    peer = environ.get("gunicorn.socket")
    if not isinstance(peer, Peer):
        yield
        return
    peer.until = time.monotonic() + seconds
    try:
        yield
    finally:
        peer.until = None
        peer.settimeout(None)
