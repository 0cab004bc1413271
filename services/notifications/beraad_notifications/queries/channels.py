"""Reading the channels: does mail go out, and if not why."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from beraad_notifications.domain.deliveries import MAIL
from beraad_notifications.storage.channels import WAITS
from beraad_notifications.storage.tables import deliveries
from beraad_notifications.storage.work import Work

SHOWN = ("name", "revision", "state", "reason", "since", "failures", "next_trial_at")


def list_channels(work: Work) -> dict[str, Any]:
    """All there are, and how many deliveries wait for each or are being sent."""
    work.authorize("channel.list")
    channel = work.channels.seen(MAIL)
    waiting = select(func.count()).where(WAITS, deliveries.c.channel == channel.name)
    shown = {name: getattr(channel, name) for name in SHOWN}
    return {"items": [{**shown, "waiting": work.session.execute(waiting).scalar_one()}]}


def one_channel(work: Work, name: str) -> dict[str, Any]:
    """The one of that name."""
    (channel,) = (one for one in list_channels(work)["items"] if one["name"] == name)
    return dict(channel)
