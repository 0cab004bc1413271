"""An administrator pauses a channel, or lets it go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from beraad.clock import real_now
from beraad.domain import NotFound
from beraad_notifications.domain.channels import Channel
from beraad_notifications.domain.deliveries import MAIL
from beraad_notifications.use_cases.ports import Work


@dataclass(frozen=True)
class PauseChannel:
    """Until it is resumed; nothing is tried meanwhile."""

    name: str
    reason: str


@dataclass(frozen=True)
class ResumeChannel:
    """Whatever paused it."""

    name: str


def pause_channel(command: PauseChannel, work: Work, _now: datetime) -> None:
    """Harmless to repeat. Raises `NotFound`."""
    work.authorize("channel.steer")
    channel = _channel(command.name, work)
    if channel.stop(command.reason, real_now()):
        work.channels.put(channel)


def resume_channel(command: ResumeChannel, work: Work, _now: datetime) -> None:
    """What waited goes out as ever, and is tried as long as any other mail. Harmless to repeat. Raises `NotFound`."""
    work.authorize("channel.steer")
    channel = _channel(command.name, work)
    if channel.resume():
        work.channels.put(channel)
        work.channels.doubt_none()
        work.channels.prolong(real_now())


def _channel(name: str, work: Work) -> Channel:
    if name != MAIL:
        raise NotFound("there is no such channel")
    return work.channels.get(name)
