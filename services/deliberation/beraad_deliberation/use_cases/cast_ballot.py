"""Cast a ballot in a majority vote; replaceable until it closes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import NotFound
from beraad.perform import TakesATransaction
from beraad.record.entries import Sealed
from beraad_deliberation.domain.responding import refuse_response
from beraad_deliberation.domain.votes import Choice
from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True)
class CastBallot:
    """The caller's choice about the version they read."""

    vote_id: UUID
    version: int
    choice: Choice


def cast_ballot(command: CastBallot, work: Work, now: datetime) -> Sealed | None:
    """Its leaf in the record, where there is one. Raises `NotEntitledToRespond`, `RoundIsClosed`, `VersionMismatch`, `NotFound`."""
    work.authorize("vote.cast")
    seen = work.votes.record(command.vote_id, command.version, command.choice, now)
    if seen is None:
        raise NotFound("no such vote")
    if seen.written:
        return seen.leaf
    if not seen.entitled:
        work.authorize("vote.read", seen.group_id)  # a stranger is not told there is a vote
    refuse_response(
        seen.asked,
        entitled=seen.entitled,
        number=1,
        version=command.version,
        answer=command.choice,
        at=now,
    )
    raise AssertionError("every guard holds and nothing was written")


def cast_ballot_at_once(command: CastBallot, work: Work, now: datetime) -> Sealed | None:
    """The same by the hot statement alone. Raises `TakesATransaction`."""
    written = work.votes.record_at_once(command.vote_id, command.version, command.choice, now)
    if written is None:
        raise TakesATransaction
    return written.leaf
