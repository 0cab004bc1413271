"""Who is who in the records: one pseudonym per person and group, made when they first appear there."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from beraad.messaging.cursors import upsert
from beraad.roster import names_of
from beraad_deliberation.record.pseudonyms import new_pseudonym
from beraad_deliberation.storage.tables import pseudonyms

MANY = 500


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


def _known(session: Session, group_id: UUID, people: Collection[UUID]) -> dict[UUID, str]:
    """All of the group where many are asked for: a statement holds only so many values."""
    told = select(pseudonyms.c.person_id, pseudonyms.c.pseudonym).where(pseudonyms.c.group_id == group_id)
    if len(people) < MANY:
        told = told.where(pseudonyms.c.person_id.in_(list(people)))
    return {row.person_id: row.pseudonym for row in session.execute(told)}
