"""The contract suite: what every transport promises, on every database."""

from contracts.fixtures import broker, database_urls, engine, feed_url, pair, store, stores, world

__all__ = ["broker", "database_urls", "engine", "feed_url", "pair", "store", "stores", "world"]
