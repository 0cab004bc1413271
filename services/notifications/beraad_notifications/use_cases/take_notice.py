"""Something happened that is told by mail: keep it until its audience is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from beraad.clock import real_now
from beraad_notifications.domain.catalogue import kind_of
from beraad_notifications.use_cases.ports import Notice, Work


@dataclass(frozen=True)
class TakeNotice:
    """The event, with its body as published and its fields as the contract types them."""

    event_id: UUID
    event_type: str
    told: dict[str, Any]
    fields: Mapping[str, Any]


def take_notice(command: TakeNotice, work: Work, _now: datetime) -> None:
    """Nothing, where the catalogue does not tell this event."""
    kind = kind_of(command.event_type, command.fields)
    if kind is None:
        return
    notice = Notice(command.event_id, kind.name, command.told)
    work.notices.add(notice, kind, command.fields.get("group_id"), real_now())
