"""What is killed, frozen or taken away in the contract suite's worlds."""

from contracts.fixtures import broker, database_urls, engine, feed_url, pair, store, stores, world
from faults.tally import tally

__all__ = ["broker", "database_urls", "engine", "feed_url", "pair", "store", "stores", "tally", "world"]
