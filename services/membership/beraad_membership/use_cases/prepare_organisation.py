"""Before the first request: a signing key and a first administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from joserfc.jwk import ECKey

from beraad.clock import real_now
from beraad.identifiers import new_id
from beraad_membership.domain.events import SigningKeyPublished
from beraad_membership.use_cases.ports import Work
from beraad_membership.use_cases.register_person import RegisterPerson, add_person
from beraad_membership.use_cases.request_sign_in_link import offer_link

KEY_LIFE = timedelta(days=365)
FIRST_LINK_LIFE = timedelta(hours=24)


@dataclass(frozen=True)
class PrepareOrganisation:
    """Who administers, if nobody does yet."""

    administrator_name: str
    administrator_email: str


def prepare_organisation(command: PrepareOrganisation, work: Work, _now: datetime) -> str | None:
    """Make what is missing. Returns a sign-in link while the administrator has never signed in."""
    now = real_now()
    if work.sign_ins.signing_key(now) is None:
        publish_signing_key(work, now)
    administrator = work.people.any_administrator() or add_person(
        RegisterPerson(
            name=command.administrator_name,
            email=command.administrator_email,
            language=work.settings.language,
            time_zone=work.settings.time_zone,
            administrator=True,
        ),
        work,
    )
    if work.sign_ins.any_session(administrator.id):
        return None
    return offer_link(work, administrator, administrator.email, None, "first start", FIRST_LINK_LIFE)


def publish_signing_key(work: Work, now: datetime) -> UUID:
    """Make a key, keep it sealed, and tell the other services its public half."""
    key_id = new_id()
    key = ECKey.generate_key("P-256", {"kid": str(key_id), "alg": "ES256", "use": "sig"}, private=True)
    until = now + KEY_LIFE
    work.sign_ins.add_signing_key(key.as_dict(private=True), now, until)
    work.publish(
        SigningKeyPublished(
            key_id=key_id, revision=1, jwk=key.as_dict(private=False), valid_from=now, valid_until=until
        )
    )
    return key_id
