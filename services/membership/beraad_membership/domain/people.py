"""People of the organisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NewType
from uuid import UUID

from beraad.domain import expect_revision
from beraad_membership.domain.events import ContactChanged, PersonRegistered, PersonUpdated

PersonId = NewType("PersonId", UUID)


def normalized(email: str) -> str:
    """The form in which two addresses are compared: no space around, lower case."""
    return email.strip().lower()


@dataclass(eq=False, kw_only=True)
class Person:
    """Someone the organisation knows: an associate, a client, a partner, an expert."""

    id: UUID
    name: str
    email: str
    language: str
    time_zone: str
    profiles: list[str]
    administrator: bool = False
    revision: int = 1

    @property
    def contact(self) -> ContactChanged:
        """Where this person receives mail, for the private exchange."""
        return ContactChanged(
            person_id=self.id,
            revision=self.revision,
            name=self.name,
            email=self.email,
            language=self.language,
            time_zone=self.time_zone,
        )

    def registered(self) -> PersonRegistered:
        """The fact that this person is known now."""
        return PersonRegistered(**self._state())

    def update(self, changes: dict[str, Any], expected_revision: int | None = None) -> PersonUpdated:
        """Change name, e-mail, language, zone or profiles. Raises `Stale` on another revision."""
        expect_revision(self.revision, expected_revision)
        for name, value in changes.items():
            setattr(self, name, normalized(value) if name == "email" else value)
        self.revision += 1
        return PersonUpdated(**self._state())

    def _state(self) -> dict[str, Any]:
        return {
            "person_id": self.id,
            "revision": self.revision,
            "name": self.name,
            "language": self.language,
            "time_zone": self.time_zone,
            "profiles": tuple(self.profiles),
            "administrator": self.administrator,
        }
