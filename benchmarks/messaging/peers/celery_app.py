"""Celery's application: publisher confirms, one quorum queue, late acknowledgment, no result kept."""

from celery import Celery
from common import AHEAD, amqp_url, queue_name
from kombu import Exchange, Queue

app = Celery("peer", broker=amqp_url())
app.conf.update(
    broker_transport_options={"confirm_publish": True},
    task_queues=[
        Queue(
            queue_name(),
            Exchange(queue_name(), type="direct"),
            routing_key=queue_name(),
            queue_arguments={"x-queue-type": "quorum"},
        )
    ],
    task_default_queue=queue_name(),
    task_default_exchange=queue_name(),
    task_default_routing_key=queue_name(),
    task_ignore_result=True,
    task_acks_late=True,
    worker_redirect_stdouts=False,
)
if AHEAD:
    app.conf.worker_prefetch_multiplier = AHEAD
