"""The shapes of groups, seats, roles and candidacies in requests and answers."""

from __future__ import annotations

from zoneinfo import available_timezones

from marshmallow import fields, validate

from beraad.contracts.membership import GROUP_KINDS, ROLES
from beraad.http import Answer, Body, ResourceAnswer, line, words

ZONES = sorted(available_timezones())
PROFILE = validate.Length(min=1, max=100)
ATTRIBUTE = validate.Regexp(r"^[a-z][a-z0-9_]{0,39}\Z", error="lower-case letters, digits and _, at most 40")
SEATS = validate.Range(min=0, max=100_000)


class QuotaBody(Body):
    """At least `min`, at most `max` seats."""

    min = fields.Integer(required=True, strict=True, validate=SEATS)
    max = fields.Integer(required=True, strict=True, validate=SEATS)


def attributes(*names: validate.Validator) -> fields.Dict:
    """What somebody is counted as: attribute → value."""
    values = fields.String(validate=PROFILE)
    return fields.Dict(
        keys=fields.String(validate=[ATTRIBUTE, *names]), values=values, validate=validate.Length(max=10)
    )


def other_attributes() -> fields.Dict:
    """The same, besides the profile, which is told apart."""
    return attributes(validate.NoneOf(["profile"], error="the profile is told apart, as `profile`"))


class PolicyBody(Body):
    """What the group's composition must be."""

    size_min = fields.Integer(load_default=1, strict=True, validate=SEATS)
    size_max = fields.Integer(load_default=10_000, strict=True, validate=SEATS)
    quotas = fields.Dict(
        keys=fields.String(validate=PROFILE),
        values=fields.Nested(QuotaBody),
        validate=validate.Length(max=50),
    )
    attribute_quotas = fields.Dict(
        keys=fields.String(validate=ATTRIBUTE),
        values=fields.Dict(
            keys=fields.String(validate=PROFILE),
            values=fields.Nested(QuotaBody),
            validate=validate.Length(min=1, max=50),
        ),
        validate=validate.Length(max=10),
        metadata={"description": "Quotas of other attributes than the profile: attribute, then value"},
    )
    required_roles = fields.List(
        fields.String(validate=validate.OneOf(ROLES)), validate=validate.Length(max=6)
    )
    term_months = fields.Integer(allow_none=True, strict=True, validate=validate.Range(min=1, max=600))
    renewals_max = fields.Integer(allow_none=True, strict=True, validate=validate.Range(min=0, max=100))


class GroupChanges(Body):
    """What to change; what is not named stays."""

    name = line()
    theme = line(blank=True)
    aim = fields.String(validate=validate.Length(max=4000))
    deliverables = fields.String(validate=validate.Length(max=4000))
    ends_on = fields.Date(allow_none=True)
    decision_profile = fields.String(
        validate=validate.OneOf(["consent", "lazy_consensus", "majority", "two_thirds"])
    )


class GroupBody(GroupChanges):
    """A group to create. Its mandate is `[starts_on, ends_on)`."""

    id = fields.UUID(metadata={"description": "Chosen by the client, so that a retry creates once"})
    kind = fields.String(required=True, validate=validate.OneOf(GROUP_KINDS))
    name = line(required=True)
    starts_on = fields.Date(required=True)
    time_zone = fields.String(validate=validate.OneOf(ZONES, error="no time zone, such as Europe/Brussels"))
    approving_body_id = fields.UUID(allow_none=True)
    policy = fields.Nested(PolicyBody)


class RoleAnswer(Answer):
    """Who has which role."""

    role = fields.String()
    person_id = fields.UUID()
    name = fields.String()


class QuotaAnswer(Answer):
    """One quota of the policy, and how many seats are filled by those it is about."""

    attribute = fields.String()
    value = fields.String()
    min = fields.Integer()
    max = fields.Integer()
    filled = fields.Integer()
    met = fields.Boolean()


class HealthAnswer(Answer):
    """The group measured against its policy."""

    seats_filled = fields.Integer()
    seats_max = fields.Integer()
    complete = fields.Boolean()
    representative = fields.Boolean()
    coordinators_present = fields.Boolean()
    missing_roles = fields.List(fields.String())
    filled_by_profile = fields.Dict(keys=fields.String(), values=fields.Integer())
    quotas = fields.List(fields.Nested(QuotaAnswer))


class GroupSummary(Answer):
    """A group in a list."""

    id = fields.UUID()
    revision = fields.Integer()
    kind = fields.String()
    name = fields.String()
    theme = fields.String()
    aim = fields.String()
    deliverables = fields.String()
    time_zone = fields.String()
    starts_on = fields.Date()
    ends_on = fields.Date(allow_none=True)
    ended_on = fields.Date(allow_none=True)
    approving_body_id = fields.UUID(allow_none=True)
    decision_id = fields.UUID(allow_none=True)
    decision_profile = fields.String()
    policy = fields.Dict()
    roles = fields.List(fields.Nested(RoleAnswer))
    health = fields.Nested(HealthAnswer)


class GroupAnswer(GroupSummary, ResourceAnswer):
    """A group, with what the caller may do."""


class GroupsAnswer(Answer):
    """A page of groups."""

    items = fields.List(fields.Nested(GroupSummary))


class AppointeeBody(Body):
    """Who gets a seat, counted under which of their profiles.

    `attributes`: what else the policy asks for; what is not named is taken from their candidacy, and the language from the
    person.
    """

    person_id = fields.UUID(required=True)
    profile = fields.String(validate=PROFILE)
    attributes = other_attributes()


class AppointmentBody(Body):
    """Seats to fill, all or none. The term defaults to: from today to the end of the mandate."""

    appointees = fields.List(
        fields.Nested(AppointeeBody), required=True, validate=validate.Length(min=1, max=500)
    )
    starts_on = fields.Date(allow_none=True)
    ends_on = fields.Date(allow_none=True)


class SeatAnswer(Answer):
    """A held seat."""

    id = fields.UUID()
    person_id = fields.UUID()
    name = fields.String()
    profile = fields.String()
    attributes = fields.Dict(keys=fields.String(), values=fields.String())
    starts_on = fields.Date()
    ends_on = fields.Date(allow_none=True)


class SeatsAnswer(Answer):
    """A page of seats."""

    items = fields.List(fields.Nested(SeatAnswer))


class CandidacyBody(Body):
    """Stand for a seat under one of one's own profiles."""

    id = fields.UUID()
    profile = fields.String(required=True, validate=PROFILE)
    motivation = words(4000, required=True)
    attributes = other_attributes()
    consented_to = fields.String(
        validate=PROFILE, metadata={"description": "The version of the conditions one agrees to"}
    )


class CandidacySubmittedAnswer(Answer):
    """The candidacy that was submitted."""

    id = fields.UUID()
    revision = fields.Integer()


class CandidacyAnswer(Answer):
    """A standing candidacy."""

    id = fields.UUID()
    person_id = fields.UUID()
    name = fields.String()
    profile = fields.String()
    motivation = fields.String()
    attributes = fields.Dict(keys=fields.String(), values=fields.String())
    consented_to = fields.String(allow_none=True)
    submitted_at = fields.AwareDateTime()


class CandidaciesAnswer(Answer):
    """A page of candidacies."""

    items = fields.List(fields.Nested(CandidacyAnswer))
