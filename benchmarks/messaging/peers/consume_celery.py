"""Celery: its worker in one process, a task that does nothing, acknowledged after it is done."""

import os
import signal
from typing import Any

from celery_app import app
from common import Stopwatch, queue_name

stopwatch = Stopwatch()


@app.task(name="peer.handle")
def handle(event: dict[str, Any]) -> None:
    if stopwatch.handled():
        os.kill(os.getpid(), signal.SIGTERM)


app.worker_main(
    [
        "worker",
        f"--pool={os.environ.get('PEER_POOL', 'solo')}",
        "--concurrency=1",
        "--loglevel=ERROR",
        f"--queues={queue_name()}",
        "--without-gossip",
        "--without-mingle",
    ]
)
