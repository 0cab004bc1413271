"""Erase once more what was written by whoever was still at it when somebody was erased.

For as long as an access token lives, a request of theirs may be under way somewhere; an appointment may have begun before. So
everything is done, and told, a second time when that is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from beraad.clock import real_now
from beraad.identity import ACCESS_TOKEN_LIFE
from beraad_membership.use_cases.erase_person import forget_traces
from beraad_membership.use_cases.ports import Work

AFTER = ACCESS_TOKEN_LIFE + timedelta(minutes=5)
KEPT = timedelta(days=1)
"""Links count for a day at most, and who asks too often is found within an hour."""


@dataclass(frozen=True)
class FinishErasure:
    """Of one person, if there is one whose time has come."""


@dataclass(frozen=True)
class ForgetExpiredLinks:
    """Sign-in links that have been over for a day."""


def finish_erasure(_command: FinishErasure, work: Work, now: datetime) -> bool:
    """True if there was one. Once, however many workers."""
    person = work.people.with_erasure_to_finish(now - AFTER)
    if person is None:
        return False
    forget_traces(person, work, now)
    work.erase_from_log(person.id, person.name)
    work.publish(person.finish_erasure(now))
    return True


def forget_expired_links(_command: ForgetExpiredLinks, work: Work, _now: datetime) -> bool:
    """True if there was something to forget. Addresses typed by strangers are not kept for longer either."""
    return work.sign_ins.forget_expired_links(real_now() - KEPT) > 0
