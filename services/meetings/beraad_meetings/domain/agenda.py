"""The agenda: timed items in order, linked to proposals where they treat one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from beraad.domain import RuleBroken

EDITABLE = frozenset({"title", "kind", "minutes", "owner_id", "proposal_id"})


class AgendaTooLong(RuleBroken):
    """The items together take longer than the meeting."""


class AgendaIsEmpty(RuleBroken):
    """There is nothing on the agenda to publish."""


class ProposalOfAnotherGroup(RuleBroken):
    """The proposal belongs neither to this group nor to one whose work it approves."""


@dataclass(eq=False, kw_only=True)
class AgendaItem:
    """One point of a meeting: for information, exploration or decision."""

    id: UUID
    meeting_id: UUID
    position: int
    title: str
    kind: str
    minutes: int
    owner_id: UUID | None = None
    proposal_id: UUID | None = None

    def to_document(self) -> dict[str, Any]:
        """As published."""
        return {
            "item_id": str(self.id),
            "title": self.title,
            "kind": self.kind,
            "minutes": self.minutes,
            "proposal_id": str(self.proposal_id) if self.proposal_id else None,
        }


def refuse_overrun(items: Iterable[AgendaItem], duration_minutes: int) -> None:
    """Raise `AgendaTooLong` where the items do not fit into the meeting."""
    total = sum(item.minutes for item in items)
    if total > duration_minutes:
        raise AgendaTooLong(
            f"the items take {total} minutes, the meeting {duration_minutes}",
            minutes=total,
            most=duration_minutes,
        )
