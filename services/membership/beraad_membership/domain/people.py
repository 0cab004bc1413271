"""People of the organisation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NewType
from uuid import UUID

from beraad.domain import RuleBroken, expect_revision
from beraad_membership.domain.events import ContactChanged, PersonRegistered, PersonUpdated
from beraad_membership.domain.profiles import Terms, names_on, next_change

PersonId = NewType("PersonId", UUID)


class EmailAlreadyRegistered(RuleBroken):
    """Somebody is registered with this e-mail address."""


class ExternalIdAlreadyTaken(RuleBroken):
    """Somebody else is registered under this external id."""


def normalized(email: str) -> str:
    """The form in which two addresses are compared: no space around, lower case."""
    return email.strip().lower()


@dataclass(eq=False, kw_only=True)
class Person:
    """Someone the organisation knows: an associate, a client, a partner, an expert.

    `profiles` are those of today, as `profile_terms` have them; they are wrong from `profiles_change_on` on, until
    `renew_profiles`. `external_id` is the organisation's own number.
    """

    id: UUID
    name: str
    email: str
    language: str
    time_zone: str
    profiles: list[str] = field(default_factory=list)
    profile_terms: Terms = ()
    profiles_change_on: date | None = None
    external_id: str | None = None
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

    def hold(self, terms: Terms, today: date) -> None:
        """Have these profiles and no others. It is told with the registration or update it is part of."""
        self.profile_terms = terms
        self.profiles = names_on(terms, today)
        self.profiles_change_on = next_change(terms, today)

    def update(self, changes: dict[str, Any], expected_revision: int | None = None) -> PersonUpdated:
        """Change name, e-mail, language, zone or external id. Raises `Stale` on another revision."""
        expect_revision(self.revision, expected_revision)
        for name, value in changes.items():
            setattr(self, name, normalized(value) if name == "email" else value)
        self.revision += 1
        return PersonUpdated(**self._state())

    def renew_profiles(self, today: date) -> PersonUpdated | None:
        """Let what started or ended by today count. None where that leaves the same profiles."""
        before = self.profiles
        self.hold(self.profile_terms, today)
        return None if self.profiles == before else self.update({})

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
