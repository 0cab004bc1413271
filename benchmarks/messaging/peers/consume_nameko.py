"""nameko: a service with one `consume` entrypoint, acknowledged after the method; the method does nothing."""

import eventlet

eventlet.monkey_patch()

from typing import Any  # noqa: E402

from common import AHEAD, Stopwatch, amqp_url, queue_name  # noqa: E402
from kombu import Queue  # noqa: E402
from nameko.containers import ServiceContainer  # noqa: E402
from nameko.messaging import consume  # noqa: E402

stopwatch = Stopwatch()
done = eventlet.event.Event()


class Listener:
    name = "listener"

    @consume(Queue(queue_name(), no_declare=True))
    def handle(self, event: Any) -> None:
        if stopwatch.handled():
            done.send()


config = {"AMQP_URI": amqp_url()} | ({"max_workers": AHEAD} if AHEAD else {})
container = ServiceContainer(Listener, config=config)
container.start()
with eventlet.Timeout(300):
    done.wait()
container.stop()
