"""The hot path: recording a response or a ballot. The one documented exception to "one way through".

PostgreSQL: one statement, in which the guards feed the INSERT: what it does not admit it does not write. The round is taken FOR
SHARE: a close (an exclusive lock) waits for it, or it waits for the close and then sees it. Whoever has more to write (the words of a
concern), wants to know why nothing was written, or has SQLite, looks first, under the same lock.

The rule itself is `domain.responding.refuse_response`; a test holds all of them equal. Statements are made once and given what
differs as parameters: to make one takes longer than to carry it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Engine,
    Integer,
    LargeBinary,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    true,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import TimeoutError  # noqa: A004 - told as 503, as where no connection becomes free
from sqlalchemy.orm import Session

from beraad.record.entries import Sealed
from beraad.storage.straight import Straight
from beraad.storage.types import Instant
from beraad_deliberation.domain.responding import Answer, Asked
from beraad_deliberation.domain.rounds import RunState
from beraad_deliberation.storage.answers import (
    NEVER,
    OVERTAKEN,
    TRIES,
    Author,
    Given,
    Shape,
    Written,
    add,
    last_of,
)
from beraad_deliberation.storage.tables import electors

THE_RUN, THE_PERSON = bindparam("the_run", type_=Uuid()), bindparam("the_person", type_=Uuid())
THE_NUMBER, THE_VERSION = bindparam("the_number", type_=Integer()), bindparam("the_version", type_=Integer())
THE_MOMENT, THE_WORD = bindparam("the_moment", type_=Instant()), bindparam("the_word", type_=String())
ZERO: ColumnElement[bytes] = literal_column(r"'\x00'::bytea", LargeBinary())
"""What a leaf's hash begins with (RFC 6962)."""
PIECES = [bindparam(f"the_piece_{number}", type_=String()) for number in range(4)]


@dataclass(frozen=True)
class Recorded:
    """What the guards saw, and whether anything was written; `leaf`: with which leaf, where there is a record.

    Entitled, open and matching but not written means that an objection of this elector stands in the
    round, or an answer was contested in it: that is more than adding an answer, and the ordinary way.
    """

    group_id: UUID
    asked: Asked
    entitled: bool
    written: bool
    leaf: Sealed | None = None


@dataclass(frozen=True)
class _Seen:
    """The round or vote, the elector, and the number, the leaf and the answer of what they said last."""

    group_id: UUID
    number: int
    version: int
    state: RunState
    closes_at: datetime
    answers: str | None
    contested: bool
    elector: UUID | None
    pseudonym: str | None
    ordinal: int
    prev: bytes | None
    said: str | None

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
        return self.elector is not None and named and permitted and running and self.said != Answer.OBJECT

    def recorded(self, written: Written | None) -> Recorded:
        leaf = None if written is None else written.leaf
        return Recorded(self.group_id, self.asked, self.elector is not None, written is not None, leaf)


def record(session: Session, shape: Shape, given: Given) -> Recorded | None:
    """Look, and add the answer if every guard holds. None where there is no such round or vote."""
    for _ in range(TRIES):
        found = session.execute(_look(shape), _asked(shape, given)).one_or_none()
        if found is None:
            return None
        seen = _Seen(*found)
        if not seen.admits(given):
            return seen.recorded(None)
        written = add(session, shape, given, seen.author, seen.ordinal, seen.prev)
        if written is not None:
            return seen.recorded(written)
    raise TimeoutError(OVERTAKEN)


def record_at_once(engine: Engine, shape: Shape, given: Given) -> Written | None:
    """Add the answer if every guard holds, as a transaction by itself, on PostgreSQL. None where one does not."""
    pieces = {f"the_piece_{number}": piece for number, piece in enumerate(given.leaf.pieces())}
    row = _straight(shape).one_or_none(engine, {**_asked(shape, given), **pieces})
    if row is None:
        return None
    group_id, pseudonym, prev, made = row
    return Written(Author(group_id, pseudonym).hashed(given.leaf, prev, made))


def _asked(shape: Shape, given: Given) -> Mapping[str, Any]:
    said = given.values[shape.said]
    who = {"the_run": given.run_id, "the_person": given.person_id, "the_moment": given.at}
    return {
        **who,
        "the_number": given.number,
        "the_version": given.version,
        "the_said": said,
        "the_word": f" {said} ",
    }


@cache
def _look(shape: Shape) -> Select[Any]:
    """A vote has but one number and its three words, and nobody speaks in it."""
    run, last = shape.run.c, _last(shape)
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
    seen = seen.add_columns(electors.c.person_id, electors.c.pseudonym, *_followed(last), last.c.said)
    source = shape.run.outerjoin(electors, and_(*_is_mine())).outerjoin(last, true())
    return seen.select_from(source).where(run.id == THE_RUN).with_for_update(read=True, of=shape.run)


def _is_mine() -> tuple[ColumnElement[bool], ...]:
    mine = electors.c
    return mine.roll_id == THE_RUN, mine.person_id == THE_PERSON, mine.departed_at.is_(None)


def _last(shape: Shape) -> Any:
    """What the elector said last, if anything."""
    said = shape.answers.c[shape.said].label("said")
    return last_of(shape, THE_RUN, THE_PERSON).add_columns(said).subquery("last")


def _followed(last: Any) -> tuple[ColumnElement[int], ColumnElement[bytes]]:
    return func.coalesce(last.c.ordinal, NEVER[0]), last.c.leaf


@cache
def _straight(shape: Shape) -> Straight:
    return Straight(_statement(shape))


@cache
def _statement(shape: Shape) -> Select[Any]:
    """One row where the answer was written, else none."""
    run, last = shape.run.c, _last(shape)
    ordinal, prev = _followed(last)
    following: ColumnElement[int] = ordinal + 1
    leaf = _leaf(electors.c.pseudonym, cast(run.group_id, String), last.c.leaf).label("leaf")
    admitted = select(
        run.group_id, electors.c.pseudonym, following.label("ordinal"), prev.label("prev"), leaf
    )
    source = shape.run.join(electors, electors.c.roll_id == run.id).outerjoin(last, true())
    admitted = admitted.select_from(source).where(run.id == THE_RUN, *_is_mine(), *_admitting(shape, last))
    found = admitted.with_for_update(read=True, of=shape.run).cte("admitted")
    said = bindparam("the_said", type_=shape.answers.c[shape.said].type)
    asked = {shape.key: THE_RUN, "person_id": THE_PERSON, "version": THE_VERSION, "given_at": THE_MOMENT}
    row: dict[str, Any] = {
        **asked,
        shape.said: said,
        **{name: found.c[name] for name in ("ordinal", "prev", "leaf")},
    }
    rows = select(*(value.label(name) for name, value in row.items())).select_from(found)
    added = postgresql.insert(shape.answers).from_select([*row], rows)
    added = added.on_conflict_do_nothing(index_elements=shape.number)
    written = added.returning(shape.answers.c.ordinal).cte("written")
    told = select(found.c.group_id, found.c.pseudonym, found.c.prev, found.c.leaf)
    return told.join_from(found, written, true())


def _leaf(pseudonym: ColumnElement[str], group: ColumnElement[str], prev: Any) -> ColumnElement[bytes]:
    """What PostgreSQL makes of the pieces (`leaves.joined`); null where there is no pseudonym."""
    named = func.coalesce('"' + func.encode(prev, "hex") + '"', "null")
    text = PIECES[0] + pseudonym + PIECES[1] + group + PIECES[2] + named + PIECES[3]
    return func.sha256(ZERO.op("||")(func.convert_to(text, "UTF8")), type_=LargeBinary())


def _admitting(shape: Shape, last: Any) -> list[ColumnElement[bool]]:
    """The guards, as `_Seen.admits`."""
    run = shape.run.c
    asked = [run.state == RunState.OPEN, run.closes_at > THE_MOMENT, run.version == THE_VERSION]
    if "number" not in run:
        return [*asked, THE_NUMBER == 1]
    replaceable = last.c.said.is_distinct_from(Answer.OBJECT)
    return [
        *asked,
        run.number == THE_NUMBER,
        ~run.contested,
        func.strpos(run.answers, THE_WORD) > 0,
        replaceable,
    ]
