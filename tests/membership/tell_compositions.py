"""`python -m membership.tell_compositions feasibility|sortition`: for tests that compare what processes say."""

from __future__ import annotations

import sys

from beraad_membership.domain.feasibility import examine
from membership.pools import SOLVER, a_big_task, small_tasks, worked_example


def feasibility() -> None:
    for task in (*small_tasks(40), a_big_task(3, 200, 12, slack=0, raised=2), worked_example()):
        print(examine(task, SOLVER))


{"feasibility": feasibility}[sys.argv[1]]()
