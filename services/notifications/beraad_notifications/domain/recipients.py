"""What a person chose about mail, and whether their address works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from beraad.domain import InvalidRequest, expect_revision
from beraad_notifications.domain.catalogue import OPTIONAL_KINDS, Kind
from beraad_notifications.domain.events import AddressLifted, AddressSuppressed, PreferenceChanged
from beraad_notifications.domain.frequencies import (
    DAILY,
    EVERY_KIND,
    FREQUENCIES,
    IMMEDIATE,
    OFF,
    WEEKLY,
    Chosen,
)
from beraad_notifications.domain.mornings import MORNINGS, Rhythm
from beraad_notifications.domain.quiet_hours import QuietHours

QUIET_HOURS, DIGESTS = "quiet_hours", "digests"
"""What stands as the kind in the event of such a choice: what exactly was chosen concerns nobody else."""


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What somebody chooses; what is not named stays."""

    kinds: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[UUID, Mapping[str, str | None]] = field(default_factory=dict)
    """None takes a choice back."""
    quiet_hours: QuietHours | None = None
    no_quiet_hours: bool = False
    rhythm: Rhythm | None = None


@dataclass(eq=False, kw_only=True)
class Recipient:
    """One person. A kind that is not named in `preferences` comes immediately."""

    person_id: UUID
    revision: int = 0
    preferences: dict[str, str] = field(default_factory=dict)
    groups: dict[UUID, dict[str, str]] = field(default_factory=dict)
    quiet_hours: QuietHours | None = None
    rhythm: Rhythm = MORNINGS
    refused_address: str | None = None
    refused_reason: str | None = None
    refused_at: datetime | None = None
    """In real time."""

    @property
    def chosen(self) -> dict[str, str]:
        """Every kind that can be chosen, and how often it comes where nothing else is chosen for its group."""
        return {kind: self.preferences.get(kind, IMMEDIATE) for kind in OPTIONAL_KINDS}

    def chosen_for(self, kind: Kind, group_id: UUID | None) -> Chosen:
        """What bears on a mail of that kind about that group."""
        of_group = self.groups.get(group_id, {}) if group_id else {}
        return Chosen(
            of_kind=self.preferences.get(kind.name),
            of_kind_in_group=of_group.get(kind.name),
            of_group=of_group.get(EVERY_KIND),
        )

    def take_over(self, choices: Choices, expected: int | None = None) -> list[PreferenceChanged]:
        """All of these choices or none. Raises `Stale`, `InvalidRequest`."""
        expect_revision(self.revision, expected)
        _check(choices)
        changed = self.choose(choices.kinds)
        for group_id, wanted in choices.groups.items():
            changed += self._choose_for(group_id, wanted)
        quiet = None if choices.no_quiet_hours else choices.quiet_hours or self.quiet_hours
        if quiet != self.quiet_hours:
            self.quiet_hours = quiet
            changed.append(self._changed(QUIET_HOURS))
        if choices.rhythm is not None and choices.rhythm != self.rhythm:
            self.rhythm = choices.rhythm
            changed.append(self._changed(DIGESTS))
        return changed

    def choose(self, wanted: Mapping[str, str], expected: int | None = None) -> list[PreferenceChanged]:
        """Take these choices by kind over. Raises `Stale`, `InvalidRequest`."""
        expect_revision(self.revision, expected)
        _check(Choices(kinds=wanted))
        changed = [(kind, often) for kind, often in wanted.items() if self.chosen[kind] != often]
        return [self._set(kind, frequency) for kind, frequency in changed]

    def end_digests(self) -> list[PreferenceChanged]:
        """What came once a day or once a week comes no more, from no group."""
        digested = [kind for kind, often in self.chosen.items() if often in {DAILY, WEEKLY}]
        ended = self.choose(dict.fromkeys(digested, OFF))
        for group_id, of_group in list(self.groups.items()):
            ended += self._choose_for(
                group_id, {kind: OFF for kind, often in of_group.items() if often in {DAILY, WEEKLY}}
            )
        return ended

    def suppress(self, address: str, reason: str, at: datetime) -> AddressSuppressed:
        """Send nothing more to this address until it changes, or somebody lifts it."""
        self.refused_address = address
        self.refused_reason = reason
        self.refused_at = at
        return AddressSuppressed(**self._next(), reason=reason[:500])

    def lift(self) -> AddressLifted | None:
        """Their address is written to again. None where it was all along."""
        if self.refused_address is None:
            return None
        self.refused_address = self.refused_reason = self.refused_at = None
        return AddressLifted(**self._next())

    def _set(self, kind: str, frequency: str) -> PreferenceChanged:
        self.preferences[kind] = frequency
        return self._changed(kind)

    def _choose_for(self, group_id: UUID, wanted: Mapping[str, str | None]) -> list[PreferenceChanged]:
        before = self.groups.get(group_id, {})
        changed = {kind: often for kind, often in wanted.items() if before.get(kind) != often}
        after = {kind: often for kind, often in {**before, **changed}.items() if often is not None}
        self.groups[group_id] = after
        if not after:
            del self.groups[group_id]
        return [self._changed(kind, group_id, often) for kind, often in changed.items()]

    def _changed(
        self, kind: str, group_id: UUID | None = None, often: str | None = None
    ) -> PreferenceChanged:
        return PreferenceChanged(
            **self._next(),
            kind=kind,
            frequency=self.preferences.get(kind, IMMEDIATE),
            group_id=group_id,
            group_frequency=often,
        )

    def _next(self) -> dict[str, Any]:
        self.revision += 1
        return {"person_id": self.person_id, "revision": self.revision}


def _check(choices: Choices) -> None:
    for kind, frequency in choices.kinds.items():
        if kind not in OPTIONAL_KINDS or frequency not in FREQUENCIES:
            raise InvalidRequest(f"{kind} cannot be set to {frequency}", pointer=f"/{kind}")
    for group_id, wanted in choices.groups.items():
        for kind, often in wanted.items():
            if kind not in {EVERY_KIND, *OPTIONAL_KINDS} or often not in {None, *FREQUENCIES}:
                raise InvalidRequest(f"{kind} cannot be set to {often}", pointer=f"/groups/{group_id}/{kind}")
