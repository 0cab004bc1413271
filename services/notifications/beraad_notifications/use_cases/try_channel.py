"""See whether a paused channel works again, with one delivery."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from beraad_notifications.domain.deliveries import MAIL
from beraad_notifications.use_cases.claim_deliveries import NOTHING, ClaimedDeliveries, settle_or_hand_out
from beraad_notifications.use_cases.ports import Letter, Work


@dataclass(frozen=True)
class TryChannel:
    """At this (real) time."""

    at: datetime


def try_channel(command: TryChannel, work: Work, now: datetime) -> ClaimedDeliveries:
    """At most one letter, whichever worker asks first; none before the time, or while somebody still holds deliveries.

    Where others wait it is none that was refused, nor about the same event.
    """
    channel = work.channels.get(MAIL)
    if not channel.may_try(command.at) or work.channels.anybody_sends(command.at):
        return NOTHING
    work.channels.prolong(command.at, only_over=True)
    letters = work.deliveries.claim(1, command.at, for_trial=True)
    claimed = settle_or_hand_out(letters, command.at, work, now)
    for letter in claimed.letters:
        channel.try_with(letter.claim.delivery_id, command.at)
        work.channels.put(channel)
    return replace(claimed, letters=list(map(_on_trial, claimed.letters)))


def _on_trial(letter: Letter) -> Letter:
    return replace(letter, claim=replace(letter.claim, trial=True))
