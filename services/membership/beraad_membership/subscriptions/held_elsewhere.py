"""What the other services hold of a person, said to membership alone."""

from __future__ import annotations

from typing import Any

from beraad.contracts import PRIVATE_READERS
from beraad.messaging.envelope import PRIVATE_SUFFIX
from beraad.messaging.subscriptions import Received, Subscriptions
from beraad_membership.use_cases.export_person import KeepExportPart, keep_export_part


def on_person_export_answered(event: Received, work: Any) -> None:
    """Keep it with the export."""
    names = ("export_id", "part", "parts", "content")
    told = {name: event[name] for name in names}
    keep_export_part(KeepExportPart(service=event.envelope.publisher, **told), work, work.now)


def _listening_to(publisher: str) -> Subscriptions:
    subscriptions = Subscriptions(publisher + PRIVATE_SUFFIX)
    subscriptions.add(f"{publisher}.person_export.answered.v1", on_person_export_answered)
    return subscriptions


held_elsewhere = tuple(
    _listening_to(publisher) for publisher, reader in PRIVATE_READERS.items() if reader == "membership"
)
