"""Draw a panel once the announced randomness exists, and seat it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_membership.domain.commitments import commitment
from beraad_membership.domain.selections import Selection
from beraad_membership.use_cases.fill_vacancy import close_vacancies, seat_of
from beraad_membership.use_cases.ports import Work
from beraad_membership.use_cases.prepare_selection import current_pool

FROZEN = ("group", "size", "requirements", "pool", "seated")


@dataclass(frozen=True)
class DrawSelection:
    """`outcome`: what the announced source of randomness brought forth."""

    selection_id: UUID
    outcome: str


def draw_selection(command: DrawSelection, work: Work, now: datetime) -> Selection:
    """The panel is seated, the others are the reserve, in the order that the seed gives.

    Raises `TooEarlyToDraw`, `PoolChanged`, `GroupHasEnded`, `SelectionStateForbids`, `NotFound`.
    """
    group_id = work.selections.group_of(command.selection_id)
    work.authorize("selection.draw", group_id)
    group = work.groups.get(group_id)
    selection = work.selections.get(command.selection_id)
    today = group.day(now)
    group.refuse_ended(today)
    pool = current_pool(group, work.candidacies, work.conflicts, work.people)
    task = pool.task(selection.size, selection.size)
    now_frozen = commitment(task, [], group=str(group.id), randomness=selection.randomness)
    drawn = selection.draw_by(command.outcome, {name: now_frozen[name] for name in FROZEN}, now)
    by_id = {str(candidacy.id): candidacy for candidacy in pool.candidates}
    told = selection.draw or {}
    starts_on = max(today, group.starts_on)
    term = (starts_on, group.term_from(starts_on))
    seats = [seat_of(by_id[key], term) for key in told["panel"]]
    work.publish(drawn, *group.appoint(seats, selection.size))
    close_vacancies(group, seats, work, now)
    work.vacancies.keep_reserve(selection, [by_id[key].id for key in told["reserve"]])
    places = {key: place for place, key in enumerate(told["reserve"], 1)}
    for key, candidacy in by_id.items():
        work.publish(candidacy.settled(selection.id, places.get(key)))
    return selection
