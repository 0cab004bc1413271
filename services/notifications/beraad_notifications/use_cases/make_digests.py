"""Tell together what people want once a day or once a week, when their morning has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_notifications.domain.catalogue import DIGEST
from beraad_notifications.domain.digests import MOST_ENTRIES, digest_id, digest_told
from beraad_notifications.domain.recipients import OFF
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
    wanted = [one for one in collected if recipient.preferences.get(one.kind_name) != OFF]
    unwanted = [one.delivery_id for one in collected if one not in wanted]
    work.deliveries.drop(unwanted, "unsubscribed", at)
    if wanted:
        digest = digest_id(person_id, wanted[0])
        notice = Notice(digest, DIGEST.name, digest_told(person_id, wanted))
        work.notices.add(notice, DIGEST, None, at)
        work.notices.mark_spread([digest], at)
        work.deliveries.queue(notice, DIGEST, at)
        work.deliveries.put_into(digest, [one.delivery_id for one in wanted])
