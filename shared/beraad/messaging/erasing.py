"""Erasing a person from what the kernel keeps in every service.

The bodies of events about them are rewritten, the places stay; answers that were kept to be given again are forgotten.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import fields, validate
from sqlalchemy import Text, bindparam, cast, func, select
from sqlalchemy.orm import Session

from beraad.contracts import Contract, UnknownEvent, contract_of
from beraad.messaging.cursors import upsert
from beraad.storage.tables import erasures, idempotency_keys, outbox, parked

Body = dict[str, Any]


def erase_from_log(session: Session, person_id: UUID, pseudonym: str) -> int:
    """Rewrite what our log (and what is parked here) tells about that person; may be repeated. Answers how many events changed.

    Names and other texts become the pseudonym, lists and objects become empty; ids, positions and the number of events
    stay, so that whoever reads the log again finds it complete. The archive follows (`archive.rewrite_archive`). Answers kept
    for an `Idempotency-Key` that name the person, or were given to them, are forgotten.
    """
    values = {
        "person_id": person_id,
        "pseudonym": pseudonym,
    }  # first: whoever puts archived events back reads this
    session.execute(upsert(session, erasures).values(**values).on_conflict_do_nothing())
    query = select(outbox.c.row_id, outbox.c.type, outbox.c.body).where(
        outbox.c.subject_person == person_id, outbox.c.body.is_not(None)
    )
    changed = [
        {"its_row": row.row_id, "body": body}
        for row in session.execute(query)
        if (body := erased(row.type, row.body, person_id, pseudonym)) != row.body
    ]
    if changed:
        session.execute(outbox.update().where(outbox.c.row_id == bindparam("its_row")), changed)
    _forget_answers(session, person_id)
    return len(changed) + _erase_parked(session, person_id, pseudonym)


def erased(type_: str, body: Body, person_id: UUID, pseudonym: str) -> Body:
    """The body without what is personal in it, if the event is about that person."""
    contract = _contract(type_)
    if contract is None or contract.person is None or body.get(contract.person) != str(person_id):
        return body
    personal = {
        name: _nothing(field, pseudonym)
        for name, field in contract.schema().fields.items()
        if field.metadata.get("personal") and name in body
    }
    return {**body, **personal}


def _contract(type_: str) -> Contract | None:
    try:
        return contract_of(type_)
    except UnknownEvent:  # parked for just that
        return None


def _nothing(field: fields.Field[Any], pseudonym: str) -> Any:
    if isinstance(field, fields.List):
        return []
    if isinstance(field, fields.Dict):
        return {}
    limits = [rule.max for rule in field.validators if isinstance(rule, validate.Length) and rule.max]
    return pseudonym[: min(limits, default=len(pseudonym))]


def _forget_answers(session: Session, person_id: UUID) -> None:
    """One who sends such a request again does it again: within its own rules, for the answer is lost with the person."""
    body = idempotency_keys.c.body
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    text = func.convert_from(body, "UTF8") if on_postgresql else cast(body, Text)
    named = text.contains(str(person_id))
    theirs = idempotency_keys.c.actor == str(person_id)
    session.execute(idempotency_keys.delete().where(named | theirs))


def _erase_parked(session: Session, person_id: UUID, pseudonym: str) -> int:
    changed = 0
    for row in session.execute(select(parked)).all():
        data = row.envelope["data"]
        if (rewritten := erased(row.type, data, person_id, pseudonym)) != data:
            this = (
                (parked.c.stream == row.stream)
                & (parked.c.epoch == row.epoch)
                & (parked.c.position == row.position)
            )
            session.execute(parked.update().where(this).values(envelope={**row.envelope, "data": rewritten}))
            changed += 1
    return changed
