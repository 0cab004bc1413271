"""Prepare a selection by lot: asked for by who composes the group, worked out by a worker, committed to before the draw.

The work takes seconds to minutes. So no transaction spans it: a worker claims the selection, tells how far it is, and commits to
what it found if pool and policy are still the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from beraad.domain import InvalidRequest
from beraad.identifiers import new_id
from beraad_membership.domain.commitments import commitment
from beraad_membership.domain.groups import Group
from beraad_membership.domain.pools import Pool, pool_of
from beraad_membership.domain.requirements import CompositionTask
from beraad_membership.domain.selections import Selection, SelectionUnderWay, TooLateToCommit
from beraad_membership.use_cases.ports import Candidacies, Conflicts, People, Work
from beraad_membership.use_cases.seating import conflicted_with, profiles_of


@dataclass(frozen=True, kw_only=True)
class PrepareSelection:
    """`size`: how many seats the group shall have then, those filled already included; the most its policy permits otherwise.

    `randomness`: where the seed will come from, such as a public lottery; it does not exist before `draws_at`.
    """

    group_id: UUID
    randomness: str
    draws_at: datetime
    size: int | None = None
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True)
class CancelSelection:
    """Nothing shall come of it."""

    selection_id: UUID


@dataclass(frozen=True)
class ClaimSelection:
    """A worker takes one to prepare. Leases are in real time."""

    real_now: datetime


@dataclass(frozen=True)
class AdvanceSelection:
    """How far the worker is, per mille."""

    selection_id: UUID
    progress: int
    real_now: datetime


@dataclass(frozen=True)
class CommitSelection:
    """What the worker found for a task: panels of places in its pool."""

    selection_id: UUID
    task: CompositionTask
    panels: tuple[Sequence[int], ...]
    real_now: datetime


@dataclass(frozen=True)
class GiveBackSelection:
    """The worker that prepares it stops."""

    selection_id: UUID
    real_now: datetime


@dataclass(frozen=True)
class FailSelection:
    """Why it cannot be prepared."""

    selection_id: UUID
    code: str
    detail: str


@dataclass(frozen=True)
class Claimed:
    """What a worker shall find panels for."""

    selection_id: UUID
    task: CompositionTask


def prepare_selection(command: PrepareSelection, work: Work, now: datetime) -> Selection:
    """Candidacies are closed from now on. Raises `SelectionUnderWay`, `GroupHasEnded`, `InvalidRequest`, `NotFound`."""
    work.authorize("selection.prepare", command.group_id)
    group = work.groups.get(command.group_id)
    group.refuse_ended(group.day(now))
    if work.selections.under_way(group.id):
        raise SelectionUnderWay
    size = command.size or group.policy.size_max
    if not group.policy.size_min <= size <= group.policy.size_max:
        raise InvalidRequest(
            f"the policy permits {group.policy.size_min} to {group.policy.size_max} seats", pointer="/size"
        )
    selection = Selection(
        id=command.id,
        group_id=group.id,
        size=size,
        randomness=command.randomness,
        draws_at=command.draws_at,
        requested_by=work.actor.person_id,
        requested_at=now,
    )
    work.selections.add(selection)
    return selection


def cancel_selection(command: CancelSelection, work: Work, _now: datetime) -> Selection:
    """Candidacies are open again. Raises `SelectionStateForbids`, `NotFound`."""
    group_id = work.selections.group_of(command.selection_id)
    work.authorize("selection.cancel", group_id)
    group = work.groups.get(group_id)
    selection = work.selections.get(command.selection_id)
    give_up(selection, group, work)
    return selection


def give_up(selection: Selection, group: Group, work: Work, *, group_ends: bool = False) -> None:
    """Cancel it, and tell those who were told of their chances and still wait. Raises `SelectionStateForbids`."""
    work.publish(selection.cancel())
    chances, seated = selection.chances(), {seat.person_id for seat in group.filled}
    for candidacy in work.candidacies.hold_standing_in(group.id) if chances else []:
        if str(candidacy.id) in chances and candidacy.person_id not in seated:
            work.publish(candidacy.released(selection.id, group_ends=group_ends))


def claim_selection(command: ClaimSelection, work: Work, _now: datetime) -> Claimed | None:
    """One that waits, or whose worker fell silent; None where none is left to prepare. Never the same for two workers."""
    while (selection := work.selections.to_prepare(command.real_now)) is not None:
        selection.claim(command.real_now)
        if selection.failure is None:
            break
    if selection is None:
        return None
    pool = current_pool(work.groups.seen(selection.group_id), work.candidacies, work.conflicts, work.people)
    return Claimed(selection.id, pool.task(selection.size, selection.size))


def advance_selection(command: AdvanceSelection, work: Work, _now: datetime) -> bool:
    """False where the worker should stop."""
    return work.selections.get(command.selection_id).advance(command.progress, command.real_now)


def commit_selection(command: CommitSelection, work: Work, now: datetime) -> bool:
    """Freeze what was found, and tell each candidate how likely they are drawn.

    False where pool or policy changed meanwhile, so that it is worked out anew. Raises `TooLateToCommit`, `SelectionStateForbids`.
    """
    group = work.groups.get(work.selections.group_of(command.selection_id))
    selection = work.selections.get(command.selection_id)
    if now >= selection.draws_at:
        raise TooLateToCommit
    work.candidacies.hold_standing_in(group.id)
    pool = current_pool(group, work.candidacies, work.conflicts, work.people)
    if pool.task(selection.size, selection.size) != command.task:
        selection.begin_anew(command.real_now)
        return False
    committed = commitment(command.task, command.panels, group=str(group.id), randomness=selection.randomness)
    work.publish(selection.freeze(committed, now))
    chances = selection.chances()
    for candidacy in pool.candidates:
        work.publish(candidacy.entered(selection, chances[str(candidacy.id)]))
    return True


def give_back_selection(command: GiveBackSelection, work: Work, _now: datetime) -> None:
    """The next worker begins at once."""
    work.selections.get(command.selection_id).give_back(command.real_now)


def fail_selection(command: FailSelection, work: Work, _now: datetime) -> Selection:
    """Candidacies are open again. Raises `SelectionStateForbids` where it was cancelled meanwhile."""
    selection = work.selections.get(command.selection_id)
    selection.fail(command.code, command.detail)
    return selection


def current_pool(group: Group, candidacies: Candidacies, conflicts: Conflicts, people: People) -> Pool:
    """Who may be drawn for the group as things stand."""
    standing = candidacies.standing_in(group.id)
    ids = [candidacy.person_id for candidacy in standing]
    return pool_of(group, standing, conflicted_with(group, ids, conflicts), profiles_of(ids, people))
