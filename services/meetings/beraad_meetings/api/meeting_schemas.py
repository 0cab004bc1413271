"""The shapes of meetings and agendas in requests and answers."""

from __future__ import annotations

from marshmallow import fields, validate

from beraad.http import Answer, Body, PageQuery, ResourceAnswer, words
from beraad_meetings.api import fields as ours
from beraad_meetings.api.file_schemas import FileAnswer
from beraad_meetings.api.registration_schemas import RegistrationBody, RegistrationSummary

ITEM_KINDS = ("information", "exploration", "decision")
MINUTES = validate.Range(min=1, max=20_160)


class QuorumRule(Body):
    """How many of the held seats must be filled by somebody present, and whether a coordinator must be."""

    share = fields.String(
        required=True,
        validate=ours.SHARE,
        metadata={"description": "Of the held seats, rounded up", "example": "1/2"},
    )
    coordinator_required = fields.Boolean(required=True)


class MeetingChanges(Body):
    """What to change; what is not named stays."""

    quorum = fields.Nested(QuorumRule)

    title = ours.title()
    kind = ours.kind()
    place = ours.place()
    online_link = ours.link()
    starts_at = ours.instant()
    duration_minutes = ours.duration()
    despite_conflicts = ours.despite_conflicts()


class MeetingBody(MeetingChanges):
    """A meeting to schedule: it starts at an instant, or on a day at a time by the wall clock in `time_zone`."""

    id = fields.UUID(metadata={"description": "Chosen by the client, so that a retry creates once"})
    group_id = fields.UUID(required=True)
    title = ours.title(required=True)
    kind = ours.kind(load_default="working_meeting")
    starts_on = ours.day()
    start_time = ours.clock_time()
    duration_minutes = ours.duration(required=True)
    time_zone = ours.zone()
    registration = fields.Nested(
        RegistrationBody, metadata={"description": "Where it is open to all: how many places there are"}
    )


class MeetingsQuery(PageQuery):
    """Meetings that start in `[from, to)`."""

    group_id = fields.UUID(load_default=None)
    starts_from = ours.instant(load_default=None, data_key="from")
    starts_before = ours.instant(load_default=None, data_key="to")


class CancelBody(Body):
    """Why; the invited read it."""

    reason = words(2000, required=True)


class AgendaItemChanges(Body):
    """What to change; `position` counts from 1."""

    title = ours.title()
    kind = fields.String(validate=validate.OneOf(ITEM_KINDS))
    minutes = fields.Integer(strict=True, validate=MINUTES)
    owner_id = fields.UUID(allow_none=True)
    proposal_id = fields.UUID(allow_none=True)
    decision_id = fields.UUID(allow_none=True, metadata={"description": "The decision it looks at again"})
    parent_id = fields.UUID(allow_none=True, metadata={"description": "The item it is within"})
    position = fields.Integer(strict=True, validate=validate.Range(min=1, max=1000))


class AgendaItemBody(Body):
    """An item to put last on the agenda."""

    id = fields.UUID(metadata={"description": "Chosen by the client, so that a retry creates once"})
    title = ours.title(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(ITEM_KINDS))
    minutes = fields.Integer(required=True, strict=True, validate=MINUTES)
    owner_id = fields.UUID(allow_none=True)
    proposal_id = fields.UUID(allow_none=True)
    decision_id = fields.UUID(allow_none=True, metadata={"description": "The decision it looks at again"})
    parent_id = fields.UUID(allow_none=True, metadata={"description": "The item it is within"})


class StartBody(Body):
    """How to go on."""

    close_running = fields.Boolean(
        load_default=False, metadata={"description": "The item that is on is over"}
    )


class CloseBody(Body):
    """What was done, where there are no minutes and no file of them yet."""

    report = words(2000, blank=True, load_default="")


class QuorumRuleAnswer(Answer):
    """How many of the held seats must be filled by somebody present, and whether a coordinator must be."""

    share = fields.String()
    coordinator_required = fields.Boolean()


class MeetingSummary(Answer):
    """A meeting in a list."""

    id = fields.UUID()
    revision = fields.Integer()
    series_id = fields.UUID(allow_none=True)
    group_id = fields.UUID()
    title = fields.String()
    kind = fields.String()
    state = fields.String(metadata={"description": "planned, open, closed or cancelled"})
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    occurs_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "Of a series: the start by its rule"}
    )
    duration_minutes = fields.Integer()
    time_zone = fields.String()
    place = fields.String()
    online_link = fields.String()
    local_time_warning = fields.String(
        metadata={"description": "Empty, nonexistent_local_time or ambiguous_local_time"}
    )
    opened_at = fields.AwareDateTime(allow_none=True)
    closed_at = fields.AwareDateTime(allow_none=True)
    cancelled_reason = fields.String(allow_none=True)
    agenda_published_at = fields.AwareDateTime(allow_none=True)
    reminded_at = fields.AwareDateTime(allow_none=True)
    quorum = fields.Nested(QuorumRuleAnswer)


class RoundAnswer(Answer):
    """A consent round or a vote, as deliberation told."""

    id = fields.UUID()
    kind = fields.String(metadata={"description": "round or vote"})
    number = fields.Integer(metadata={"description": "Of a round; a vote has 0"})
    state = fields.String(metadata={"description": "open or closed"})
    closes_at = fields.AwareDateTime()
    electors = fields.Integer()
    outcome = fields.String(metadata={"description": "Empty while it is open"})


class AgendaItemAnswer(Answer):
    """An item, with what its proposal or decision is at as known here, when it is planned and how it went."""

    id = fields.UUID()
    position = fields.Integer()
    title = fields.String()
    kind = fields.String()
    minutes = fields.Integer()
    owner_id = fields.UUID(allow_none=True)
    owner_name = fields.String(allow_none=True)
    proposal_id = fields.UUID(allow_none=True)
    proposal_title = fields.String(allow_none=True)
    proposal_stage = fields.String(allow_none=True)
    round = fields.Nested(RoundAnswer, allow_none=True)
    decision_id = fields.UUID(allow_none=True)
    decision_title = fields.String(allow_none=True)
    review_due = fields.Boolean(allow_none=True)
    parent_id = fields.UUID(allow_none=True)
    planned_start = fields.AwareDateTime()
    started_at = fields.AwareDateTime(allow_none=True)
    closed_at = fields.AwareDateTime(allow_none=True)
    inquorate = fields.Boolean(
        allow_none=True, metadata={"description": "Once closed: there was no quorum at that moment"}
    )
    files = fields.List(fields.Nested(FileAnswer))


class SuggestedItem(Answer):
    """Something this meeting could treat."""

    reason = fields.String(
        metadata={
            "description": "review: a decision to look at again; approval: a proposal the group is asked to approve"
        }
    )
    title = fields.String()
    proposal_id = fields.UUID(allow_none=True)
    decision_id = fields.UUID(allow_none=True)
    due_on = fields.Date(allow_none=True)


class SuggestedItems(Answer):
    """Proposals to approve by their due date, then reviews; at most fifty of each."""

    items = fields.List(fields.Nested(SuggestedItem))


class InvitationCounts(Answer):
    """How many are invited and what they answered."""

    invited = fields.Integer()
    accepted = fields.Integer()
    declined = fields.Integer()
    tentative = fields.Integer()
    unanswered = fields.Integer()


class AttendanceCounts(Answer):
    """Seat holders by state; `seats` is the base of a quorum."""

    seats = fields.Integer()
    present = fields.Integer()
    left = fields.Integer()
    excused = fields.Integer()
    absent = fields.Integer()


class MyInvitation(Answer):
    """The caller's own invitation to this meeting."""

    id = fields.UUID()
    role = fields.String()
    answer = fields.String(allow_none=True)
    comment = fields.String(allow_none=True)
    answered_at = fields.AwareDateTime(allow_none=True)


class OverriddenConflictAnswer(Answer):
    """The meeting was booked although some of those invited are in another at that time."""

    people = fields.Integer(metadata={"description": "How many of them"})
    reason = fields.String()
    overridden_by = fields.UUID(allow_none=True)
    overridden_by_name = fields.String(allow_none=True)
    overridden_at = fields.AwareDateTime()


class MeetingAnswer(MeetingSummary, ResourceAnswer):
    """A meeting with its agenda, invitations and attendance in numbers, and what the caller may do."""

    report = fields.String(
        metadata={
            "description": "What was done, where it closed without minutes; shown to whoever may read minutes"
        }
    )
    agenda = fields.List(fields.Nested(AgendaItemAnswer))
    my_invitation = fields.Nested(MyInvitation, allow_none=True)
    invitations = fields.Nested(InvitationCounts)
    attendance = fields.Nested(AttendanceCounts)
    registration = fields.Nested(RegistrationSummary, allow_none=True)
    overridden_conflicts = fields.List(fields.Nested(OverriddenConflictAnswer))


class MeetingsAnswer(Answer):
    """A page of meetings."""

    items = fields.List(fields.Nested(MeetingSummary))
