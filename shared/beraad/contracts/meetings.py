"""What `meetings` publishes: series, meetings, invitations, attendance, minutes. Topics `meetings.*.v1`."""

from __future__ import annotations

from datetime import UTC

from marshmallow import fields, validate

from beraad.contracts import Payload, contract
from beraad.contracts.exports import ExportPart
from beraad.contracts.fields import (
    PERSONAL,
    counter,
    day,
    document,
    flag,
    identifier,
    identifiers,
    instant,
    one_of,
    string,
)

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
    place = fields.String(load_default="", validate=validate.Length(max=500))
    online_link = fields.String(load_default="", validate=validate.Length(max=500))
    follows_series_id = fields.UUID(load_default=None, allow_none=True)
    cancelled = fields.Boolean(load_default=False)


@contract("meetings.series.created.v1", aggregate="series", key="series_id")
class SeriesCreated(_Series):
    """Meetings that recur (RFC 5545 rule in a zone); each occurrence is announced as a meeting of its own.

    `follows_series_id`: the series that ends where this one, changed from a day on, goes on.
    """


@contract("meetings.series.changed.v1", aggregate="series", key="series_id")
class SeriesChanged(_Series):
    """Title, place, time, rule or exceptions of a series changed, it ends earlier, or none of it takes place (`cancelled`)."""


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
    quorum = fields.Dict(keys=fields.String(), load_default=dict)


@contract("meetings.meeting.scheduled.v1", aggregate="meetings", key="meeting_id")
class MeetingScheduled(_Meeting):
    """A meeting is planned.

    `quorum` here and in what follows: the rule by which it has one, `{"share": "1/2", "coordinator_required": true}`, the
    share of the held seats rounded up. It changes (`meetings.meeting.updated.v1`, or `moved` with the time or place) until
    the meeting begins. Empty in events from before it was told.
    """


@contract("meetings.meeting.moved.v1", aggregate="meetings", key="meeting_id")
class MeetingMoved(_Meeting):
    """Start, end or place changed; `previous_starts_at` is the start before this change."""

    previous_starts_at = instant()


@contract("meetings.meeting.updated.v1", aggregate="meetings", key="meeting_id")
class MeetingUpdated(_Meeting):
    """Title, kind, online link or the rule of the quorum changed; when and where stand."""


@contract("meetings.meeting.cancelled.v1", aggregate="meetings", key="meeting_id")
class MeetingCancelled(_Meeting):
    """The meeting will not take place."""

    reason = string(2000)


@contract("meetings.meeting.reminder_due.v1", aggregate="meetings", key="meeting_id")
class MeetingReminderDue(_Meeting):
    """The meeting starts within a day; `invitee_ids` are those invited who have not declined, in several events where they are many.

    Nobody else is to be reminded, and nothing is published where nobody is left. Only events of earlier releases may list nobody:
    that means the whole group. `guest_ids`: those of them who are invited by name, so also without a seat in the group.
    """

    invitee_ids = identifiers()
    guest_ids = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=100))


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
    all occurrences; what concerns one occurrence names both. `updated`: title, kind, place or link changed.
    `last_starts_at` (series alone): the series ends earlier, with the meeting that starts then; where it is told of a
    cancellation (`REQUEST`, `cancelled`) `starts_at` is the first meeting that does not take place.
    `occasion`: `registered` or `promoted` where the person has a place now in a meeting that is open to all;
    `uninvited` (`CANCEL`, `cancelled`) where it takes place and that person alone is not invited any more, or withdrew.
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
    previous_ends_at = fields.AwareDateTime(load_default=None, allow_none=True, default_timezone=UTC)
    reason = fields.String(load_default="", validate=validate.Length(max=2000))
    last_starts_at = fields.AwareDateTime(load_default=None, allow_none=True, default_timezone=UTC)
    occasion = fields.String(load_default="", validate=validate.Length(max=30))


@contract("meetings.invitation.answered.v1", aggregate="invitations", key="invitation_id", person="person_id")
class InvitationAnswered(_Invitation):
    """A person said whether they come."""

    answer = one_of(*ANSWERS)


class _Registration(Payload):
    registration_id = identifier()
    revision = counter()
    meeting_id = identifier()
    group_id = identifier()
    person_id = identifier()
    title = string(200)
    kind = one_of(*MEETING_KINDS)
    starts_at = instant()
    ends_at = instant()
    time_zone = string(64)
    place = string(500)
    online_link = string(500)


@contract(
    "meetings.registration.confirmed.v1", aggregate="registrations", key="registration_id", person="person_id"
)
class RegistrationConfirmed(_Registration):
    """A person has a place in a meeting that is open to all; `promoted`: after having waited for it."""

    promoted = flag()


@contract(
    "meetings.registration.waitlisted.v1",
    aggregate="registrations",
    key="registration_id",
    person="person_id",
)
class RegistrationWaitlisted(_Registration):
    """All places were taken: the person waits, at that place of the list when they came."""

    waiting_place = counter()


@contract(
    "meetings.registration.withdrawn.v1", aggregate="registrations", key="registration_id", person="person_id"
)
class RegistrationWithdrawn(_Registration):
    """The person does not come, or waits no longer."""


@contract(
    "meetings.registration.lapsed.v1", aggregate="registrations", key="registration_id", person="person_id"
)
class RegistrationLapsed(_Registration):
    """The person waited for a place in a meeting that was cancelled."""

    reason = fields.String(load_default="", validate=validate.Length(max=2000))


@contract(
    "meetings.registration.rescheduled.v1",
    aggregate="registrations",
    key="registration_id",
    person="person_id",
)
class RegistrationRescheduled(_Registration):
    """The person waits for a place in a meeting that is at another time now, and is not invited to it otherwise."""

    previous_starts_at = instant()
    previous_ends_at = instant()
    reason = fields.String(load_default="", validate=validate.Length(max=2000))


class _Poll(Payload):
    poll_id = identifier()
    revision = counter()
    group_id = identifier()
    title = string(200)
    kind = one_of(*MEETING_KINDS)
    place = string(500)
    online_link = string(500)
    duration_minutes = counter()
    time_zone = string(64)
    closes_at = instant()


@contract("meetings.poll.opened.v1", aggregate="polls", key="poll_id")
class PollOpened(_Poll):
    """The group is asked which of these slots suit; each takes `duration_minutes`."""

    slot_starts = fields.List(instant(), required=True, validate=validate.Length(max=50))


@contract("meetings.poll.answered.v1", aggregate="polls", key="poll_id", person="person_id")
class PollAnswered(Payload):
    """A person said which slots suit them, in place of what they said before.

    Each answer: {"slot_id", "answer"}, the answer yes, if_need_be or no. Slots that are not named follow the
    person's availability, which is not published.
    """

    poll_id = identifier()
    revision = counter()
    group_id = identifier()
    person_id = identifier()
    answers = fields.List(document(), required=True, validate=validate.Length(max=50), **PERSONAL)


@contract("meetings.poll.reminder_due.v1", aggregate="polls", key="poll_id")
class PollReminderDue(_Poll):
    """The poll closes soon and these people have not answered; where they are more than a hundred, in several events."""

    unanswered_ids = identifiers()


@contract("meetings.poll.closed.v1", aggregate="polls", key="poll_id")
class PollClosed(_Poll):
    """The poll takes no answers any more.

    `outcome`: `booked`, with the meeting and its start; `closed` without a meeting by a coordinator; `expired`: its
    time is over, and the coordinators choose. What was closed or expired may be booked later.
    """

    outcome = one_of("booked", "closed", "expired")
    meeting_id = identifier(allow_none=True)
    starts_at = instant(allow_none=True)
    closed_at = instant()


class _Agenda(Payload):
    meeting_id = identifier()
    revision = counter()
    group_id = identifier()


@contract("meetings.agenda.changed.v1", aggregate="meetings", key="meeting_id")
class AgendaChanged(_Agenda):
    """Items were added, changed, removed, started or closed. Items as in `AgendaPublished`."""

    items = fields.List(document(), required=True)


@contract("meetings.agenda.published.v1", aggregate="meetings", key="meeting_id")
class AgendaPublished(_Agenda):
    """The agenda is ready.

    Each item: {"item_id", "title", "kind", "minutes", "proposal_id", "decision_id", "parent_id", "started_at",
    "closed_at", "inquorate"}; the last three tell how the meeting went.
    """

    items = fields.List(document(), required=True)


@contract("meetings.attendance.recorded.v1", aggregate="meetings", key="meeting_id")
class AttendanceRecorded(_Agenda):
    """Who is counted present now (seat holders only), after this record; `state` is that person's newest.

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


@contract("meetings.action_item.agreed.v1", aggregate="action_items", key="item_id", person="owner_id")
class ActionItemAgreed(Payload):
    """Minutes that went round say that somebody does something; deliberation makes a task of that id of it, once.

    `decision_id`: the decision it carries out, if any.
    """

    item_id = identifier()
    revision = counter()
    minutes_id = identifier()
    meeting_id = identifier()
    group_id = identifier()
    title = string(200)
    owner_id = identifier()
    due_on = day()
    decision_id = identifier(allow_none=True)


@contract(
    "meetings.person_export.answered.v1",
    aggregate="person_exports",
    key="export_id",
    person="person_id",
    private=True,
)
class PersonExportAnswered(ExportPart):
    """Private, for membership: what meetings holds of a person."""
