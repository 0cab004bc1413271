"""Consent to a purpose in the words of one version of its text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.identifiers import new_id
from beraad_membership.domain.consents import Consent
from beraad_membership.use_cases.ports import Work


@dataclass(frozen=True)
class GiveConsent:
    """Whose consent, to what, and which words they read."""

    person_id: UUID
    purpose: str
    text_version: str


def give_consent(command: GiveConsent, work: Work, now: datetime) -> Consent:
    """The consent that stands. Given again to the same words it is the one given before. Raises `PurposeIsNoWord`.

    Consents to earlier versions stand beside it, so that what was agreed to when can be told.
    """
    work.authorize("consent.give", resource=command.person_id)
    work.people.get(command.person_id)
    for consent in work.consents.of(command.person_id, command.purpose):
        if consent.stands and consent.text_version == command.text_version:
            return consent
    consent = Consent(
        id=new_id(),
        person_id=command.person_id,
        purpose=command.purpose,
        text_version=command.text_version,
        given_at=now,
    )
    work.consents.add(consent)
    return consent
