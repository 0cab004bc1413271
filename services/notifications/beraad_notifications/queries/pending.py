"""What awaits the caller in notifications: nothing, mail asks for nothing here."""

from __future__ import annotations

from typing import Any

from beraad_notifications.storage.work import Work


def pending(work: Work) -> dict[str, Any]:
    """An empty list, in the shape of the other services' answers."""
    work.authorize("me.read")
    return {"items": []}
