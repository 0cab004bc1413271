"""Send an administrator a mail of some kind with sample data, the way every other mail goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.clock import real_now
from beraad.domain import NotAllowed
from beraad.identifiers import new_id
from beraad_notifications.domain.catalogue import TEST
from beraad_notifications.use_cases.ports import Notice, Work


@dataclass(frozen=True)
class SendTest:
    """What a mail of that kind (there must be one) looks like in that language, to that administrator."""

    kind_name: str
    language: str
    person_id: UUID


def send_test(command: SendTest, work: Work, _now: datetime) -> UUID:
    """Returns what stands as its event, by which the timeline finds it. Raises `NotAllowed`."""
    work.authorize("template.test")
    if not work.is_administrator(command.person_id):
        raise NotAllowed("a test goes to an administrator", rule="AdministratorsOnly")
    told = {
        "person_id": str(command.person_id),
        "kind": command.kind_name,
        "language": command.language,
    }
    notice, at = Notice(new_id(), TEST.name, told), real_now()
    work.notices.add(notice, TEST, None, at)
    work.notices.mark_spread([notice.event_id], at)
    work.deliveries.queue(notice, TEST, at)
    return notice.event_id
