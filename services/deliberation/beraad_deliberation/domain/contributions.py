"""Contributions: resources and experience on a group's theme, from members and, moderated, from outsiders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from beraad.domain import Event, RuleBroken
from beraad_deliberation.domain.events import ContributionAdded


class ContributionState(StrEnum):
    """Open to read, or waiting for a coordinator."""

    PROPOSED = "proposed"
    PUBLISHED = "published"


class ContributionIsPublished(RuleBroken):
    """It was published before."""


@dataclass(eq=False, kw_only=True)
class Contribution:
    """Something worth knowing on a theme, possibly linked to a proposal."""

    id: UUID
    group_id: UUID
    theme: str
    title: str
    text: str
    link: str
    proposal_id: UUID | None
    author_id: UUID
    author_name: str
    added_at: datetime
    state: ContributionState = ContributionState.PROPOSED
    published_at: datetime | None = None
    revision: int = 0

    def publish(self, at: datetime) -> Event:
        """Let everybody read it. Raises `ContributionIsPublished`."""
        if self.state is ContributionState.PUBLISHED:
            raise ContributionIsPublished
        self.state, self.published_at = ContributionState.PUBLISHED, at
        self.revision += 1
        return ContributionAdded(
            contribution_id=self.id,
            revision=self.revision,
            group_id=self.group_id,
            theme=self.theme,
            title=self.title,
        )
