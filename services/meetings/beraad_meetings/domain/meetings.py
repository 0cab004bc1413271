"""Meetings, their life, and their agenda. Every change returns the events it caused, each one revision."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NewType
from uuid import UUID

from beraad.domain import Event, InvalidRequest, NotFound, expect_revision
from beraad_meetings.domain.agenda import (
    EDITABLE,
    AgendaIsEmpty,
    AgendaItem,
    AgendaItemHasBegun,
    AgendaItemHasChildren,
    AnotherItemIsRunning,
    arranged,
    refuse_misplaced,
    refuse_overrun,
)
from beraad_meetings.domain.events import (
    AgendaChanged,
    AgendaPublished,
    AttendanceRecorded,
    MeetingCancelled,
    MeetingClosed,
    MeetingMoved,
    MeetingOpened,
    MeetingReminderDue,
    MeetingScheduled,
    MeetingUpdated,
)
from beraad_meetings.domain.meeting_states import (
    CANCELLED,
    CLOSED,
    OPEN,
    ORDINARY_QUORUM,
    PERMITTED,
    PLANNED,
    REFUSALS,
)

MeetingId = NewType("MeetingId", UUID)
REMIND_BEFORE = timedelta(hours=24)
TIMES = frozenset({"starts_at", "duration_minutes"})
TOLD = frozenset({"title", "kind", "place", "online_link"})
"""What invitees hear of; of a time they hear that it moved."""
MOST_NAMED = 100
"""An event names at most this many people."""


@dataclass(frozen=True)
class Change:
    """What a change of a meeting caused. `tell`: what invitees must hear (moved, updated, cancelled, or nothing)."""

    events: tuple[Event, ...] = ()
    tell: str | None = None
    previous_starts_at: datetime | None = None
    previous_ends_at: datetime | None = None


@dataclass(eq=False, kw_only=True)
class Meeting:
    """A working meeting, an assembly or a visit; of a series, the occurrence that `occurs_at` names.

    `sequence` counts for a meeting of its own; an occurrence shares its series' counter. Whoever is invited to one
    occurrence alone knows it by `guest_series_id` and `guest_occurs_at` (UID and RECURRENCE-ID) once a change of the
    series gave it others. `moved_at`: when its time last changed.
    """

    id: UUID
    series_id: UUID | None
    group_id: UUID
    title: str
    kind: str
    starts_at: datetime
    duration_minutes: int
    time_zone: str
    place: str
    online_link: str
    changed_at: datetime
    moved_at: datetime | None = None
    occurs_at: datetime | None = None
    guest_series_id: UUID | None = None
    guest_occurs_at: datetime | None = None
    local_time_warning: str = ""
    state: str = PLANNED
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    cancelled_reason: str | None = None
    agenda_published_at: datetime | None = None
    remind_at: datetime | None = None
    reminded_at: datetime | None = None
    sequence: int = 0
    quorum: dict[str, Any] = field(default_factory=lambda: dict(ORDINARY_QUORUM))
    report: str = ""
    revision: int = 0
    agenda: list[AgendaItem] = field(default_factory=list)

    @property
    def ends_at(self) -> datetime:
        """Start plus duration."""
        return self.starts_at + timedelta(minutes=self.duration_minutes)

    def scheduled(self, at: datetime) -> MeetingScheduled:
        """The fact that the meeting is planned. A reminder follows where there is a day left for it."""
        self._plan_reminder(at)
        return MeetingScheduled(revision=self._next(), **self._facts())

    def change(self, changes: Mapping[str, Any], expected_revision: int, at: datetime) -> Change:
        """Raises `Stale`, `MeetingIsOver`, `MeetingIsCancelled`, `MeetingHasBegun`, `AgendaTooLong`, `InvalidRequest`."""
        expect_revision(self.revision, expected_revision)
        changed = self._differing(changes)
        if not changed:
            return Change()
        moved = bool(changed & TIMES)
        self.refuse("meeting.move" if moved else "meeting.change")
        if "quorum" in changed:
            self.refuse("quorum.change")
        if moved and at >= changes.get("starts_at", self.starts_at):
            raise InvalidRequest("a meeting moves to a time to come", pointer="/starts_at")
        if moved:
            self.local_time_warning = ""
            self._count_change()
        return self._become(changes, changed, at)

    def follow(
        self,
        changes: Mapping[str, Any],
        series_id: UUID,
        occurs_at: datetime | None,
        warning: str,
        at: datetime,
    ) -> Change:
        """What a change of its whole series makes of this occurrence. Raises `AgendaTooLong`."""
        changed, goes_over = self._differing(changes), series_id != self.series_id
        self.belong(series_id, occurs_at)
        if not changed and not goes_over:
            return Change()
        self.local_time_warning = warning
        return self._become(changes, changed, at)

    def belong(self, series_id: UUID | None, occurs_at: datetime | None) -> None:
        """Its place in a series by the rule in force; none where it left the rule. Guests know it as before."""
        if (series_id, occurs_at) != (self.series_id, self.occurs_at) and self.guest_series_id is None:
            self.guest_series_id, self.guest_occurs_at = self.series_id, self.occurs_at
        self.series_id, self.occurs_at = series_id, occurs_at

    def cancel(self, reason: str, at: datetime) -> list[Event]:
        """Nothing the second time. Raises `MeetingHasBegun`, `MeetingIsOver`."""
        if self.state == CANCELLED:
            return []
        self.refuse("meeting.cancel")
        self.state, self.cancelled_reason, self.remind_at = CANCELLED, reason, None
        self.changed_at = at
        self._count_change()
        return [MeetingCancelled(revision=self._next(), reason=reason, **self._facts())]

    def is_to_come(self, now: datetime) -> bool:
        """Planned, and not begun."""
        return self.state == PLANNED and self.starts_at > now

    def uninvite(self, at: datetime) -> int:
        """The same as of a series, of a meeting of its own."""
        self.sequence += 2
        self.changed_at = at
        return self.sequence - 1

    def open(self, at: datetime) -> MeetingOpened:
        """Begin. Raises `MeetingHasBegun`, `MeetingIsOver`, `MeetingIsCancelled`."""
        self.refuse("meeting.open")
        self.state, self.opened_at, self.remind_at = OPEN, at, None
        return MeetingOpened(meeting_id=self.id, group_id=self.group_id, revision=self._next(), opened_at=at)

    def close(self, report: str, at: datetime, *, quorate: bool) -> MeetingClosed:
        """End, and with it the item that is on. Raises `MeetingNotOpened`, `MeetingIsOver`, `MeetingIsCancelled`."""
        self.refuse("meeting.close")
        if self.running is not None:
            self.running.close(at, quorate=quorate)
        self.state, self.closed_at, self.report = CLOSED, at, report
        return MeetingClosed(meeting_id=self.id, group_id=self.group_id, revision=self._next(), closed_at=at)

    def remind(self, invitee_ids: tuple[UUID, ...], guests: Collection[UUID], at: datetime) -> list[Event]:
        """Say, once, that the meeting is near: at most a hundred in an event. Nothing where it began in the meantime.

        `guests`: those invited by name.
        """
        self.remind_at = None
        if self.state != PLANNED or at >= self.starts_at:
            return []
        self.reminded_at = at
        parts = [invitee_ids[at : at + MOST_NAMED] for at in range(0, len(invitee_ids), MOST_NAMED)]
        return [self._reminder_due(part, guests) for part in parts]

    # -- agenda -----------------------------------------------------------------------------------------------

    def add_item(self, item: AgendaItem) -> AgendaChanged:
        """Put an item last, or last within its parent.

        Raises `AgendaTooLong`, `ChildrenExceedParent`, `AgendaNestsTooDeeply`, `MeetingIsOver`, `MeetingIsCancelled`.
        """
        self.refuse("agenda.change")
        refuse_misplaced(item, self.agenda)
        refuse_overrun([*self.agenda, item], self.duration_minutes)
        self.agenda.append(item)
        self._number_items()
        return self._agenda_changed()

    def change_item(self, item_id: UUID, changes: Mapping[str, Any], expected_revision: int) -> AgendaChanged:
        """Raises `Stale`, `NotFound`, `AgendaTooLong`, `ChildrenExceedParent`, `AgendaNestsTooDeeply`.

        `position` counts from 1 in the whole list; items within another follow it wherever it goes.
        """
        expect_revision(self.revision, expected_revision)
        self.refuse("agenda.change")
        item = self.item(item_id)
        for name in EDITABLE.intersection(changes):
            setattr(item, name, changes[name])
        refuse_misplaced(item, self.agenda)
        refuse_overrun(self.agenda, self.duration_minutes)
        if "position" in changes:
            self.agenda.remove(item)
            self.agenda.insert(changes["position"] - 1, item)
        self._number_items()
        return self._agenda_changed()

    def remove_item(self, item_id: UUID) -> AgendaChanged:
        """Raises `NotFound`, `AgendaItemHasBegun`, `AgendaItemHasChildren`, `MeetingIsOver`, `MeetingIsCancelled`."""
        self.refuse("agenda.change")
        item = self.item(item_id)
        if item.started_at is not None:
            raise AgendaItemHasBegun
        if any(one.parent_id == item_id for one in self.agenda):
            raise AgendaItemHasChildren
        self.agenda.remove(item)
        self._number_items()
        return self._agenda_changed()

    @property
    def running(self) -> AgendaItem | None:
        """The item that is on."""
        return next((item for item in self.agenda if item.is_running), None)

    def start_item(
        self, item_id: UUID, at: datetime, *, quorate: bool, close_running: bool = False
    ) -> AgendaChanged:
        """It is on; with `close_running` the one before is over. `quorate`: there is a quorum now.

        Raises `AnotherItemIsRunning`, `AgendaItemHasBegun`, `NotFound`, `MeetingNotOpened`, `MeetingIsOver`.
        """
        self.refuse("agenda.run")
        item, running = self.item(item_id), self.running
        if item.started_at is not None:
            raise AgendaItemHasBegun
        if running is not None and not close_running:
            raise AnotherItemIsRunning(f"“{running.title}” is on", item_id=str(running.id))
        if running is not None:
            running.close(at, quorate=quorate)
        item.started_at = at
        return self._agenda_changed()

    def close_item(self, item_id: UUID, at: datetime, *, quorate: bool) -> AgendaChanged:
        """It is over. Raises `AgendaItemNotRunning`, `NotFound`, `MeetingNotOpened`, `MeetingIsOver`."""
        self.refuse("agenda.run")
        self.item(item_id).close(at, quorate=quorate)
        return self._agenda_changed()

    def publish_agenda(self, at: datetime) -> AgendaPublished:
        """Raises `AgendaIsEmpty`, `MeetingIsOver`, `MeetingIsCancelled`."""
        self.refuse("agenda.publish")
        if not self.agenda:
            raise AgendaIsEmpty
        self.agenda_published_at = at
        return AgendaPublished(**self._agenda())

    # -- attendance -------------------------------------------------------------------------------------------

    def record_attendance(self, person_id: UUID, state: str, present: tuple[UUID, ...]) -> AttendanceRecorded:
        """`state` is that person's newest after this record, `present` the seat holders present now."""
        return AttendanceRecorded(
            meeting_id=self.id,
            group_id=self.group_id,
            revision=self._next(),
            person_id=person_id,
            state=state,
            present_ids=present if len(present) <= MOST_NAMED else (),
            present_count=len(present),
        )

    # -- rules and facts --------------------------------------------------------------------------------------

    def refuse(self, action: str) -> None:
        """Raise the rule that forbids the action in this state."""
        if self.state not in PERMITTED[action]:
            raise REFUSALS[self.state]

    def item(self, item_id: UUID) -> AgendaItem:
        """That item. Raises `NotFound`."""
        found = next((item for item in self.agenda if item.id == item_id), None)
        if found is None:
            raise NotFound("no such agenda item")
        return found

    def _number_items(self) -> None:
        order = {item.id: place for place, item in enumerate(arranged(self.agenda))}
        self.agenda.sort(key=lambda item: order[item.id])
        for position, item in enumerate(self.agenda, start=1):
            item.position = position

    def _differing(self, changes: Mapping[str, Any]) -> set[str]:
        return {name for name, value in changes.items() if getattr(self, name) != value}

    def _become(self, changes: Mapping[str, Any], changed: Collection[str], at: datetime) -> Change:
        before, ended = self.starts_at, self.ends_at
        for name in changed:
            setattr(self, name, changes[name])
        refuse_overrun(self.agenda, self.duration_minutes)
        self.changed_at = at
        moved = not TIMES.isdisjoint(changed)
        if moved:
            self.moved_at = at
            self._plan_reminder(at)
        event = self._changed(before, elsewhere=moved or "place" in changed)
        tell = "moved" if moved else None if TOLD.isdisjoint(changed) else "updated"
        return Change((event,), tell, before, ended)

    def _count_change(self) -> None:
        if self.series_id is None:
            self.sequence += 1

    def _reminder_due(self, named: tuple[UUID, ...], guests: Collection[UUID]) -> MeetingReminderDue:
        by_name = tuple(one for one in named if one in guests)
        facts = {"invitee_ids": named, "guest_ids": by_name, **self._facts()}
        return MeetingReminderDue(revision=self._next(), **facts)

    def _plan_reminder(self, at: datetime) -> None:
        due = self.starts_at - REMIND_BEFORE
        self.remind_at, self.reminded_at = (due if due > at else None), None

    def _changed(self, before: datetime, *, elsewhere: bool) -> MeetingMoved | MeetingUpdated:
        if elsewhere:
            return MeetingMoved(revision=self._next(), previous_starts_at=before, **self._facts())
        return MeetingUpdated(revision=self._next(), **self._facts())

    def _agenda_changed(self) -> AgendaChanged:
        return AgendaChanged(**self._agenda())

    def _agenda(self) -> dict[str, Any]:
        items = tuple(item.to_document() for item in self.agenda)
        return {"meeting_id": self.id, "group_id": self.group_id, "revision": self._next(), "items": items}

    def _next(self) -> int:
        self.revision += 1
        return self.revision

    def _facts(self) -> dict[str, Any]:
        names = "series_id group_id title kind starts_at ends_at time_zone place online_link quorum"
        return {"meeting_id": self.id, **{name: getattr(self, name) for name in names.split()}}
