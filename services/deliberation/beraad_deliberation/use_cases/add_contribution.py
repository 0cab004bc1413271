"""Share a resource or an experience on a group's theme; what outsiders share waits for a coordinator."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from beraad.domain import InvalidRequest, NotFound
from beraad.identifiers import new_id
from beraad_deliberation.domain.contributions import Contribution
from beraad_deliberation.use_cases.ports import Work


@dataclass(frozen=True, kw_only=True)
class AddContribution:
    """`author_name`: on whose behalf, where it is not the caller's own."""

    group_id: UUID
    theme: str
    title: str
    text: str = ""
    link: str = ""
    proposal_id: UUID | None = None
    author_name: str = ""
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True)
class PublishContribution:
    """Which contribution."""

    contribution_id: UUID


def add_contribution(command: AddContribution, work: Work, now: datetime) -> Contribution:
    """Published at once where the caller belongs to the group. Raises `NotYetKnown`, `InvalidRequest`."""
    work.groups.get(command.group_id)
    work.authorize("contribution.add", command.group_id)
    belongs = work.standing(command.group_id).belongs
    if command.proposal_id is not None:
        _expect_of_the_group(command.proposal_id, command.group_id, work, belongs=belongs)
    contribution = Contribution(**vars(command), author_id=work.actor.person, added_at=now)
    added = contribution.publish(now) if belongs else None
    work.contributions.add(contribution)
    if added is not None:
        work.publish(added)
    return contribution


def publish_contribution(command: PublishContribution, work: Work, now: datetime) -> Contribution:
    """Raises `ContributionIsPublished`, `NotFound`."""
    contribution = work.contributions.get(command.contribution_id)
    work.authorize("contribution.publish", contribution.group_id)
    work.publish(contribution.publish(now))
    return contribution


def _expect_of_the_group(proposal_id: UUID, group_id: UUID, work: Work, *, belongs: bool) -> None:
    try:
        of_the_group = belongs and work.proposals.get(proposal_id).group_id == group_id
    except NotFound:
        of_the_group = False
    if not of_the_group:
        raise InvalidRequest("the group has no such proposal", pointer="/proposal_id")
