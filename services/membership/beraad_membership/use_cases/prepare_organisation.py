"""Before the first request: a signing key and a first administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from beraad.clock import real_now
from beraad_membership.use_cases.ports import Work
from beraad_membership.use_cases.publish_signing_key import signing_key
from beraad_membership.use_cases.register_person import RegisterPerson, add_person
from beraad_membership.use_cases.request_sign_in_link import offer_link

FIRST_LINK_LIFE = timedelta(hours=24)


@dataclass(frozen=True)
class PrepareOrganisation:
    """Who administers, if nobody does yet."""

    administrator_name: str
    administrator_email: str


def prepare_organisation(command: PrepareOrganisation, work: Work, domain_now: datetime) -> str | None:
    """Make what is missing. Returns a sign-in link while the administrator has never signed in."""
    now = real_now()
    signing_key(work, now)
    administrator = work.people.any_administrator() or add_person(
        RegisterPerson(
            name=command.administrator_name,
            email=command.administrator_email,
            language=work.settings.language,
            time_zone=work.settings.time_zone,
            administrator=True,
        ),
        work,
        domain_now,
    )
    if work.sign_ins.any_session(administrator.id):
        return None
    return offer_link(work, administrator, administrator.contact.email, None, "first start", FIRST_LINK_LIFE)
