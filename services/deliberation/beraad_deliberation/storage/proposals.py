"""The proposals: found by id or by what hangs on them, always locked first."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select

from beraad.domain import NotFound
from beraad_deliberation.domain.decisions import STANDING, DecisionState
from beraad_deliberation.domain.objection_states import UNTESTED, ObjectionState
from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.domain.rounds import RunState
from beraad_deliberation.domain.stages import Stage
from beraad_deliberation.domain.versions import Version
from beraad_deliberation.storage import tables
from beraad_deliberation.storage.repositories import Repository

OF = {
    "round": tables.rounds,
    "vote": tables.votes,
    "amendment": tables.amendments,
    "objection": tables.objections,
    "approval": tables.approvals,
    "decision": tables.decisions,
}


class Proposals(Repository):
    """The proposals and their versions."""

    def get(self, proposal_id: UUID) -> Proposal:
        """Lock and return. Raises `NotFound`."""
        return self._get(Proposal, proposal_id, "no such proposal")

    def of_round(self, round_id: UUID) -> Proposal:
        """Lock the proposal of a round. Raises `NotFound`."""
        return self._of("round", round_id)

    def of_vote(self, vote_id: UUID) -> Proposal:
        """Lock the proposal of a vote. Raises `NotFound`."""
        return self._of("vote", vote_id)

    def of_amendment(self, amendment_id: UUID) -> Proposal:
        """Lock the proposal of an amendment. Raises `NotFound`."""
        return self._of("amendment", amendment_id)

    def of_objection(self, objection_id: UUID) -> Proposal:
        """Lock the proposal of an objection. Raises `NotFound`."""
        return self._of("objection", objection_id)

    def of_approval(self, approval_id: UUID) -> Proposal:
        """Lock the proposal of an approval. Raises `NotFound`."""
        return self._of("approval", approval_id)

    def of_decision(self, decision_id: UUID) -> Proposal:
        """Lock the proposal of a decision. Raises `NotFound`."""
        return self._of("decision", decision_id)

    def with_due_round(self, now: datetime) -> Proposal | None:
        """Lock one whose round's deadline has passed, skipping those others hold."""
        rounds = tables.rounds.c
        return self._due(tables.rounds, (rounds.state == RunState.OPEN) & (rounds.closes_at <= now))

    def with_ended_phase(self, now: datetime) -> Proposal | None:
        """Lock one whose phase has had its time, skipping those others hold."""
        proposals = tables.proposals.c
        return self._claimed(Proposal, tables.proposals, proposals.phase_ends_at <= now, proposals.id)

    def with_answered_live_round(self, now: datetime) -> Proposal | None:
        """Lock one whose live round nobody present has still to answer, skipping those others hold."""
        rounds, electors = tables.rounds.c, tables.electors.c
        answered = tables.electors_response.is_not(None)
        missing = exists().where(
            electors.roll_id == rounds.id, electors.present, electors.departed_at.is_(None), ~answered
        )
        untested = exists().where(
            tables.objections.c.proposal_id == rounds.proposal_id, tables.objections.c.state.in_(UNTESTED)
        )
        running = rounds.live & rounds.live_ended_at.is_(None) & (rounds.state == RunState.OPEN)
        return self._due(tables.rounds, running & (rounds.closes_at > now) & ~missing & ~untested)

    def withdrawn_unless_taken_over(self, now: datetime) -> Proposal | None:
        """Lock one that nobody took over in time, skipping those others hold."""
        proposals = tables.proposals.c
        return self._claimed(Proposal, tables.proposals, proposals.withdraws_at <= now, proposals.id)

    def with_expiring_decision(self, now: datetime) -> Proposal | None:
        """Lock one whose decision's longest term is over, skipping those others hold."""
        decisions = tables.decisions.c
        return self._due(tables.decisions, decisions.state.in_(STANDING) & (decisions.expires_at <= now))

    def with_due_vote(self, now: datetime) -> Proposal | None:
        """Lock one whose vote's deadline has passed, skipping those others hold."""
        votes = tables.votes.c
        return self._due(tables.votes, (votes.state == RunState.OPEN) & (votes.closes_at <= now))

    def with_due_effect(self, now: datetime) -> Proposal | None:
        """Lock one whose decision takes effect, skipping those others hold."""
        decisions = tables.decisions.c
        adopted = decisions.state == DecisionState.ADOPTED
        return self._due(tables.decisions, adopted & (decisions.effective_at <= now))

    def with_due_review(self, now: datetime) -> Proposal | None:
        """Lock one whose decision comes up for review, skipping those others hold."""
        decisions = tables.decisions.c
        in_force = decisions.state == DecisionState.IN_FORCE
        return self._due(tables.decisions, in_force & (decisions.review_at <= now))

    def with_standing_ruling(self, now: datetime) -> Proposal | None:
        """Lock one with a ruling whose time to appeal is over, skipping those others hold."""
        objections = tables.objections.c
        return self._due(tables.objections, objections.appealable_until <= now)

    def with_due_edit(self, now: datetime) -> Proposal | None:
        """Lock one with an announced editorial change whose time is over, skipping those others hold."""
        amendments = tables.amendments.c
        return self._due(tables.amendments, amendments.takes_effect_at <= now)

    def text_of(self, proposal_id: UUID, version: int) -> str:
        """The text of that version. Raises `NotFound`."""
        of = tables.versions.c
        query = select(of.text).where(of.proposal_id == proposal_id, of.number == version)
        text = self._session.execute(query).scalar_one_or_none()
        if text is None:
            raise NotFound("no such version")
        return str(text)

    def with_lapsing_objection(self, now: datetime) -> Proposal | None:
        """Lock one with an orphaned objection whose 72 hours are over, skipping those others hold."""
        objections = tables.objections.c
        orphaned = objections.state == ObjectionState.ORPHANED
        return self._due(tables.objections, orphaned & (objections.orphaned_until <= now))

    def add(self, proposal: Proposal) -> None:
        """Remember a new proposal."""
        self._keep(proposal)

    def add_version(self, version: Version) -> None:
        """Remember a version."""
        self._keep(version)

    def note_move(self, proposal_id: UUID, before: Stage, after: Stage, reason: str, at: datetime) -> None:
        """Keep what a facilitator did by hand, and why."""
        values = {"proposal_id": proposal_id, "from_stage": before, "to_stage": after, "reason": reason}
        by = {"moved_by": self._actor.person_id, "moved_at": at}
        self._session.execute(tables.stage_moves.insert().values(**values, **by))

    def _of(self, what: str, key: UUID) -> Proposal:
        hanging = OF[what].c
        proposal_id = self._session.execute(select(hanging.proposal_id).where(hanging.id == key)).scalar()
        if proposal_id is None:
            raise NotFound(f"no such {what}")
        return self.get(proposal_id)

    def _due(self, hanging: Any, due: Any) -> Proposal | None:
        """The row that is due says what is claimed: its proposal."""
        mine = exists().where(hanging.c.proposal_id == tables.proposals.c.id, due)
        return self._claimed(Proposal, tables.proposals, mine, tables.proposals.c.id)
