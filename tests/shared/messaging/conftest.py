"""One part of messaging at a time, in the contract suite"s worlds."""

from contracts.fixtures import broker, database_urls, engine, feed_url, pair, store, stores, world

__all__ = ["broker", "database_urls", "engine", "feed_url", "pair", "store", "stores", "world"]
