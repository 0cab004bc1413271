"""A decision in force creates the groups it names, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from beraad_membership.domain.composition import CompositionPolicy
from beraad_membership.use_cases.create_group import CreateGroup, add_group
from beraad_membership.use_cases.ports import Work

COPIED = ("theme", "aim", "deliverables", "time_zone", "decision_profile")


@dataclass(frozen=True)
class ConstituteGroups:
    """`groups` is the annex of the decision (see the contract of `deliberation.decision.in_force.v1`)."""

    decision_id: UUID
    groups: tuple[dict[str, Any], ...]


def constitute_groups(command: ConstituteGroups, work: Work, _now: datetime) -> int:
    """How many groups were created; none when this decision created its groups before."""
    if work.groups.created_by(command.decision_id):
        return 0
    for annex in command.groups:
        add_group(_from_annex(annex, command.decision_id), work)
    return len(command.groups)


def _from_annex(annex: dict[str, Any], decision_id: UUID) -> CreateGroup:
    body = annex.get("approving_body_id")
    ends_on = annex.get("ends_on")
    return CreateGroup(
        kind="working_group",
        name=annex["name"],
        starts_on=date.fromisoformat(annex["starts_on"]),
        ends_on=date.fromisoformat(ends_on) if ends_on else None,
        approving_body_id=UUID(body) if body else None,
        decision_id=decision_id,
        policy=CompositionPolicy.from_document(annex.get("policy", {})),
        **{name: annex[name] for name in COPIED if name in annex},
    )
