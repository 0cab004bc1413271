"""FastStream: a subscriber with a pydantic model, acknowledged after the handler; the handler does nothing. It takes all there is ahead."""

import asyncio
from uuid import UUID

from common import Stopwatch, amqp_url, queue_name
from faststream import AckPolicy, FastStream
from faststream.rabbit import QueueType, RabbitBroker, RabbitQueue
from pydantic import BaseModel

stopwatch = Stopwatch()
broker = RabbitBroker(amqp_url(), logger=None)
app = FastStream(broker, logger=None)


class PersonRegistered(BaseModel):
    person_id: UUID
    revision: int
    name: str
    language: str
    time_zone: str
    profiles: list[str]
    administrator: bool


@broker.subscriber(
    RabbitQueue(queue_name(), queue_type=QueueType.QUORUM, durable=True, declare=False),
    ack_policy=AckPolicy.NACK_ON_ERROR,
)
async def handle(event: PersonRegistered) -> None:
    if stopwatch.handled():
        app.exit()


asyncio.run(app.run())
