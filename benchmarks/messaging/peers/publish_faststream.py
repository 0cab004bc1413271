"""FastStream: its RabbitMQ broker with confirms, a window of messages gathered at a time."""

import asyncio
import time

from common import EXCHANGE, WINDOW, Message, amqp_url, messages, report
from faststream.rabbit import ExchangeType, RabbitBroker, RabbitExchange


async def main() -> None:
    waiting = messages()
    exchange = RabbitExchange(EXCHANGE, type=ExchangeType.TOPIC, durable=True, declare=False)
    async with RabbitBroker(amqp_url(), logger=None) as broker:

        async def publish(message: Message) -> None:
            await broker.publish(
                message.body,
                exchange=exchange,
                routing_key=message.type,
                headers=message.headers,
                content_type="application/json",
                message_id=message.id,
                persist=True,
                mandatory=True,
            )

        began = time.perf_counter()
        for first in range(0, len(waiting), WINDOW):
            await asyncio.gather(*(publish(one) for one in waiting[first : first + WINDOW]))
        report(len(waiting), time.perf_counter() - began)


asyncio.run(main())
