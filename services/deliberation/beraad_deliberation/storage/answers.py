"""Keeping a response or a ballot: every one is added, the last counts, each has its leaf in the record.

A leaf names its elector's leaf before, and answers of one elector are numbered: of two given at the same moment one finds its
number taken, and comes after the other. Nobody else waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, select
from sqlalchemy.exc import TimeoutError  # noqa: A004 - told as 503, as where no connection becomes free
from sqlalchemy.orm import Session

from beraad.messaging.cursors import upsert
from beraad.record.entries import Sealed
from beraad_deliberation.record.leaves import Unsigned
from beraad_deliberation.storage.tables import ballots, responses, rounds, votes

TRIES = 100
"""How often an elector's other answers may come first; each time one of them was committed meanwhile."""
OVERTAKEN = f"{TRIES} other answers of the same elector came first"
NEVER: tuple[int, bytes | None] = (0, None)
"""The number and the leaf before an elector's first answer."""


@dataclass(frozen=True, eq=False)
class Shape:
    """What differs between a round and a vote."""

    run: Table
    answers: Table
    key: str
    said: str
    """The column of the answer itself."""

    @property
    def number(self) -> tuple[str, str, str]:
        """What is one answer's alone."""
        return self.key, "person_id", "ordinal"


ROUND = Shape(rounds, responses, "round_id", "answer")
VOTE = Shape(votes, ballots, "vote_id", "choice")


@dataclass(frozen=True)
class Given:
    """Who answers what about which round or vote. `values` are the columns of the answer itself."""

    run_id: UUID
    person_id: UUID
    number: int
    version: int
    values: Mapping[str, Any]
    at: datetime
    leaf: Unsigned


@dataclass(frozen=True)
class Author:
    """In whose record it is kept, and as whom: the pseudonym is None where the record does not know the electorate."""

    group_id: UUID
    pseudonym: str | None

    def hashed(self, leaf: Unsigned, prev: bytes | None, found: bytes | None) -> Sealed | None:
        """The same, with the leaf the statement made of it."""
        if not self.pseudonym or found is None:
            return None
        return Sealed(leaf.entry(str(self.group_id), self.pseudonym, prev), found)

    def sealed(self, leaf: Unsigned, prev: bytes | None) -> Sealed | None:
        """The leaf, if it is recorded."""
        return leaf.sealed(str(self.group_id), self.pseudonym, prev) if self.pseudonym else None


@dataclass(frozen=True)
class Written:
    """An answer was recorded; `leaf`: with which leaf, where there is a record."""

    leaf: Sealed | None


def keep(session: Session, shape: Shape, given: Given, author: Author) -> Sealed | None:
    """Let this be the person's answer; the caller holds the locks and has checked the rule. Its leaf, where there is a record."""
    for _ in range(TRIES):
        last = session.execute(last_of(shape, given.run_id, given.person_id)).one_or_none()
        ordinal, prev = last or NEVER
        if prev is None:  # what is contested after the close has no leaf: the next follows the one before
            prev = session.execute(_last_leaf(shape, given)).scalar()
        written = add(session, shape, given, author, ordinal, prev)
        if written is not None:
            return written.leaf
    raise TimeoutError(OVERTAKEN)


def add(
    session: Session, shape: Shape, given: Given, author: Author, ordinal: int, prev: bytes | None
) -> Written | None:
    """Add it after the elector's answer of that number and leaf. None where another answer of theirs came first."""
    sealed = author.sealed(given.leaf, prev)
    row = {
        shape.key: given.run_id,
        "person_id": given.person_id,
        "ordinal": ordinal + 1,
        "version": given.version,
        "given_at": given.at,
        "prev": prev if sealed else None,
        "leaf": sealed.leaf if sealed else None,
    }
    added = (
        upsert(session, shape.answers)
        .values(**row, **given.values)
        .on_conflict_do_nothing(index_elements=shape.number)
    )
    done = session.execute(added.returning(shape.answers.c.ordinal)).one_or_none()
    return None if done is None else Written(sealed)


def last_of(shape: Shape, run_id: Any, person_id: Any) -> Select[Any]:
    """The number and the leaf of what an elector said last, or what took it back."""
    answers = shape.answers.c
    last = select(answers.ordinal, answers.leaf).where(answers[shape.key] == run_id)
    return last.where(answers.person_id == person_id).order_by(answers.ordinal.desc()).limit(1)


def _last_leaf(shape: Shape, given: Given) -> Select[Any]:
    answers = shape.answers.c
    mine = select(answers.leaf).where(
        answers[shape.key] == given.run_id, answers.person_id == given.person_id
    )
    return mine.where(answers.leaf.is_not(None)).order_by(answers.ordinal.desc()).limit(1)
