"""Every error is a problem document (RFC 9457) with a stable `code`; one table maps kinds to statuses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from flask import Flask, Response, current_app
from gunicorn.http.errors import ParseException
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    StatementError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from beraad import domain
from beraad.http.context import PreconditionRequired

log = structlog.get_logger()

STATUSES: Mapping[type[domain.DomainError], int] = {
    PreconditionRequired: 428,
    domain.Stale: 412,
    domain.NotYetKnown: 409,
    domain.NotSignedIn: 401,
    domain.TooOften: 429,
    domain.NoLongerKept: 410,
    domain.NotFound: 404,
    domain.NotAllowed: 403,
    domain.InvalidRequest: 422,
    domain.RuleBroken: 409,
}
"""From the most particular to the most general; the first that fits decides."""

HTTP_CODES = {
    400: "MalformedRequest",
    401: "SignInRequired",
    404: "NotFound",
    405: "MethodNotAllowed",
    406: "NotAcceptable",
    408: "TooSlow",
    413: "BodyTooLarge",
    415: "UnsupportedMediaType",
    422: "InvalidRequest",
    429: "TooManyRequests",
    503: "NoRoomForFiles",
}
HINTS: Mapping[type[domain.DomainError], Mapping[str, str]] = {
    domain.NotYetKnown: {"Retry-After": "1"},
    domain.TooOften: {"Retry-After": "3600"},
    domain.NotSignedIn: {"WWW-Authenticate": "Bearer"},
}


def status_of(kind: type[domain.DomainError]) -> int:
    """The status of an error class. Every subclass of `DomainError` has one that is not 500."""
    return next(status for general, status in STATUSES.items() if issubclass(kind, general))


def problem(
    status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """A problem document as a response."""
    title = "".join(f" {c.lower()}" if c.isupper() and i else c for i, c in enumerate(code))
    document = {"type": f"/problems/{code}", "title": title, "status": status, "code": code, "detail": detail}
    document.update({key: value for key, value in more.items() if value not in (None, [], {})})
    body = json.dumps(document, default=str, ensure_ascii=False)
    return Response(body, status, dict(headers or {}), content_type="application/problem+json")


def install_problems(app: Flask) -> None:
    """Answer every error of this application with a problem document."""
    app.register_error_handler(domain.DomainError, _domain_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ParseException, _malformed)
    app.register_error_handler(IntegrityError, _integrity_error)
    app.register_error_handler(StaleDataError, _stale_data)
    app.register_error_handler(DataError, _out_of_range)
    app.register_error_handler(OverflowError, _out_of_range)
    app.register_error_handler(StatementError, _statement_error)
    for away in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(away, _database_away)
    app.register_error_handler(Exception, _defect)


def _domain_error(error: domain.DomainError) -> Response:
    status = status_of(type(error))
    headers = next((hint for kind, hint in HINTS.items() if isinstance(error, kind)), {})
    errors = []
    if isinstance(error, domain.InvalidRequest) and error.pointer:
        errors = [{"pointer": error.pointer, "detail": error.detail}]
    facts = {
        key: value for key, value in error.facts.items() if key not in {"status", "code", "detail", "title"}
    }
    return problem(status, error.code, error.detail, headers=headers, errors=errors, **facts)


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    status = error.code or 500
    data = getattr(error, "data", None) or {}
    errors = list(_pointers(data.get("messages", {})))
    headers = {
        name: value
        for name, value in error.get_headers()
        if name in {"Allow", "Retry-After", "WWW-Authenticate"}
    }
    headers.update(data.get("headers") or {})
    detail = "the request was refused, see errors" if errors else (error.description or error.name)
    return problem(status, HTTP_CODES.get(status, "RequestRefused"), detail, headers=headers, errors=errors)


def _malformed(error: ParseException) -> Response:
    """A body in chunks whose lengths are not so is found out while it is read."""
    log.info("malformed_body", error=repr(error))
    return problem(400, "MalformedRequest", "the body does not come in the chunks it announces")


def _pointers(messages: Any) -> Iterator[dict[str, str]]:
    """`{"json": {"quotas": {"user": ["…"]}}}` → JSON Pointers; other places name the parameter."""
    for place, tree in messages.items() if isinstance(messages, dict) else ():
        for path, text in _leaves(tree):
            pointer = "".join(f"/{step}" for step in path) if place == "json" else "/".join(path)
            yield {"pointer": pointer, "detail": text}


def _leaves(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            step = () if key == "_schema" else (str(key).replace("~", "~0").replace("/", "~1"),)
            yield from _leaves(value, path + step)
    else:
        for text in tree if isinstance(tree, list) else [tree]:
            yield path, str(text)


def _integrity_error(error: IntegrityError) -> Response:
    conflicts: Mapping[str, type[domain.DomainError]] = current_app.extensions["beraad.conflicts"]
    told = str(error.orig)
    for constraint, rule in conflicts.items():
        if constraint in told:
            return _domain_error(rule())
    log.info("integrity_error", error=told)
    return problem(409, "ConflictingWrite", "another write got there first, or the id is already taken")


def _stale_data(_error: StaleDataError) -> Response:
    return problem(412, "Stale", "the resource changed while this request ran: read it again")


def _statement_error(error: StatementError) -> Response:
    """A value SQLAlchemy could not even send: beyond the calendar is the client's, all else a defect of ours."""
    return _out_of_range(error) if isinstance(error.orig, OverflowError) else _defect(error)


def _out_of_range(error: StatementError | OverflowError) -> Response:
    log.info("out_of_range", error=str(getattr(error, "orig", error)))
    return problem(422, "InvalidRequest", "a value is outside the range that can be stored")


def _database_away(error: DBAPIError | PoolTimeout) -> Response:
    log.error("database_away", error=str(error))
    detail = "the database does not answer; nothing was changed, try again"
    return problem(503, "DatabaseUnavailable", detail, headers={"Retry-After": "2"})


def _defect(error: Exception) -> Response:
    log.error("defect", error=repr(error), exc_info=error)
    return problem(500, "InternalError", "a defect of ours; it was logged, nothing was changed")
