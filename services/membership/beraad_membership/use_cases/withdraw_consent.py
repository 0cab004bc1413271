"""Consent no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_membership.domain.consents import NeverConsented
from beraad_membership.use_cases.ports import Work


@dataclass(frozen=True)
class WithdrawConsent:
    """Whose consent, to what."""

    person_id: UUID
    purpose: str


def withdraw_consent(command: WithdrawConsent, work: Work, now: datetime) -> None:
    """Withdraw it in whatever words it was given; harmless to repeat. Raises `NeverConsented`, `NotAllowed`, `NotFound`."""
    work.authorize("consent.withdraw", resource=command.person_id)
    work.people.get(command.person_id)
    given = work.consents.of(command.person_id, command.purpose)
    if not given:
        raise NeverConsented
    for consent in given:
        consent.withdraw(now)
