"""Deliberation over HTTP: words, shapes and status codes only."""
