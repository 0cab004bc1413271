"""How a fact reaches the other services: outbox → relay → exchange or feed → consumer, each once, in order."""
