"""What `meetings` publishes: series, meetings, invitations, attendance, minutes. Topics `meetings.*.v1`."""

from __future__ import annotations

from marshmallow import fields, validate

from beraad.contracts import Payload, contract
from beraad.contracts.exports import ExportPart
from beraad.contracts.fields import counter, document, identifier, identifiers, instant, one_of, string

MEETING_KINDS = ("working_meeting", "assembly", "visit")
ANSWERS = ("accepted", "declined", "tentative")
ATTENDANCE_STATES = ("present", "left", "excused", "absent")


class _Series(Payload):
    series_id = identifier()
    revision = counter()
    group_id = identifier()
    title = string(200)
    recurrence = string(500)
    time_zone = string(64)
    first_starts_at = instant()
    duration_minutes = counter()


@contract("meetings.series.created.v1", aggregate="series", key="series_id")
class SeriesCreated(_Series):
    """Meetings that recur (RFC 5545 rule in a zone); each occurrence is announced as a meeting of its own."""


@contract("meetings.series.changed.v1", aggregate="series", key="series_id")
class SeriesChanged(_Series):
    """Title, rule or exceptions of a series changed."""


class _Meeting(Payload):
    meeting_id = identifier()
    revision = counter()
    series_id = identifier(allow_none=True)
    group_id = identifier()
    title = string(200)
    kind = one_of(*MEETING_KINDS)
    starts_at = instant()
    ends_at = instant()
    time_zone = string(64)
    place = string(500)
    online_link = string(500)


@contract("meetings.meeting.scheduled.v1", aggregate="meetings", key="meeting_id")
class MeetingScheduled(_Meeting):
    """A meeting is planned."""


@contract("meetings.meeting.moved.v1", aggregate="meetings", key="meeting_id")
class MeetingMoved(_Meeting):
    """Start, end or place changed; `previous_starts_at` is the start before this change."""

    previous_starts_at = instant()


@contract("meetings.meeting.updated.v1", aggregate="meetings", key="meeting_id")
class MeetingUpdated(_Meeting):
    """Title, kind or online link changed; when and where stand."""


@contract("meetings.meeting.cancelled.v1", aggregate="meetings", key="meeting_id")
class MeetingCancelled(_Meeting):
    """The meeting will not take place."""

    reason = string(2000)


@contract("meetings.meeting.reminder_due.v1", aggregate="meetings", key="meeting_id")
class MeetingReminderDue(_Meeting):
    """The meeting starts within a day; `invitee_ids` are those who have not declined.

    An empty list means the whole group: more than a hundred people do not travel in an event.
    """

    invitee_ids = identifiers()


class _MeetingState(Payload):
    meeting_id = identifier()
    revision = counter()
    group_id = identifier()


@contract("meetings.meeting.opened.v1", aggregate="meetings", key="meeting_id")
class MeetingOpened(_MeetingState):
    """The meeting has begun; live rounds may be held."""

    opened_at = instant()


@contract("meetings.meeting.closed.v1", aggregate="meetings", key="meeting_id")
class MeetingClosed(_MeetingState):
    """The meeting is over."""

    closed_at = instant()


class _Invitation(Payload):
    invitation_id = identifier()
    revision = counter()
    meeting_id = identifier(allow_none=True)
    series_id = identifier(allow_none=True)
    group_id = identifier()
    person_id = identifier()
    role = one_of("member", "guest", "expert")


@contract("meetings.invitation.issued.v1", aggregate="invitations", key="invitation_id", person="person_id")
class InvitationIssued(_Invitation):
    """A person is invited, told of a change, or told of a cancellation (`method`).

    `calendar` is an iCalendar object (RFC 5545) without attendee or organizer: notifications, which knows
    the address, completes each of its VEVENTs. For a series, `meeting_id` is null and one invitation covers
    all occurrences; what concerns one occurrence names both. `updated`: kind, place or link changed. `reason`: why it was cancelled.
    """

    method = one_of("REQUEST", "CANCEL")
    change = one_of("invited", "moved", "cancelled", "updated")
    title = string(200)
    kind = one_of(*MEETING_KINDS)
    starts_at = instant()
    ends_at = instant()
    previous_starts_at = instant(allow_none=True)
    time_zone = string(64)
    place = string(500)
    online_link = fields.String(load_default="", validate=validate.Length(max=500))
    recurrence = string(500)
    calendar = string(250_000)
    reason = fields.String(load_default="", validate=validate.Length(max=2000))


@contract("meetings.invitation.answered.v1", aggregate="invitations", key="invitation_id", person="person_id")
class InvitationAnswered(_Invitation):
    """A person said whether they come."""

    answer = one_of(*ANSWERS)


class _Agenda(Payload):
    meeting_id = identifier()
    revision = counter()
    group_id = identifier()


@contract("meetings.agenda.changed.v1", aggregate="meetings", key="meeting_id")
class AgendaChanged(_Agenda):
    """Items were added, changed or removed. Items as in `AgendaPublished`."""

    items = fields.List(document(), required=True)


@contract("meetings.agenda.published.v1", aggregate="meetings", key="meeting_id")
class AgendaPublished(_Agenda):
    """The agenda is ready. Each item: {"item_id", "title", "kind", "minutes", "proposal_id"}."""

    items = fields.List(document(), required=True)


@contract("meetings.attendance.recorded.v1", aggregate="meetings", key="meeting_id")
class AttendanceRecorded(_Agenda):
    """Who is counted present now (seat holders only), after this record.

    Above a hundred present, `present_ids` is empty and `present_count` tells how many there are.
    """

    person_id = identifier()
    state = one_of(*ATTENDANCE_STATES)
    present_ids = identifiers()
    present_count = fields.Integer(load_default=None, allow_none=True, strict=True)


class _Minutes(Payload):
    minutes_id = identifier()
    revision = counter()
    meeting_id = identifier()
    group_id = identifier()
    title = string(200)
    minutes_version = counter()
    proposal_ids = identifiers()


@contract("meetings.minutes.drafted.v1", aggregate="minutes", key="minutes_id")
class MinutesDrafted(_Minutes):
    """A new version of the draft was written."""


@contract("meetings.minutes.circulated.v1", aggregate="minutes", key="minutes_id")
class MinutesCirculated(_Minutes):
    """The draft minutes are out for reading."""


@contract("meetings.minutes.approved.v1", aggregate="minutes", key="minutes_id")
class MinutesApproved(_Minutes):
    """The minutes were approved at a later meeting."""

    approved_at_meeting_id = identifier()


@contract(
    "meetings.person_export.answered.v1",
    aggregate="person_exports",
    key="export_id",
    person="person_id",
    private=True,
)
class PersonExportAnswered(ExportPart):
    """Private, for membership: what meetings holds of a person."""
