"""Default deny: every route names the policy it is under, or says that it is public.

`requires` also gives a route what belongs to every guarded one: sign-in, `Wait-For`, the grace for what is
not known yet, `Idempotency-Key`, ETag and Location.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, Response, g, make_response, request

from beraad.domain import NotYetKnown
from beraad.http.context import current_actor
from beraad.http.idempotency import answer_once
from beraad.http.problems import problem
from beraad.http.waiting import GRACE, wait_for_named
from beraad.perform import refuse_unguarded, requiring

V = TypeVar("V", bound=Callable[..., Any])
POLICY = "beraad_policy"
PUBLIC = "public"


class UnguardedApplication(Exception):
    """A route has neither a policy nor `@public`: the service does not start."""


def public(view: V) -> V:
    """Anybody may call this."""
    setattr(view, POLICY, PUBLIC)
    return view


def requires(action: str) -> Callable[[V], V]:
    """The caller must be signed in, and the service's policy for `action` must allow it.

    The policy is asked where the resource is loaded (`work.authorize`); a view that ends without having
    asked is a defect and commits nothing.
    """

    def guard(view: V) -> V:
        @wraps(view)
        def guarded(*arguments: Any, **options: Any) -> Response:
            if current_actor().is_anonymous:
                return sign_in_required()
            if "Wait-For" in request.headers:
                wait_for_named()
            with requiring(action):
                response = _with_grace(
                    lambda: answer_once(lambda: _tagged(make_response(view(*arguments, **options))))
                )
                refuse_unguarded()
            return response

        setattr(guarded, POLICY, action)
        return guarded  # type: ignore[return-value]

    return guard


def sign_in_required() -> Response:
    """401 with the reason, when there is one."""
    detail = g.get("token_problem") or "sign in first, and send the access token as Authorization: Bearer …"
    return problem(401, "SignInRequired", detail, headers={"WWW-Authenticate": "Bearer"})


def _with_grace(answer: Callable[[], Response]) -> Response:
    """What was created elsewhere a moment ago may still be on its way: look again for up to two seconds.

    Each look is a transaction of its own: on SQLite an open one would keep the consumer from writing it.
    """
    deadline = time.monotonic() + GRACE
    while True:
        try:
            return answer()
        except NotYetKnown:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.05)


def _tagged(response: Response) -> Response:
    if response.status_code >= 400:  # noqa: PLR2004 - errors carry no tag
        return response
    if (etag := g.get("etag")) is not None and "ETag" not in response.headers:
        response.set_etag(etag)
    elif (etag := g.get("weak_etag")) is not None and response.status_code == 200:  # noqa: PLR2004 - a page
        response.set_etag(etag, weak=True)
    if (location := g.get("location")) is not None and "Location" not in response.headers:
        response.headers["Location"] = location
    return response


def refuse_unguarded_routes(app: Flask, policies: Mapping[str, Any]) -> None:
    """Raise `UnguardedApplication` naming every route without a policy, or with one the table lacks."""
    bare = []
    for rule in app.url_map.iter_rules():
        policy = getattr(app.view_functions[rule.endpoint], POLICY, None)
        if policy is None or (policy != PUBLIC and policy not in policies):
            bare.append(f"{rule.rule} ({policy or 'no policy'})")
    if bare:
        raise UnguardedApplication("routes without a known policy: " + ", ".join(sorted(bare)))
