"""Repositories: loading and keeping aggregates, each bound to one session and its actor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, exists, func, select, union
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import selectinload

from beraad.api_keys import KnownApiKey, remember_api_key, revoke_known_api_key
from beraad.domain import Actor, NotFound
from beraad.identity import remember_key, remember_revocation
from beraad.storage.listed import all_listed
from beraad_membership.domain.api_keys import ApiKey
from beraad_membership.domain.candidacies import Candidacy
from beraad_membership.domain.conflicts import Conflict
from beraad_membership.domain.consents import Consent
from beraad_membership.domain.groups import Group
from beraad_membership.domain.imported_rows import ImportedPerson
from beraad_membership.domain.people import Person, normalized
from beraad_membership.domain.profiles import day_in
from beraad_membership.domain.sign_in import Session, SignInLink
from beraad_membership.storage import tables
from beraad_membership.storage.sealing import seal, unseal


class Repository:
    """Bound to one session and its actor."""

    def __init__(self, session: OrmSession, actor: Actor) -> None:
        """Bind it."""
        self._session = session
        self._actor = actor


class People(Repository):
    """The people of the organisation."""

    def get(self, person_id: UUID) -> Person:
        """Lock and return. Raises `NotFound`."""
        person = self._session.get(Person, person_id, with_for_update=True)
        if person is None:
            raise NotFound("no such person")
        return person

    def get_to_erase(self, person_id: UUID) -> Person:
        """Lock, but for what only refers to the person (or a sign-in under way would wait in a circle). Raises `NotFound`."""
        person = self._session.get(Person, person_id, with_for_update={"key_share": True})
        if person is None:
            raise NotFound("no such person")
        return person

    def by_email(self, email: str) -> Person | None:
        """By address, however it is written. Waits for one who is just being erased, and does not find them then."""
        mine = select(Person).where(tables.people.c.email == normalized(email))
        return self._session.scalars(mine.with_for_update(read=True)).one_or_none()

    def by_external_id(self, external_id: str) -> Person | None:
        """By the organisation's own number."""
        return self._session.scalars(
            select(Person).where(tables.people.c.external_id == external_id)
        ).one_or_none()

    def with_changed_profiles(self, today: date, limit: int) -> list[Person]:
        """Lock some whose profiles are no longer those of today (skipping those another worker holds)."""
        due = select(Person).where(tables.people.c.profiles_change_on <= today)
        chosen = due.order_by(tables.people.c.id).limit(limit).with_for_update(skip_locked=True)
        return list(self._session.scalars(chosen))

    def add(self, person: Person) -> None:
        """Remember a new person, at once: what refers to them in this transaction must find them."""
        self._session.add(person)
        self._session.flush()

    def add_all(self, people: Iterable[Person]) -> None:
        """Remember new people, in one statement."""
        self._session.add_all(people)
        self._session.flush()

    def of_rows(self, told: Sequence[ImportedPerson]) -> list[Person]:
        """Lock, in one statement, whoever is known by the address or external id of one of these rows."""
        people = tables.people.c
        addresses = all_listed(self._session, [row.email for row in told])
        ids = all_listed(self._session, [row.external_id for row in told if row.external_id is not None])
        meant = union(
            select(people.id).where(people.email.in_(addresses)),
            select(people.id).where(people.external_id.in_(ids)),
        )
        found = select(Person).where(people.id.in_(meant)).order_by(people.id).with_for_update()
        return list(self._session.scalars(found.execution_options(populate_existing=True)))

    def known(self, people: Iterable[UUID]) -> dict[UUID, Person]:
        """Those of these ids who exist and were not erased."""
        these = tables.people.c.id.in_(list(people)) & tables.people.c.erased_at.is_(None)
        found = self._session.scalars(select(Person).where(these))
        return {person.id: person for person in found}

    def any_administrator(self) -> Person | None:
        """The first administrator, if there is one."""
        query = select(Person).where(tables.people.c.administrator).order_by(tables.people.c.id).limit(1)
        return self._session.scalars(query).one_or_none()

    def administrators(self) -> list[UUID]:
        """All of them, locked: who takes one away waits, and counts again."""
        query = select(tables.people.c.id).where(tables.people.c.administrator).order_by(tables.people.c.id)
        return list(self._session.execute(query.with_for_update(key_share=True)).scalars())

    def with_erasure_to_finish(self, erased_before: datetime) -> Person | None:
        """Lock one who was erased before that moment and not told of again (skipping those another worker holds)."""
        people = tables.people.c
        due = (people.erased_at <= erased_before) & people.erasure_finished_at.is_(None)
        query = select(Person).where(due).order_by(people.erased_at).limit(1)
        return self._session.scalars(query.with_for_update(skip_locked=True)).one_or_none()


class Groups(Repository):
    """The groups, with their seats and roles."""

    def get(self, group_id: UUID) -> Group:
        """Lock and return with seats and roles. Raises `NotFound`."""
        return self._found(_whole().with_for_update(), group_id)

    def seen(self, group_id: UUID) -> Group:
        """Return with seats and roles, not locked. Raises `NotFound`."""
        return self._found(_whole(), group_id)

    def _found(self, query: Select[Group], group_id: UUID) -> Group:
        group = self._session.scalars(query.where(tables.groups.c.id == group_id)).one_or_none()
        if group is None:
            raise NotFound("no such group")
        return group

    def add(self, group: Group) -> None:
        """Remember a new group."""
        self._session.add(group)

    def known(self, group_id: UUID) -> Group:
        """Return without seats or roles; nobody changes its composition meanwhile. Raises `NotFound`."""
        group = self._session.get(Group, group_id, with_for_update={"read": True})
        if group is None:
            raise NotFound("no such group")
        return group

    def exists(self, group_id: UUID) -> bool:
        """Whether there is such a group."""
        return bool(self._session.scalar(select(exists().where(tables.groups.c.id == group_id))))

    def of_member(self, person_id: UUID) -> list[Group]:
        """Lock, in the order of their ids, those in which that person holds a seat or a role."""
        seats, roles = tables.seats.c, tables.roles.c
        held = select(seats.group_id).where(seats.person_id == person_id, seats.vacated_on.is_(None))
        had = select(roles.group_id).where(roles.person_id == person_id)
        mine = _whole().where(tables.groups.c.id.in_(held.union(had))).order_by(tables.groups.c.id)
        return list(self._session.scalars(mine))

    def forget_member(self, person_id: UUID) -> None:
        """Of the seats that person held keep the profile, and nothing else they were counted as."""
        mine = tables.seats.c.person_id == person_id
        self._session.execute(tables.seats.update().where(mine).values(attributes={}))

    def created_by(self, decision_id: UUID) -> bool:
        """Whether that decision has created its groups already."""
        return bool(self._session.scalar(select(exists().where(tables.groups.c.decision_id == decision_id))))

    def with_ended_mandate(self, now: datetime) -> Group | None:
        """Lock one whose mandate is over, where it is (skipping those another worker holds)."""
        return self._due(tables.groups.c.ends_on, tables.groups.c.ended_on.is_(None), now)

    def with_ended_seat(self, now: datetime) -> Group | None:
        """Lock one group in which a term is over, where it is (skipping those another worker holds)."""
        return self._due(tables.seats.c.ends_on, tables.seats.c.vacated_on.is_(None), now)

    def ended_and_not_empty(self) -> Group | None:
        """Lock one that has ended and in which somebody still has a seat or a role (skipping those another worker holds)."""
        groups, seats, roles = tables.groups.c, tables.seats.c, tables.roles.c
        seat = exists().where(seats.group_id == groups.id, seats.vacated_on.is_(None))
        left = groups.ended_on.is_not(None) & (seat | exists().where(roles.group_id == groups.id))
        free = select(groups.id).where(left).order_by(groups.id).limit(1)
        group_id = self._session.scalar(free.with_for_update(skip_locked=True))
        return None if group_id is None else self.get(group_id)

    def with_unannounced_end(self, now: datetime, days: int) -> Group | None:
        """Lock one group in which a term ends within so many days and nobody was told (skipping those another worker holds)."""
        seats, groups = tables.seats.c, tables.groups.c
        sooner = case(
            (seats.ends_on.is_(None), groups.ends_on),
            (groups.ends_on < seats.ends_on, groups.ends_on),
            else_=seats.ends_on,
        )
        waiting = groups.ended_on.is_(None) & seats.vacated_on.is_(None) & seats.warned_on.is_(None)
        return self._due(sooner, waiting, now, days)

    def _due(
        self, ends_on: ColumnElement[date], wanted: ColumnElement[bool], now: datetime, days: int = 0
    ) -> Group | None:
        """One in which such a day comes within so many days. The day there is may be another than here."""
        groups, first = tables.groups.c, func.min(ends_on)
        anywhere = now.astimezone(UTC).date() + timedelta(days=days + 1)
        either = tables.groups.outerjoin(tables.seats)
        due = select(groups.id).select_from(either).where(wanted, ends_on <= anywhere)
        soonest = due.add_columns(groups.time_zone, first).group_by(groups.id).order_by(first, groups.id)
        for group_id, zone, day in self._session.execute(soonest):
            if day <= day_in(zone, now) + timedelta(days=days):
                free = due.where(groups.id == group_id).limit(1)
                if self._session.scalar(free.with_for_update(of=tables.groups, skip_locked=True)) is not None:
                    return self.get(group_id)
        return None


def _whole() -> Select[Group]:
    return (
        select(Group)
        .options(selectinload(Group.seats), selectinload(Group.roles))  # type: ignore[arg-type]
        .execution_options(populate_existing=True)
    )


class Candidacies(Repository):
    """The candidacies."""

    def group_of(self, candidacy_id: UUID) -> UUID:
        """For which group it is; not locked. Raises `NotFound`."""
        query = select(tables.candidacies.c.group_id).where(tables.candidacies.c.id == candidacy_id)
        found: UUID | None = self._session.scalar(query)
        if found is None:
            raise NotFound("no such candidacy")
        return found

    def get(self, candidacy_id: UUID) -> Candidacy:
        """Lock and return. Raises `NotFound`."""
        candidacy = self._session.get(Candidacy, candidacy_id, with_for_update=True)
        if candidacy is None:
            raise NotFound("no such candidacy")
        return candidacy

    def add(self, candidacy: Candidacy) -> None:
        """Remember a new candidacy."""
        self._session.add(candidacy)

    def of(self, group_id: UUID, people: Iterable[UUID]) -> dict[UUID, Candidacy]:
        """By person, those of these people that stand in that group."""
        stood = tables.candidacies.c
        query = select(Candidacy).where(stood.group_id == group_id, stood.withdrawn_at.is_(None))
        found = self._session.scalars(query.where(stood.person_id.in_(list(people))))
        return {candidacy.person_id: candidacy for candidacy in found}

    def all_of(self, person_id: UUID) -> list[Candidacy]:
        """All of that person, whatever became of them, locked."""
        mine = select(Candidacy).where(tables.candidacies.c.person_id == person_id)
        return list(self._session.scalars(mine.order_by(tables.candidacies.c.id).with_for_update()))

    def hold_standing_in(self, group_id: UUID) -> list[Candidacy]:
        """The same, locked and as they stand then, in the order of their ids."""
        stood = tables.candidacies.c
        query = select(Candidacy).where(stood.group_id == group_id, stood.withdrawn_at.is_(None))
        held = query.order_by(stood.id).with_for_update().execution_options(populate_existing=True)
        return list(self._session.scalars(held))

    def standing_in(self, group_id: UUID) -> list[Candidacy]:
        """All that stand in that group, first come first."""
        stood = tables.candidacies.c
        query = select(Candidacy).where(stood.group_id == group_id, stood.withdrawn_at.is_(None))
        return list(self._session.scalars(query.order_by(stood.id)))


class Conflicts(Repository):
    """The conflicts of interest that people declared."""

    def get(self, conflict_id: UUID) -> Conflict:
        """Lock and return. Raises `NotFound`."""
        conflict = self._session.get(Conflict, conflict_id, with_for_update=True)
        if conflict is None:
            raise NotFound("no such conflict of interest")
        return conflict

    def add(self, conflict: Conflict) -> None:
        """Remember a new one."""
        self._session.add(conflict)

    def of(self, people: Iterable[UUID]) -> list[Conflict]:
        """Those of these people that stand."""
        declared = tables.conflicts.c
        standing = declared.person_id.in_(list(people)) & declared.ended_at.is_(None)
        return list(self._session.scalars(select(Conflict).where(standing).order_by(declared.id)))

    def forget(self, person_id: UUID) -> None:
        """Keep none that person declared."""
        self._session.execute(tables.conflicts.delete().where(tables.conflicts.c.person_id == person_id))


class Consents(Repository):
    """The consents people gave."""

    def of(self, person_id: UUID, purpose: str) -> list[Consent]:
        """All that person ever gave to it, those withdrawn too, oldest first."""
        given = tables.consents.c
        query = select(Consent).where(given.person_id == person_id, given.purpose == purpose)
        return list(self._session.scalars(query.order_by(given.id)))

    def add(self, consent: Consent) -> None:
        """Remember a consent."""
        self._session.add(consent)

    def forget(self, person_id: UUID) -> None:
        """Keep none that person gave."""
        self._session.execute(tables.consents.delete().where(tables.consents.c.person_id == person_id))


class SignIns(Repository):
    """Sign-in links, sessions and signing keys."""

    def __init__(self, session: OrmSession, actor: Actor, secret: str) -> None:
        """`secret` seals private keys at rest."""
        super().__init__(session, actor)
        self._secret = secret

    def add_link(self, link: SignInLink) -> None:
        """Remember a link."""
        self._session.add(link)

    def link_by_token(self, token_hash: str) -> SignInLink | None:
        """Lock and return."""
        query = select(SignInLink).where(tables.sign_in_links.c.token_hash == token_hash).with_for_update()
        return self._session.scalars(query).one_or_none()

    def latest_link_by_nonce(self, nonce_hash: str) -> SignInLink | None:
        """The newest unused link this browser asked for, locked."""
        links = tables.sign_in_links.c
        query = select(SignInLink).where(links.nonce_hash == nonce_hash, links.used_at.is_(None))
        return self._session.scalars(
            query.order_by(links.requested_at.desc()).limit(1).with_for_update()
        ).one_or_none()

    def asked(self, *, email: str | None = None, address: str | None = None, since: datetime) -> int:
        """How many links were asked for by mail address or from network address since then."""
        links = tables.sign_in_links.c
        query = select(func.count()).select_from(tables.sign_in_links).where(links.requested_at > since)
        query = (
            query.where(links.email == email)
            if email is not None
            else query.where(links.requested_from == address)
        )
        return self._session.execute(query).scalar_one()

    def add_session(self, session: Session) -> None:
        """Remember a session."""
        self._session.add(session)

    def session(self, session_id: UUID) -> Session | None:
        """By id, locked."""
        return self._session.get(Session, session_id, with_for_update=True)

    def sessions_of(self, person_id: UUID) -> list[Session]:
        """All that are kept of that person, locked."""
        mine = select(Session).where(tables.sessions.c.person_id == person_id)
        return list(self._session.scalars(mine.order_by(tables.sessions.c.id).with_for_update()))

    def forget_session(self, session: Session) -> None:
        """Keep nothing of it."""
        self._session.delete(session)

    def forget_links(self, person_id: UUID, email: str | None) -> None:
        """Keep none that person asked for, nor any that was asked for with that address."""
        links = tables.sign_in_links.c
        theirs = (links.person_id == person_id) | (links.email == email)
        self._session.execute(tables.sign_in_links.delete().where(theirs))

    def forget_expired_links(self, before: datetime) -> int:
        """Those that were over before that moment; how many there were."""
        links = tables.sign_in_links
        over = links.delete().where(links.c.expires_at < before).returning(links.c.id)
        return len(self._session.execute(over).all())

    def any_session(self, person_id: UUID) -> bool:
        """Whether that person ever signed in."""
        return bool(self._session.scalar(select(exists().where(tables.sessions.c.person_id == person_id))))

    def signing_key(self, now: datetime) -> dict[str, Any] | None:
        """The private key in use (JWK)."""
        keys = tables.own_signing_keys.c
        valid = (keys.valid_from <= now) & (keys.valid_until > now)
        query = select(keys.sealed_jwk).where(valid).order_by(keys.valid_from.desc()).limit(1)
        sealed = self._session.execute(query).scalar()
        return unseal(sealed, self._secret) if sealed else None

    def add_signing_key(
        self, private_jwk: dict[str, Any], valid_from: datetime, valid_until: datetime
    ) -> None:
        """Seal and keep a key, and accept its tokens here."""
        key_id = UUID(private_jwk["kid"])
        sealed = seal(private_jwk, self._secret)
        self._session.execute(
            tables.own_signing_keys.insert().values(
                key_id=key_id, sealed_jwk=sealed, valid_from=valid_from, valid_until=valid_until
            )
        )
        public = {name: value for name, value in private_jwk.items() if name != "d"}
        remember_key(self._session, key_id, public, valid_from, valid_until)

    def accept_no_more(self, session_id: UUID, expires_at: datetime) -> None:
        """Refuse the session's tokens in this service at once."""
        remember_revocation(self._session, session_id, expires_at)


class ApiKeys(Repository):
    """The keys of integrators."""

    def get(self, key_id: UUID) -> ApiKey:
        """Lock and return. Raises `NotFound`."""
        api_key = self._session.get(ApiKey, key_id, with_for_update=True)
        if api_key is None:
            raise NotFound("no such API key")
        return api_key

    def add(self, api_key: ApiKey) -> None:
        """Remember a new key, and accept it here."""
        self._session.add(api_key)
        scopes = frozenset(api_key.scopes)
        remember_api_key(
            self._session, KnownApiKey(api_key.id, api_key.secret_hash, scopes, api_key.expires_at)
        )

    def accept_no_more(self, key_id: UUID, at: datetime) -> None:
        """Refuse the key in this service at once."""
        revoke_known_api_key(self._session, key_id, at)
