"""Answers that are no JSON: pages and pictures, which run nothing and load nothing."""

from __future__ import annotations

from typing import Any

from flask import Response

NOTHING_ELSE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def _described(what: str, media_type: str) -> dict[str, Any]:
    return {"description": what, "content": {media_type: {"schema": {"type": "string"}}}}


HTML, SVG = _described("A page", "text/html"), _described("A picture", "image/svg+xml")


def as_page(text: str) -> Response:
    """HTML in one file."""
    return _whole(text, "text/html")


def as_picture(text: str) -> Response:
    """SVG in one file."""
    return _whole(text, "image/svg+xml")


def _whole(text: str, media_type: str) -> Response:
    response = Response(text, mimetype=media_type)
    response.headers["Content-Security-Policy"] = NOTHING_ELSE
    return response
