"""What every peer is given: the address of a broker, and the product's own messages, byte for byte.

A peer prints one line of JSON: how many messages, in how many seconds, its connection standing before the clock runs.
"""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

EXCHANGE = "peers"
WINDOW = 500
AHEAD = int(os.environ.get("PEER_AHEAD", "0"))
"""Messages taken ahead of the one that is handled; 0 leaves the library its default."""


@dataclass(frozen=True)
class Message:
    """One event as the product sends it: routing key, CloudEvents headers, JSON."""

    id: str
    type: str
    headers: dict[str, str]
    body: bytes


def amqp_url() -> str:
    return os.environ["PEER_AMQP_URL"]


def queue_name() -> str:
    return os.environ["PEER_QUEUE"]


def messages() -> list[Message]:
    """In their order."""
    lines = Path(os.environ["PEER_MESSAGES"]).read_text().splitlines()
    return [
        Message(
            line["headers"]["cloudEvents_id"],
            line["headers"]["cloudEvents_type"],
            line["headers"],
            line["body"].encode(),
        )
        for line in map(json.loads, lines)
    ]


def report(count: int, seconds: float) -> None:
    print(json.dumps({"messages": count, "seconds": seconds}), flush=True)


class Stopwatch:
    """For a consumer: from its first message to the last that is expected. `handled` says when that was."""

    def __init__(self) -> None:
        self.expected = int(os.environ["PEER_COUNT"])
        self._count = 0
        self._began = 0.0

    def handled(self) -> bool:
        """True with the last."""
        if self._count == 0:
            self._began = time.perf_counter()
        self._count += 1
        if self._count < self.expected:
            return False
        report(self._count - 1, time.perf_counter() - self._began)
        return True
