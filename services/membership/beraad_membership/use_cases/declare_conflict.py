"""Declare a conflict of interest, or declare it over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from beraad.domain import InvalidRequest
from beraad.identifiers import new_id
from beraad_membership.domain.conflicts import Conflict
from beraad_membership.use_cases.ports import Work


@dataclass(frozen=True, kw_only=True)
class DeclareConflict:
    """With one group, or with every group of a theme."""

    person_id: UUID
    reason: str
    group_id: UUID | None = None
    theme: str | None = None
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True)
class EndConflict:
    """Which one is over."""

    conflict_id: UUID


def declare_conflict(command: DeclareConflict, work: Work, now: datetime) -> Conflict:
    """It keeps the person from new seats there; a seat they hold already is theirs. Raises `InvalidRequest`, `NotFound`."""
    work.authorize("conflict.declare", resource=command.person_id)
    work.people.get(command.person_id)
    if command.group_id is not None and not work.groups.exists(command.group_id):
        raise InvalidRequest("there is no such group", pointer="/group_id")
    conflict = Conflict(**vars(command), declared_at=now)
    work.conflicts.add(conflict)
    return conflict


def end_conflict(command: EndConflict, work: Work, now: datetime) -> Conflict:
    """Raises `ConflictHasEnded`, `NotFound`."""
    conflict = work.conflicts.get(command.conflict_id)
    work.authorize("conflict.end", resource=conflict.person_id)
    conflict.end(now)
    return conflict
