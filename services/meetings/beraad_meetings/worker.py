"""The worker side of meetings: what it listens to, and what falls due."""

from __future__ import annotations

from typing import Any

from beraad.perform import Store, perform
from beraad.service import DueWork, Worker
from beraad.settings import Settings
from beraad_meetings.storage.database import DATABASE
from beraad_meetings.subscriptions.deliberation import deliberation
from beraad_meetings.subscriptions.membership import membership
from beraad_meetings.subscriptions.notifications import notifications
from beraad_meetings.use_cases.remind import Remind, remind


def remind_once(store: Store[Any], _settings: Settings) -> bool:
    """Say of one meeting that it is near."""
    return perform(store, remind, Remind())


worker = Worker(
    name="meetings",
    database=DATABASE,
    subscriptions=(membership, deliberation, notifications),
    due_work=(DueWork("remind", remind_once),),
)
