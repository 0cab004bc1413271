"""Open a date poll: ask the group which of several slots suits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from beraad.domain import InvalidRequest
from beraad.identifiers import new_id
from beraad_meetings.domain.local_time import LocalStart, instant_of
from beraad_meetings.domain.meeting_states import GroupHasEnded
from beraad_meetings.domain.polls import Poll, PollSlot
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True, kw_only=True)
class OpenPoll:
    """Slots are instants, or naive wall clocks in `time_zone` (the group's if none)."""

    group_id: UUID
    title: str
    kind: str
    duration_minutes: int
    closes_at: datetime
    slots: Sequence[datetime]
    remind_hours_before: int = 24
    quorum_percent: int = 50
    time_zone: str | None = None
    place: str = ""
    online_link: str = ""
    id: UUID = field(default_factory=new_id)


def open_poll(command: OpenPoll, work: Work, now: datetime) -> Poll:
    """Raises `InvalidRequest`, `GroupHasEnded`, `NotYetKnown`."""
    work.authorize("poll.open", command.group_id, command.kind)
    group = work.roster.hold(command.group_id)
    if group.ended:
        raise GroupHasEnded
    zone = command.time_zone or group.time_zone
    _expect_to_come(command.closes_at, now, "/closes_at")
    remind_at = command.closes_at - timedelta(hours=command.remind_hours_before)
    names = "id group_id title kind place online_link duration_minutes closes_at quorum_percent"
    poll = Poll(
        **{name: getattr(command, name) for name in names.split()},
        time_zone=zone,
        remind_at=remind_at if now < remind_at < command.closes_at else None,
        opened_at=now,
        opened_by=work.actor.person_id,
        slots=_slots(command, zone, now),
    )
    work.polls.add(poll)
    work.publish(poll.opened())
    return poll


def _slots(command: OpenPoll, zone: str, now: datetime) -> list[PollSlot]:
    found: dict[datetime, PollSlot] = {}
    for number, slot in enumerate(command.slots):
        start = LocalStart(slot) if slot.tzinfo else instant_of(slot, zone)
        _expect_to_come(start.starts_at, now, f"/slots/{number}")
        if start.starts_at in found:
            raise InvalidRequest("two slots begin at the same time", pointer=f"/slots/{number}")
        found[start.starts_at] = PollSlot(
            id=new_id(),
            poll_id=command.id,
            starts_at=start.starts_at,
            local_time_warning=start.warning,
        )
    return [found[start] for start in sorted(found)]


def _expect_to_come(moment: datetime, now: datetime, pointer: str) -> None:
    if moment <= now:
        raise InvalidRequest("a time to come", pointer=pointer)
