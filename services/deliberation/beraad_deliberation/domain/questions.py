"""Questions while a proposal is clarified, and reactions to it: one each, no replies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import RuleBroken


class QuestionIsAnswered(RuleBroken):
    """The question was answered before."""


class AlreadyReacted(RuleBroken):
    """Everybody reacts once."""


class ReactionNeedsWords(RuleBroken):
    """A reaction says something, or passes."""


@dataclass(eq=False, kw_only=True)
class Question:
    """What somebody asks the proposers, and their answer."""

    id: UUID
    proposal_id: UUID
    group_id: UUID
    asked_by: UUID
    text: str
    asked_at: datetime
    answer: str | None = None
    answered_by: UUID | None = None
    answered_at: datetime | None = None

    def reply(self, text: str, by: UUID | None, at: datetime) -> None:
        """Answer it. Raises `QuestionIsAnswered`."""
        if self.answer is not None:
            raise QuestionIsAnswered
        self.answer, self.answered_by, self.answered_at = text, by, at


@dataclass(eq=False, kw_only=True)
class Reaction:
    """One person's reaction, or pass."""

    id: UUID
    proposal_id: UUID
    group_id: UUID
    person_id: UUID
    text: str
    passes: bool
    given_at: datetime

    def __post_init__(self) -> None:
        """Raise `ReactionNeedsWords`."""
        if not self.passes and not self.text.strip():
            raise ReactionNeedsWords
