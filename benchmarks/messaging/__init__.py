"""Relay, consumer, latency and takeover, on private servers with fsync on."""
