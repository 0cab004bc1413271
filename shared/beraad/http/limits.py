"""What a request may be: size, depth, characters that can be stored, and how many of them a minute."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from beraad.domain import InvalidRequest
from beraad.http.context import current_actor, current_settings
from beraad.http.problems import problem

MAX_BODY = 256 * 1024
MAX_DEPTH = 32


class UnstorableText(InvalidRequest):
    """Text holds a NUL or half a surrogate pair, which no database stores."""


class NestedTooDeeply(InvalidRequest):
    """JSON is nested more than 32 levels deep."""


def install_limits(app: Flask) -> None:
    """Check every request before it is routed into the domain."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    limiter = FixedWindowRateLimiter(MemoryStorage())

    def limit_rate() -> Response | None:
        settings = current_settings()
        actor = current_actor()
        who = str(actor.person_id or actor.service or request.remote_addr)
        item = RateLimitItemPerMinute(settings.rate_per_minute)
        if actor.service or limiter.hit(item, settings.service, who):
            return None
        return problem(429, "TooManyRequests", "too many requests in this minute", headers={"Retry-After": "60"})

    app.before_request(limit_rate)
    app.before_request(_refuse_unstorable)


def _refuse_unstorable() -> None:
    if request.is_json and request.content_length:
        try:
            document = request.get_json(silent=True)
        except RecursionError as error:
            raise NestedTooDeeply() from error
        _check(document, MAX_DEPTH)
    for value in (request.path, *(value for _, value in request.args.items(multi=True))):
        _check_text(value)


def _check(value: Any, depth: int) -> None:
    if depth < 0:
        raise NestedTooDeeply()
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check_text(key)
            _check(inner, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth - 1)


def _check_text(value: str) -> None:
    if "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
        raise UnstorableText()
