"""kombu alone, the client the product reads with: JSON decoded, nothing done, acknowledged by the five hundred."""

import json
from typing import Any

from common import Stopwatch, amqp_url, queue_name
from kombu import Connection, Consumer, Queue

TOGETHER = 500


class Reader:
    """Counts what it is given."""

    def __init__(self) -> None:
        self.over = False
        self._stopwatch = Stopwatch()
        self._taken = 0

    def take(self, message: Any) -> None:
        json.loads(message.body)
        self._taken += 1
        self.over = self._stopwatch.handled()
        if self.over or self._taken % TOGETHER == 0:
            message.channel.basic_ack(message.delivery_tag, multiple=True)


def main() -> None:
    reader = Reader()
    queues = [Queue(queue_name(), no_declare=True)]
    with (
        Connection(amqp_url()) as connection,
        connection.channel() as channel,
        Consumer(channel, queues, on_message=reader.take, prefetch_count=2 * TOGETHER, auto_declare=False),
    ):
        while not reader.over:
            connection.drain_events(timeout=10)


main()
