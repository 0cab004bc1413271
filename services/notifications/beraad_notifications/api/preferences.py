"""What one wants to be told by mail."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from beraad.http import Blueprint, Body, ResourceAnswer, act, if_match, look, requires
from beraad_notifications.domain.catalogue import OPTIONAL_KINDS
from beraad_notifications.domain.recipients import FREQUENCIES
from beraad_notifications.queries.preferences import my_preferences
from beraad_notifications.use_cases.choose_preferences import ChoosePreferences, choose_preferences

blueprint = Blueprint(
    "preferences", __name__, url_prefix="/v1/me/preferences", description="Which mail you get"
)


def _frequency() -> fields.String:
    return fields.String(validate=validate.OneOf(FREQUENCIES))


PreferencesBody: type[Body] = type(
    "PreferencesBody",
    (Body,),
    {
        "__doc__": "Kind → how often; what is not named stays.",
        **{kind: _frequency() for kind in OPTIONAL_KINDS},
    },
)


class PreferencesAnswer(ResourceAnswer):
    """Every kind that can be chosen. Sign-in links always come."""

    preferences = fields.Dict(
        keys=fields.String(validate=validate.OneOf(OPTIONAL_KINDS)), values=_frequency()
    )


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
def put_preferences(body: dict[str, str]) -> dict[str, Any]:
    """Choose (If-Match required)."""
    act(choose_preferences, ChoosePreferences(body, if_match()))
    return look(my_preferences)
