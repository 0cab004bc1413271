"""Write the minutes of a meeting: each text is a new version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import InvalidRequest, NotYetKnown, Stale
from beraad.identifiers import new_id
from beraad_meetings.domain.agenda import DecisionOfAnotherGroup
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.domain.minutes import ActionItem, ActionItemOfOtherMinutes, Minutes
from beraad_meetings.use_cases.change_agenda import may_treat
from beraad_meetings.use_cases.ports import Work


@dataclass(frozen=True)
class WriteMinutes:
    """`expected_revision`: of the minutes that were read, none where there were none."""

    meeting_id: UUID
    text: str
    expected_revision: int | None = None
    action_items: tuple[ActionItem, ...] = ()


def write_minutes(command: WriteMinutes, work: Work, now: datetime) -> Minutes:
    """The meeting is locked first, so of two who write the first minutes one adds a version to the other's.

    Raises `Stale`, `InvalidRequest`, `MinutesAreApproved`, `MeetingNotOpened`, `MeetingIsCancelled`, `NotYetKnown`,
    `DecisionOfAnotherGroup`, `ActionItemOfOtherMinutes`.
    """
    meeting = work.meetings.get(command.meeting_id)
    work.authorize("minutes.write", meeting.group_id)
    meeting.refuse("minutes.write")
    minutes = work.minutes.of_meeting(meeting.id)
    if minutes is None:
        minutes = Minutes(id=new_id(), meeting_id=meeting.id, group_id=meeting.group_id, title=meeting.title)
        work.minutes.add(minutes)
    elif command.expected_revision is None:
        raise Stale("there are minutes already: name their revision in If-Match", revision=minutes.revision)
    minutes.expect(command.expected_revision)
    _refuse_unknown(command.action_items, meeting, work)
    _refuse_used(command.action_items, minutes, work)
    work.publish(minutes.write(command.text, work.actor.person_id, meeting, now, command.action_items))
    return minutes


def _refuse_unknown(items: tuple[ActionItem, ...], meeting: Meeting, work: Work) -> None:
    if len({item.id for item in items}) < len(items):
        raise InvalidRequest("two action items have the same id", pointer="/action_items")
    for place, item in enumerate(items):
        if not work.roster.knows(item.owner_id):
            raise InvalidRequest("there is no such person", pointer=f"/action_items/{place}/owner_id")
        if item.decision_id is None:
            continue
        group_id = work.decisions.group_of(item.decision_id)
        if group_id is None:
            raise NotYetKnown(f"the decision {item.decision_id} is not known here (yet)")
        if not may_treat(meeting, group_id, work):
            raise DecisionOfAnotherGroup


def _refuse_used(items: tuple[ActionItem, ...], minutes: Minutes, work: Work) -> None:
    if used := work.minutes.of_others(minutes, [item.id for item in items]):
        raise ActionItemOfOtherMinutes(item_ids=[str(one) for one in used])
