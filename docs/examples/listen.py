"""Listen to Beraad on RabbitMQ: python listen.py AMQP_URL QUEUE BINDING…

    python listen.py amqp://chronicle:secret@broker:5672/beraad chronicle.decisions 'deliberation.decision.#'

Prints one line for each event. The queue is durable: what happens while nobody listens waits in it.
"""

import json
import sys

import pika


def show(channel, method, properties, body):
    event = {name.removeprefix("cloudEvents_"): value for name, value in properties.headers.items()}
    if not event["type"].endswith(".watermark"):  # how far the log goes, told every few seconds; no event
        print(event["sequence"], event["type"], event["subject"], json.dumps(json.loads(body)), flush=True)
    channel.basic_ack(method.delivery_tag)  # only now: an event not acknowledged comes again


def main(url, queue, *bindings):
    channel = pika.BlockingConnection(pika.URLParameters(url)).channel()
    channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
    for binding in bindings:
        channel.queue_bind(queue, "beraad.events", routing_key=binding)
    channel.basic_qos(prefetch_count=100)
    channel.basic_consume(queue, show)
    channel.start_consuming()


if __name__ == "__main__":
    main(*sys.argv[1:])
