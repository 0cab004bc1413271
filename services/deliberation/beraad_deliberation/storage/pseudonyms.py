"""Who is who in the records: one pseudonym per person and group, made when they first appear there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, select
from sqlalchemy.orm import Session

from beraad.messaging.cursors import upsert
from beraad.roster import names_of
from beraad_deliberation.record.pseudonyms import new_pseudonym
from beraad_deliberation.storage.tables import (
    electors,
    objections,
    opinions,
    pseudonyms,
    record_texts,
    responses,
)

MANY = 500
ERASED = "[erased]"
SAID: tuple[tuple[Table, Column[Any], Column[Any]], ...] = (
    (responses, responses.c.person_id, responses.c.concern),
    (responses, responses.c.person_id, responses.c.contest_reason),
    (objections, objections.c.raised_by_id, objections.c.reason),
    (opinions, opinions.c.person_id, opinions.c.reason),
    (electors, electors.c.person_id, electors.c.departed_note),
)
"""Table, who wrote it, and where it stands."""


def pseudonyms_of(session: Session, group_id: UUID, people: Collection[UUID]) -> dict[UUID, str]:
    """Theirs in that group. Two who make one for the same person at once: the first wins."""
    known = _known(session, group_id, people)
    missing = sorted(set(people) - known.keys())
    if not missing:
        return known
    names = names_of(session, missing)
    rows = []
    for person_id in missing:
        made = new_pseudonym(names.get(person_id, ""))
        told = {"pseudonym": made.commitment, "salt": made.salt, "name": made.text}
        rows.append({"group_id": group_id, "person_id": person_id, **told})
    session.execute(upsert(session, pseudonyms).on_conflict_do_nothing(), rows)
    return known | _known(session, group_id, missing)


def erase_words(session: Session, person_id: UUID) -> None:
    """Why they answered as they did: it leaves the tables and, with their name, the records, which stay whole.

    What they wrote for the group (texts, questions, rulings, what a body answers) is the group's and stays, without their name.
    """
    theirs = select(responses.c.row_id).where(responses.c.person_id == person_id)
    session.execute(theirs.with_for_update()).all()  # whoever contests one of them copies it
    for table, author, words in SAID:
        said = table.update().where(author == person_id, words.is_not(None), words != "")
        session.execute(said.values({words: ERASED}))
    named = pseudonyms.update().where(pseudonyms.c.person_id == person_id)
    session.execute(named.values(salt=None, name=None))
    session.execute(record_texts.delete().where(record_texts.c.author_id == person_id))


def _known(session: Session, group_id: UUID, people: Collection[UUID]) -> dict[UUID, str]:
    """All of the group where many are asked for: a statement holds only so many values."""
    told = select(pseudonyms.c.person_id, pseudonyms.c.pseudonym).where(pseudonyms.c.group_id == group_id)
    if len(people) < MANY:
        told = told.where(pseudonyms.c.person_id.in_(list(people)))
    return {row.person_id: row.pseudonym for row in session.execute(told)}
