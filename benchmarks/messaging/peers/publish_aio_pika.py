"""aio-pika: publisher confirms, a window of messages gathered at a time."""

import asyncio
import time

import aio_pika
from common import EXCHANGE, WINDOW, Message, amqp_url, messages, report


def outgoing(message: Message) -> aio_pika.Message:
    return aio_pika.Message(
        message.body,
        headers=message.headers,
        content_type="application/json",
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        message_id=message.id,
    )


async def main() -> None:
    waiting = messages()
    connection = await aio_pika.connect_robust(amqp_url())
    async with connection:
        channel = await connection.channel(publisher_confirms=True)
        exchange = await channel.get_exchange(EXCHANGE)
        began = time.perf_counter()
        for first in range(0, len(waiting), WINDOW):
            window = waiting[first : first + WINDOW]
            await asyncio.gather(
                *(exchange.publish(outgoing(one), one.type, mandatory=True) for one in window)
            )
        report(len(waiting), time.perf_counter() - began)


asyncio.run(main())
