"""People of the organisation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NewType
from uuid import UUID

from beraad.domain import RuleBroken, expect_revision
from beraad_membership.domain.events import (
    ContactChanged,
    PersonErased,
    PersonRegistered,
    PersonUpdated,
)
from beraad_membership.domain.profiles import Terms, names_on, next_change

PersonId = NewType("PersonId", UUID)


class PersonIsErased(RuleBroken):
    """This person was erased; what stands here is a pseudonym."""


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
    email: str | None
    """None once the person is erased."""
    language: str
    time_zone: str
    profiles: list[str] = field(default_factory=list)
    profile_terms: Terms = ()
    profiles_change_on: date | None = None
    external_id: str | None = None
    administrator: bool = False
    revision: int = 1
    erasure_asked_at: datetime | None = None
    erased_at: datetime | None = None
    erasure_finished_at: datetime | None = None

    @property
    def contact(self) -> ContactChanged:
        """Where this person receives mail, for the private exchange. Raises `PersonIsErased`."""
        if self.email is None:
            raise PersonIsErased
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
        """Change name, e-mail, language, zone or external id. Raises `PersonIsErased`, and `Stale` on another revision."""
        self.refuse_erased()
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

    def ask_for_erasure(self, at: datetime) -> None:
        """Ask the administrators to erase this person; asking again changes nothing. Raises `PersonIsErased`."""
        self.refuse_erased()
        self.erasure_asked_at = self.erasure_asked_at or at

    def stay(self) -> None:
        """Ask no longer. Raises `PersonIsErased`."""
        self.refuse_erased()
        self.erasure_asked_at = None

    def erase(self, pseudonym: str, at: datetime) -> PersonErased:
        """Leave a tombstone: an id and a pseudonym. Raises `PersonIsErased` the second time."""
        self.refuse_erased()
        self.name, self.email, self.external_id = pseudonym, None, None
        self.profiles, self.profile_terms, self.profiles_change_on = [], (), None
        self.administrator, self.erased_at = False, at
        return self._erased()

    def finish_erasure(self, at: datetime) -> PersonErased:
        """Say it once more, for what was under way when it was said first."""
        self.erasure_finished_at = at
        return self._erased()

    def _erased(self) -> PersonErased:
        self.revision += 1
        return PersonErased(person_id=self.id, revision=self.revision, pseudonym=self.name)

    def refuse_erased(self) -> None:
        """Raise `PersonIsErased`."""
        if self.erased_at is not None:
            raise PersonIsErased

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
