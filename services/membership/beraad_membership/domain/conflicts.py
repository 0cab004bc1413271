"""Conflicts of interest: where somebody should not sit, as they declared themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import InvalidRequest, RuleBroken


class HasConflictOfInterest(RuleBroken):
    """This person declared a conflict of interest with the group or its theme."""


class ConflictHasEnded(RuleBroken):
    """That conflict of interest was declared over before."""


@dataclass(eq=False, kw_only=True)
class Conflict:
    """A conflict of interest with one group, or with every group of a theme, from its declaration until it is declared over.

    Raises `InvalidRequest` unless exactly one of the two is named.
    """

    id: UUID
    person_id: UUID
    group_id: UUID | None
    theme: str | None
    reason: str
    declared_at: datetime
    ended_at: datetime | None = None
    revision: int = 1

    def __post_init__(self) -> None:
        """Refuse what concerns nothing, or two things."""
        if (self.group_id is None) == (self.theme is None):
            raise InvalidRequest("name a group or a theme", pointer="/group_id")

    def concerns(self, group_id: UUID, theme: str) -> bool:
        """Whether it stands and is about that group. Themes are compared without regard to case."""
        if self.ended_at is not None:
            return False
        about_theme = self.theme is not None and self.theme.casefold() == theme.casefold()
        return self.group_id == group_id or about_theme

    def end(self, at: datetime) -> None:
        """Declare it over. Raises `ConflictHasEnded`."""
        if self.ended_at is not None:
            raise ConflictHasEnded
        self.ended_at = at
        self.revision += 1
