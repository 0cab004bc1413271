"""What one wants to be told by mail."""

from __future__ import annotations

from datetime import time
from typing import Any

from marshmallow import fields, validate

from beraad.http import Answer, Blueprint, Body, ResourceAnswer, act, if_match, look, requires
from beraad_notifications.domain.catalogue import OPTIONAL_KINDS
from beraad_notifications.domain.frequencies import EVERY_KIND, FREQUENCIES
from beraad_notifications.domain.mornings import Rhythm
from beraad_notifications.domain.quiet_hours import QuietHours
from beraad_notifications.domain.recipients import Choices
from beraad_notifications.queries.preferences import my_preferences
from beraad_notifications.use_cases.choose_preferences import ChoosePreferences, choose_preferences

blueprint = Blueprint(
    "preferences", __name__, url_prefix="/v1/me/preferences", description="Which mail you get"
)
CLOCK: dict[str, Any] = {
    "validate": validate.Regexp(r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z"),
    "metadata": {"example": "22:00"},
}
WEEKDAY = validate.Range(min=1, max=7)
IN_GROUP = validate.OneOf((EVERY_KIND, *OPTIONAL_KINDS))


def _frequency(**options: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(FREQUENCIES), **options)


def _groups(*, allow_none: bool) -> fields.Dict:
    """Group → kind, or `all` → how often."""
    of_group = fields.Dict(keys=fields.String(validate=IN_GROUP), values=_frequency(allow_none=allow_none))
    return fields.Dict(
        keys=fields.UUID(),
        values=of_group,
        metadata={
            "description": "Group → kind, or `all` for every kind → how often; null takes a choice back"
        },
    )


class QuietHoursBody(Body):
    """By your own clock, past midnight where `to` is not later than `from`; equal is a whole day."""

    from_ = fields.String(required=True, data_key="from", **CLOCK)
    to = fields.String(required=True, **CLOCK)
    days = fields.List(
        fields.Integer(validate=WEEKDAY),
        load_default=[1, 2, 3, 4, 5, 6, 7],
        metadata={"description": "The days on which it begins; 1 is Monday"},
    )
    urgent = fields.Boolean(
        load_default=True,
        metadata={"description": "Mail about something that is over within a day comes all the same"},
    )


class DigestsBody(Body):
    """When digests come, by your own clock."""

    hour = fields.Integer(load_default=7, validate=validate.Range(min=0, max=23))
    weekday = fields.Integer(
        load_default=1, validate=WEEKDAY, metadata={"description": "Of the weekly one; 1 is Monday"}
    )


PreferencesBody: type[Body] = type(
    "PreferencesBody",
    (Body,),
    {
        "__doc__": "Kind → how often, and more; what is not named stays.",
        **{kind: _frequency() for kind in OPTIONAL_KINDS},
        "groups": _groups(allow_none=True),
        "quiet_hours": fields.Nested(
            QuietHoursBody, allow_none=True, metadata={"description": "null: there are none"}
        ),
        "digests": fields.Nested(DigestsBody),
    },
)


class QuietHoursAnswer(Answer):
    """When no mail comes that can wait."""

    from_ = fields.String(data_key="from", attribute="from")
    to = fields.String()
    days = fields.List(fields.Integer())
    urgent = fields.Boolean()


class DigestsAnswer(Answer):
    """When digests come, by one's own clock."""

    hour = fields.Integer()
    weekday = fields.Integer()


class PreferencesAnswer(ResourceAnswer):
    """Every kind that can be chosen. Sign-in links always come."""

    preferences = fields.Dict(
        keys=fields.String(validate=validate.OneOf(OPTIONAL_KINDS)), values=_frequency()
    )
    groups = _groups(allow_none=False)
    quiet_hours = fields.Nested(QuietHoursAnswer, allow_none=True)
    digests = fields.Nested(DigestsAnswer)


@blueprint.get("")
@requires("preferences.read")
@blueprint.response(200, PreferencesAnswer)
def get_preferences() -> dict[str, Any]:
    """What the caller chose."""
    return look(my_preferences)


@blueprint.put("")
@requires("preferences.change")
@blueprint.arguments(PreferencesBody)
@blueprint.response(200, PreferencesAnswer)
def put_preferences(body: dict[str, Any]) -> dict[str, Any]:
    """Choose (If-Match required)."""
    act(choose_preferences, ChoosePreferences(_choices(body), if_match()))
    return look(my_preferences)


def _choices(body: dict[str, Any]) -> Choices:
    quiet, rhythm = body.get("quiet_hours"), body.get("digests")
    return Choices(
        kinds={kind: body[kind] for kind in OPTIONAL_KINDS if kind in body},
        groups=body.get("groups", {}),
        quiet_hours=quiet and _quiet_hours(quiet),
        no_quiet_hours="quiet_hours" in body and quiet is None,
        rhythm=rhythm and Rhythm(**rhythm),
    )


def _quiet_hours(told: dict[str, Any]) -> QuietHours:
    return QuietHours(
        begins=time.fromisoformat(told["from_"]),
        ends=time.fromisoformat(told["to"]),
        days=frozenset(told["days"]),
        urgent_comes=told["urgent"],
    )
