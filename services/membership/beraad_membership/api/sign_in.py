"""Signing in: ask for a link, confirm it, stay signed in, sign out; the public keys for outsiders."""

from __future__ import annotations

import secrets
from ipaddress import ip_address, ip_network
from typing import Any

from flask import Response, jsonify, make_response, render_template_string, request
from marshmallow import ValidationError, fields, validate, validates_schema

from beraad.http import Answer, Blueprint, Body, Query, accepts, act, look, public, requires
from beraad.http.context import current_settings
from beraad_membership.domain.sign_in import SESSION_LIFE, SessionEnded, SignInRefused
from beraad_membership.queries.keys import public_keys
from beraad_membership.use_cases.request_sign_in_link import RequestSignInLink, request_sign_in_link
from beraad_membership.use_cases.start_session import (
    EndSession,
    RefreshSession,
    SignedIn,
    StartSession,
    end_session,
    refresh_session,
    start_session,
)

blueprint = Blueprint("sign-in", __name__, url_prefix="/v1/auth", description="Links, sessions, keys")
NONCE = "beraad_sign_in"
REFRESH = "beraad_refresh"

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign in · Beraad</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>:root{color-scheme:light dark}body{font:18px/1.5 system-ui,sans-serif;max-width:28rem;margin:15vh auto;padding:0 1rem;text-align:center}
button{font:inherit;padding:.6rem 1.6rem;border-radius:.5rem;border:0;background:#2457c5;color:#fff;cursor:pointer}</style></head><body>
{% if done %}<h1>You are signed in</h1><p>You can close this page and go on where you were.</p>
{% elif failed %}<h1>This link is not valid</h1><p>It was used before, is too old, or was asked for in another browser.
Ask for a new one, or type the six digits from the mail where you asked.</p>
{% else %}<h1>Sign in to Beraad</h1><p>One more click, so that no mail scanner signs in for you.</p>
<form method="post"><input type="hidden" name="token" value="{{ token }}"><button>Sign in</button></form>{% endif %}
</body></html>"""

SHOWN: dict[str, Any] = {"description": "A page", "content": {"text/html": {"schema": {"type": "string"}}}}


class LinkBody(Body):
    """Where to send the link."""

    email = fields.Email(required=True, validate=validate.Length(max=254))


class LinkAnswer(Answer):
    """Always the same, whether or not the address is known."""

    detail = fields.String()


class SessionBody(Body):
    """The token of the link, or the six digits (in the browser that asked)."""

    token = fields.String(validate=validate.Length(min=20, max=100))
    code = fields.String(validate=validate.Regexp(r"^[0-9]{6}\Z"))

    @validates_schema
    def _one_proof(self, data: dict[str, Any], **_options: Any) -> None:
        if ("token" in data) == ("code" in data):
            raise ValidationError("send either the token of the link or the six digits")


class SessionAnswer(Answer):
    """The access token; the refresh token is in an HttpOnly cookie."""

    access_token = fields.String()
    token_type = fields.String()
    expires_in = fields.Integer(metadata={"description": "Seconds"})
    person_id = fields.UUID()


class KeysAnswer(Answer):
    """A key set."""

    keys = fields.List(fields.Dict(keys=fields.String(), values=fields.String()))


class ConfirmQuery(Query):
    """The token of the mailed link."""

    token = fields.String(load_default="", validate=validate.Length(max=100))


@blueprint.post("/sign-in-links")
@public
@blueprint.arguments(LinkBody)
@blueprint.response(202, LinkAnswer)
def post_sign_in_link(body: dict[str, Any]) -> tuple[dict[str, str], int, dict[str, str]]:
    """Ask for a sign-in link by mail. The answer is always the same."""
    nonce = request.cookies.get(NONCE) or secrets.token_urlsafe(32)
    act(request_sign_in_link, RequestSignInLink(body["email"], nonce, _network_address()))
    return (
        {"detail": "if the address is known, a link is on its way"},
        202,
        {"Set-Cookie": _cookie(NONCE, nonce, 900)},
    )


@blueprint.get("/confirm")
@public
@blueprint.doc(responses={"200": SHOWN})
@blueprint.arguments(ConfirmQuery, location="query")
def get_confirm(query: dict[str, Any]) -> str:
    """The page a mailed link opens. Opening it changes nothing."""
    return render_template_string(PAGE, token=query["token"], done=False, failed=False)


@blueprint.post("/confirm")
@accepts("application/x-www-form-urlencoded")
@public
@blueprint.doc(responses={"200": SHOWN, "401": SHOWN})
@blueprint.arguments(ConfirmQuery, location="form")
def post_confirm(form: dict[str, Any]) -> Response:
    """Sign this browser in."""
    signed_in = act(start_session, StartSession(token=form["token"], nonce=request.cookies.get(NONCE)))
    page = render_template_string(PAGE, done=signed_in is not None, failed=signed_in is None)
    response = make_response(page, 200 if signed_in else 401)
    return _with_refresh(response, signed_in) if signed_in else response


@blueprint.post("/sessions")
@public
@blueprint.arguments(SessionBody)
@blueprint.response(201, SessionAnswer)
def post_session(body: dict[str, Any]) -> Response:
    """Sign in with the link's token or the six digits."""
    signed_in = act(start_session, StartSession(**body, nonce=request.cookies.get(NONCE)))
    if signed_in is None:
        raise SignInRefused
    return _answer(signed_in, 201)


@blueprint.post("/sessions/refresh")
@public
@blueprint.response(200, SessionAnswer)
def post_refresh() -> Response:
    """A fresh access token, by the refresh cookie. A used refresh token ends the session."""
    signed_in = act(refresh_session, RefreshSession(request.cookies.get(REFRESH, "")))
    if signed_in is None:
        raise SessionEnded("this refresh token was used before: the session is ended for safety")
    return _answer(signed_in, 200)


@blueprint.delete("/sessions/current")
@requires("session.end")
@blueprint.response(204)
def delete_session() -> Response:
    """Sign out, here and in the other services."""
    act(end_session, EndSession())
    return Response(status=204, headers={"Set-Cookie": _cookie(REFRESH, "", 0)})


@blueprint.get("/jwks.json")
@public
@blueprint.response(200, KeysAnswer)
def get_jwks() -> dict[str, Any]:
    """The public keys (RFC 7517), for outsiders; the services learn them by event."""
    return {"keys": look(public_keys)}


def _network_address() -> str:
    """Who asks, for the limit: an IPv4 address, or the /64 of an IPv6 one (a subscriber has all of it)."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else str(address)  # noqa: PLR2004


def _answer(signed_in: SignedIn, status: int) -> Response:
    body = {
        "access_token": signed_in.access_token,
        "token_type": "Bearer",
        "expires_in": signed_in.expires_in,
        "person_id": str(signed_in.person_id),
    }
    response = make_response(jsonify(body), status)
    response.headers["Cache-Control"] = "no-store"
    return _with_refresh(response, signed_in)


def _with_refresh(response: Response, signed_in: SignedIn) -> Response:
    lifetime = int(SESSION_LIFE.total_seconds())
    response.headers.add("Set-Cookie", _cookie(REFRESH, signed_in.refresh_token, lifetime))
    return response


def _cookie(name: str, value: str, seconds: int) -> str:
    """HttpOnly, for these addresses only; Secure wherever the public address is https."""
    secure = "; Secure" if current_settings().public_url.startswith("https:") else ""
    path = f"{request.script_root}/v1/auth"
    strictness = "Strict" if name == REFRESH else "Lax"
    return f"{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite={strictness}{secure}"
