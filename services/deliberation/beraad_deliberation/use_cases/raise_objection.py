"""Raise an objection: the response that blocks. One stands per elector and round; objecting again renews it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import InvalidRequest
from beraad.identifiers import new_id
from beraad.record.entries import Sealed
from beraad_deliberation.domain.objections import Grounds, Objection
from beraad_deliberation.domain.responding import Answer, ObjectionNeedsReason
from beraad_deliberation.domain.rounds import ConsentRound
from beraad_deliberation.use_cases.admit_response import admit_response
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.recording import tell_raised


@dataclass(frozen=True, kw_only=True)
class RaiseObjection:
    """Why adopting the version the caller read would do harm, and what kind of harm.

    Where it is about one passage, `[anchor_start, anchor_end)` of that version; where the caller proposed what would answer
    it, that amendment.
    """

    round_id: UUID
    round_number: int
    version: int
    reason: str
    kind: str = "aim"
    anchor_start: int | None = None
    anchor_end: int | None = None
    amendment_id: UUID | None = None

    @property
    def grounds(self) -> Grounds:
        """What the objection says."""
        return Grounds(
            reason=self.reason,
            kind=self.kind,
            anchor_start=self.anchor_start,
            anchor_end=self.anchor_end,
            amendment_id=self.amendment_id,
        )


def raise_objection(command: RaiseObjection, work: Work, now: datetime) -> Sealed | None:
    """The leaf of the answer, where it is recorded. Raises `ObjectionNeedsReason`, `NotEntitledToRespond`, `RoundIsClosed`, `VersionMismatch`, `InvalidRequest`."""
    work.authorize("round.respond")
    if not command.reason.strip():
        raise ObjectionNeedsReason
    consent_round, me = admit_response(
        command.round_id, command.round_number, command.version, Answer.OBJECT, work, now
    )
    _expect_of_the_proposal(command, consent_round, work)
    leaf = work.rounds.put_response(consent_round, me, Answer.OBJECT, None, now)
    put_objection(command, consent_round, me, work, now)
    return leaf


def put_objection(
    command: RaiseObjection, consent_round: ConsentRound, me: UUID, work: Work, now: datetime
) -> None:
    """One objection per elector and round; the caller has checked who speaks and holds the locks.

    What others found of other grounds is not an opinion on these.
    """
    test = consent_round.profile.objection_test
    again = work.objections.raised_in(consent_round.id, me)
    if again is not None:
        if command.grounds != again.grounds:
            work.objections.drop_opinions(again.id)
        work.publish(*again.raise_again(command.grounds, test, now))
        tell_raised(again, work)
        return
    objection = _objection(command, consent_round, me, work, now)
    raised = objection.raised(test)
    work.objections.add(objection)
    work.publish(raised)
    tell_raised(objection, work)


def _expect_of_the_proposal(command: RaiseObjection, consent_round: ConsentRound, work: Work) -> None:
    """Raise `InvalidRequest` where the passage or the amendment is of another text."""
    start, end = command.anchor_start, command.anchor_end
    if start is not None or end is not None:
        length = len(work.proposals.text_of(consent_round.proposal_id, consent_round.version))
        if start is None or end is None or not 0 <= start < end <= length:
            raise InvalidRequest("the passage does not lie within the text", pointer="/objection/anchor")
    if command.amendment_id is not None and command.amendment_id not in work.amendments.ids_of(
        consent_round.proposal_id
    ):
        raise InvalidRequest("the proposal has no such amendment", pointer="/objection/amendment_id")


def _objection(
    command: RaiseObjection, consent_round: ConsentRound, me: UUID, work: Work, now: datetime
) -> Objection:
    """Linked to the caller's earlier objection to the same proposal, where one is still open."""
    earlier = [
        objection
        for objection in work.objections.open_by(me, consent_round.group_id)
        if objection.proposal_id == consent_round.proposal_id
    ]
    return Objection(
        id=new_id(),
        round_id=consent_round.id,
        proposal_id=consent_round.proposal_id,
        group_id=consent_round.group_id,
        title=consent_round.title,
        objector_id=me,
        raised_by_id=me,
        **vars(command.grounds),
        raised_at=now,
        follows_id=earlier[-1].id if earlier else None,
    )
