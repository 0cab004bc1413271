"""Recipients and their contacts, each bound to one session."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from beraad.messaging.cursors import upsert
from beraad.storage.tables import known_groups
from beraad_notifications.domain.mornings import Rhythm
from beraad_notifications.domain.recipients import Recipient
from beraad_notifications.storage.quiet_hours import quiet_hours_of, quiet_hours_row
from beraad_notifications.storage.tables import contacts, group_preferences, preferences, recipients
from beraad_notifications.use_cases.ports import Contact

SUPPRESSION = ("refused_address", "refused_reason", "refused_at")


class Recipients:
    """What people chose. Nobody needs to have chosen anything."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, person_id: UUID) -> Recipient:
        """Lock and return, at revision 0 where nothing was ever chosen."""
        first = upsert(self._session, recipients).values(person_id=person_id, revision=0)
        self._session.execute(first.on_conflict_do_nothing())
        query = select(recipients).where(recipients.c.person_id == person_id).with_for_update()
        return self._recipient(self._session.execute(query).one())

    def seen(self, person_id: UUID) -> Recipient:
        """The same to read: nothing is locked or stored."""
        query = select(recipients).where(recipients.c.person_id == person_id)
        row = self._session.execute(query).one_or_none()
        return Recipient(person_id=person_id) if row is None else self._recipient(row)

    def _recipient(self, row: Row[Any]) -> Recipient:
        chosen = select(preferences.c.kind, preferences.c.frequency).where(
            preferences.c.person_id == row.person_id
        )
        return Recipient(
            person_id=row.person_id,
            revision=row.revision,
            preferences={one.kind: one.frequency for one in self._session.execute(chosen)},
            groups=self._groups(row.person_id),
            quiet_hours=quiet_hours_of(row.quiet_hours),
            rhythm=Rhythm(hour=row.digest_hour, weekday=row.digest_weekday),
            refused_address=row.refused_address,
            refused_reason=row.refused_reason,
            refused_at=row.refused_at,
        )

    def put(self, recipient: Recipient) -> None:
        """Store what changed."""
        values = {name: getattr(recipient, name) for name in ("revision", *SUPPRESSION)}
        values["quiet_hours"] = quiet_hours_row(recipient.quiet_hours)
        values.update(digest_hour=recipient.rhythm.hour, digest_weekday=recipient.rhythm.weekday)
        mine = recipients.c.person_id == recipient.person_id
        self._session.execute(recipients.update().where(mine).values(**values))
        self._put_groups(recipient)
        rows: list[dict[str, Any]] = [
            {"person_id": recipient.person_id, "kind": kind, "frequency": frequency}
            for kind, frequency in recipient.preferences.items()
        ]
        if rows:
            statement = upsert(self._session, preferences)
            often = {"frequency": statement.excluded.frequency}
            self._session.execute(
                statement.on_conflict_do_update(index_elements=["person_id", "kind"], set_=often), rows
            )

    def suppressed_elsewhere(self, person_id: UUID) -> bool:
        """Whether the address that is suppressed is one they have no more."""
        moved = (contacts.c.person_id == recipients.c.person_id) & (
            contacts.c.email != recipients.c.refused_address
        )
        query = select(recipients.c.person_id).join(contacts, moved)
        return (
            self._session.execute(
                query.where(recipients.c.person_id == person_id, ~contacts.c.erased)
            ).first()
            is not None
        )

    def unknown_groups(self, groups: Iterable[UUID]) -> list[UUID]:
        """Those of them that nobody told of."""
        named = list(groups)
        query = select(known_groups.c.group_id).where(known_groups.c.group_id.in_(named))
        known = set(self._session.execute(query).scalars()) if named else set()
        return [group_id for group_id in named if group_id not in known]

    def _groups(self, person_id: UUID) -> dict[UUID, dict[str, str]]:
        query = select(group_preferences).where(group_preferences.c.person_id == person_id)
        groups: dict[UUID, dict[str, str]] = {}
        for row in self._session.execute(query.order_by(group_preferences.c.group_id)):
            groups.setdefault(row.group_id, {})[row.kind] = row.frequency
        return groups

    def _put_groups(self, recipient: Recipient) -> None:
        mine = group_preferences.c.person_id == recipient.person_id
        self._session.execute(group_preferences.delete().where(mine))
        rows: list[dict[str, Any]] = [
            {"person_id": recipient.person_id, "group_id": group_id, "kind": kind, "frequency": often}
            for group_id, of_group in recipient.groups.items()
            for kind, often in of_group.items()
        ]
        if rows:
            self._session.execute(group_preferences.insert(), rows)

    def forget(self, person_id: UUID) -> None:
        """Nothing of what they chose is kept."""
        self._session.execute(group_preferences.delete().where(group_preferences.c.person_id == person_id))
        self._session.execute(recipients.delete().where(recipients.c.person_id == person_id))
        self._session.execute(preferences.delete().where(preferences.c.person_id == person_id))


class Contacts:
    """Where people receive mail."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, contact: Contact) -> bool:
        """Remember it unless a newer one is known (an erased person stays so). True if nothing was known before."""
        known = select(contacts.c.person_id).where(contacts.c.person_id == contact.person_id)
        is_new = self._session.execute(known).first() is None
        statement = upsert(self._session, contacts).values(**vars(contact))
        changes = {name: statement.excluded[name] for name in vars(contact) if name != "person_id"}
        newer = (contacts.c.revision <= statement.excluded.revision) & contacts.c.erased.is_(False)
        self._session.execute(
            statement.on_conflict_do_update(index_elements=["person_id"], set_=changes, where=newer)
        )
        return is_new

    def erase(self, person_id: UUID, revision: int) -> None:
        """Leave an empty row, so that a contact arriving late does not bring the person back."""
        self.put(
            Contact(
                person_id=person_id,
                revision=revision,
                name="",
                email="",
                language="",
                time_zone="UTC",
                erased=True,
            )
        )

    def reachable(self, person_id: UUID) -> bool:
        """Whether their address is known, and they are not erased."""
        here = (contacts.c.person_id == person_id) & contacts.c.erased.is_(False)
        return self._session.execute(select(contacts.c.person_id).where(here)).first() is not None

    def address(self, person_id: UUID) -> str | None:
        """Where they receive mail; None where nobody told, or they are erased."""
        query = select(contacts.c.email).where(contacts.c.person_id == person_id, ~contacts.c.erased)
        return self._session.execute(query).scalar()

    def time_zone(self, person_id: UUID) -> str:
        """By whose clock they live."""
        query = select(contacts.c.time_zone).where(contacts.c.person_id == person_id)
        return str(self._session.execute(query).scalar_one())

    def erased(self, people: Iterable[UUID]) -> set[UUID]:
        """Those of them who were erased."""
        gone = contacts.c.person_id.in_(list(people)) & contacts.c.erased
        return set(self._session.execute(select(contacts.c.person_id).where(gone)).scalars())
