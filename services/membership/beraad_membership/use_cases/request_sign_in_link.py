"""Ask for a sign-in link. The answer never tells whether the address is known."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from beraad.clock import real_now
from beraad.identifiers import new_id
from beraad_membership.domain.people import Person, normalized
from beraad_membership.domain.sign_in import LINK_LIFE, LinkSecrets, SignInLink, TooManySignInLinks, hashed
from beraad_membership.use_cases.ports import Work

ADDRESS_WINDOW = timedelta(minutes=15)
IP_WINDOW = timedelta(hours=1)


@dataclass(frozen=True)
class RequestSignInLink:
    """`nonce` is the cookie of the browser that asks; `requested_from` its network address."""

    email: str
    nonce: str
    requested_from: str


def request_sign_in_link(command: RequestSignInLink, work: Work, _now: datetime) -> None:
    """Mail a link if the address is known and has not asked too often. Raises `TooManySignInLinks` per network address."""
    now = real_now()
    email = normalized(command.email)
    if (
        work.sign_ins.asked(address=command.requested_from, since=now - IP_WINDOW)
        >= work.settings.sign_in_per_ip
    ):
        raise TooManySignInLinks
    person = work.people.by_email(email)
    if work.sign_ins.asked(email=email, since=now - ADDRESS_WINDOW) >= work.settings.sign_in_per_address:
        person = None
    offer_link(work, person, email, command.nonce, command.requested_from)


def offer_link(
    work: Work,
    person: Person | None,
    email: str,
    nonce: str | None,
    requested_from: str,
    life: timedelta = LINK_LIFE,
) -> str:
    """Keep a link and, where there is a person, have it mailed. Returns the address to open."""
    offered = LinkSecrets(secrets.token_urlsafe(32), f"{secrets.randbelow(10**6):06d}", nonce)
    now = real_now()
    link = SignInLink(
        id=new_id(),
        person_id=person.id if person else None,
        email=email,
        token_hash=hashed(offered.token),
        code_hash=hashed(offered.code),
        nonce_hash=hashed(nonce) if nonce else None,
        requested_from=requested_from,
        requested_at=now,
        expires_at=now + life,
    )
    work.sign_ins.add_link(link)
    url = f"{work.settings.public_url}/membership/v1/auth/confirm?token={offered.token}"
    if person is not None:
        work.publish(link.issued(person, url, offered))
    return url
