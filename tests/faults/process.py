"""A relay or a consumer in a process of its own, to be killed: `process.py relay|consumer DATABASE_URL AMQP_URL FEED_URL`."""

import sys
import threading

from beraad.messaging.consumer import Consumer
from beraad.messaging.relay import Relay
from contracts.rig import Behavior, RabbitPair, a_store, feed_client, keep_stepping, subscriptions_for


def main(role: str, database_url: str, amqp_url: str, feed_url: str) -> None:
    pair = RabbitPair(amqp_url)
    if role == "relay":
        relay = Relay(a_store("membership", database_url), pair.transport())
        keep_stepping(relay.step, threading.Event())
    store = a_store("notifications", database_url)
    consumer = Consumer(store, subscriptions_for(Behavior()), pair.source(), feed_client(feed_url))
    keep_stepping(lambda: consumer.step(0.05), threading.Event())


if __name__ == "__main__":
    main(*sys.argv[1:])
