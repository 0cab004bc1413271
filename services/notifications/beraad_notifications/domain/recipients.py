"""What a person chose about mail, and whether their address works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from beraad.domain import InvalidRequest, expect_revision
from beraad_notifications.domain.catalogue import OPTIONAL_KINDS
from beraad_notifications.domain.events import AddressSuppressed, PreferenceChanged

IMMEDIATE, DAILY, WEEKLY, OFF = "immediate", "daily", "weekly", "off"
FREQUENCIES = (IMMEDIATE, DAILY, WEEKLY, OFF)


@dataclass(eq=False, kw_only=True)
class Recipient:
    """One person. A kind that is not named in `preferences` comes immediately."""

    person_id: UUID
    revision: int = 0
    preferences: dict[str, str] = field(default_factory=dict)
    refused_address: str | None = None
    refused_reason: str | None = None

    @property
    def chosen(self) -> dict[str, str]:
        """Every kind that can be chosen, and how often it comes."""
        return {kind: self.preferences.get(kind, IMMEDIATE) for kind in OPTIONAL_KINDS}

    def choose(self, wanted: Mapping[str, str], expected: int | None = None) -> list[PreferenceChanged]:
        """Take these choices over. Raises `Stale`, `InvalidRequest`."""
        expect_revision(self.revision, expected)
        for kind, frequency in wanted.items():
            if kind not in OPTIONAL_KINDS or frequency not in FREQUENCIES:
                raise InvalidRequest(f"{kind} cannot be set to {frequency}", pointer=f"/{kind}")
        changed = [(kind, often) for kind, often in wanted.items() if self.chosen[kind] != often]
        return [self._set(kind, frequency) for kind, frequency in changed]

    def end_digests(self) -> list[PreferenceChanged]:
        """What came once a day or once a week comes no more."""
        digested = [kind for kind, often in self.chosen.items() if often in {DAILY, WEEKLY}]
        return self.choose(dict.fromkeys(digested, OFF))

    def suppress(self, address: str, reason: str) -> AddressSuppressed:
        """Send nothing more to this address until it changes."""
        self.refused_address = address
        self.refused_reason = reason
        return AddressSuppressed(**self._next(), reason=reason[:500])

    def _set(self, kind: str, frequency: str) -> PreferenceChanged:
        self.preferences[kind] = frequency
        return PreferenceChanged(**self._next(), kind=kind, frequency=frequency)

    def _next(self) -> dict[str, Any]:
        self.revision += 1
        return {"person_id": self.person_id, "revision": self.revision}
