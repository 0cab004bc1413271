"""Deliberation: proposals, rounds, votes, approvals, decisions, tasks."""

from __future__ import annotations

from beraad.messaging.subscriptions import Subscriptions
from beraad_notifications.domain.catalogue import events_from
from beraad_notifications.subscriptions.telling import tell

deliberation = Subscriptions("deliberation")
deliberation.on(*events_from("deliberation"))(tell)
