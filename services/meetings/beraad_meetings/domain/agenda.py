"""The agenda: timed items in order, some within others, linked to the proposal or the review they treat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from beraad.domain import InvalidRequest, RuleBroken

EDITABLE = frozenset({"title", "kind", "minutes", "owner_id", "proposal_id", "decision_id", "parent_id"})


class AgendaTooLong(RuleBroken):
    """The items together take longer than the meeting."""


class AgendaIsEmpty(RuleBroken):
    """There is nothing on the agenda to publish."""


class ChildrenExceedParent(RuleBroken):
    """The items within an item together take longer than it."""


class AgendaNestsTooDeeply(RuleBroken):
    """An item within another has none within itself."""


class AgendaItemHasChildren(RuleBroken):
    """There are items within this one: take them off first."""


class AgendaItemHasBegun(RuleBroken):
    """This item was started: it stays on the agenda, and is not started again."""


class AgendaItemNotRunning(RuleBroken):
    """Only the item that is on can be closed."""


class AnotherItemIsRunning(RuleBroken):
    """One item is on at a time: close that one first, or start the next with `close_running`."""


class ProposalOfAnotherGroup(RuleBroken):
    """The proposal belongs neither to this group nor to one whose work it approves."""


class DecisionOfAnotherGroup(RuleBroken):
    """The decision belongs neither to this group nor to one whose work it approves."""


@dataclass(eq=False, kw_only=True)
class AgendaItem:
    """One point of a meeting: for information, exploration or decision.

    `proposal_id`: the proposal it treats; `decision_id`: the decision it looks at again. `inquorate` is known once it is
    closed: there was no quorum at that moment.
    """

    id: UUID
    meeting_id: UUID
    position: int
    title: str
    kind: str
    minutes: int
    owner_id: UUID | None = None
    proposal_id: UUID | None = None
    decision_id: UUID | None = None
    parent_id: UUID | None = None
    started_at: datetime | None = None
    closed_at: datetime | None = None
    inquorate: bool | None = None

    @property
    def is_running(self) -> bool:
        """It is on now."""
        return self.started_at is not None and self.closed_at is None

    def close(self, at: datetime, *, quorate: bool) -> None:
        """It is over. Raises `AgendaItemNotRunning`."""
        if not self.is_running:
            raise AgendaItemNotRunning
        self.closed_at, self.inquorate = at, not quorate

    def to_document(self) -> dict[str, Any]:
        """As published."""
        return {
            "item_id": str(self.id),
            "title": self.title,
            "kind": self.kind,
            "minutes": self.minutes,
            "proposal_id": _text(self.proposal_id),
            "decision_id": _text(self.decision_id),
            "parent_id": _text(self.parent_id),
            "started_at": self.started_at.isoformat() if self.started_at else None,
            "closed_at": self.closed_at.isoformat() if self.closed_at else None,
            "inquorate": self.inquorate,
        }


def refuse_overrun(items: Iterable[AgendaItem], duration_minutes: int) -> None:
    """Raise `AgendaTooLong` or `ChildrenExceedParent` where items do not fit into the meeting or their parent."""
    every = list(items)
    total = _together(every, None)
    if total > duration_minutes:
        raise AgendaTooLong(
            f"the items take {total} minutes, the meeting {duration_minutes}",
            minutes=total,
            most=duration_minutes,
        )
    for parent in every:
        inner = _together(every, parent.id)
        if inner > parent.minutes:
            raise ChildrenExceedParent(
                f"the items within “{parent.title}” take {inner} minutes, it {parent.minutes}",
                minutes=inner,
                most=parent.minutes,
            )


def refuse_misplaced(item: AgendaItem, items: Sequence[AgendaItem]) -> None:
    """Raise `AgendaNestsTooDeeply`, or `InvalidRequest` where the parent is not on the same agenda."""
    if item.parent_id is None:
        return
    parent = next((one for one in items if one.id == item.parent_id and one is not item), None)
    if parent is None:
        raise InvalidRequest("there is no such other item on this agenda", pointer="/parent_id")
    if parent.parent_id is not None or any(one.parent_id == item.id for one in items):
        raise AgendaNestsTooDeeply


def arranged(items: Sequence[AgendaItem]) -> list[AgendaItem]:
    """In order, each followed by those within it."""
    return [
        one
        for top in items
        if top.parent_id is None
        for one in (top, *(inner for inner in items if inner.parent_id == top.id))
    ]


class Timed(Protocol):
    """What takes its time on an agenda."""

    @property
    def id(self) -> UUID:
        """Which."""

    @property
    def parent_id(self) -> UUID | None:
        """Within which."""

    @property
    def minutes(self) -> int:
        """How long."""


def planned_starts(items: Iterable[Timed], starts_at: datetime) -> Mapping[UUID, datetime]:
    """When each item begins if all keep their time; `items` in their order, each after the one it is within."""
    starts: dict[UUID, datetime] = {}
    free: dict[UUID | None, datetime] = {None: starts_at}
    for item in items:
        begins = free[item.parent_id]
        starts[item.id] = free[item.id] = begins
        free[item.parent_id] = begins + timedelta(minutes=item.minutes)
    return starts


def _together(items: Iterable[AgendaItem], parent_id: UUID | None) -> int:
    return sum(item.minutes for item in items if item.parent_id == parent_id)


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
