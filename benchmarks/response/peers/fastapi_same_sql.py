"""The same FastAPI, given the product's own statements and a cache of verified tokens."""

import json
import os
import time
from typing import Annotated, Any
from uuid import UUID

import jwt
from common import claims_of, now, person_of
from fastapi import Depends, FastAPI, HTTPException
from fastapi_parts import Credentials, ResponseIn, ResponseOut, Session
from sqlalchemy import text

OURS = json.loads(os.environ["PEER_SQL"])
CACHED = 10_000
app = FastAPI()
cache: dict[str, dict[str, Any]] = {}


class Statement:
    def __init__(self, described: dict[str, Any]) -> None:
        self.text = text(described["text"])
        self._given, self._fixed = described["given"], described["fixed"]

    def values(self, given: dict[str, Any]) -> dict[str, Any]:
        return {**self._fixed, **{name: given[what] for name, what in self._given.items()}}


WHO, RECORD = [Statement(one) for one in OURS["who"]], Statement(OURS["record"])


def verified(token: str) -> dict[str, Any]:
    claims = cache.get(token)
    if claims is None:
        claims = claims_of(token)
        if len(cache) >= CACHED:
            cache.pop(next(iter(cache)))
        cache[token] = claims
    elif claims["exp"] + 30 < time.time():
        raise jwt.ExpiredSignatureError
    return claims


async def current_person(credentials: Credentials, session: Session) -> UUID:
    try:
        claims = verified(credentials.credentials)
    except jwt.InvalidTokenError as error:
        raise HTTPException(401, "sign in first") from error
    person_id = person_of(claims)
    for statement in WHO:
        given = {"person_id": person_id, "session_id": UUID(claims["sid"])}
        await session.execute(statement.text, statement.values(given))
    return person_id


@app.put("/v1/rounds/{round_id}/responses/me")
async def put_response(
    round_id: UUID, body: ResponseIn, me: Annotated[UUID, Depends(current_person)], session: Session
) -> ResponseOut:
    given = {"round_id": round_id, "person_id": me, "now": now(), "number": body.round_number}
    given |= {"version": body.version, "answer": body.answer, "word": f" {body.answer} "}
    if (await session.execute(RECORD.text, RECORD.values(given))).one_or_none() is None:
        raise HTTPException(409, "the round is closed, or another version or another person is asked")
    await session.commit()
    return ResponseOut(round_id=round_id, version=body.version, answer=body.answer, concern=body.concern)
