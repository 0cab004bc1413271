"""Minutes: draft → circulated → approved at a later meeting. Each text is a version that stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NewType
from uuid import UUID

from beraad.domain import Event, RuleBroken, expect_revision
from beraad_meetings.domain.events import (
    ActionItemAgreed,
    MinutesApproved,
    MinutesCirculated,
    MinutesDrafted,
)
from beraad_meetings.domain.meeting_states import MeetingIsOver, MeetingNotOpened
from beraad_meetings.domain.meetings import Meeting

MinutesId = NewType("MinutesId", UUID)
DRAFT, CIRCULATED, APPROVED = "draft", "circulated", "approved"


class MinutesAreApproved(RuleBroken):
    """Approved minutes are not changed: a correction goes into the next meeting's minutes."""


class MinutesNotCirculated(RuleBroken):
    """Minutes are approved after everyone could read them."""


class MinutesAlreadyCirculated(RuleBroken):
    """This version went round already."""


class ApprovedOnlyAtALaterMeeting(RuleBroken):
    """Minutes are approved at a later meeting of the same group."""


class ActionItemOfOtherMinutes(RuleBroken):
    """This id names an action item in the minutes of another meeting: a new item has an id of its own, or none."""


@dataclass(frozen=True, kw_only=True)
class ActionItem:
    """Who does what until when; deliberation makes a task of that id of it."""

    id: UUID
    title: str
    owner_id: UUID
    due_on: date
    decision_id: UUID | None = None

    def to_document(self) -> dict[str, Any]:
        """As kept."""
        return {
            "id": str(self.id),
            "title": self.title,
            "owner_id": str(self.owner_id),
            "due_on": self.due_on.isoformat(),
            "decision_id": str(self.decision_id) if self.decision_id else None,
        }


def action_item(told: dict[str, Any]) -> ActionItem:
    """As it was kept."""
    decision = told["decision_id"]
    return ActionItem(
        id=UUID(told["id"]),
        title=told["title"],
        owner_id=UUID(told["owner_id"]),
        due_on=date.fromisoformat(told["due_on"]),
        decision_id=UUID(decision) if decision else None,
    )


@dataclass(eq=False, kw_only=True)
class MinutesVersion:
    """One text with what was agreed to be done, by one author. Never changed."""

    minutes_id: UUID
    version: int
    text: str
    written_by: UUID | None
    written_at: datetime
    action_items: list[dict[str, Any]] = field(default_factory=list)


@dataclass(eq=False, kw_only=True)
class Minutes:
    """The minutes of one meeting. `proposal_ids` are those on its agenda when the text was written.

    `agreed_ids`: the action items that were told to deliberation, each once, when they first went round.
    """

    id: UUID
    meeting_id: UUID
    group_id: UUID
    title: str
    state: str = DRAFT
    version: int = 0
    proposal_ids: list[str] = field(default_factory=list)
    circulated_at: datetime | None = None
    approved_at: datetime | None = None
    approved_at_meeting_id: UUID | None = None
    agreed_ids: list[str] = field(default_factory=list)
    revision: int = 0
    versions: list[MinutesVersion] = field(default_factory=list)

    def write(
        self,
        text: str,
        author: UUID | None,
        meeting: Meeting,
        at: datetime,
        action_items: Sequence[ActionItem] = (),
    ) -> MinutesDrafted:
        """A new version; what went round before must go round again. Raises `MinutesAreApproved`."""
        if self.state == APPROVED:
            raise MinutesAreApproved
        self.version += 1
        self.versions.append(
            MinutesVersion(
                minutes_id=self.id,
                version=self.version,
                text=text,
                written_by=author,
                written_at=at,
                action_items=[item.to_document() for item in action_items],
            )
        )
        self.state, self.title = DRAFT, meeting.title
        treated = (str(item.proposal_id) for item in meeting.agenda if item.proposal_id)
        self.proposal_ids = list(dict.fromkeys(treated))
        return MinutesDrafted(**self._facts())

    def expect(self, revision: int | None) -> None:
        """Raise `Stale` where the writer read another version."""
        expect_revision(self.revision, revision)

    def circulate(self, at: datetime) -> list[Event]:
        """Send the draft round; its action items become tasks now, not a month later when it is approved.

        An item that went round before is not told again: from then on its task is deliberation's.
        Raises `MinutesAlreadyCirculated`, `MinutesAreApproved`.
        """
        if self.state == APPROVED:
            raise MinutesAreApproved
        if self.state == CIRCULATED:
            raise MinutesAlreadyCirculated
        self.state, self.circulated_at = CIRCULATED, at
        return [MinutesCirculated(**self._facts()), *self._agree()]

    def approve(self, of: Meeting, later: Meeting, at: datetime) -> MinutesApproved:
        """At a meeting that went on while all could read them.

        Raises `MinutesNotCirculated`, `ApprovedOnlyAtALaterMeeting`, `MeetingNotOpened`, `MeetingIsOver`, `MinutesAreApproved`.
        """
        if self.state == APPROVED:
            raise MinutesAreApproved
        if self.state != CIRCULATED or self.circulated_at is None:
            raise MinutesNotCirculated
        if later.group_id != self.group_id or later.starts_at <= of.starts_at:
            raise ApprovedOnlyAtALaterMeeting
        if later.opened_at is None:
            raise MeetingNotOpened
        if later.closed_at is not None and later.closed_at < self.circulated_at:
            raise MeetingIsOver("that meeting was over before the minutes went round")
        self.state, self.approved_at, self.approved_at_meeting_id = APPROVED, at, later.id
        return MinutesApproved(**self._facts(), approved_at_meeting_id=later.id)

    def _agree(self) -> list[ActionItemAgreed]:
        newest = next(one for one in self.versions if one.version == self.version)
        told = [action_item(one) for one in newest.action_items if one["id"] not in self.agreed_ids]
        self.agreed_ids = [*self.agreed_ids, *(str(item.id) for item in told)]
        return [
            ActionItemAgreed(
                revision=1,
                item_id=item.id,
                minutes_id=self.id,
                meeting_id=self.meeting_id,
                group_id=self.group_id,
                title=item.title,
                owner_id=item.owner_id,
                due_on=item.due_on,
                decision_id=item.decision_id,
            )
            for item in told
        ]

    def _facts(self) -> dict[str, Any]:
        self.revision += 1
        return {
            "minutes_id": self.id,
            "revision": self.revision,
            "meeting_id": self.meeting_id,
            "group_id": self.group_id,
            "title": self.title,
            "minutes_version": self.version,
            "proposal_ids": tuple(UUID(one) for one in self.proposal_ids),
        }
