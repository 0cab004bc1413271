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
from beraad_meetings.use_cases.close_poll import ExpirePoll, expire_poll
from beraad_meetings.use_cases.remind import Remind, remind
from beraad_meetings.use_cases.remind_of_poll import RemindOfPoll, remind_of_poll


def remind_once(store: Store[Any], _settings: Settings) -> bool:
    """Say of one meeting that it is near."""
    return perform(store, remind, Remind())


def remind_of_poll_once(store: Store[Any], _settings: Settings) -> bool:
    """Say of one poll who has not answered."""
    return perform(store, remind_of_poll, RemindOfPoll())


def expire_poll_once(store: Store[Any], _settings: Settings) -> bool:
    """Close one poll whose time is over."""
    return perform(store, expire_poll, ExpirePoll())


worker = Worker(
    name="meetings",
    database=DATABASE,
    subscriptions=(membership, deliberation, notifications),
    due_work=(
        DueWork("remind", remind_once),
        DueWork("remind_of_poll", remind_of_poll_once),
        DueWork("expire_poll", expire_poll_once),
    ),
)
