"""Let an elector answer a running round, which does not close meanwhile."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from beraad_deliberation.domain.responding import Answer, refuse_response
from beraad_deliberation.domain.rounds import ConsentRound
from beraad_deliberation.use_cases.ports import Work


def admit_response(
    round_id: UUID, number: int, version: int, answer: Answer, work: Work, now: datetime
) -> tuple[ConsentRound, UUID]:
    """The round (FOR SHARE) and the caller, if the rule admits a response.

    Whoever then adds the response holds its number, so one person's answers come one after the other.
    Raises `NotFound`, `NotEntitledToRespond`, `RoundIsClosed`, `VersionMismatch`.
    """
    me = work.actor.person
    consent_round = work.rounds.get_for_response(round_id)
    entitled = work.electorates.includes(consent_round.id, me)
    if not entitled:
        work.authorize("round.read", consent_round.group_id)  # a stranger is not told there is a round
    refuse_response(
        consent_round.asked, entitled=entitled, number=number, version=version, answer=answer, at=now
    )
    return consent_round, me
