"""`Idempotency-Key`: a POST sent twice happens once.

The answer is stored in the transaction of the effect. A duplicate in flight waits for the first and
replays its answer; the same key with another body is refused. Refusals are not stored: they changed nothing.
Nor is a secret that is shown once (`show_once`): a repeated request gets null in its place.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from flask import Response, g, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from beraad.clock import real_now
from beraad.domain import InvalidRequest
from beraad.http.context import current_actor, current_store
from beraad.messaging.cursors import upsert
from beraad.perform import transaction, waive_requirement
from beraad.storage.tables import idempotency_keys

REPLAYED_HEADERS = ("Content-Type", "Location", "ETag")
MAX_KEY = 200


class IdempotencyKeyReused(InvalidRequest):
    """This Idempotency-Key was used for another request."""


class _Refused(Exception):
    """Carries an error response out of the transaction, so that nothing of it is kept."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def answer_once(answer: Callable[[], Response]) -> Response:
    """Answer a keyed POST at most once with effect; every other request passes through."""
    if request.method != "POST" or not (key := request.headers.get("Idempotency-Key")):
        return answer()
    if len(key) > MAX_KEY:
        raise InvalidRequest(f"Idempotency-Key has at most {MAX_KEY} characters", pointer="Idempotency-Key")
    try:
        with transaction(current_store(), current_actor()) as work:
            return _replayed(work.session, key) or _stored(work.session, key, answer)
    except _Refused as refused:
        return refused.response


def show_once(field: str) -> None:
    """The answer to this request holds a secret under that name, which is stored nowhere."""
    g.shown_once = field


def _where(key: str) -> Any:
    return (idempotency_keys.c.actor == _actor()) & (idempotency_keys.c.key == key)


def _actor() -> str:
    return str(current_actor().subject)


def _request_hash() -> str:
    return sha256(f"{request.method} {request.full_path}\n".encode() + request.get_data()).hexdigest()


def _replayed(session: Session, key: str) -> Response | None:
    """Claim the key (waiting for a duplicate in flight), or return the answer it already has."""
    statement = upsert(session, idempotency_keys).values(
        actor=_actor(), key=key, request_hash=_request_hash(), written_at=real_now()
    )
    claimed = statement.on_conflict_do_nothing().returning(idempotency_keys.c.key)
    if session.execute(claimed).first() is not None:
        return None
    row = session.execute(select(idempotency_keys).where(_where(key))).one()
    if row.request_hash != _request_hash():
        raise IdempotencyKeyReused
    waive_requirement()
    return Response(row.body, row.status, row.headers)


def _stored(session: Session, key: str, answer: Callable[[], Response]) -> Response:
    response = answer()
    if response.status_code >= 400:  # noqa: PLR2004 - a refusal changed nothing and is not kept
        raise _Refused(response)
    headers = {name: response.headers[name] for name in REPLAYED_HEADERS if name in response.headers}
    session.execute(
        idempotency_keys.update()
        .where(_where(key))
        .values(status=response.status_code, headers=headers, body=_kept(response))
    )
    return response


def _kept(response: Response) -> bytes:
    secret = g.get("shown_once")
    return json.dumps({**response.get_json(), secret: None}).encode() if secret else response.get_data()
