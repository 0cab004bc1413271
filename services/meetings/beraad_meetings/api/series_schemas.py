"""The shapes of series, their changes and their previews in requests and answers."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate

from beraad.http import Answer, Body, PageQuery, ResourceAnswer, words
from beraad_meetings.api import fields as ours
from beraad_meetings.api.meeting_schemas import MeetingSummary
from beraad_meetings.domain.occurrences import CANCEL, NEXT_DAY, NEXT_WEEK
from beraad_meetings.domain.series import MOST_OCCURRENCES
from beraad_meetings.domain.series_outcomes import OUTCOMES

COUNTRY = validate.Regexp(r"^[A-Z]{2}(-[A-Z0-9]{1,5})?$", error="a country by ISO 3166, or a part of it")
MOST_DAYS = 400


def recurrence(**options: Any) -> fields.String:
    """A rule that ends."""
    told = {
        "description": "RRULE of RFC 5545 with COUNT or UNTIL",
        "example": "FREQ=MONTHLY;BYDAY=1TU;COUNT=5",
    }
    return fields.String(validate=validate.Length(min=1, max=400), metadata=told, **options)


class AvoidBody(Body):
    """On which days a series does not meet, and where the meetings go that fall on them."""

    holidays = fields.String(
        allow_none=True,
        validate=COUNTRY,
        metadata={
            "description": "Public holidays of which country; the organisation's if not named, none if null",
            "example": "BE",
        },
    )
    days = fields.List(
        ours.day(),
        validate=validate.Length(max=MOST_DAYS),
        metadata={"description": "Other days, such as the organisation's own"},
    )
    instead = fields.String(
        load_default=NEXT_WEEK,
        validate=validate.OneOf([NEXT_WEEK, NEXT_DAY, CANCEL]),
        metadata={
            "description": "To the same weekday of a week after, or a day after, that is free and comes before the next "
            "meeting; cancelled where there is none, or at once"
        },
    )


class RuleBody(Body):
    """A rule, with times by the wall clock in `time_zone`."""

    recurrence = recurrence(required=True)
    first_starts_on = ours.day(required=True)
    start_time = ours.clock_time(required=True)
    duration_minutes = ours.duration(required=True)
    time_zone = ours.zone()
    avoid = fields.Nested(AvoidBody, allow_none=True)


class SeriesBody(RuleBody):
    """Meetings that recur."""

    id = fields.UUID(metadata={"description": "Chosen by the client, so that a retry creates once"})
    group_id = fields.UUID(required=True)
    title = ours.title(required=True)
    place = ours.place()
    online_link = ours.link()
    despite_conflicts = ours.despite_conflicts()


class ExceptionBody(Body):
    """An occurrence that is moved or cancelled, named by the day or the instant of its start by the rule."""

    original_starts_on = ours.day()
    original_starts_at = ours.instant()
    cancelled = fields.Boolean(load_default=False)
    starts_on = ours.day()
    start_time = ours.clock_time()
    starts_at = ours.instant()
    duration_minutes = ours.duration()


class SeriesPreviewBody(RuleBody):
    """A rule to look at, of no group."""

    time_zone = ours.zone(required=True)
    exceptions = fields.List(
        fields.Nested(ExceptionBody), load_default=list, validate=validate.Length(max=MOST_OCCURRENCES)
    )


class SeriesChanges(Body):
    """What to change, and the first day it holds; what is not named stays."""

    title = ours.title()
    place = ours.place()
    online_link = ours.link()
    start_time = ours.clock_time()
    duration_minutes = ours.duration()
    recurrence = recurrence()
    since = ours.day(
        load_default=None,
        data_key="from",
        metadata={
            "description": "The first day it holds, by the rule in force; all that is still to come if none"
        },
    )
    reason = words(2000, blank=True, load_default="")
    despite_conflicts = ours.despite_conflicts()

    @post_load
    def apart(self, body: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """What changes, apart from when and why."""
        since, reason = body.pop("since"), body.pop("reason")
        despite = body.pop("despite_conflicts", None)
        return {"changes": body, "since": since, "reason": reason, "despite_conflicts": despite}


class SeriesCancelBody(Body):
    """Why, which the invited read; and from which day on, all that is still to come if none."""

    reason = words(2000, required=True)
    since = ours.day(load_default=None, data_key="from")


class SeriesQuery(PageQuery):
    """Of one group."""

    group_id = fields.UUID(load_default=None)


class SeriesSummary(Answer):
    """A series in a list."""

    id = fields.UUID()
    revision = fields.Integer()
    group_id = fields.UUID()
    title = fields.String()
    recurrence = fields.String()
    time_zone = fields.String()
    first_starts_on = fields.Date()
    start_time = fields.String()
    first_starts_at = fields.AwareDateTime()
    duration_minutes = fields.Integer()
    place = fields.String()
    online_link = fields.String()
    follows_series_id = fields.UUID(
        allow_none=True, metadata={"description": "The series that ends where this one, changed, goes on"}
    )
    cancelled_at = fields.AwareDateTime(allow_none=True)


class WarningAnswer(Answer):
    """An occurrence whose wall-clock time does not exist, or exists twice, and the instant chosen."""

    code = fields.String()
    meeting_id = fields.UUID()
    starts_at = fields.AwareDateTime()


class AvoidAnswer(Answer):
    """On which days the series does not meet."""

    holidays = fields.String(metadata={"description": "A country, or empty"})
    days = fields.List(fields.Date())
    instead = fields.String()


class AvoidedDay(Answer):
    """A day that was avoided, and what became of its meeting."""

    on = fields.Date()
    name = fields.String(
        metadata={"description": "Of the holiday; empty for a day of the organisation's own"}
    )
    from_ = fields.AwareDateTime(data_key="from", attribute="from")
    to = fields.AwareDateTime(allow_none=True, metadata={"description": "Null where it was cancelled"})


class AvoidedMeeting(AvoidedDay):
    """The same, with the meeting."""

    meeting_id = fields.UUID()


class MyAnswer(Answer):
    """What the caller said about one meeting."""

    meeting_id = fields.UUID()
    answer = fields.String()
    comment = fields.String()
    answered_at = fields.AwareDateTime()
    with_series = fields.Boolean(
        metadata={"description": "By an answer to all of the series, which a later one of that kind replaces"}
    )


class SeriesAnswer(SeriesSummary, ResourceAnswer):
    """A series with its meetings, and what the caller may do."""

    followed_by_id = fields.UUID(
        allow_none=True, metadata={"description": "The series that goes on where this one ends"}
    )
    meetings = fields.List(fields.Nested(MeetingSummary))
    my_answers = fields.List(
        fields.Nested(MyAnswer),
        metadata={"description": "What the caller answered, in the order of the meetings"},
    )
    warnings = fields.List(fields.Nested(WarningAnswer))
    avoid = fields.Nested(AvoidAnswer, allow_none=True)
    avoided = fields.List(fields.Nested(AvoidedMeeting))


class OutcomeAnswer(Answer):
    """What became of one meeting."""

    meeting_id = fields.UUID()
    on = fields.Date(metadata={"description": "Its day by the rule"})
    outcome = fields.String(metadata={"description": f"One of {', '.join(OUTCOMES)}"})
    previous_starts_at = fields.AwareDateTime(allow_none=True)
    starts_at = fields.AwareDateTime()


class SeriesChanged(SeriesAnswer):
    """The series that has the change: the same, or (`follows_series_id`) the one that goes on with it."""

    outcomes = fields.List(fields.Nested(OutcomeAnswer))


class SeriesListAnswer(Answer):
    """A page of series."""

    items = fields.List(fields.Nested(SeriesSummary))


class OccurrenceAnswer(Answer):
    """An occurrence: instants in UTC, and the same by the wall clock with its offset."""

    original_starts_at = fields.AwareDateTime(metadata={"description": "The start by the rule"})
    original_starts_on = fields.Date()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    local_starts_at = fields.AwareDateTime()
    local_ends_at = fields.AwareDateTime()
    moved = fields.Boolean()
    warning = fields.String(metadata={"description": "Empty, nonexistent_local_time or ambiguous_local_time"})


class PreviewWarning(Answer):
    """An occurrence whose wall-clock time does not exist, or exists twice, and the instant chosen."""

    code = fields.String()
    wall_clock = fields.String(metadata={"description": "What was asked for, without an offset"})
    starts_at = fields.AwareDateTime()


class SeriesPreviewAnswer(Answer):
    """What the rule would make; nothing of it is kept."""

    recurrence = fields.String(metadata={"description": "The rule as it would be kept: UNTIL in UTC"})
    time_zone = fields.String()
    occurrences = fields.List(
        fields.Nested(OccurrenceAnswer), metadata={"description": "Those that take place, earliest first"}
    )
    cancelled = fields.List(fields.Nested(OccurrenceAnswer))
    warnings = fields.List(fields.Nested(PreviewWarning))
    avoided = fields.List(fields.Nested(AvoidedDay))
