"""The shapes of invitations, attendance, minutes and calendar feeds."""

from __future__ import annotations

from marshmallow import fields, validate

from beraad.contracts.meetings import ANSWERS, ATTENDANCE_STATES
from beraad.http import Answer, Body, Query, ResourceAnswer, words
from beraad_meetings.api import fields as ours
from beraad_meetings.api.file_schemas import FileAnswer
from beraad_meetings.api.meeting_schemas import AttendanceCounts, MeetingAnswer, MyInvitation
from beraad_meetings.domain.attendance import VOID


class GuestBody(Body):
    """Whom to invite. Neither guests nor experts count for the quorum."""

    person_id = fields.UUID(required=True)
    role = fields.String(required=True, validate=validate.OneOf(["guest", "expert"]))
    despite_conflicts = ours.despite_conflicts()


class AnswerBody(Body):
    """Whether one comes."""

    answer = fields.String(required=True, validate=validate.OneOf(ANSWERS))
    comment = fields.String(validate=validate.Length(max=1000))


class MeetingElsewhere(Answer):
    """Another meeting, as far as the caller may see it."""

    id = fields.UUID()
    title = fields.String()
    group_id = fields.UUID()


class ElsewhereAnswer(Answer):
    """One who accepted is in another meeting at that time."""

    code = fields.String(dump_default="in_another_meeting")
    meeting = fields.Nested(MeetingElsewhere, allow_none=True)
    overlap_starts_at = fields.String()
    overlap_ends_at = fields.String()


class AnsweredMeeting(MeetingAnswer):
    """The meeting one answered, and what is to be said of that."""

    warnings = fields.List(fields.Nested(ElsewhereAnswer))


class InvitationAnswer(MyInvitation):
    """Somebody's invitation and answer."""

    person_id = fields.UUID()
    name = fields.String(allow_none=True)


class InvitationsAnswer(Answer):
    """A page of invitations."""

    items = fields.List(fields.Nested(InvitationAnswer))


class AttendanceBody(Body):
    """A line to add to the log. Nothing is changed: a correction names the line it replaces."""

    state = fields.String(
        required=True,
        validate=validate.OneOf([*ATTENDANCE_STATES, VOID]),
        metadata={"description": "void: the line `replaces_id` should not have been written"},
    )
    at = ours.instant(
        metadata={
            "description": "When they came or left, if not now; of a correction, if not when the line it replaces says"
        }
    )
    replaces_id = fields.Integer(
        strict=True,
        validate=validate.Range(min=1, max=2**62),
        metadata={"description": "The line that this one corrects"},
    )
    remark = ours.remark()


class AttendanceRecorded(AttendanceCounts):
    """The numbers after a record, and the meeting's revision."""

    revision = fields.Integer()


class IntervalAnswer(Answer):
    """Somebody was there from when to when; without an end they still are."""

    came_at = fields.AwareDateTime()
    left_at = fields.AwareDateTime(allow_none=True)


class AttendanceLine(Answer):
    """A line of the log, as it was written."""

    id = fields.Integer()
    state = fields.String()
    at = fields.AwareDateTime()
    remark = fields.String()
    recorded_at = fields.AwareDateTime()
    recorded_by = fields.UUID(allow_none=True)
    recorded_by_name = fields.String(allow_none=True)
    replaces_id = fields.Integer(allow_none=True)
    replaced_by_id = fields.Integer(allow_none=True)


class QuorumAtAnswer(Answer):
    """Whether there was a quorum at an instant. Experts, guests and observers never count."""

    at = fields.AwareDateTime()
    base = fields.Integer(metadata={"description": "Seats held then"})
    needed = fields.Integer(metadata={"description": "The share of the base, rounded up"})
    present = fields.Integer(metadata={"description": "Seat holders there then"})
    coordinator_present = fields.Boolean()
    coordinator_required = fields.Boolean()
    reached = fields.Boolean()


class ItemQuorumAnswer(Answer):
    """An item that was started; `inquorate` was written down when it closed, the quorums are by the log as it stands."""

    id = fields.UUID()
    title = fields.String()
    kind = fields.String()
    started_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime(allow_none=True)
    inquorate = fields.Boolean(allow_none=True)
    at_start = fields.Nested(QuorumAtAnswer)
    at_close = fields.Nested(QuorumAtAnswer, metadata={"description": "Or now, while it is on"})


class QuorumQuery(Query):
    """When; now, or when the meeting closed, where nothing is said."""

    at = ours.instant(load_default=None)


class QuorumAnswer(QuorumAtAnswer):
    """The quorum at an instant, and of each item that was started."""

    revision = fields.Integer()
    share = fields.String()
    present_ids = fields.List(
        fields.UUID(),
        metadata={"description": "The seat holders there; empty where they are more than a hundred"},
    )
    items = fields.List(fields.Nested(ItemQuorumAnswer))


class AttendeeAnswer(Answer):
    """Somebody's present state, when they were there, and every line about them in the order of writing."""

    person_id = fields.UUID()
    name = fields.String(allow_none=True)
    state = fields.String()
    counts = fields.Boolean(
        metadata={"description": "Seat holders count; experts, guests and observers do not"}
    )
    recorded_at = fields.AwareDateTime(allow_none=True)
    intervals = fields.List(fields.Nested(IntervalAnswer))
    lines = fields.List(fields.Nested(AttendanceLine))


class AttendanceAnswer(AttendanceCounts):
    """A page of attendance, with the numbers of the whole meeting."""

    items = fields.List(fields.Nested(AttendeeAnswer))


class ActionItemBody(Body):
    """Who does what until when; once the minutes went round, deliberation has a task of that id."""

    id = fields.UUID(
        metadata={
            "description": "Keep it from version to version, and in these minutes only; a new one where none is named"
        }
    )
    title = ours.title(required=True)
    owner_id = fields.UUID(required=True)
    due_on = ours.day(required=True)
    decision_id = fields.UUID(allow_none=True, metadata={"description": "The decision it carries out"})


class MinutesBody(Body):
    """The text (Markdown), and all that was agreed to be done."""

    text = words(20_000, required=True)
    action_items = fields.List(
        fields.Nested(ActionItemBody), load_default=list, validate=validate.Length(max=100)
    )


class ApprovalBody(Body):
    """The later meeting that approved."""

    at_meeting_id = fields.UUID(required=True)


class ActionItemAnswer(Answer):
    """Who does what until when, and what became of it."""

    id = fields.UUID()
    title = fields.String()
    owner_id = fields.UUID()
    owner_name = fields.String(allow_none=True)
    due_on = fields.String(metadata={"format": "date"})
    decision_id = fields.UUID(allow_none=True)
    decision_title = fields.String(allow_none=True)
    state = fields.String(
        metadata={"description": "draft, agreed (it went round), then as its task: assigned, due or done"}
    )


class MinutesVersionSummary(Answer):
    """Who wrote a version, and when."""

    version = fields.Integer()
    written_by = fields.UUID(allow_none=True)
    written_by_name = fields.String(allow_none=True)
    written_at = fields.AwareDateTime()


class MinutesVersionsAnswer(Answer):
    """A page of versions, oldest first."""

    items = fields.List(fields.Nested(MinutesVersionSummary))


class MinutesAnswer(ResourceAnswer):
    """A version of a meeting's minutes, with the state of the newest."""

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
    action_items = fields.List(fields.Nested(ActionItemAnswer))
    files = fields.List(fields.Nested(FileAnswer))
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
