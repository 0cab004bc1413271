"""Let profiles that started or ended be seen on their day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from beraad_membership.domain.profiles import day_in
from beraad_membership.use_cases.ports import Work

TOGETHER = 100
"""People renewed in one transaction: a year that ends changes many."""


@dataclass(frozen=True)
class RenewProfiles:
    """Renew the profiles that changed by today, of some people whose did."""


def renew_profiles(_command: RenewProfiles, work: Work, now: datetime) -> bool:
    """Publish each change once, however many workers there are; true if there was somebody."""
    today = day_in(work.settings.time_zone, now)
    people = work.people.with_changed_profiles(today, TOGETHER)
    for person in people:
        updated = person.renew_profiles(today)
        if updated is not None:
            work.publish(updated)
    return bool(people)
