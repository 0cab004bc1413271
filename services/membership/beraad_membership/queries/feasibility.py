"""Whether a group can be composed from a pool: of any policy and pool that are sent, and of a group with its candidates."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from beraad_membership.domain.feasibility import Feasibility, examine
from beraad_membership.domain.requirements import CompositionTask
from beraad_membership.solver.highs import HighsSolver
from beraad_membership.storage.work import Work
from beraad_membership.use_cases.prepare_selection import current_pool

DEADLINE_SECONDS, TOTAL_SECONDS = 3.0, 10.0
"""For each question to the solver, and for all that one answer takes (they may be hundreds): somebody waits, and holds a thread."""


def check_composition(work: Work, task: CompositionTask) -> dict[str, Any]:
    """Of what was sent; nothing is kept. Raises `SolverNotInstalled`, `SolverRanOut`."""
    work.authorize("composition.check")
    return _told(examine(task, HighsSolver(DEADLINE_SECONDS, TOTAL_SECONDS)))


def feasibility_of(work: Work, group_id: UUID) -> dict[str, Any]:
    """Of a group as it stands, with those who stand for it. Raises `NotFound`, `SolverNotInstalled`, `SolverRanOut`."""
    work.authorize("feasibility.read", group_id)
    group = work.groups.seen(group_id)
    pool = current_pool(group, work.candidacies, work.conflicts, work.people)
    task = pool.task(group.policy.size_min, group.policy.size_max)
    return {
        **_told(examine(task, HighsSolver(DEADLINE_SECONDS, TOTAL_SECONDS))),
        "candidates": len(pool.candidates),
        "left_out": [asdict(one) for one in pool.left_out],
    }


def _told(found: Feasibility) -> dict[str, Any]:
    return {
        "feasible": found.feasible,
        "sizes": found.sizes,
        "hindrance": found.hindrance,
        "blocking_sets": [
            [
                {**asdict(one.bound), "available": one.available, "reachable": one.reachable}
                for one in blocking
            ]
            for blocking in found.blocking
        ],
        "repairs": [{**asdict(repair.bound), "to": repair.limit} for repair in found.repairs],
        "nearest_sizes": found.nearest_sizes,
    }
