"""Do a task of a decision; be told once when it is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.decisions import Task
from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True)
class FinishTask:
    """Which task."""

    task_id: UUID


@dataclass(frozen=True)
class TellDueTask:
    """One task that is due and was not told, if there is one."""


def finish_task(command: FinishTask, work: Work, now: datetime) -> Task:
    """Raises `TaskIsDone`, `NotFound`."""
    task = work.decisions.get_task(command.task_id)
    work.authorize("task.finish", task.group_id, task.owner_id)
    work.publish(task.finish(now))
    return task


def tell_due_task(_command: TellDueTask, work: Work, now: datetime) -> bool:
    """True if there was one."""
    task = work.decisions.due_task(now)
    if task is None:
        return False
    work.publish(task.tell_due())
    return True
