"""Erase a person: an administrator does it; everybody may ask for it, about themselves.

What is personal goes at once and here; the others hear of it, and erase what they keep. A tombstone with a pseudonym stays, so
that seats held, texts adopted and hashes published still tell of somebody.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.clock import real_now
from beraad.domain import RuleBroken
from beraad_membership.domain.people import Person
from beraad_membership.use_cases.ports import Work
from beraad_membership.use_cases.vacate_seat import vacate


class LastAdministratorStays(RuleBroken):
    """The only administrator cannot be erased: register another one first."""


@dataclass(frozen=True)
class ErasePerson:
    """Whom."""

    person_id: UUID


@dataclass(frozen=True)
class WithdrawErasure:
    """Who would rather stay."""

    person_id: UUID


def erase_person(command: ErasePerson, work: Work, now: datetime) -> Person:
    """Done where an administrator asks, noted where the person does. The same however often it is asked.

    Raises `LastAdministratorStays`, `NotFound`.
    """
    work.authorize("person.erase", resource=command.person_id)
    others = [one for one in work.people.administrators() if one != command.person_id]
    person = work.people.get_to_erase(command.person_id)
    if person.erased_at is not None:
        return person
    if person.administrator and not others:
        raise LastAdministratorStays
    if work.actor.administrator:
        _erase(person, work, now)
    else:
        person.ask_for_erasure(now)
    return person


def withdraw_erasure(command: WithdrawErasure, work: Work, _now: datetime) -> Person:
    """Nobody asks for it any more. Raises `PersonIsErased`, `NotFound`."""
    work.authorize("erasure.withdraw", resource=command.person_id)
    person = work.people.get(command.person_id)
    person.stay()
    return person


def _erase(person: Person, work: Work, now: datetime) -> None:
    pseudonym = f"erased-{secrets.token_hex(8)}"
    forget_traces(person, work, now)
    work.erase_from_log(person.id, pseudonym)
    work.publish(
        person.erase(pseudonym, now)
    )  # last: its address changes, for which what refers to it must wait


def forget_traces(person: Person, work: Work, now: datetime) -> None:
    """Sign-in, candidacies, conflicts of interest, consents, seats and roles: all but the tombstone itself."""
    _sign_out(person, work)
    for candidacy in work.candidacies.all_of(person.id):
        if candidacy.withdrawn_at is None:
            work.publish(candidacy.withdraw(now))
        candidacy.forget()
    for group in work.groups.of_member(person.id):
        for seat in [seat for seat in group.filled if seat.person_id == person.id]:
            vacate(group, seat.id, "erased", work, now)
        for role in [role for role in group.roles if role.person_id == person.id]:
            work.publish(*group.withdraw_role(person.id, role.role))
    work.groups.forget_member(person.id)
    work.conflicts.forget(person.id)
    work.consents.forget(person.id)
    work.exports.forget(person.id)


def _sign_out(person: Person, work: Work) -> None:
    """Links first: whoever is just using one is waited for, and their session ended with the others."""
    now = real_now()
    work.sign_ins.forget_links(person.id, person.email)
    for session in work.sign_ins.sessions_of(person.id):
        if session.ended_at is None and session.expires_at > now:
            work.publish(session.end(now))
            work.sign_ins.accept_no_more(session.id, session.expires_at)
        work.sign_ins.forget_session(session)
