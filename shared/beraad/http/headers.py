"""Response headers: CORS with exact origins, security, conditional GET, the next page, the request's id."""

from __future__ import annotations

from hashlib import sha256

import structlog
from flask import Request, Response

from beraad.http.app import Application, Asking
from beraad.http.pagination import link_next
from beraad.identifiers import new_id
from beraad.messaging.outbox import current_traceparent

EXPOSED = "ETag, Link, Location, Retry-After, RateLimit, X-Request-Id"
CSP = "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; form-action 'self'; connect-src 'self'; frame-ancestors 'none'"


def install_headers(app: Application) -> None:
    """Name the request, and finish every response."""
    app.before += [_name_request, _preflight]
    app.after.append(_finish)


def _name_request(asking: Asking) -> None:
    asking.known.request_id = str(new_id())
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(
        service=asking.settings.service, request_id=asking.known.request_id
    )
    current_traceparent.set(asking.request.headers.get("traceparent"))


def _preflight(asking: Asking) -> Response | None:
    asked = asking.request
    if asked.method != "OPTIONS" or "Access-Control-Request-Method" not in asked.headers:
        return None
    return Response(status=204)


def _finish(asking: Asking, response: Response) -> Response:
    response.headers["X-Request-Id"] = asking.known.get("request_id", "")
    response.headers["X-Content-Type-Options"] = "nosniff"
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", CSP)
        response.headers.setdefault("Referrer-Policy", "no-referrer")
    if asking.request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if (link := link_next(asking)) is not None:
        response.headers["Link"] = link
    _allow_origin(asking, response)
    return _conditional(asking.request, response)


def _allow_origin(asking: Asking, response: Response) -> None:
    origin = asking.request.headers.get("Origin")
    if origin is None or origin not in asking.settings.cors_origins:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Allow-Credentials"] = "true"
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    response.headers.add("Vary", "Origin")
    if asking.request.method == "OPTIONS":
        allowed = (
            "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Wait-For, traceparent"
        )
        response.headers["Access-Control-Allow-Headers"] = allowed
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, PATCH, DELETE"
        response.headers["Access-Control-Max-Age"] = "600"


def _conditional(request: Request, response: Response) -> Response:
    """304 where the caller has it already; a list's tag is the hash of its body."""
    if request.method != "GET" or response.status_code != 200 or response.is_streamed:  # noqa: PLR2004
        return response
    if "ETag" not in response.headers and response.mimetype == "application/json":
        response.set_etag(sha256(response.get_data()).hexdigest()[:32], weak=True)
    if request.if_none_match:  # If-Match guards changes; a read has nothing to guard
        response.make_conditional({**request.environ, "HTTP_IF_MATCH": ""})
    return response
