"""Selections by lot: prepared as a job, committed to before the randomness exists, drawn when it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from beraad.domain import InvalidRequest, RuleBroken
from beraad_membership.domain.commitments import drawn, sha256_of
from beraad_membership.domain.events import SelectionCancelled, SelectionCommitted, SelectionDrawn

LEASE = timedelta(minutes=2)
"""How long a worker that prepares a selection may say nothing before another takes over."""
ATTEMPTS = 3
"""How many workers may fall silent over one selection before nobody tries it any more."""


class SelectionUnderWay(RuleBroken):
    """A selection for this group is under way: draw it or cancel it first."""


class SelectionStateForbids(RuleBroken):
    """Where the selection stands, this cannot be done."""


class TooLateToCommit(RuleBroken):
    """The randomness may be known already: prepare the selection anew, with randomness that does not exist yet."""


class TooEarlyToDraw(RuleBroken):
    """The randomness that was announced does not exist yet."""


class PoolChanged(RuleBroken):
    """Pool or policy are not those that were committed to: cancel, and prepare the selection anew."""


class CandidaciesAreClosed(RuleBroken):
    """A selection for this group is under way: nobody joins its pool any more."""


class SelectionState(StrEnum):
    """Where a selection stands."""

    WAITING = "waiting"
    PREPARING = "preparing"
    COMMITTED = "committed"
    DRAWN = "drawn"
    CANCELLED = "cancelled"
    FAILED = "failed"


S = SelectionState
UNDER_WAY = frozenset({S.WAITING, S.PREPARING, S.COMMITTED})
TRANSITIONS: Mapping[SelectionState, frozenset[SelectionState]] = {
    S.WAITING: frozenset({S.PREPARING, S.CANCELLED}),
    S.PREPARING: frozenset({S.PREPARING, S.COMMITTED, S.FAILED, S.CANCELLED}),
    S.COMMITTED: frozenset({S.DRAWN, S.CANCELLED}),
    S.DRAWN: frozenset(),
    S.CANCELLED: frozenset(),
    S.FAILED: frozenset(),
}
"""Preparing again: the worker that did fell silent, and another begins anew."""


@dataclass(eq=False, kw_only=True)
class Selection:
    """Who of a group's candidates is seated, by lot, so that the group has `size` seats in the end.

    `randomness`: where the seed will come from, announced; it does not exist before `draws_at`. `progress`: per mille of the work.
    `attempts`: how many workers began. `draw`: what is published once it is drawn. Raises `InvalidRequest` for randomness that
    exists already.
    """

    id: UUID
    group_id: UUID
    size: int
    randomness: str
    draws_at: datetime
    requested_by: UUID | None
    requested_at: datetime
    state: SelectionState = SelectionState.WAITING
    progress: int = 0
    attempts: int = 0
    lease_until: datetime | None = None
    commitment: dict[str, Any] | None = None
    commitment_sha256: str | None = None
    committed_at: datetime | None = None
    draw: dict[str, Any] | None = None
    drawn_at: datetime | None = None
    failure: dict[str, Any] | None = None
    revision: int = 1

    def __post_init__(self) -> None:
        """Refuse randomness that may be known already."""
        if self.draws_at <= self.requested_at:
            raise InvalidRequest("announce randomness that does not exist yet", pointer="/draws_at")

    def claim(self, real_now: datetime) -> None:
        """A worker prepares it from now on; what another one found that fell silent counts no more.

        Where that happened again and again the selection fails: whatever ends the workers would end the next one too.
        """
        if self.attempts == ATTEMPTS:
            self.fail(
                "WorkersFellSilent",
                f"{ATTEMPTS} workers began and were not heard of again: look into their logs",
            )
            return
        self._enter(S.PREPARING)
        self.attempts += 1
        self.progress, self.lease_until = 0, real_now + LEASE

    def begin_anew(self, real_now: datetime) -> None:
        """What was found is of no use: the next worker begins at once, and nobody is blamed."""
        self._enter(S.PREPARING)
        self.attempts, self.progress, self.lease_until = 0, 0, real_now

    def give_back(self, real_now: datetime) -> None:
        """The worker stops: the next one begins at once, and this one is not counted as silent. Nothing where it is settled."""
        if self.state is S.PREPARING:
            self.attempts, self.lease_until = self.attempts - 1, real_now
            self.revision += 1

    def advance(self, progress: int, real_now: datetime) -> bool:
        """How far the worker is; false where it should stop, because somebody cancelled."""
        if self.state is not S.PREPARING:
            return False
        self.progress, self.lease_until = progress, real_now + LEASE
        return True

    def freeze(self, commitment: dict[str, Any], at: datetime) -> SelectionCommitted:
        """Freeze pool, policy and panels. Raises `TooLateToCommit` once the randomness may exist, `SelectionStateForbids`."""
        if at >= self.draws_at:
            raise TooLateToCommit
        self._enter(S.COMMITTED)
        self.commitment, self.commitment_sha256 = commitment, sha256_of(commitment)
        self.committed_at, self.progress, self.lease_until = at, 1000, None
        return SelectionCommitted(
            selection_id=self.id,
            group_id=self.group_id,
            revision=self.revision,
            size=self.size,
            candidates=len(commitment["pool"]),
            commitment_sha256=self.commitment_sha256,
            randomness=self.randomness,
            draws_at=self.draws_at,
        )

    def fail(self, code: str, detail: str) -> None:
        """It cannot be prepared; why is told."""
        self._enter(S.FAILED)
        self.failure, self.lease_until = {"code": code, "detail": detail}, None

    def cancel(self) -> SelectionCancelled:
        """Nothing comes of it; what was committed to stays readable. Raises `SelectionStateForbids`."""
        self._enter(S.CANCELLED)
        self.lease_until = None
        return SelectionCancelled(selection_id=self.id, group_id=self.group_id, revision=self.revision)

    def draw_by(self, outcome: str, frozen: dict[str, Any], at: datetime) -> SelectionDrawn:
        """Draw the panel. `frozen`: pool and policy as they are now; they must be those committed to.

        Raises `TooEarlyToDraw`, `PoolChanged`, `SelectionStateForbids`.
        """
        self._expect(S.DRAWN)
        if at < self.draws_at:
            raise TooEarlyToDraw(f"not before {self.draws_at.isoformat()}", draws_at=self.draws_at)
        committed = self.commitment or {}
        if any(committed.get(name) != value for name, value in frozen.items()):
            raise PoolChanged
        self._enter(S.DRAWN)
        self.draw, self.drawn_at = drawn(committed, outcome), at
        return SelectionDrawn(
            selection_id=self.id,
            group_id=self.group_id,
            revision=self.revision,
            commitment_sha256=self.draw["commitment_sha256"],
            seed=self.draw["seed"],
            number=self.draw["number"],
            seated=len(self.draw["panel"]),
            reserve=len(self.draw["reserve"]),
        )

    def chances(self) -> dict[str, int]:
        """Per mille, by candidacy; nothing before it is committed to."""
        return self.chances_in(self.commitment)

    @staticmethod
    def chances_in(commitment: Mapping[str, Any] | None) -> dict[str, int]:
        """The same, of a commitment that was published."""
        if commitment is None:
            return {}
        ids = (one["id"] for one in commitment["pool"])
        return dict(zip(ids, commitment["probabilities"], strict=True))

    def _expect(self, state: SelectionState) -> None:
        if state not in TRANSITIONS[self.state]:
            raise SelectionStateForbids(f"the selection is {self.state}", state=self.state)

    def _enter(self, state: SelectionState) -> None:
        self._expect(state)
        self.state = state
        self.revision += 1
