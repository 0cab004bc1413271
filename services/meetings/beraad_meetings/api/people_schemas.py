"""The shapes of invitations, attendance, minutes and calendar feeds."""

from __future__ import annotations

from marshmallow import fields, validate

from beraad.contracts.meetings import ANSWERS, ATTENDANCE_STATES
from beraad.http import Answer, Body, ResourceAnswer
from beraad_meetings.api.meeting_schemas import AttendanceCounts, MyInvitation


class GuestBody(Body):
    """Whom to invite. Neither guests nor experts count for the quorum."""

    person_id = fields.UUID(required=True)
    role = fields.String(required=True, validate=validate.OneOf(["guest", "expert"]))


class AnswerBody(Body):
    """Whether one comes."""

    answer = fields.String(required=True, validate=validate.OneOf(ANSWERS))
    comment = fields.String(validate=validate.Length(max=1000))


class InvitationAnswer(MyInvitation):
    """Somebody's invitation and answer."""

    person_id = fields.UUID()
    name = fields.String(allow_none=True)


class InvitationsAnswer(Answer):
    """A page of invitations."""

    items = fields.List(fields.Nested(InvitationAnswer))


class AttendanceBody(Body):
    """The state to record."""

    state = fields.String(required=True, validate=validate.OneOf(ATTENDANCE_STATES))


class AttendanceRecorded(AttendanceCounts):
    """The numbers after a record, and the meeting's revision."""

    revision = fields.Integer()


class AttendeeAnswer(Answer):
    """Somebody's present state."""

    person_id = fields.UUID()
    name = fields.String(allow_none=True)
    state = fields.String()
    counts = fields.Boolean(
        metadata={"description": "Seat holders count; experts, guests and observers do not"}
    )
    recorded_at = fields.AwareDateTime()


class AttendanceAnswer(AttendanceCounts):
    """A page of attendance, with the numbers of the whole meeting."""

    items = fields.List(fields.Nested(AttendeeAnswer))


class MinutesBody(Body):
    """The text (Markdown)."""

    text = fields.String(required=True, validate=validate.Length(min=1, max=20_000))


class ApprovalBody(Body):
    """The later meeting that approved."""

    at_meeting_id = fields.UUID(required=True)


class MinutesAnswer(ResourceAnswer):
    """The newest version of a meeting's minutes."""

    meeting_id = fields.UUID()
    group_id = fields.UUID()
    title = fields.String()
    state = fields.String(metadata={"description": "draft, circulated or approved"})
    version = fields.Integer()
    text = fields.String()
    written_by = fields.UUID(allow_none=True)
    written_by_name = fields.String(allow_none=True)
    written_at = fields.AwareDateTime()
    proposal_ids = fields.List(fields.UUID())
    circulated_at = fields.AwareDateTime(allow_none=True)
    approved_at = fields.AwareDateTime(allow_none=True)
    approved_at_meeting_id = fields.UUID(allow_none=True)


class FeedBody(Body):
    """Of one group; without one, of everything the caller takes part in."""

    group_id = fields.UUID(load_default=None, allow_none=True)


class FeedSummary(Answer):
    """A feed in force. Its address is shown once, when it is made."""

    id = fields.UUID()
    group_id = fields.UUID(allow_none=True)
    created_at = fields.AwareDateTime()


class FeedCreated(FeedSummary):
    """A new feed and its secret address."""

    url = fields.String(metadata={"description": "Whoever has it reads the calendar; it is not shown again"})
    webcal_url = fields.String(
        metadata={"description": "The same with the scheme that opens a calendar program, to subscribe"}
    )


class FeedsAnswer(Answer):
    """A page of feeds."""

    items = fields.List(fields.Nested(FeedSummary))
