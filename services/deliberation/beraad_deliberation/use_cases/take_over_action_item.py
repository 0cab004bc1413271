"""Minutes say that somebody does something: from now on that is a task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from beraad.domain import NotYetKnown
from beraad_deliberation.domain.days import start_of
from beraad_deliberation.domain.decisions import Task
from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True, kw_only=True)
class TakeOverActionItem:
    """`item_id` becomes the task's; `decision_id` names the decision it carries out, if any."""

    item_id: UUID
    minutes_id: UUID
    meeting_id: UUID
    group_id: UUID
    decision_id: UUID | None
    owner_id: UUID
    title: str
    due_on: date


def take_over_action_item(command: TakeOverActionItem, work: Work, _now: datetime) -> None:
    """Once: where there is a task of that id, nothing happens. Its owner hears of it as of every task."""
    if work.decisions.has_task(command.item_id):
        return
    decided = command.decision_id is not None and work.decisions.has(command.decision_id)
    task = Task(
        id=command.item_id,
        decision_id=command.decision_id if decided else None,
        from_minutes_id=command.minutes_id,
        from_meeting_id=command.meeting_id,
        group_id=command.group_id,
        owner_id=command.owner_id,
        title=command.title,
        due_on=command.due_on,
        due_at=start_of(command.due_on, _zone(command.group_id, work)),
    )
    work.decisions.add_task(task)
    work.publish(task.assigned())


def _zone(group_id: UUID, work: Work) -> str:
    """The group's; UTC while membership has not told of the group here."""
    try:
        return work.groups.get(group_id).time_zone
    except NotYetKnown:
        return "UTC"
