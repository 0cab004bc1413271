"""Move a round's deadline later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.rounds import ConsentRound
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.recording import tell_extended


@dataclass(frozen=True)
class ExtendRound:
    """The later deadline."""

    round_id: UUID
    closes_at: datetime


def extend_round(command: ExtendRound, work: Work, now: datetime) -> ConsentRound:
    """Raises `DeadlinesOnlyExtend`, `RoundIsClosed`, `InvalidRequest`, `NotFound`."""
    consent_round = work.rounds.get(command.round_id)
    work.authorize("round.extend", consent_round.group_id)
    work.publish(consent_round.extend(command.closes_at, now))
    tell_extended(consent_round, work)
    return consent_round
