"""FastAPI, SQLAlchemy's async ORM, asyncpg: the token is checked and the person loaded for each request, get then insert."""

from typing import Annotated
from uuid import UUID

import jwt
from common import claims_of, now, person_of
from fastapi import Depends, FastAPI, HTTPException, Query
from fastapi_parts import (
    Credentials,
    Elector,
    Person,
    Proposal,
    ProposalOut,
    Question,
    Reaction,
    Response,
    ResponseHistory,
    ResponseIn,
    ResponseOut,
    Round,
    Seat,
    Session,
)
from sqlalchemy import func, select

app = FastAPI()


async def current_person(credentials: Credentials, session: Session) -> Person:
    try:
        claims = claims_of(credentials.credentials)
    except jwt.InvalidTokenError as error:
        raise HTTPException(401, "sign in first") from error
    person = await session.get(Person, person_of(claims))
    if person is None:
        raise HTTPException(401, "sign in first")
    return person


Me = Annotated[Person, Depends(current_person)]


@app.put("/v1/rounds/{round_id}/responses/me")
async def put_response(round_id: UUID, body: ResponseIn, me: Me, session: Session) -> ResponseOut:
    asked = await session.get(Round, round_id, with_for_update={"read": True})
    if asked is None:
        raise HTTPException(404, "no such round")
    elector = await session.get(Elector, (round_id, me.person_id))
    if elector is None or elector.departed_at is not None:
        raise HTTPException(403, "not entitled to respond")
    if asked.state != "open" or asked.closes_at <= now():
        raise HTTPException(409, "the round is closed")
    if (body.round_number, body.version) != (asked.number, asked.version):
        raise HTTPException(409, "another version is asked about")
    given = {"version": body.version, "answer": body.answer, "concern": body.concern, "given_at": now()}
    response = await session.get(Response, (round_id, me.person_id))
    if response is None:
        session.add(Response(round_id=round_id, person_id=me.person_id, **given))
    else:
        for name, value in given.items():
            setattr(response, name, value)
    session.add(ResponseHistory(round_id=round_id, person_id=me.person_id, **given))
    await session.commit()
    return ResponseOut(round_id=round_id, version=body.version, answer=body.answer, concern=body.concern)


@app.get("/v1/proposals")
async def get_proposals(
    me: Me, session: Session, limit: Annotated[int, Query(ge=1, le=100)] = 50
) -> list[ProposalOut]:
    mine = select(Seat.group_id).where(Seat.person_id == me.person_id, Seat.vacated.is_(False))
    query = select(Proposal).where(Proposal.group_id.in_(mine)).order_by(Proposal.id).limit(limit)
    proposals = (await session.scalars(query)).all()
    ids = [proposal.id for proposal in proposals]
    counts = {}
    for kind in (Question, Reaction):
        counted = select(kind.proposal_id, func.count()).where(kind.proposal_id.in_(ids))
        rows = await session.execute(counted.group_by(kind.proposal_id))
        counts[kind] = dict(rows.tuples().all())
    found = [ProposalOut.model_validate(proposal) for proposal in proposals]
    for one in found:
        one.questions_asked = counts[Question].get(one.id, 0)
        one.reactions_given = counts[Reaction].get(one.id, 0)
    return found
