"""What a request may be: kind and size of body, depth, characters that can be stored, and how many a minute."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from flask import Request, Response
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from beraad.domain import InvalidRequest
from beraad.http.app import Application, Asking, Before
from beraad.http.context import is_storable
from beraad.http.problems import problem

MAX_BODY = 256 * 1024
MAX_DEPTH = 32
GLANCE = 4_000  # no number in it has as many digits as Python refuses to read
MINUTE = 60.0
V = TypeVar("V", bound=Callable[..., Any])
ACCEPTED = "beraad_accepted"


class UnstorableText(InvalidRequest):
    """Text holds a NUL or half a surrogate pair, which no database stores."""


class NestedTooDeeply(InvalidRequest):
    """JSON is nested more than 32 levels deep."""


@dataclass(frozen=True)
class Accepted:
    """The media types a route reads, and the longest body in bytes; `streamed`: the route reads it itself, piece by piece."""

    media_types: tuple[str, ...] = ("application/json",)
    at_most: int = MAX_BODY
    streamed: bool = False


ORDINARY = Accepted()


def accepts(*media_types: str, at_most: int = MAX_BODY, streamed: bool = False) -> Callable[[V], V]:
    """This route reads these media types instead of JSON; a `streamed` one whatever comes."""

    def mark(view: V) -> V:
        setattr(view, ACCEPTED, Accepted(media_types, at_most, streamed))
        return view

    return mark


class Meter:
    """How often each has asked in the minute that began with their first request; in memory, for this process.

    Counted here because the library for it (`limits`) starts a thread every 10 ms that looks at everybody it knows.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Nobody has asked yet; `clock` tells seconds."""
        self._asked: dict[str, tuple[float, int]] = {}
        self._clock = clock
        self._forgotten_at = clock()
        self._lock = threading.Lock()

    def allows(self, who: str, per_minute: int) -> bool:
        """Count this request; false where it is one too many."""
        now = self._clock()
        with self._lock:
            self._forget(now)
            began, count = self._asked.get(who, (now, 0))
            if now - began >= MINUTE:
                began, count = now, 0
            self._asked[who] = began, count + 1
        return count < per_minute

    def __len__(self) -> int:
        """Whom it remembers."""
        return len(self._asked)

    def _forget(self, now: float) -> None:
        if now - self._forgotten_at >= MINUTE:
            self._forgotten_at = now
            self._asked = {who: (at, count) for who, (at, count) in self._asked.items() if now - at < MINUTE}


def install_limits(app: Application) -> None:
    """Check every request before it is routed into the domain."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.before += [_limit_rate(Meter()), _refuse_unreadable, _refuse_unstorable]


def _limit_rate(meter: Meter) -> Before:
    def limit_rate(asking: Asking) -> Response | None:
        actor = asking.actor
        who = str(actor.subject or asking.request.remote_addr)
        if actor.service or meter.allows(who, asking.settings.rate_per_minute):
            return None
        return problem(
            429, "TooManyRequests", "too many requests in this minute", headers={"Retry-After": "60"}
        )

    return limit_rate


def _refuse_unreadable(asking: Asking) -> None:
    """Read the body, however it is sent: 413 where it is too long, 415 where the route cannot read its kind."""
    asked = asking.request
    if asked.endpoint is None:
        return
    accepted = _accepted(asking)
    if accepted.streamed:
        _refuse_unstreamable(asked, accepted)
        return
    asked.max_content_length = accepted.at_most + 1  # werkzeug cuts a chunked body off where we refuse it
    if asked.method not in {"POST", "PUT", "PATCH"}:
        return
    body = asked.get_data()
    refuse_cut_short(asked, len(body))
    if not body:
        return
    if len(body) > accepted.at_most:
        raise RequestEntityTooLarge
    if asked.mimetype not in accepted.media_types:
        raise UnsupportedMediaType(f"this address reads {' or '.join(accepted.media_types)}")


def refuse_cut_short(asked: Request, came: int) -> None:
    """400 where fewer bytes came than were announced: whoever sent them hung up, which gunicorn takes for the end."""
    if came < (asked.content_length or 0):
        raise BadRequest("the body ends before as many bytes as were announced; nothing was kept")


def _accepted(asking: Asking) -> Accepted:
    view = asking.app.view_functions[asking.request.endpoint or ""]
    accepted: Accepted = getattr(view, ACCEPTED, ORDINARY)
    return accepted


def _refuse_unstreamable(asked: Request, accepted: Accepted) -> None:
    """413 where a body is announced that is too long; one that is longer than announced, or not announced, is cut off there.

    What is told by its own id needs no key: the key's answer is kept with the whole body's hash, which nobody has here.
    """
    asked.max_content_length = accepted.at_most + 1  # as above: werkzeug takes one more to see the end
    if (asked.content_length or 0) > accepted.at_most:
        raise RequestEntityTooLarge
    if "Idempotency-Key" in asked.headers:
        raise InvalidRequest("choose an id instead, so that a retry happens once", pointer="Idempotency-Key")


def _refuse_unstorable(asking: Asking) -> None:
    asked = asking.request
    streamed = asked.endpoint is not None and _accepted(asking).streamed
    if asked.endpoint is not None and not streamed and asked.is_json and (body := asked.get_data()):
        _refuse_unstorable_json(body)
    _check_text(asked.path)
    if asked.query_string:
        for values in asked.args.listvalues():
            _check_text("".join(values))


def _refuse_unstorable_json(body: bytes) -> None:
    if not _is_harmless(body):
        _check(_document(body), MAX_DEPTH)


def _is_harmless(body: bytes) -> bool:
    """Most bodies, told at a glance: JSON in UTF-8 without escapes, long numbers or so many brackets that it is deep."""
    if len(body) > GLANCE or b"\\u" in body or body.count(b"[") + body.count(b"{") > MAX_DEPTH:
        return False
    try:
        orjson.loads(body)
    except ValueError:
        return False
    return True


def _document(body: bytes) -> Any:
    try:
        return json.loads(body)
    except RecursionError as error:
        raise NestedTooDeeply from error
    except ValueError as error:  # not JSON, not UTF-8, or a number of thousands of digits
        raise BadRequest(f"the body is not JSON: {error}") from error


def _check(value: Any, depth: int) -> None:
    if depth < 0:
        raise NestedTooDeeply
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
    if not is_storable(value):
        raise UnstorableText
