"""Who is asking: a person by access token, a service by its static key, an integrator by API key, or nobody."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Any

from beraad.api_keys import InvalidApiKey, known_api_key
from beraad.domain import ANONYMOUS, Actor
from beraad.http.app import Application, Asking
from beraad.identity import InvalidToken, TokenVerifier, holder_of
from beraad.perform import Store, reading
from beraad.service import Database
from beraad.settings import Settings


def install_authentication(app: Application) -> None:
    """Find out who asks before each request."""
    app.extensions["beraad.verifier"] = TokenVerifier()
    app.before.append(_identify)


def _identify(asking: Asking) -> None:
    scheme, _, credentials = asking.request.headers.get("Authorization", "").partition(" ")
    known = asking.known
    known.actor = ANONYMOUS
    try:
        if scheme.lower() == "bearer":
            known.actor, known.arrived_at = _person(asking, credentials.strip())
        elif scheme.lower() == "service":
            known.actor = _service(asking.settings, credentials.strip())
        elif scheme.lower() == "apikey":
            known.actor = _integrator(asking.store, credentials.strip())
    except (InvalidToken, InvalidApiKey) as error:
        known.token_problem = str(error)


def _person(asking: Asking, token: str) -> tuple[Actor, datetime]:
    verifier: TokenVerifier = asking.app.extensions["beraad.verifier"]
    database: Database = asking.app.extensions["beraad.database"]
    claims = verifier.known(token)
    if claims is None:
        with asking.store.glancing.connect() as connection:
            claims = verifier.verify(token, connection)
    return holder_of(claims, asking.store.engine, database.make_work.administrators)


def _service(settings: Settings, credentials: str) -> Actor:
    name, _, key = credentials.partition(":")
    expected = settings.service_keys.get(name, "")
    if not expected or not hmac.compare_digest(expected.encode(), key.encode()):
        raise InvalidToken("the service key is not valid")
    return Actor(service=name)


def _integrator(store: Store[Any], key: str) -> Actor:
    with reading(store) as work:
        known = known_api_key(work.session, key)
    return Actor(api_key_id=known.key_id, scopes=known.scopes)
