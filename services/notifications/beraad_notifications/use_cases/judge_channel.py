"""What the mail server said to a delivery, or at the door, may be about us: then everybody's mail waits, or goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from beraad_notifications.domain.channels import Channel
from beraad_notifications.domain.deliveries import MAIL, Outcome, State
from beraad_notifications.use_cases.ports import Work


@dataclass(frozen=True)
class RefusedAtTheDoor:
    """No delivery was offered: the server wants nothing of us. At this (real) time; `chance` in [0, 1) spreads the trials."""

    told: str
    at: datetime
    chance: float


def refused_at_the_door(command: RefusedAtTheDoor, work: Work, _now: datetime) -> None:
    """Pauses the channel, unless it is paused."""
    channel = work.channels.get(MAIL)
    if channel.refuse(None, command.told, command.at, command.chance):
        work.channels.put(channel)


def hold_channel(outcomes: Sequence[Outcome], work: Work) -> None:
    """Before any delivery is locked: who holds the channel goes first. Ordinary outcomes ask nothing of the database."""
    if _about_us(outcomes):
        work.channels.get(MAIL)


def judge_channel(outcomes: Sequence[Outcome], chance: float, work: Work) -> None:
    """Of those that are still ours to tell."""
    about_us = _about_us(outcomes)
    if not about_us:
        return
    channel = work.channels.get(MAIL)
    for outcome in about_us:
        _judge(channel, outcome, chance, work)
    work.channels.put(channel)


def _about_us(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.channel_refused or outcome.claim.trial]


def _judge(channel: Channel, outcome: Outcome, chance: float, work: Work) -> None:
    delivery_id, accepted = outcome.claim.delivery_id, outcome.state is State.SENT
    if outcome.channel_refused:
        channel.refuse(
            delivery_id, outcome.reason, outcome.at, chance, doubted=outcome.doubted and outcome.claim.doubted
        )
    elif channel.tried(delivery_id, outcome.at, chance, accepted=accepted):
        work.channels.doubt_alike()
        work.channels.prolong(outcome.at)
