"""The shape of a decision profile in requests and answers."""

from __future__ import annotations

from marshmallow import fields, validate

from beraad.http import Answer, Body
from beraad_deliberation.api.texts import words
from beraad_deliberation.documents.profiles import MajorityFields, ProfileFields
from beraad_deliberation.domain.profiles import PRESETS


class MajorityBody(MajorityFields, Body):
    """What a vote needs."""


class MajorityAnswer(MajorityFields, Answer):
    """What a vote needs."""


class ProfileBody(ProfileFields, Body):
    """A preset and what is different from it, and why the group shall decide so."""

    preset = fields.String(required=True, validate=validate.OneOf(list(PRESETS)))
    reason = words(required=True)
    majority = fields.Nested(MajorityBody)


class ProfileAnswer(ProfileFields, Answer):
    """A profile. `name` is the preset it started from."""

    name = fields.String()
    majority = fields.Nested(MajorityAnswer)
    approving_body_id = fields.UUID(allow_none=True)


class GroupProfileAnswer(Answer):
    """How a group decides now. `revision` 0: nothing was set, the preset membership names counts."""

    group_id = fields.UUID()
    revision = fields.Integer()
    profile = fields.Nested(ProfileAnswer)
    reason = fields.String()
    set_by = fields.UUID(allow_none=True)
    set_at = fields.AwareDateTime(allow_none=True)
    allowed_actions = fields.Dict()


class PresetsAnswer(Answer):
    """The profiles that ship."""

    items = fields.List(fields.Nested(ProfileAnswer))
