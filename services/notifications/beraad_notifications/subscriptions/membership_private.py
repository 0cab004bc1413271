"""What membership says to notifications alone: addresses, and sign-in links to mail at once."""

from __future__ import annotations

from typing import Any

from beraad.messaging.subscriptions import Received, Subscriptions
from beraad_notifications.subscriptions.telling import tell
from beraad_notifications.use_cases.ports import Contact
from beraad_notifications.use_cases.remember_contact import remember_contact

membership_private = Subscriptions("membership.private")


@membership_private.on("membership.contact.changed.v1")
def on_contact_changed(event: Received, work: Any) -> None:
    """Mail goes there from now on."""
    names = ("person_id", "revision", "name", "email", "language", "time_zone")
    remember_contact(Contact(**{name: event[name] for name in names}), work, work.now)


@membership_private.on("membership.sign_in_link.issued.v1")
def on_sign_in_link_issued(event: Received, work: Any) -> None:
    """Mail it before it expires; keep nothing of it where its person was erased meanwhile."""
    if not work.contacts.erased([event["person_id"]]):
        tell(event, work)
