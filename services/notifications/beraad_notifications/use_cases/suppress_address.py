"""An administrator has an address left alone, or written to again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.clock import real_now
from beraad.domain import NotFound
from beraad_notifications.use_cases.ports import Work


@dataclass(frozen=True)
class SuppressAddress:
    """The one the person has now."""

    person_id: UUID
    reason: str


@dataclass(frozen=True)
class LiftSuppression:
    """Their address works, or is to be tried again."""

    person_id: UUID


def suppress_address(command: SuppressAddress, work: Work, _now: datetime) -> None:
    """What is about to be sent there is not sent, sign-in links apart. Raises `NotFound`."""
    work.authorize("suppression.change")
    address = work.contacts.address(command.person_id)
    if address is None:
        raise NotFound("nobody of that id has an address here")
    recipient = work.recipients.get(command.person_id)
    work.publish(recipient.suppress(address, command.reason, real_now()))
    work.recipients.put(recipient)


def lift_suppression(command: LiftSuppression, work: Work, _now: datetime) -> None:
    """From now on mail goes there again; what was not sent meanwhile is not sent after all. Harmless to repeat."""
    work.authorize("suppression.change")
    lift(command.person_id, work)


def lift_if_moved(person_id: UUID, work: Work) -> None:
    """Their address is another than the one that was suppressed."""
    if work.recipients.suppressed_elsewhere(person_id):
        lift(person_id, work)


def lift(person_id: UUID, work: Work) -> None:
    """Nothing, where nothing is suppressed."""
    if not work.contacts.reachable(person_id):
        return
    recipient = work.recipients.get(person_id)
    lifted = recipient.lift()
    if lifted is not None:
        work.publish(lifted)
        work.recipients.put(recipient)
