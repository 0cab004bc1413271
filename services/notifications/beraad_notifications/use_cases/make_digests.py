"""Tell together what people want once a day or once a week, when their morning has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_notifications.domain.catalogue import DIGEST, KINDS
from beraad_notifications.domain.digests import MOST_ENTRIES, Collected, digest_id, digest_told
from beraad_notifications.domain.frequencies import MUTED, OFF, UNSUBSCRIBED, how_often, why_off
from beraad_notifications.domain.holding_back import TOO_LATE, reminds_of_the_past
from beraad_notifications.domain.recipients import Recipient
from beraad_notifications.use_cases.ports import Notice, Work


@dataclass(frozen=True)
class MakeDigests:
    """For at most so many people, at this (real) time."""

    limit: int
    at: datetime


def make_digests(command: MakeDigests, work: Work, now: datetime) -> int:
    """How many people were looked at. Each has one digest at a time, however many workers ask."""
    people = work.deliveries.people_with_digests(command.limit, now)
    for person_id in people:
        _make_digest(person_id, command.at, work, now)
    return len(people)


def _make_digest(person_id: UUID, at: datetime, work: Work, now: datetime) -> None:
    recipient = work.recipients.get(person_id)
    collected = work.deliveries.collected(person_id, MOST_ENTRIES, now)
    unwanted = {one.delivery_id: why for one in collected if (why := _why_not(recipient, one, now))}
    wanted = [one for one in collected if one.delivery_id not in unwanted]
    for reason in (UNSUBSCRIBED, MUTED, TOO_LATE):
        work.deliveries.drop([one for one, why in unwanted.items() if why == reason], reason, at)
    if wanted:
        digest = digest_id(person_id, wanted[0])
        notice = Notice(digest, DIGEST.name, digest_told(person_id, wanted))
        work.notices.add(notice, DIGEST, None, at)
        work.notices.mark_spread([digest], at)
        work.deliveries.queue(notice, DIGEST, at)
        work.deliveries.put_into(digest, [one.delivery_id for one in wanted])


def _why_not(recipient: Recipient, one: Collected, now: datetime) -> str | None:
    kind = KINDS[one.kind_name]
    chosen = recipient.chosen_for(kind, one.group_id)
    if how_often(kind, chosen) == OFF:
        return why_off(chosen)
    return TOO_LATE if reminds_of_the_past(kind, one.told, now) else None
