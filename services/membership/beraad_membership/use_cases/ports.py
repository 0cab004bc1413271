"""What the use cases need from storage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from beraad.domain import Actor, Event
from beraad_membership.domain.api_keys import ApiKey
from beraad_membership.domain.candidacies import Candidacy
from beraad_membership.domain.conflicts import Conflict
from beraad_membership.domain.consents import Consent
from beraad_membership.domain.groups import Group
from beraad_membership.domain.imported_rows import DoneRow, ImportedPerson, ReadRow
from beraad_membership.domain.imports import PeopleImport
from beraad_membership.domain.people import Person
from beraad_membership.domain.person_exports import PersonExport
from beraad_membership.domain.selections import Selection
from beraad_membership.domain.sign_in import Session, SignInLink
from beraad_membership.domain.vacancies import Vacancy


class Settings(Protocol):
    """What the use cases read of the environment."""

    public_url: str
    language: str
    time_zone: str
    term_warning_days: int
    profiles: tuple[str, ...]
    sign_in_per_address: int
    sign_in_per_ip: int


class People(Protocol):
    """The people of the organisation."""

    def get(self, person_id: UUID) -> Person:
        """Lock and return. Raises `NotFound`."""

    def get_to_erase(self, person_id: UUID) -> Person:
        """Lock against everything but what only refers to the person. Raises `NotFound`."""

    def by_email(self, email: str) -> Person | None:
        """By normalized address, waiting for one who is just being erased."""

    def by_external_id(self, external_id: str) -> Person | None:
        """By the organisation's own number."""

    def with_changed_profiles(self, today: date, limit: int) -> list[Person]:
        """Lock some whose profiles are no longer those of today (skipping those another worker holds)."""

    def add(self, person: Person) -> None:
        """Remember a new person."""

    def add_all(self, people: Iterable[Person]) -> None:
        """Remember new people, in one statement."""

    def of_rows(self, told: Sequence[ImportedPerson]) -> list[Person]:
        """Lock, in one statement, whoever is known by the address or external id of one of these rows."""

    def known(self, people: Iterable[UUID]) -> dict[UUID, Person]:
        """Those of these ids who exist and were not erased."""

    def any_administrator(self) -> Person | None:
        """The first administrator, if there is one."""

    def administrators(self) -> list[UUID]:
        """All of them, locked, so that of two who take the last ones away one sees it."""

    def with_erasure_to_finish(self, erased_before: datetime) -> Person | None:
        """Lock one who was erased before that moment and not told of again."""


class Groups(Protocol):
    """The groups, with their seats and roles."""

    def get(self, group_id: UUID) -> Group:
        """Lock and return with seats and roles. Raises `NotFound`."""

    def add(self, group: Group) -> None:
        """Remember a new group."""

    def known(self, group_id: UUID) -> Group:
        """Return without seats or roles; nobody changes its composition meanwhile. Raises `NotFound`."""

    def seen(self, group_id: UUID) -> Group:
        """Return with seats and roles, not locked. Raises `NotFound`."""

    def exists(self, group_id: UUID) -> bool:
        """Whether there is such a group."""

    def of_member(self, person_id: UUID) -> list[Group]:
        """Lock those in which that person holds a seat or a role."""

    def forget_member(self, person_id: UUID) -> None:
        """Of the seats that person held keep the profile, and nothing else they were counted as."""

    def created_by(self, decision_id: UUID) -> bool:
        """Whether that decision has created its groups already."""

    def with_ended_mandate(self, now: datetime) -> Group | None:
        """Lock one whose mandate is over, where it is (skipping those another worker holds)."""

    def ended_and_not_empty(self) -> Group | None:
        """Lock one that has ended and in which somebody still has a seat or a role (skipping those another worker holds)."""

    def with_ended_seat(self, now: datetime) -> Group | None:
        """Lock one group in which a term is over, where it is (skipping those another worker holds)."""

    def with_unannounced_end(self, now: datetime, days: int) -> Group | None:
        """Lock one group in which a term ends within so many days and nobody was told (skipping those another worker holds)."""


class Candidacies(Protocol):
    """The candidacies."""

    def group_of(self, candidacy_id: UUID) -> UUID:
        """For which group it is; not locked. Raises `NotFound`."""

    def get(self, candidacy_id: UUID) -> Candidacy:
        """Lock and return. Raises `NotFound`."""

    def add(self, candidacy: Candidacy) -> None:
        """Remember a new candidacy."""

    def of(self, group_id: UUID, people: Iterable[UUID]) -> dict[UUID, Candidacy]:
        """By person, those of these people that stand in that group."""

    def all_of(self, person_id: UUID) -> list[Candidacy]:
        """All of that person, whatever became of them, locked."""

    def hold_standing_in(self, group_id: UUID) -> list[Candidacy]:
        """The same, locked and as they stand then."""

    def standing_in(self, group_id: UUID) -> list[Candidacy]:
        """All that stand in that group, first come first."""


class Selections(Protocol):
    """The selections by lot."""

    def get(self, selection_id: UUID) -> Selection:
        """Lock and return. Raises `NotFound`."""

    def add(self, selection: Selection) -> None:
        """Remember a new one, at once."""

    def group_of(self, selection_id: UUID) -> UUID:
        """Of which group it is; not locked. Raises `NotFound`."""

    def under_way(self, group_id: UUID) -> bool:
        """Whether one is prepared, or waits for its draw."""

    def running(self, group_id: UUID) -> list[Selection]:
        """Lock and return those that are prepared, or wait for their draw."""

    def to_prepare(self, real_now: datetime) -> Selection | None:
        """Lock one that waits, or whose worker fell silent (skipping those another worker holds)."""


class Vacancies(Protocol):
    """The seats that were left, and the reserve that may fill them."""

    def get(self, group_id: UUID, seat_id: UUID) -> Vacancy:
        """Return. Raises `NotFound`."""

    def add(self, vacancy: Vacancy) -> None:
        """Remember a new one, at once."""

    def close(self, vacancy: Vacancy, seat_id: UUID, at: datetime) -> None:
        """That seat, which its group has by now, fills it."""

    def open_in(self, group_id: UUID) -> list[Vacancy]:
        """Those nobody has filled, oldest first."""

    def reserve(self, group_id: UUID) -> list[tuple[int, Candidacy]]:
        """Position and candidacy, in the order of the group's last draw."""

    def keep_reserve(self, selection: Selection, candidacies: Iterable[UUID]) -> None:
        """The reserve of a group from now on, in this order."""


class Conflicts(Protocol):
    """The conflicts of interest that people declared."""

    def get(self, conflict_id: UUID) -> Conflict:
        """Lock and return. Raises `NotFound`."""

    def add(self, conflict: Conflict) -> None:
        """Remember a new one."""

    def of(self, people: Iterable[UUID]) -> list[Conflict]:
        """Those of these people that stand."""

    def forget(self, person_id: UUID) -> None:
        """Keep none that person declared."""


class Consents(Protocol):
    """The consents people gave."""

    def of(self, person_id: UUID, purpose: str) -> list[Consent]:
        """All that person ever gave to it, those withdrawn too, oldest first."""

    def add(self, consent: Consent) -> None:
        """Remember a consent."""

    def forget(self, person_id: UUID) -> None:
        """Keep none that person gave."""


class PeopleImports(Protocol):
    """The imports of people."""

    def add(self, people_import: PeopleImport, read: Sequence[ReadRow]) -> None:
        """Remember an import and its rows."""

    def get(self, import_id: UUID) -> PeopleImport:
        """Lock and return. Raises `NotFound`."""

    def claim(self, import_id: UUID) -> PeopleImport | None:
        """Lock and return, unless it has ended or another worker holds it."""

    def next_rows(self, import_id: UUID, limit: int) -> list[ReadRow]:
        """The first rows nothing became of yet, by line."""

    def taken_before(self, import_id: UUID, told: Iterable[ImportedPerson]) -> set[tuple[str, str]]:
        """Which of their addresses and external ids a row before had that was not refused, in one statement."""

    def keep(self, import_id: UUID, done: Sequence[DoneRow]) -> None:
        """Remember what became of rows."""

    def forget_what_rows_say(self, import_id: UUID) -> None:
        """Names and addresses are not kept beyond their use."""


class SignIns(Protocol):
    """Sign-in links, sessions and signing keys."""

    def add_link(self, link: SignInLink) -> None:
        """Remember a link."""

    def link_by_token(self, token_hash: str) -> SignInLink | None:
        """Lock and return."""

    def latest_link_by_nonce(self, nonce_hash: str) -> SignInLink | None:
        """The newest unused link this browser asked for, locked."""

    def asked(self, *, email: str | None = None, address: str | None = None, since: datetime) -> int:
        """How many links were asked for by mail address or from network address since then."""

    def add_session(self, session: Session) -> None:
        """Remember a session."""

    def session(self, session_id: UUID) -> Session | None:
        """By id, locked."""

    def sessions_of(self, person_id: UUID) -> list[Session]:
        """All that are kept of that person, locked."""

    def forget_session(self, session: Session) -> None:
        """Keep nothing of it."""

    def forget_links(self, person_id: UUID, email: str | None) -> None:
        """Keep none that person asked for, nor any that was asked for with that address."""

    def forget_expired_links(self, before: datetime) -> int:
        """Those that were over before that moment; how many there were."""

    def any_session(self, person_id: UUID) -> bool:
        """Whether that person ever signed in."""

    def signing_key(self, now: datetime) -> dict[str, Any] | None:
        """The private key in use (JWK)."""

    def add_signing_key(
        self, private_jwk: dict[str, Any], valid_from: datetime, valid_until: datetime
    ) -> None:
        """Seal and keep a key, and accept its tokens here."""

    def accept_no_more(self, session_id: UUID, expires_at: datetime) -> None:
        """Refuse the session's tokens in this service at once."""


class ApiKeys(Protocol):
    """The keys of integrators."""

    def get(self, key_id: UUID) -> ApiKey:
        """Lock and return. Raises `NotFound`."""

    def add(self, api_key: ApiKey) -> None:
        """Remember a new key, and accept it here."""

    def accept_no_more(self, key_id: UUID, at: datetime) -> None:
        """Refuse the key in this service at once."""


class Exports(Protocol):
    """The exports of people, with their parts."""

    def add(self, export: PersonExport) -> None:
        """Remember a new one."""

    def hold(self, export_id: UUID) -> bool:
        """Whether it is kept; locked, so that it is not taken away meanwhile."""

    def keep(self, export_id: UUID, service: str, part: int, parts: int, content: dict[str, Any]) -> None:
        """A part, once."""

    def unfinished(self, person_id: UUID) -> UUID | None:
        """The one for which an answer is missing, where there is one."""

    def forget(self, person_id: UUID) -> None:
        """Keep none of that person."""

    def expire(self, now: datetime) -> int:
        """Keep none whose time is over; how many there were."""


class Work(Protocol):
    """One transaction of membership."""

    actor: Actor
    people: People
    groups: Groups
    candidacies: Candidacies
    conflicts: Conflicts
    selections: Selections
    vacancies: Vacancies
    consents: Consents
    imports: PeopleImports
    sign_ins: SignIns
    api_keys: ApiKeys
    exports: Exports
    settings: Settings

    def held_of(self, person_id: UUID) -> list[dict[str, list[dict[str, Any]]]]:
        """What this service holds of that person, in parts."""

    def erase_from_log(self, person_id: UUID, pseudonym: str) -> None:
        """What this service published tells nothing of that person any more, nor what it answered."""

    def publish(self, *events: Event) -> None:
        """Write events to the outbox."""

    def authorize(self, action: str, group_id: UUID | None = None, resource: Any = None) -> None:
        """Raise `NotAllowed` or `NotFound` unless the policy allows the actor."""
