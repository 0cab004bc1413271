"""The request's way into the domain: `act` for a command, `look` for a question."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, cast

from flask import current_app, g, request

from beraad.domain import ANONYMOUS, Actor, InvalidRequest
from beraad.perform import Store, TakesATransaction, perform, perform_at_once, reading
from beraad.settings import Settings

C = TypeVar("C")
R = TypeVar("R")


UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class PreconditionRequired(InvalidRequest):
    """Name the revision you read in If-Match, so that no one's change is lost unseen."""


def current_store() -> Store[Any]:
    """The store of the service answering this request."""
    return cast("Store[Any]", current_app.extensions["beraad.store"])


def current_settings() -> Settings:
    """The settings of the service answering this request."""
    return cast("Settings", current_app.extensions["beraad.settings"])


def current_actor() -> Actor:
    """Who is asking."""
    return cast("Actor", g.get("actor", ANONYMOUS))


def act(handler: Callable[[C, Any, datetime], R], command: C) -> R:
    """Carry out a command as the caller, in one transaction."""
    return perform(current_store(), handler, command, current_actor())


def act_at_once(
    at_once: Callable[[C, Any, datetime], R], otherwise: Callable[[C, Any, datetime], R], command: C
) -> R:
    """Carry out a command as the caller, by one statement where that is enough (`perform_at_once`).

    Who asks to wait for something, or looks again, asks about a later moment than their arrival: then it is not.
    """
    arrived_at: datetime | None = g.pop("arrived_at", None)
    if arrived_at is not None and "Wait-For" not in request.headers:
        try:
            return perform_at_once(current_store(), at_once, command, current_actor(), arrived_at)
        except TakesATransaction:
            pass
    return act(otherwise, command)


def look(query: Callable[..., R], *arguments: Any, **options: Any) -> R:
    """Ask ``query(work, …)`` as the caller. A result with a `revision` becomes the response's ETag."""
    with reading(current_store(), current_actor(), glancing=True) as work:
        result = query(work, *arguments, **options)
    if isinstance(result, dict) and "revision" in result:
        g.etag = str(result["revision"])
    return result


def look_once(query: Callable[..., R], *arguments: Any, **options: Any) -> R:
    """The same, where many statements must see one moment."""
    with reading(current_store(), current_actor(), frozen=True) as work:
        return query(work, *arguments, **options)


def tag_by_content() -> None:
    """The revision does not tell all that this answer shows: its tag is the hash of its body."""
    g.etag = None


def if_match() -> int:
    """The revision named in If-Match. Raises `PreconditionRequired` (428) where it is missing."""
    value = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not value:
        raise PreconditionRequired
    if not value.isdecimal() or len(value) > 18:  # noqa: PLR2004 - what fits in 63 bits
        raise InvalidRequest("If-Match names no revision of ours", pointer="If-Match")
    return int(value)


def is_storable(text: str) -> bool:
    """Whether a database stores it: no NUL, no half of a surrogate pair."""
    return UNSTORABLE.search(text) is None


def located(path: str) -> None:
    """Name the address of what was created (`path` from the service's root)."""
    g.location = f"{request.script_root}{path}"
