"""Where a person receives mail, and forgetting it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.clock import real_now
from beraad_notifications.use_cases.bring_forward import bring_forward
from beraad_notifications.use_cases.ports import Contact, Work
from beraad_notifications.use_cases.suppress_address import lift_if_moved

ERASED = "erased"


@dataclass(frozen=True)
class ErasePerson:
    """A person asked to be forgotten."""

    person_id: UUID
    revision: int
    pseudonym: str


def remember_contact(contact: Contact, work: Work, now: datetime) -> None:
    """Mail that waited for a first address is due now; what waits for a morning or quiet hours waits by the new clock.

    Another address than the one that is suppressed lifts that.
    """
    if work.contacts.put(contact):
        at = real_now()
        work.steps.address_known(contact.person_id, at)
        work.deliveries.address_known(contact.person_id, at)
    elif work.deliveries.any_waiting(contact.person_id):
        bring_forward(work.recipients.get(contact.person_id), work, now)
    lift_if_moved(contact.person_id, work)


def erase_person(command: ErasePerson, work: Work, _now: datetime) -> None:
    """From now on this person gets nothing; address, choices and what mail servers said are gone. May be repeated.

    Deliveries come first: a worker that is recording one of them has then written what else is deleted.
    """
    work.contacts.erase(command.person_id, command.revision)
    work.deliveries.drop_all_for(command.person_id, ERASED, real_now())
    work.recipients.forget(command.person_id)
    work.deliveries.forget_reasons(command.person_id, ERASED)
    work.steps.forget_person(command.person_id)
    work.channels.forget(command.person_id)
    work.notices.forget_person(command.person_id, command.pseudonym)
