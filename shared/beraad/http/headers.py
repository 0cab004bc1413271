"""Response headers: CORS with exact origins, security, conditional GET, the next page, the request's id."""

from __future__ import annotations

from hashlib import sha256

import structlog
from flask import Flask, Response, g, request

from beraad.http.context import current_settings
from beraad.http.pagination import link_next
from beraad.identifiers import new_id
from beraad.messaging.outbox import current_traceparent

EXPOSED = "ETag, Link, Location, Retry-After, RateLimit, X-Request-Id"
CSP = "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; form-action 'self'; connect-src 'self'; frame-ancestors 'none'"


def install_headers(app: Flask) -> None:
    """Name the request, and finish every response."""
    app.before_request(_name_request)
    app.before_request(_preflight)
    app.after_request(_finish)


def _name_request() -> None:
    g.request_id = str(new_id())
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(service=current_settings().service, request_id=g.request_id)
    current_traceparent.set(request.headers.get("traceparent"))


def _preflight() -> Response | None:
    if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
        return None
    return Response(status=204)


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    response.headers["X-Content-Type-Options"] = "nosniff"
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", CSP)
        response.headers.setdefault("Referrer-Policy", "no-referrer")
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if (link := link_next()) is not None:
        response.headers["Link"] = link
    _allow_origin(response)
    return _conditional(response)


def _allow_origin(response: Response) -> None:
    origin = request.headers.get("Origin")
    if origin is None or origin not in current_settings().cors_origins:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Allow-Credentials"] = "true"
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    response.headers.add("Vary", "Origin")
    if request.method == "OPTIONS":
        allowed = (
            "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Wait-For, traceparent"
        )
        response.headers["Access-Control-Allow-Headers"] = allowed
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, PATCH, DELETE"
        response.headers["Access-Control-Max-Age"] = "600"


def _conditional(response: Response) -> Response:
    """304 where the caller has it already; a list's tag is the hash of its body."""
    if request.method != "GET" or response.status_code != 200 or response.is_streamed:  # noqa: PLR2004
        return response
    if "ETag" not in response.headers and response.mimetype == "application/json":
        response.set_etag(sha256(response.get_data()).hexdigest()[:32], weak=True)
    if request.if_none_match:  # If-Match guards changes; a read has nothing to guard
        response.make_conditional({**request.environ, "HTTP_IF_MATCH": ""})
    return response
