"""What happens in meetings. Each event carries the fields of its contract in `beraad.contracts.meetings`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from beraad.domain import Event


@dataclass(frozen=True, kw_only=True)
class SeriesCreated(Event):
    """Meetings recur."""

    topic: ClassVar[str] = "meetings.series.created.v1"
    series_id: UUID
    group_id: UUID
    title: str
    recurrence: str
    time_zone: str
    first_starts_at: datetime
    duration_minutes: int
    place: str
    online_link: str
    follows_series_id: UUID | None
    cancelled: bool


@dataclass(frozen=True, kw_only=True)
class SeriesChanged(SeriesCreated):
    """The series changed, ends earlier or was cancelled, or one of its occurrences was moved or cancelled."""

    topic: ClassVar[str] = "meetings.series.changed.v1"


@dataclass(frozen=True, kw_only=True)
class MeetingScheduled(Event):
    """A meeting is planned."""

    topic: ClassVar[str] = "meetings.meeting.scheduled.v1"
    meeting_id: UUID
    series_id: UUID | None
    group_id: UUID
    title: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    place: str
    online_link: str
    quorum: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class MeetingMoved(MeetingScheduled):
    """Start, end or place changed."""

    topic: ClassVar[str] = "meetings.meeting.moved.v1"
    previous_starts_at: datetime


@dataclass(frozen=True, kw_only=True)
class MeetingUpdated(MeetingScheduled):
    """Title, kind, online link or the rule of the quorum changed."""

    topic: ClassVar[str] = "meetings.meeting.updated.v1"


@dataclass(frozen=True, kw_only=True)
class MeetingCancelled(MeetingScheduled):
    """The meeting will not take place."""

    topic: ClassVar[str] = "meetings.meeting.cancelled.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class MeetingReminderDue(MeetingScheduled):
    """The meeting starts within a day."""

    topic: ClassVar[str] = "meetings.meeting.reminder_due.v1"
    invitee_ids: tuple[UUID, ...]
    guest_ids: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class MeetingOpened(Event):
    """The meeting has begun."""

    topic: ClassVar[str] = "meetings.meeting.opened.v1"
    meeting_id: UUID
    group_id: UUID
    opened_at: datetime


@dataclass(frozen=True, kw_only=True)
class MeetingClosed(Event):
    """The meeting is over."""

    topic: ClassVar[str] = "meetings.meeting.closed.v1"
    meeting_id: UUID
    group_id: UUID
    closed_at: datetime


@dataclass(frozen=True, kw_only=True)
class AgendaChanged(Event):
    """Items were added, changed or removed."""

    topic: ClassVar[str] = "meetings.agenda.changed.v1"
    meeting_id: UUID
    group_id: UUID
    items: tuple[dict[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class AgendaPublished(AgendaChanged):
    """The agenda is ready."""

    topic: ClassVar[str] = "meetings.agenda.published.v1"


@dataclass(frozen=True, kw_only=True)
class AttendanceRecorded(Event):
    """Who is counted present now."""

    topic: ClassVar[str] = "meetings.attendance.recorded.v1"
    meeting_id: UUID
    group_id: UUID
    person_id: UUID
    state: str
    present_ids: tuple[UUID, ...]
    present_count: int


@dataclass(frozen=True, kw_only=True)
class InvitationIssued(Event):
    """A person is invited, told of a change, or told of a cancellation."""

    topic: ClassVar[str] = "meetings.invitation.issued.v1"
    invitation_id: UUID
    meeting_id: UUID | None
    series_id: UUID | None
    group_id: UUID
    person_id: UUID
    role: str
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
    previous_ends_at: datetime | None = None
    reason: str = ""
    last_starts_at: datetime | None = None
    occasion: str = ""


@dataclass(frozen=True, kw_only=True)
class InvitationAnswered(Event):
    """A person said whether they come."""

    topic: ClassVar[str] = "meetings.invitation.answered.v1"
    invitation_id: UUID
    meeting_id: UUID
    series_id: UUID | None
    group_id: UUID
    person_id: UUID
    role: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class _Registration(Event):
    registration_id: UUID
    meeting_id: UUID
    group_id: UUID
    person_id: UUID
    title: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    place: str
    online_link: str


@dataclass(frozen=True, kw_only=True)
class RegistrationConfirmed(_Registration):
    """A person has a place."""

    topic: ClassVar[str] = "meetings.registration.confirmed.v1"
    promoted: bool


@dataclass(frozen=True, kw_only=True)
class RegistrationWaitlisted(_Registration):
    """A person waits for a place."""

    topic: ClassVar[str] = "meetings.registration.waitlisted.v1"
    waiting_place: int


@dataclass(frozen=True, kw_only=True)
class RegistrationWithdrawn(_Registration):
    """A person does not come, or waits no longer."""

    topic: ClassVar[str] = "meetings.registration.withdrawn.v1"


@dataclass(frozen=True, kw_only=True)
class RegistrationLapsed(_Registration):
    """A person waited for a meeting that was cancelled."""

    topic: ClassVar[str] = "meetings.registration.lapsed.v1"
    reason: str


@dataclass(frozen=True, kw_only=True)
class RegistrationRescheduled(_Registration):
    """A person waits for a meeting that was moved."""

    topic: ClassVar[str] = "meetings.registration.rescheduled.v1"
    previous_starts_at: datetime
    previous_ends_at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class _Poll(Event):
    poll_id: UUID
    group_id: UUID
    title: str
    kind: str
    place: str
    online_link: str
    duration_minutes: int
    time_zone: str
    closes_at: datetime


@dataclass(frozen=True, kw_only=True)
class PollOpened(_Poll):
    """The group is asked which slots suit."""

    topic: ClassVar[str] = "meetings.poll.opened.v1"
    slot_starts: tuple[datetime, ...]


@dataclass(frozen=True, kw_only=True)
class PollAnswered(Event):
    """A person said which slots suit them."""

    topic: ClassVar[str] = "meetings.poll.answered.v1"
    poll_id: UUID
    group_id: UUID
    person_id: UUID
    answers: tuple[dict[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class PollReminderDue(_Poll):
    """These people have not answered, and the poll closes soon."""

    topic: ClassVar[str] = "meetings.poll.reminder_due.v1"
    unanswered_ids: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class PollClosed(_Poll):
    """The poll takes no answers any more; a meeting was booked, or not."""

    topic: ClassVar[str] = "meetings.poll.closed.v1"
    outcome: str
    meeting_id: UUID | None
    starts_at: datetime | None
    closed_at: datetime


@dataclass(frozen=True, kw_only=True)
class MinutesDrafted(Event):
    """A new version of the draft was written."""

    topic: ClassVar[str] = "meetings.minutes.drafted.v1"
    minutes_id: UUID
    meeting_id: UUID
    group_id: UUID
    title: str
    minutes_version: int
    proposal_ids: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class MinutesCirculated(MinutesDrafted):
    """The draft is out for reading."""

    topic: ClassVar[str] = "meetings.minutes.circulated.v1"


@dataclass(frozen=True, kw_only=True)
class MinutesApproved(MinutesDrafted):
    """The minutes were approved at a later meeting."""

    topic: ClassVar[str] = "meetings.minutes.approved.v1"
    approved_at_meeting_id: UUID


@dataclass(frozen=True, kw_only=True)
class ActionItemAgreed(Event):
    """The minutes that went round say that somebody does something."""

    topic: ClassVar[str] = "meetings.action_item.agreed.v1"
    item_id: UUID
    minutes_id: UUID
    meeting_id: UUID
    group_id: UUID
    title: str
    owner_id: UUID
    due_on: date
    decision_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class PersonExportAnswered(Event):
    """Private: what is held here of a person."""

    topic: ClassVar[str] = "meetings.person_export.answered.v1"
    export_id: UUID
    person_id: UUID
    part: int
    parts: int
    content: dict[str, Any]
