"""How often mail of a kind comes: the one place where a person's choices are weighed against each other.

1. What is essential comes at once.
2. A kind that is off comes from no group.
3. What was chosen for the kind in the group.
4. What was chosen for the whole group; what a group cannot mute (`Kind.outlasts_muting`) comes as its kind does.
5. What was chosen for the kind; immediately, if nothing was.
"""

from __future__ import annotations

from dataclasses import dataclass

from beraad_notifications.domain.catalogue import Kind

IMMEDIATE, DAILY, WEEKLY, OFF = "immediate", "daily", "weekly", "off"
FREQUENCIES = (IMMEDIATE, DAILY, WEEKLY, OFF)
EVERY_KIND = "all"
"""Stands for every kind of mail of a group."""
UNSUBSCRIBED, MUTED = "unsubscribed", "group_muted"


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What somebody chose that bears on one mail; None where they chose nothing."""

    of_kind: str | None = None
    of_kind_in_group: str | None = None
    of_group: str | None = None


def how_often(kind: Kind, chosen: Chosen) -> str:
    """Immediately, daily, weekly or off."""
    if kind.essential:
        return IMMEDIATE
    of_group = None if chosen.of_group == OFF and kind.outlasts_muting else chosen.of_group
    if chosen.of_kind == OFF:
        return OFF
    return chosen.of_kind_in_group or of_group or chosen.of_kind or IMMEDIATE


def why_off(chosen: Chosen) -> str:
    """The reason of a mail that does not come, where `how_often` says off."""
    return UNSUBSCRIBED if chosen.of_kind == OFF else MUTED
