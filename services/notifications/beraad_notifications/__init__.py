"""The notifications service: preferences, deliveries, digests and mail."""
