"""The web side of notifications."""

from __future__ import annotations

from beraad.service import Service
from beraad_notifications.api import (
    channels,
    choosing_by_link,
    deliveries,
    overview,
    pending,
    preferences,
    replying,
    screens,
    suppressions,
    templates,
    timeline,
    unsubscribing,
)
from beraad_notifications.domain.authorization import POLICIES
from beraad_notifications.storage.database import DATABASE

service = Service(
    name="notifications",
    summary="Mail about what happens: who was told what, and what people want to be told.",
    database=DATABASE,
    blueprints=(
        deliveries.blueprint,
        timeline.blueprint,
        overview.blueprint,
        screens.blueprint,
        channels.blueprint,
        suppressions.blueprint,
        preferences.blueprint,
        unsubscribing.blueprint,
        choosing_by_link.blueprint,
        replying.blueprint,
        templates.blueprint,
        pending.blueprint,
    ),
    policies=POLICIES,
)
