"""Invitations: one per person and series or meeting; answers are given per meeting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NewType
from uuid import UUID

from beraad.domain import RuleBroken
from beraad_meetings.domain.events import InvitationAnswered, InvitationIssued

InvitationId = NewType("InvitationId", UUID)
MEMBER, GUEST, EXPERT = "member", "guest", "expert"


class AlreadyInvited(RuleBroken):
    """This person is invited to the meeting already."""


class NotInvited(RuleBroken):
    """Only those who are invited answer."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody said about a meeting; `with_series`: by one answer to all of its series."""

    answer: str
    comment: str = ""
    answered_at: datetime
    with_series: bool = False

    def stands(self, moved_at: datetime | None) -> bool:
        """What was said before the start or the end changed is about a time the meeting does not have: it counts no more.

        Both ask anew, for both raise SEQUENCE, and a calendar then shows the answer as not given (RFC 5546 §2.1.4).
        """
        return moved_at is None or self.answered_at >= moved_at

    def yields_to(self, later: Answer, moved_at: datetime | None) -> bool:
        """The later answer wins, and the same again says nothing; one to the meeting alone is not replaced by one to its series.

        What does not stand any more yields to any answer.
        """
        if not self.stands(moved_at):
            return True
        if later.answered_at < self.answered_at:
            return False
        if later.with_series and not self.with_series:
            return False
        same = (later.answer, later.with_series) == (self.answer, self.with_series)
        return not same or later.comment not in {"", self.comment}


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What an invitation says now: the meeting (or series), what changed, and the calendar object.

    `last_starts_at`: of a series that ends earlier, the start of its last meeting.
    """

    method: str
    change: str
    title: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    previous_starts_at: datetime | None
    time_zone: str
    place: str
    online_link: str
    recurrence: str
    calendar: str
    occasion: str = ""
    """Why one is invited, where it is for more than being asked (registered, promoted); uninvited: it is cancelled for them alone."""
    meeting_id: UUID | None = None
    series_id: UUID | None = None
    previous_ends_at: datetime | None = None
    reason: str = ""
    last_starts_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """One person's invitation to a series (no `meeting_id`) or to one meeting."""

    id: UUID
    series_id: UUID | None
    meeting_id: UUID | None
    group_id: UUID
    person_id: UUID
    role: str = MEMBER
    revision: int = 1

    @property
    def scope_id(self) -> UUID:
        """What it invites to: nobody is invited twice to the same."""
        scope = self.meeting_id or self.series_id
        if scope is None:
            raise ValueError("an invitation names a meeting or a series")
        return scope

    def issued(self, notice: Notice) -> InvitationIssued:
        """The fact that the person is told."""
        return InvitationIssued(**{**self._state(), **vars(notice)})

    def answered(self, meeting_id: UUID, answer: str) -> InvitationAnswered:
        """The fact that the person said whether they come to that meeting."""
        return InvitationAnswered(**{**self._state(), "meeting_id": meeting_id}, answer=answer)

    def _state(self) -> dict[str, Any]:
        names = "revision series_id meeting_id group_id person_id role"
        return {"invitation_id": self.id, **{name: getattr(self, name) for name in names.split()}}
