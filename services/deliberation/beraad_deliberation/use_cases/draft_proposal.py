"""Draft a proposal in a group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from beraad.domain import InvalidRequest, RuleBroken
from beraad.identifiers import new_id
from beraad.roster import KnownGroup
from beraad_deliberation.domain.annex import GroupToConstitute, annex_of
from beraad_deliberation.domain.proposals import (
    GroupsBelongToConstituting,
    Proposal,
    ProposersBelongToTheGroup,
)
from beraad_deliberation.use_cases.ports import Work


class GroupHasEnded(RuleBroken):
    """The group's mandate is over: nothing new is decided in it."""


@dataclass(frozen=True, kw_only=True)
class PlannedTask:
    """What somebody is to do once the proposal is adopted."""

    title: str
    owner_id: UUID
    due_on: date

    def to_document(self) -> dict[str, Any]:
        """As stored."""
        return {"title": self.title, "owner_id": str(self.owner_id), "due_on": self.due_on.isoformat()}


@dataclass(frozen=True, kw_only=True)
class DraftProposal:
    """`id` lets a client retry the same draft. Without `proposer_ids` the caller proposes."""

    group_id: UUID
    kind: str
    title: str
    driver: str = ""
    text: str = ""
    theme: str = ""
    proposer_ids: tuple[UUID, ...] = ()
    responsible_id: UUID | None = None
    effective_on: date | None = None
    review_on: date | None = None
    approval_due_on: date | None = None
    tasks: tuple[PlannedTask, ...] = ()
    groups: tuple[GroupToConstitute, ...] = ()
    supersedes_id: UUID | None = None
    id: UUID = field(default_factory=new_id)


def draft_proposal(command: DraftProposal, work: Work, now: datetime) -> Proposal:
    """Raises `NotYetKnown`, `GroupHasEnded`, `GroupsBelongToConstituting`, `ProposersBelongToTheGroup`, `InvalidRequest`."""
    group = work.groups.get(command.group_id)
    work.authorize("proposal.draft", command.group_id)
    refuse_ended(group)
    if command.groups and command.kind != "constitute_group":
        raise GroupsBelongToConstituting
    proposers = list(dict.fromkeys(command.proposer_ids)) or [work.actor.person]
    _refuse_strangers(proposers, command.group_id, work)
    expect_named(work, command.responsible_id, command.tasks)
    proposal = Proposal(
        **{
            **vars(command),
            "proposer_ids": proposers,
            "responsible_id": command.responsible_id or proposers[0],
            "tasks": [task.to_document() for task in command.tasks],
            "groups": checked_annex(command.groups, work),
        },
        created_at=now,
    )
    _refuse_foreign_decision(command, work)
    work.proposals.add(proposal)
    return proposal


def expect_named(work: Work, responsible_id: UUID | None, tasks: Iterable[PlannedTask]) -> None:
    """Who is to see to it need not sit in the group, but is somebody. Raises `NotYetKnown`."""
    named = [task.owner_id for task in tasks]
    work.groups.expect_people([responsible_id, *named] if responsible_id else named)


def _refuse_strangers(proposers: list[UUID], group_id: UUID, work: Work) -> None:
    others = [person for person in proposers if person != work.actor.person_id]
    if work.groups.taking_part(group_id, others) != set(others):
        raise ProposersBelongToTheGroup


def refuse_ended(group: KnownGroup) -> None:
    """Raise `GroupHasEnded`."""
    if group.ended:
        raise GroupHasEnded


def checked_annex(groups: tuple[GroupToConstitute, ...], work: Work) -> list[dict[str, Any]]:
    """The annex as stored. Raises `InvalidRequest`, and `NotYetKnown` for an approving body not heard of."""
    annex = annex_of(groups)
    for body in {group.approving_body_id for group in groups if group.approving_body_id}:
        work.groups.get(body)
    return annex


def _refuse_foreign_decision(command: DraftProposal, work: Work) -> None:
    if command.supersedes_id is None:
        return
    if work.decisions.get(command.supersedes_id).group_id != command.group_id:
        raise InvalidRequest("a decision of another group cannot be superseded", pointer="/supersedes_id")
