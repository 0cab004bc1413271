"""The hot path: recording a response or a ballot. The one documented exception to "one way through".

PostgreSQL: one statement (the words of a concern are kept by another). The guards are CTEs that feed the INSERT, so they are executed, and the answer
tells which of them failed. The round is taken FOR SHARE: a close (an exclusive lock) waits for it, or it waits for
the close and then sees it. SQLite: the same in portable statements under its one write lock.

The rule itself is `domain.responding.refuse_response`; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    Engine,
    LargeBinary,
    Select,
    String,
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
    """The round or vote and the elector, as the statement found them."""

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

    def recorded(self, leaf: Sealed | None, *, written: bool) -> Recorded:
        return Recorded(self.group_id, self.asked, self.elector is not None, written, leaf)


def record(session: Session, shape: Shape, given: Given) -> Recorded | None:
    """Write the answer if every guard holds. None where there is no such round or vote."""
    if session.get_bind().dialect.name != "postgresql":
        return _portable(session, shape, given)
    return _told(session.connection().execute(_statement(shape), given.parameters).one(), given)


def record_at_once(engine: Engine, shape: Shape, given: Given) -> Recorded | None:
    """The same as a transaction by itself, on PostgreSQL."""
    return _told(_straight(shape).one(engine, given.parameters), given)


def _told(row: Sequence[Any], given: Given) -> Recorded | None:
    *seen, written, prev, made = row
    if seen[0] is None:
        return None
    found = _Seen(*seen)
    author = Author(found.group_id, found.pseudonym)
    leaf = author.hashed(given.leaf, prev, made)
    return found.recorded(leaf, written=written is not None)


@cache
def _run(shape: Shape) -> Select[Any]:
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
    return seen.where(run.id == THE_RUN).with_for_update(read=True)


@cache
def _elector() -> Select[Any]:
    return select(electors.c.person_id.label("elector"), electors.c.pseudonym).where(
        electors.c.roll_id == THE_RUN,
        electors.c.person_id == THE_PERSON,
        electors.c.departed_at.is_(None),
    )


@cache
def _straight(shape: Shape) -> Straight:
    return Straight(_statement(shape), nothing=UNSAID)


@cache
def _statement(shape: Shape) -> Select[Any]:
    run, elector = _run(shape).cte("run"), _elector().cte("elector")
    group = cast(run.c.group_id, String)
    rows = (
        select(*labelled(shape, null().cast(LargeBinary), leaf_of(elector.c.pseudonym, group, None)))
        .select_from(run.join(elector, true()))
        .where(
            run.c.state == RunState.OPEN,
            run.c.closes_at > THE_MOMENT,
            run.c.number == THE_NUMBER,
            run.c.version == THE_VERSION,
            ~run.c.contested,
            *_permitted(shape, run),
        )
    )
    pseudonym, of_group = (
        select(elector.c.pseudonym).scalar_subquery(),
        select(group).scalar_subquery(),
    )
    written = put(shape, rows, pseudonym, of_group, shape.keeps)
    one = select(literal(1).label("one")).cte("one")
    told = select(run, elector, written.c.person_id.label("written"), written.c.prev, written.c.leaf)
    told = told.select_from(one.outerjoin(run, true()).outerjoin(elector, true()).outerjoin(written, true()))
    return told.add_cte(logged(shape, written))


def _permitted(shape: Shape, run: CTE) -> list[Any]:
    return [func.strpos(run.c.answers, THE_WORD) > 0] if "answers" in shape.run.c else []


def _portable(session: Session, shape: Shape, given: Given) -> Recorded | None:
    run = session.execute(_run(shape), given.parameters).one_or_none()
    if run is None:
        return None
    elector = session.execute(_elector(), given.parameters).one_or_none()
    seen = _Seen(*run, *(elector or (None, None)))
    if not _admits(seen, given) or _is_kept(session, shape, given):
        return seen.recorded(None, written=False)
    leaf = keep_portably(session, shape, given, Author(seen.group_id, seen.pseudonym))
    return seen.recorded(leaf, written=True)


def _admits(seen: _Seen, given: Given) -> bool:
    named = (given.number, given.version) == (seen.number, seen.version)
    answer = given.values.get("answer")
    permitted = seen.answers is None or answer in seen.answers.split()
    running = seen.state is RunState.OPEN and given.at < seen.closes_at and not seen.contested
    return seen.elector is not None and named and permitted and running


def _is_kept(session: Session, shape: Shape, given: Given) -> bool:
    if shape.keeps is None:
        return False
    answers = shape.target.c
    mine = exists().where(answers[shape.key] == THE_RUN, answers.person_id == THE_PERSON, shape.keeps)
    return bool(session.execute(select(mine), given.parameters).scalar())
