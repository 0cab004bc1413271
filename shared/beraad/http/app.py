"""Flask without what we have no use for, and with hooks that are told what they work on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, Request, Response, g, request
from flask.ctx import _AppCtxGlobals
from flask.sessions import SessionInterface

from beraad.domain import ANONYMOUS, Actor
from beraad.perform import Store
from beraad.settings import Settings
from beraad.storage.straight import one_connection


@dataclass(frozen=True, slots=True)
class Asking:
    """A request under way. Flask's own `request` and `g` are looked up again at every mention, a microsecond or two each time."""

    app: Flask
    request: Request
    known: _AppCtxGlobals
    """What Flask calls `g`."""

    @property
    def settings(self) -> Settings:
        """The settings of the service."""
        return cast("Settings", self.app.extensions["beraad.settings"])

    @property
    def store(self) -> Store[Any]:
        """The store of the service."""
        return cast("Store[Any]", self.app.extensions["beraad.store"])

    @property
    def actor(self) -> Actor:
        """Who is asking, once that is found out."""
        return cast("Actor", self.known.get("actor", ANONYMOUS))


Before = Callable[[Asking], Response | None]
"""Looks at a request before it is answered, and may answer it."""
After = Callable[[Asking, Response], Response]
"""Finishes an answer."""


class NoSessions(SessionInterface):
    """Who is asking is in the token; nobody has a cookie."""

    def open_session(self, app: Flask, request: Request) -> None:
        """None there is."""


class Application(Flask):
    """No sessions, no views that are coroutines, one connection to the database for each request."""

    session_interface = NoSessions()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """As Flask's; no hooks yet."""
        super().__init__(*arguments, **options)
        self.before: list[Before] = []
        self.after: list[After] = []

    def wsgi_app(self, environ: Any, start_response: Any) -> Any:
        """By one connection, as long as no transaction is needed."""
        with one_connection():
            return super().wsgi_app(environ, start_response)

    def preprocess_request(self) -> Any:
        """Our hooks in their order, until one answers; then Flask's."""
        asking = self._asking()
        for hook in self.before:
            if (answer := hook(asking)) is not None:
                return answer
        return super().preprocess_request()

    def process_response(self, response: Response) -> Response:
        """Flask's hooks, then ours, the last one first."""
        response, asking = super().process_response(response), self._asking()
        for hook in reversed(self.after):
            response = hook(asking, response)
        return response

    def ensure_sync(self, func: Any) -> Any:
        """No view of ours is a coroutine."""
        return func

    def _asking(self) -> Asking:
        return Asking(self, request._get_current_object(), g._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - Werkzeug's documented way
