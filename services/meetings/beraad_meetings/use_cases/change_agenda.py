"""Put an item on the agenda, change it, take it off."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from beraad.domain import InvalidRequest, NotYetKnown
from beraad.identifiers import new_id
from beraad_meetings.domain.agenda import AgendaItem, ProposalOfAnotherGroup
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True, kw_only=True)
class AddAgendaItem:
    """The item goes last."""

    meeting_id: UUID
    title: str
    kind: str
    minutes: int
    owner_id: UUID | None = None
    proposal_id: UUID | None = None
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True)
class ChangeAgendaItem:
    """`changes` by field name, `position` among them."""

    item_id: UUID
    changes: dict[str, Any]
    expected_revision: int


@dataclass(frozen=True)
class RemoveAgendaItem:
    """Which item."""

    item_id: UUID


def add_agenda_item(command: AddAgendaItem, work: Work, _now: datetime) -> Meeting:
    """Raises `AgendaTooLong`, `ProposalOfAnotherGroup`, `MeetingIsOver`, `NotYetKnown`, `NotFound`."""
    meeting = work.meetings.get(command.meeting_id)
    work.authorize("agenda.change", meeting.group_id)
    _refuse_foreign(meeting, command.owner_id, command.proposal_id, work)
    work.publish(meeting.add_item(AgendaItem(**vars(command), position=0)))
    return meeting


def change_agenda_item(command: ChangeAgendaItem, work: Work, _now: datetime) -> Meeting:
    """Raises `Stale`, `AgendaTooLong`, `ProposalOfAnotherGroup`, `NotYetKnown`, `NotFound`."""
    meeting = work.meetings.with_item(command.item_id)
    work.authorize("agenda.change", meeting.group_id)
    _refuse_foreign(meeting, command.changes.get("owner_id"), command.changes.get("proposal_id"), work)
    work.publish(meeting.change_item(command.item_id, command.changes, command.expected_revision))
    return meeting


def remove_agenda_item(command: RemoveAgendaItem, work: Work, _now: datetime) -> Meeting:
    """Raises `MeetingIsOver`, `MeetingIsCancelled`, `NotFound`."""
    meeting = work.meetings.with_item(command.item_id)
    work.authorize("agenda.change", meeting.group_id)
    work.publish(meeting.remove_item(command.item_id))
    return meeting


def _refuse_foreign(meeting: Meeting, owner_id: UUID | None, proposal_id: UUID | None, work: Work) -> None:
    if owner_id is not None and not work.roster.knows(owner_id):
        raise InvalidRequest("there is no such person", pointer="/owner_id")
    if proposal_id is None:
        return
    group_id = work.proposals.group_of(proposal_id)
    if group_id is None:
        raise NotYetKnown(f"the proposal {proposal_id} is not known here (yet)")
    if group_id != meeting.group_id and not work.proposals.is_approved_by(group_id, meeting.group_id):
        raise ProposalOfAnotherGroup
