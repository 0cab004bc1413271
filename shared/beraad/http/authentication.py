"""Who is asking: a person by access token, a service by its static key, an integrator by API key, or nobody."""

from __future__ import annotations

import hmac
from datetime import datetime

from flask import Flask, current_app, g, request

from beraad.api_keys import InvalidApiKey, known_api_key
from beraad.domain import ANONYMOUS, Actor
from beraad.http.context import current_settings, current_store
from beraad.identity import InvalidToken, TokenVerifier, holder_of
from beraad.perform import reading
from beraad.service import Database


def install_authentication(app: Flask) -> None:
    """Find out who asks before each request."""
    app.extensions["beraad.verifier"] = TokenVerifier()
    app.before_request(_identify)


def _identify() -> None:
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    g.actor = ANONYMOUS
    try:
        if scheme.lower() == "bearer":
            g.actor, g.arrived_at = _person(credentials.strip())
        elif scheme.lower() == "service":
            g.actor = _service(credentials.strip())
        elif scheme.lower() == "apikey":
            g.actor = _integrator(credentials.strip())
    except (InvalidToken, InvalidApiKey) as error:
        g.token_problem = str(error)


def _person(token: str) -> tuple[Actor, datetime]:
    verifier: TokenVerifier = current_app.extensions["beraad.verifier"]
    database: Database = current_app.extensions["beraad.database"]
    store = current_store()
    claims = verifier.known(token)
    if claims is None:
        with store.glancing.connect() as connection:
            claims = verifier.verify(token, connection)
    return holder_of(claims, store.engine, database.make_work.administrators)


def _service(credentials: str) -> Actor:
    name, _, key = credentials.partition(":")
    expected = current_settings().service_keys.get(name, "")
    if not expected or not hmac.compare_digest(expected.encode(), key.encode()):
        raise InvalidToken("the service key is not valid")
    return Actor(service=name)


def _integrator(key: str) -> Actor:
    with reading(current_store()) as work:
        known = known_api_key(work.session, key)
    return Actor(api_key_id=known.key_id, scopes=known.scopes)
