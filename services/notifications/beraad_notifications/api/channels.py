"""Channels: whether mail goes out, and pausing it by hand."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from beraad.http import Answer, Blueprint, Body, act, line, look, requires
from beraad_notifications.domain.channels import ChannelState
from beraad_notifications.queries.channels import list_channels, one_channel
from beraad_notifications.use_cases.steer_channel import (
    PauseChannel,
    ResumeChannel,
    pause_channel,
    resume_channel,
)

blueprint = Blueprint("channels", __name__, url_prefix="/v1/channels", description="Whether mail goes out")


class PauseBody(Body):
    """Why, for whoever looks."""

    reason = line(required=True)


class ChannelAnswer(Answer):
    """A way out: `mail`."""

    name = fields.String()
    revision = fields.Integer()
    state = fields.String(
        validate=validate.OneOf([state.value for state in ChannelState]),
        metadata={
            "description": "`paused`: the mail server refused us, one delivery is tried at `next_trial_at`; "
            "`trying`: that is happening; `stopped`: by hand, until it is resumed"
        },
    )
    reason = fields.String(metadata={"description": "The mail server's words without addresses, or yours"})
    since = fields.AwareDateTime(allow_none=True)
    failures = fields.Integer(metadata={"description": "How often we were refused in a row"})
    next_trial_at = fields.AwareDateTime(allow_none=True)
    waiting = fields.Integer(metadata={"description": "Deliveries that wait, or are being sent"})


class ChannelsAnswer(Answer):
    """All there are."""

    items = fields.List(fields.Nested(ChannelAnswer))


@blueprint.get("")
@requires("channel.list")
@blueprint.response(200, ChannelsAnswer)
def get_channels() -> dict[str, Any]:
    """Does mail go out, and if not: why, since when, and until when."""
    return look(list_channels)


@blueprint.post("/<string:name>/pause")
@requires("channel.steer")
@blueprint.arguments(PauseBody)
@blueprint.response(200, ChannelAnswer)
def post_pause(body: dict[str, Any], name: str) -> dict[str, Any]:
    """Send nothing until it is resumed. Harmless to repeat."""
    act(pause_channel, PauseChannel(name, **body))
    return look(one_channel, name)


@blueprint.post("/<string:name>/resume")
@requires("channel.steer")
@blueprint.response(200, ChannelAnswer)
def post_resume(name: str) -> dict[str, Any]:
    """Go on, whatever paused it; what waited is tried as long as any other mail. Harmless to repeat."""
    act(resume_channel, ResumeChannel(name))
    return look(one_channel, name)
