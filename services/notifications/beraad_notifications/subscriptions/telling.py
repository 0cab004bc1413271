"""What all streams share: an event the catalogue tells becomes a notice."""

from __future__ import annotations

from typing import Any

from beraad.messaging.subscriptions import Received
from beraad_notifications.use_cases.take_notice import TakeNotice, take_notice


def tell(event: Received, work: Any) -> None:
    """Have it told by mail, if the catalogue says so."""
    envelope = event.envelope
    take_notice(TakeNotice(envelope.id, envelope.type, envelope.data, event.fields), work, work.now)
