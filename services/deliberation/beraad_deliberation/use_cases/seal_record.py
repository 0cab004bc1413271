"""Tell once a day how far a group's record goes, where it grew: whoever keeps the checkpoint is a witness."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from beraad_deliberation.domain.events import RecordSealed
from beraad_deliberation.use_cases.ports import Work

SEALED_EVERY = timedelta(days=1)


@dataclass(frozen=True)
class SealRecord:
    """One record that grew since a checkpoint of it was told a day ago, if there is one."""


def seal_record(_command: SealRecord, work: Work, now: datetime) -> bool:
    """True if there was one."""
    sealed = work.record.seal_due(now, now - SEALED_EVERY)
    if sealed is None:
        return False
    group_id, size, checkpoint = sealed
    work.publish(RecordSealed(revision=size, group_id=group_id, size=size, checkpoint=checkpoint))
    return True
