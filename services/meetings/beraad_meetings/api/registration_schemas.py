"""The shapes of registration."""

from __future__ import annotations

from marshmallow import fields, validate

from beraad.http import Answer, Body


class RegistrationBody(Body):
    """How many places there are for those who register."""

    capacity = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=100_000))


class MyRegistration(Answer):
    """One's own."""

    state = fields.String(
        metadata={"description": "registered, waiting, or lapsed: waited when the meeting was cancelled"}
    )
    place = fields.Integer(metadata={"description": "From 1, among those of the same state"})
    registered_at = fields.AwareDateTime()


class RegistrationSummary(Answer):
    """A meeting's places, and the caller's."""

    capacity = fields.Integer()
    registered = fields.Integer()
    waiting = fields.Integer()
    mine = fields.Nested(MyRegistration, allow_none=True)


class RegistrationAnswer(RegistrationSummary):
    """After a change."""

    meeting_id = fields.UUID()


class RegistrationRow(MyRegistration):
    """Somebody on the list."""

    number = fields.Integer(metadata={"description": "The order of arrival"})
    person_id = fields.UUID()
    name = fields.String(allow_none=True)


class RegistrationsAnswer(Answer):
    """A page of them."""

    items = fields.List(fields.Nested(RegistrationRow))
