"""What both FastAPI applications share: models, bodies and the session, as their documentation writes them."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from common import ANSWERS, DATABASE
from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import DateTime, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine(DATABASE.replace("postgresql", "postgresql+asyncpg"), pool_size=16)
new_session = async_sessionmaker(engine, expire_on_commit=False)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with new_session() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]
Credentials = Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]


class Base(DeclarativeBase):
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class Person(Base):
    __tablename__ = "known_people"
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    administrator: Mapped[bool]


class Seat(Base):
    __tablename__ = "known_seats"
    seat_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]
    person_id: Mapped[UUID]
    vacated: Mapped[bool]


class Round(Base):
    __tablename__ = "rounds"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int]
    version: Mapped[int]
    state: Mapped[str]
    closes_at: Mapped[datetime]


class Elector(Base):
    __tablename__ = "electors"
    roll_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    departed_at: Mapped[datetime | None]


class Response(Base):
    __tablename__ = "responses"
    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    answer: Mapped[str]
    concern: Mapped[str | None]
    given_at: Mapped[datetime]


class ResponseHistory(Base):
    __tablename__ = "response_history"
    row_id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[UUID]
    person_id: Mapped[UUID]
    version: Mapped[int]
    answer: Mapped[str]
    concern: Mapped[str | None]
    given_at: Mapped[datetime]


class Question(Base):
    __tablename__ = "questions"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    proposal_id: Mapped[UUID]


class Reaction(Base):
    __tablename__ = "reactions"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    proposal_id: Mapped[UUID]


class Proposal(Base):
    __tablename__ = "proposals"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
    group_id: Mapped[UUID]
    kind: Mapped[str]
    title: Mapped[str]
    driver: Mapped[str]
    text: Mapped[str]
    theme: Mapped[str]
    stage: Mapped[str]
    version: Mapped[int]
    proposer_ids: Mapped[list[Any]]
    responsible_id: Mapped[UUID]
    created_at: Mapped[datetime]
    effective_on: Mapped[date | None]
    review_on: Mapped[date | None]
    approval_due_on: Mapped[date | None]
    tasks: Mapped[list[Any]]
    groups: Mapped[list[Any]]
    supersedes_id: Mapped[UUID | None]
    profile: Mapped[dict[str, Any] | None]
    rounds_held: Mapped[int]
    round_id: Mapped[UUID | None]
    vote_id: Mapped[UUID | None]
    approval_id: Mapped[UUID | None]
    decision_id: Mapped[UUID | None]
    phase_ends_at: Mapped[datetime | None]
    withdraws_at: Mapped[datetime | None]


class ResponseIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    round_number: int = Field(ge=1, lt=2**31)
    version: int = Field(ge=1, lt=2**31)
    answer: Literal[ANSWERS]
    concern: str | None = Field(default=None, max_length=1000)


class ResponseOut(BaseModel):
    round_id: UUID
    version: int
    answer: str
    concern: str | None


class ProposalOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    revision: int
    group_id: UUID
    kind: str
    title: str
    driver: str
    text: str
    theme: str
    stage: str
    version: int
    proposer_ids: list[UUID]
    responsible_id: UUID
    created_at: datetime
    effective_on: date | None
    review_on: date | None
    approval_due_on: date | None
    tasks: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    supersedes_id: UUID | None
    rounds_held: int
    round_id: UUID | None
    vote_id: UUID | None
    approval_id: UUID | None
    decision_id: UUID | None
    phase_ends_at: datetime | None
    withdraws_at: datetime | None
    questions_asked: int = 0
    reactions_given: int = 0
