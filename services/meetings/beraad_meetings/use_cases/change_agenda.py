"""Put an item on the agenda, change it, take it off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from beraad.domain import InvalidRequest, NotYetKnown
from beraad.identifiers import new_id
from beraad_meetings.domain.agenda import AgendaItem, DecisionOfAnotherGroup, ProposalOfAnotherGroup
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True, kw_only=True)
class AddAgendaItem:
    """The item goes last, or last within `parent_id`."""

    meeting_id: UUID
    title: str
    kind: str
    minutes: int
    owner_id: UUID | None = None
    proposal_id: UUID | None = None
    decision_id: UUID | None = None
    parent_id: UUID | None = None
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
    """Raises what `Meeting.add_item` does, `ProposalOfAnotherGroup`, `DecisionOfAnotherGroup`, `NotYetKnown`, `NotFound`."""
    meeting = work.meetings.get(command.meeting_id)
    work.authorize("agenda.change", meeting.group_id)
    _refuse_foreign(meeting, vars(command), work)
    work.publish(meeting.add_item(AgendaItem(**vars(command), position=0)))
    return meeting


def change_agenda_item(command: ChangeAgendaItem, work: Work, _now: datetime) -> Meeting:
    """Raises what `Meeting.change_item` does, `ProposalOfAnotherGroup`, `DecisionOfAnotherGroup`, `NotYetKnown`."""
    meeting = work.meetings.with_item(command.item_id)
    work.authorize("agenda.change", meeting.group_id)
    _refuse_foreign(meeting, command.changes, work)
    work.publish(meeting.change_item(command.item_id, command.changes, command.expected_revision))
    return meeting


def remove_agenda_item(command: RemoveAgendaItem, work: Work, _now: datetime) -> Meeting:
    """Its files go with it. Raises what `Meeting.remove_item` does."""
    meeting = work.meetings.with_item(command.item_id)
    work.authorize("agenda.change", meeting.group_id)
    work.files.remove_of_item(command.item_id)
    work.publish(meeting.remove_item(command.item_id))
    return meeting


def _refuse_foreign(meeting: Meeting, told: Mapping[str, Any], work: Work) -> None:
    owner_id, proposal_id, decision_id = (
        told.get(f"{name}_id") for name in ("owner", "proposal", "decision")
    )
    if owner_id is not None and not work.roster.knows(owner_id):
        raise InvalidRequest("there is no such person", pointer="/owner_id")
    if proposal_id is not None:
        group_id = work.proposals.group_of(proposal_id)
        if group_id is None:
            raise NotYetKnown(f"the proposal {proposal_id} is not known here (yet)")
        if not may_treat(meeting, group_id, work):
            raise ProposalOfAnotherGroup
    if decision_id is not None:
        group_id = work.decisions.group_of(decision_id)
        if group_id is None:
            raise NotYetKnown(f"the decision {decision_id} is not known here (yet)")
        if not may_treat(meeting, group_id, work):
            raise DecisionOfAnotherGroup


def may_treat(meeting: Meeting, group_id: UUID, work: Work) -> bool:
    """Whether what that group owns may be on this agenda."""
    return group_id == meeting.group_id or work.proposals.is_approved_by(group_id, meeting.group_id)
