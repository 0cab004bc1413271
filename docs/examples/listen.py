import sys

import pika

url, queue, *topics = sys.argv[1:]
channel = pika.BlockingConnection(pika.URLParameters(url)).channel()
channel.basic_qos(prefetch_count=100)
channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
for topic in topics:
    channel.queue_bind(queue, "beraad.events", topic)
for method, properties, body in channel.consume(queue):
    event = properties.headers
    if not event["cloudEvents_type"].endswith(".watermark"):  # no event, but how far the log goes
        print(event["cloudEvents_sequence"], event["cloudEvents_type"], body.decode(), flush=True)
    channel.basic_ack(method.delivery_tag)  # only now: an event not acknowledged comes again
