"""A worker prepares a draw: it claims one, works for seconds to minutes outside any transaction, and commits to what it found."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any
from uuid import UUID

from beraad.clock import real_now
from beraad.domain import RuleBroken
from beraad.perform import Store, perform
from beraad_membership.domain.feasibility import Feasibility, examine
from beraad_membership.domain.selections import SelectionStateForbids
from beraad_membership.domain.sortition import CompositionIsInfeasible, Progress, SelectionWasCanceled, hold
from beraad_membership.solver.highs import HighsSolver, SolverIsWrong
from beraad_membership.use_cases.prepare_selection import (
    AdvanceSelection,
    Claimed,
    ClaimSelection,
    CommitSelection,
    FailSelection,
    advance_selection,
    claim_selection,
    commit_selection,
    fail_selection,
)

CHANCES = 800
"""How much of the work, per mille, goes into finding the chances; the rest into composing the panels."""
TOLD_EVERY = 1.0
"""Seconds between two reports of progress."""


def prepare_next(store: Store[Any]) -> bool:
    """Prepare the selection that was asked for first; true if there was one."""
    claimed = perform(store, claim_selection, ClaimSelection(real_now()))
    if claimed is not None:
        _prepare(store, claimed)
    return claimed is not None


def _prepare(store: Store[Any], claimed: Claimed) -> None:
    key, task = claimed.selection_id, claimed.task
    try:
        solver = HighsSolver()
        lottery = hold(task, solver, Advancing(store, key))
        perform(store, commit_selection, CommitSelection(key, task, lottery.panels, real_now()))
    except (SelectionWasCanceled, SelectionStateForbids):
        return  # somebody canceled it, or another worker was faster
    except CompositionIsInfeasible as broken:
        _fail(store, FailSelection(key, broken.code, in_words(examine(task, solver))))
    except RuleBroken as broken:
        _fail(store, FailSelection(key, broken.code, broken.detail))
    except SolverIsWrong as error:
        _fail(store, FailSelection(key, type(error).__name__, str(error)))


def _fail(store: Store[Any], command: FailSelection) -> None:
    """Tell why, where anybody still wants to know: it may have been canceled while this was found out."""
    with suppress(SelectionStateForbids):
        perform(store, fail_selection, command)


class Advancing:
    """Tells how far the work is, about once a second, and hears whether somebody canceled it."""

    def __init__(self, store: Store[Any], selection_id: UUID, every: float = TOLD_EVERY) -> None:
        """Of that selection; `every` so many seconds."""
        self._store, self._selection_id, self._every = store, selection_id, every
        self._told_at = time.monotonic()

    def __call__(self, progress: Progress) -> bool:
        """False where it should end."""
        if time.monotonic() - self._told_at < self._every:
            return True
        self._told_at = time.monotonic()
        command = AdvanceSelection(self._selection_id, per_mille(progress), real_now())
        return perform(self._store, advance_selection, command)


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
