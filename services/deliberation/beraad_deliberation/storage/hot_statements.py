"""The hot path: recording a response or a ballot. The one documented exception to "one way through".

PostgreSQL: one statement, in which the guards feed the INSERT: what it does not admit it does not write. The round is taken FOR
SHARE: a close (an exclusive lock) waits for it, or it waits for the close and then sees it. Whoever has more to write (the words of a
concern), wants to know why nothing was written, or has SQLite, looks first, under the same lock.

The rule itself is `domain.responding.refuse_response`; a test holds all of them equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Engine,
    LargeBinary,
    Select,
    String,
    and_,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    true,
)
from sqlalchemy.orm import Session

from beraad.record.entries import Sealed
from beraad.storage.straight import Straight
from beraad_deliberation.domain.responding import Asked
from beraad_deliberation.domain.rounds import RunState
from beraad_deliberation.storage.answers import (
    THE_MOMENT,
    THE_NUMBER,
    THE_PERSON,
    THE_RUN,
    THE_VERSION,
    THE_WORD,
    Author,
    Given,
    Shape,
    head_of,
    keep_portably,
    labelled,
    leaf_of,
    logged,
    put,
)
from beraad_deliberation.storage.tables import electors

UNSAID = tuple(f"the_{name}" for name in ("concern", "said", "recorded_by", "contested_at", "contest_reason"))
"""What an answer given at once has none of."""


@dataclass(frozen=True)
class Written:
    """An answer was recorded; `leaf`: with which leaf, where there is a record."""

    leaf: Sealed | None


@dataclass(frozen=True)
class Recorded:
    """What the guards saw, and whether anything was written; `leaf`: with which leaf, where there is a record.

    Entitled, open and matching but not written means that an objection of this elector stands in the
    round, or an answer was contested in it: that is more than an upsert, and the ordinary way.
    """

    group_id: UUID
    asked: Asked
    entitled: bool
    written: bool
    leaf: Sealed | None = None


@dataclass(frozen=True)
class _Seen:
    """The round or vote and the elector, as they are."""

    group_id: UUID
    number: int
    version: int
    state: RunState
    closes_at: datetime
    answers: str | None
    contested: bool
    elector: UUID | None
    pseudonym: str | None

    @property
    def asked(self) -> Asked:
        answers = tuple(self.answers.split()) if self.answers else None
        return Asked(self.number, self.version, self.state is RunState.OPEN, self.closes_at, answers)

    @property
    def author(self) -> Author:
        return Author(self.group_id, self.pseudonym)

    def admits(self, given: Given) -> bool:
        named = (given.number, given.version) == (self.number, self.version)
        permitted = self.answers is None or given.values.get("answer") in self.answers.split()
        running = self.state is RunState.OPEN and given.at < self.closes_at and not self.contested
        return self.elector is not None and named and permitted and running

    def recorded(self, written: Written | None) -> Recorded:
        leaf = None if written is None else written.leaf
        return Recorded(self.group_id, self.asked, self.elector is not None, written is not None, leaf)


def record(session: Session, shape: Shape, given: Given) -> Recorded | None:
    """Look, and write the answer if every guard holds. None where there is no such round or vote."""
    seen = _see(session, shape, given)
    if seen is None:
        return None
    if not seen.admits(given):
        return seen.recorded(None)
    if session.get_bind().dialect.name == "postgresql":
        row = session.connection().execute(_statement(shape), given.parameters).one_or_none()
        if row is None:  # the elector left meanwhile: the lock is the round's alone
            seen = _see(session, shape, given) or seen
        return seen.recorded(_written(row, given))
    if _is_kept(session, shape, given):
        return seen.recorded(None)
    return seen.recorded(Written(keep_portably(session, shape, given, seen.author)))


def _see(session: Session, shape: Shape, given: Given) -> _Seen | None:
    found = session.execute(_look(shape), given.parameters).one_or_none()
    return None if found is None else _Seen(*found)


def record_at_once(engine: Engine, shape: Shape, given: Given) -> Written | None:
    """Write the answer if every guard holds, as a transaction by itself, on PostgreSQL. None where one does not."""
    row = _straight(shape).one_or_none(engine, given.parameters)
    return _written(row, given)


def _written(row: Sequence[Any] | None, given: Given) -> Written | None:
    if row is None:
        return None
    group_id, pseudonym, prev, made = row
    return Written(Author(group_id, pseudonym).hashed(given.leaf, prev, made))


@cache
def _look(shape: Shape) -> Select[Any]:
    """A vote has but one number and its three words, and nobody speaks in it."""
    run = shape.run.c
    number, answers, contested = (
        run.get(name, other)
        for name, other in (
            ("number", literal(1)),
            ("answers", null().cast(String)),
            ("contested", literal(value=False)),
        )
    )
    seen = select(run.group_id, number.label("number"), run.version, run.state, run.closes_at)
    seen = seen.add_columns(answers.label("answers"), contested.label("contested"))
    seen = seen.add_columns(electors.c.person_id, electors.c.pseudonym)
    seen = seen.outerjoin_from(shape.run, electors, and_(*_is_mine())).where(run.id == THE_RUN)
    return seen.with_for_update(read=True, of=shape.run)


def _is_mine() -> tuple[ColumnElement[bool], ...]:
    mine = electors.c
    return mine.roll_id == THE_RUN, mine.person_id == THE_PERSON, mine.departed_at.is_(None)


@cache
def _straight(shape: Shape) -> Straight:
    return Straight(_statement(shape), nothing=UNSAID)


@cache
def _statement(shape: Shape) -> Select[Any]:
    """One row where the answer was written, else none."""
    run = shape.run.c
    head = head_of(electors.c.pseudonym, cast(run.group_id, String))
    admitted = select(run.group_id, electors.c.pseudonym, head.label("head"))
    admitted = admitted.join_from(shape.run, electors, electors.c.roll_id == run.id)
    admitted = admitted.where(run.id == THE_RUN, *_is_mine(), *_admitting(shape))
    found = admitted.with_for_update(read=True, of=shape.run).cte("admitted")
    leaf = leaf_of(found.c.head, None)
    rows = select(*labelled(shape, null().cast(LargeBinary), leaf)).select_from(found)
    written = put(shape, rows, select(found.c.head).scalar_subquery(), shape.keeps)
    told = select(found.c.group_id, found.c.pseudonym, written.c.prev, written.c.leaf)
    return told.join_from(found, written, true()).add_cte(logged(shape, written))


def _admitting(shape: Shape) -> list[ColumnElement[bool]]:
    """The guards, as `_Seen.admits`."""
    run = shape.run.c
    asked = [run.state == RunState.OPEN, run.closes_at > THE_MOMENT, run.version == THE_VERSION]
    if "number" not in run:
        return [*asked, THE_NUMBER == 1]
    return [*asked, run.number == THE_NUMBER, ~run.contested, func.strpos(run.answers, THE_WORD) > 0]


def _is_kept(session: Session, shape: Shape, given: Given) -> bool:
    if shape.keeps is None:
        return False
    answers = shape.target.c
    mine = exists().where(answers[shape.key] == THE_RUN, answers.person_id == THE_PERSON, shape.keeps)
    return bool(session.execute(select(mine), given.parameters).scalar())
