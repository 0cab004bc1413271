"""After somebody chose anew or moved: tell what waits for them as it is wanted now."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from beraad.clock import real_now
from beraad_notifications.domain.catalogue import KINDS
from beraad_notifications.domain.frequencies import OFF, how_often
from beraad_notifications.domain.holding_back import WAITS
from beraad_notifications.domain.mornings import brought_forward
from beraad_notifications.domain.recipients import Recipient
from beraad_notifications.use_cases.ports import Work


def bring_forward(recipient: Recipient, work: Work, now: datetime) -> None:
    """What quiet hours held back is looked at again; what waits for a digest is told no later than it would be now.

    What is off now keeps its morning, when it is dropped, unless it is wanted again by then.
    """
    at = real_now()
    work.steps.looked_at_again(recipient.person_id, at)
    work.deliveries.wake(recipient.person_id, WAITS, at)
    waiting = work.deliveries.waiting(recipient.person_id)
    if not waiting:
        return
    zone = ZoneInfo(work.contacts.time_zone(recipient.person_id))
    sooner: dict[datetime, list[UUID]] = {}
    for one in waiting:
        kind = KINDS[one.kind_name]
        often = how_often(kind, recipient.chosen_for(kind, one.group_id))
        due_at = brought_forward(one.due_at, often, zone, recipient.rhythm, now)
        if often != OFF and due_at < one.due_at:
            sooner.setdefault(due_at, []).append(one.delivery_id)
    for due_at, these in sooner.items():
        work.steps.brought_forward(these, due_at, at)
        work.deliveries.bring_forward(these, due_at)
