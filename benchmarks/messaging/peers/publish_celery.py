"""Celery: one task per event, each sent when the one before it was confirmed, which is how Celery confirms."""

import json
import time

from celery_app import app
from common import messages, report

TASK = "peer.handle"


def main() -> None:
    waiting = [json.loads(message.body) for message in messages()]
    with app.producer_pool.acquire(block=True) as producer:
        producer.connection.ensure_connection(max_retries=3)
        began = time.perf_counter()
        for body in waiting:
            app.send_task(TASK, kwargs={"event": body}, producer=producer)
        report(len(waiting), time.perf_counter() - began)


main()
