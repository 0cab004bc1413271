"""The shapes of polls and availability."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from beraad.http import Answer, Body, PageQuery, ResourceAnswer
from beraad_meetings.api import fields as ours
from beraad_meetings.domain.polls import MOST_SLOTS

ANSWERS = ("yes", "if_need_be", "no")
STATES = ("open", "booked", "closed", "expired")
MOST_RANGES = 200


class SlotBody(Body):
    """A time that is proposed: an instant, or a day and a time by the wall clock in the poll's `time_zone`."""

    starts_at = ours.instant()
    starts_on = ours.day()
    start_time = ours.clock_time()


class PollBody(Body):
    """The meeting that is to be, and when it could be."""

    id = fields.UUID(metadata={"description": "Chosen by the client, so that a retry creates once"})
    group_id = fields.UUID(required=True)
    title = ours.title(required=True)
    kind = ours.kind(load_default="working_meeting")
    duration_minutes = ours.duration(required=True)
    place = ours.place()
    online_link = ours.link()
    time_zone = ours.zone()
    closes_at = ours.instant(required=True)
    remind_hours_before = fields.Integer(
        strict=True,
        validate=validate.Range(min=0, max=336),
        metadata={
            "description": "How long before it closes those who have not answered are reminded; 0: not"
        },
    )
    quorum_percent = fields.Integer(
        strict=True,
        validate=validate.Range(min=0, max=100),
        metadata={"description": "How many of a hundred seat holders must be able to come, rounded up; 50"},
    )
    slots = fields.List(
        fields.Nested(SlotBody), required=True, validate=validate.Length(min=1, max=MOST_SLOTS)
    )


class SlotAnswerBody(Body):
    """Whether a slot suits."""

    slot_id = fields.UUID(required=True)
    answer = fields.String(required=True, validate=validate.OneOf(ANSWERS))


class AnswersBody(Body):
    """What suits; slots that are not named follow one's availability."""

    answers = fields.List(
        fields.Nested(SlotAnswerBody), required=True, validate=validate.Length(max=MOST_SLOTS)
    )


class BookBody(Body):
    """Which slot, the first-ranked if none is named."""

    slot_id = fields.UUID()
    despite_exclusion = ours.reason("Why an excluded slot is taken all the same; kept and shown")


class PollsQuery(PageQuery):
    """Of one group, or in one state."""

    group_id = fields.UUID(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))


class RangeBody(Body):
    """A stretch of time, and whether one can come then."""

    starts_at = ours.instant(required=True)
    ends_at = ours.instant(required=True)
    answer = fields.String(required=True, validate=validate.OneOf(ANSWERS))

    @validates_schema
    def _ends_later(self, data: dict[str, Any], **_options: Any) -> None:
        if data["ends_at"] <= data["starts_at"]:
            raise ValidationError("later than starts_at", "ends_at")


class AvailabilityBody(Body):
    """All of it: what is not said again no longer counts."""

    ranges = fields.List(fields.Nested(RangeBody), required=True, validate=validate.Length(max=MOST_RANGES))


class RangeAnswer(Answer):
    """A stretch of time, and whether one can come then."""

    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    answer = fields.String()


class AvailabilityAnswer(Answer):
    """When one can come."""

    ranges = fields.List(fields.Nested(RangeAnswer))


class PersonAnswer(Answer):
    """Somebody."""

    person_id = fields.UUID()
    name = fields.String()


class SaidAnswer(Answer):
    """What somebody said of a slot, and where."""

    answer = fields.String(metadata={"description": "yes, if_need_be or no"})
    source = fields.String(
        metadata={
            "description": "poll, same_time (in another poll) or availability; what is given in the poll wins"
        }
    )


class PersonSaidAnswer(PersonAnswer, SaidAnswer):
    """What that person said of a slot."""


class ReasonAnswer(Answer):
    """Why a slot is out of the question."""

    code = fields.String(
        metadata={
            "description": "SlotIsPast, CoordinatorCannot, ProfileNotRepresented, QuorumNotReachable or DoubleBooking"
        }
    )
    reason = fields.String()
    people = fields.List(fields.Nested(PersonAnswer))
    profiles = fields.List(fields.String())


class SlotAnswer(Answer):
    """A slot and what is known of it."""

    id = fields.UUID()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    local_time_warning = fields.String()
    yes = fields.Integer()
    if_need_be = fields.Integer()
    no = fields.Integer()
    unanswered = fields.Integer()
    excluded = fields.Boolean()
    reasons = fields.List(fields.Nested(ReasonAnswer))
    rank = fields.Integer(
        allow_none=True, metadata={"description": "From 1, of what is not excluded: available, yes, earliest"}
    )
    answers = fields.List(
        fields.Nested(PersonSaidAnswer),
        metadata={"description": "Left out where more than a hundred are asked"},
    )
    my_answer = fields.Nested(SaidAnswer, allow_none=True)


class PollSummary(Answer):
    """A poll in a list."""

    id = fields.UUID()
    revision = fields.Integer()
    group_id = fields.UUID()
    title = fields.String()
    kind = fields.String()
    place = fields.String()
    online_link = fields.String()
    duration_minutes = fields.Integer()
    time_zone = fields.String()
    closes_at = fields.AwareDateTime()
    remind_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "Null when it is done or none is due"}
    )
    quorum_percent = fields.Integer()
    state = fields.String(metadata={"description": "open, booked, closed or expired"})
    opened_at = fields.AwareDateTime()
    opened_by = fields.UUID(allow_none=True)
    closed_at = fields.AwareDateTime(allow_none=True)
    meeting_id = fields.UUID(allow_none=True)
    booked_despite = fields.String(
        allow_none=True, metadata={"description": "Why a slot was booked that was excluded"}
    )


class PollAnswer(PollSummary, ResourceAnswer):
    """A poll with its result as it stands."""

    asked = fields.Integer()
    answered = fields.Integer()
    unanswered = fields.List(
        fields.Nested(PersonAnswer), metadata={"description": "Who has not answered, at most a hundred named"}
    )
    slots = fields.List(fields.Nested(SlotAnswer))
    first_slot_id = fields.UUID(allow_none=True)


class PollsAnswer(Answer):
    """A page of polls."""

    items = fields.List(fields.Nested(PollSummary))
