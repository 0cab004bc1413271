"""What approving bodies are asked, and the decision register with its tasks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from beraad.messaging.cursors import upsert
from beraad_deliberation.domain.approvals import Approval, ApprovalState
from beraad_deliberation.domain.decisions import Decision, Task
from beraad_deliberation.storage.repositories import Repository
from beraad_deliberation.storage.tables import approvals, decision_numbers, decisions, tasks


class Approvals(Repository):
    """What approving bodies are asked."""

    def get(self, approval_id: UUID) -> Approval:
        """Lock and return. Raises `NotFound`."""
        return self._get(Approval, approval_id, "no such approval")

    def add(self, approval: Approval) -> None:
        """Remember it."""
        self._keep(approval)

    def overdue(self, now: datetime) -> Approval | None:
        """Lock one that is overdue and was not told, skipping those others hold."""
        asked = (approvals.c.state == ApprovalState.REQUESTED) & ~approvals.c.told_overdue
        return self._claimed(Approval, approvals, asked & (approvals.c.overdue_at <= now), approvals.c.id)


class Decisions(Repository):
    """The register and its tasks."""

    def get(self, decision_id: UUID) -> Decision:
        """Lock and return. Raises `NotFound`."""
        return self._get(Decision, decision_id, "no such decision")

    def next_number(self, group_id: UUID) -> int:
        """The group's next number. The counter's row is held until the commit and given back without one."""
        statement = upsert(self._session, decision_numbers).values(group_id=group_id, last=1)
        statement = statement.on_conflict_do_update(
            index_elements=["group_id"], set_={"last": decision_numbers.c.last + 1}
        )
        number: int = self._session.execute(statement.returning(decision_numbers.c.last)).scalar_one()
        return number

    def add(self, decision: Decision) -> None:
        """Remember it."""
        self._keep(decision)

    def add_task(self, task: Task) -> None:
        """Remember it."""
        self._keep(task)

    def has_task(self, task_id: UUID) -> bool:
        """Whether there is one of that id."""
        return bool(self._session.scalar(select(exists().where(tasks.c.id == task_id))))

    def has(self, decision_id: UUID) -> bool:
        """Whether there is one of that id."""
        return bool(self._session.scalar(select(exists().where(decisions.c.id == decision_id))))

    def get_task(self, task_id: UUID) -> Task:
        """Lock and return. Raises `NotFound`."""
        return self._get(Task, task_id, "no such task")

    def due_task(self, now: datetime) -> Task | None:
        """Lock one that is due and was not told, skipping those others hold."""
        open_ = tasks.c.done_at.is_(None) & ~tasks.c.told_due
        return self._claimed(Task, tasks, open_ & (tasks.c.due_at <= now), tasks.c.id)
