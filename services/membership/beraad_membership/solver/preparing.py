"""A worker prepares a draw: it claims one, works for seconds to minutes outside any transaction, and commits to what it found."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from traceback import format_tb
from typing import Any
from uuid import UUID

import structlog

from beraad.clock import real_now
from beraad.domain import RuleBroken
from beraad.messaging.faults import TRANSIENT, raise_if_transient
from beraad.perform import Store, perform
from beraad_membership.domain.feasibility import Feasibility, examine
from beraad_membership.domain.selections import LEASE, SelectionStateForbids
from beraad_membership.domain.sortition import CompositionIsInfeasible, Progress, SelectionWasCanceled, hold
from beraad_membership.solver.highs import HighsSolver
from beraad_membership.use_cases.prepare_selection import (
    AdvanceSelection,
    Claimed,
    ClaimSelection,
    CommitSelection,
    FailSelection,
    GiveBackSelection,
    advance_selection,
    claim_selection,
    commit_selection,
    fail_selection,
    give_back_selection,
)

CHANCES = 800
"""How much of the work, per mille, goes into finding the chances; the rest into composing the panels."""
TOLD_EVERY = 1.0
"""Seconds between two reports of progress."""
log = structlog.get_logger()


def prepare_next(store: Store[Any], alive: Callable[[], bool]) -> bool:
    """Prepare the selection that was asked for first; true if there was one. `alive` is called meanwhile; False: the worker stops."""
    claimed = perform(store, claim_selection, ClaimSelection(real_now()))
    if claimed is not None:
        prepare(store, claimed, alive)
    return claimed is not None


def prepare(store: Store[Any], claimed: Claimed, alive: Callable[[], bool]) -> None:
    """Work it out and commit to it, or tell why that is impossible. Given back where the worker stops.

    Only a fault of the database that lasts is raised; it is given back then too, if that can be written.
    """
    key, task = claimed.selection_id, claimed.task
    advancing = Advancing(store, key, alive)
    try:
        solver = HighsSolver()
        lottery = hold(task, solver, advancing)
        perform(store, commit_selection, CommitSelection(key, task, lottery.panels, real_now()))
    except (SelectionWasCanceled, SelectionStateForbids):
        if advancing.stopping:  # else somebody canceled it, or another worker was faster
            perform(store, give_back_selection, GiveBackSelection(key, real_now()))
    except CompositionIsInfeasible as broken:
        _fail(store, FailSelection(key, broken.code, in_words(examine(task, solver))))
    except RuleBroken as broken:
        _fail(store, FailSelection(key, broken.code, broken.detail))
    except TRANSIENT:
        with suppress(*TRANSIENT):
            perform(store, give_back_selection, GiveBackSelection(key, real_now()))
        raise
    except Exception as error:
        raise_if_transient(error)
        where = format_tb(error.__traceback__)[-3:]
        log.error("selection_failed", selection_id=str(key), error=repr(error), where=where)
        _fail(
            store,
            FailSelection(key, "CouldNotBePrepared", f"{type(error).__name__}: look into the worker's log"),
        )


def _fail(store: Store[Any], command: FailSelection) -> None:
    """Tell why, where anybody still wants to know: it may have been canceled while this was found out."""
    with suppress(SelectionStateForbids):
        perform(store, fail_selection, command)


class Advancing:
    """Tells how far the work is, about once a second, and hears whether somebody canceled it."""

    def __init__(
        self, store: Store[Any], selection_id: UUID, alive: Callable[[], bool], every: float = TOLD_EVERY
    ) -> None:
        """Of that selection, `every` so many seconds; `alive` is called each time, so that the worker is not taken for stuck."""
        self._store, self._selection_id, self._alive, self._every = store, selection_id, alive, every
        self._tried_at = self._heard_at = time.monotonic()
        self.stopping = False

    def __call__(self, progress: Progress) -> bool:
        """False where it should end. A database that is away is waited for as long as the lease lasts."""
        self.stopping = not self._alive()
        if self.stopping or time.monotonic() - self._tried_at < self._every:
            return not self.stopping
        self._tried_at = time.monotonic()
        command = AdvanceSelection(self._selection_id, per_mille(progress), real_now())
        try:
            goes_on = perform(self._store, advance_selection, command)
        except TRANSIENT:
            if time.monotonic() - self._heard_at > LEASE.total_seconds():
                raise
            return True
        self._heard_at = time.monotonic()
        return goes_on


def per_mille(progress: Progress) -> int:
    """How much of the whole work is done; never all of it before it is committed to."""
    before, share = (0, CHANCES) if progress.step == "chances" else (CHANCES, 999 - CHANCES)
    return before + share * progress.done // max(1, progress.of)


def in_words(found: Feasibility) -> str:
    """Why no panel can be composed, and every single change that would help."""
    if found.hindrance is not None:
        return {
            "pool_too_small": "the pool is too small for so many seats",
            "too_many_seated": "more seats are filled already",
        }[found.hindrance]
    blocked = "; ".join(" and ".join(str(one.bound) for one in blocking) for blocking in found.blocking)
    repairs = ", or ".join(f"{repair.bound} → {repair.limit}" for repair in found.repairs)
    return f"{blocked} cannot be kept together" + (f"; it would help to change {repairs}" if repairs else "")
