"""Raw pika, as fast as it goes: nothing is looked up, serialized or recorded, confirms are pipelined in a window."""

import time
from typing import Any

import pika
from common import EXCHANGE, WINDOW, Message, amqp_url, messages, report
from pika.channel import Channel
from pika.spec import Basic


class Publisher:
    def __init__(self, waiting: list[Message]) -> None:
        self._waiting = waiting
        self._published = 0
        self._confirmed = 0
        self._began = 0.0
        self._channel: Any = None
        self._connection = pika.SelectConnection(pika.URLParameters(amqp_url()), self._on_open)

    def run(self) -> None:
        self._connection.ioloop.start()

    def _on_open(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Channel) -> None:
        self._channel = channel
        channel.confirm_delivery(self._on_confirm, callback=self._begin)

    def _begin(self, _frame: Any) -> None:
        self._began = time.perf_counter()
        self._fill()

    def _fill(self) -> None:
        while self._published < len(self._waiting) and self._published - self._confirmed < WINDOW:
            message = self._waiting[self._published]
            properties = pika.BasicProperties(
                content_type="application/json",
                headers=message.headers,
                delivery_mode=2,
                message_id=message.id,
            )
            self._channel.basic_publish(EXCHANGE, message.type, message.body, properties, mandatory=True)
            self._published += 1

    def _on_confirm(self, frame: Any) -> None:
        assert isinstance(frame.method, Basic.Ack), "the broker refused a message"
        self._confirmed = frame.method.delivery_tag if frame.method.multiple else self._confirmed + 1
        if self._confirmed < len(self._waiting):
            self._fill()
            return
        report(len(self._waiting), time.perf_counter() - self._began)
        self._connection.ioloop.stop()


Publisher(messages()).run()
