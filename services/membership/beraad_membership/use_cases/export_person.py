"""Collect what all services hold of a person: asked for, answered part by part, kept for a week."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from beraad.identifiers import new_id
from beraad_membership.domain.person_exports import KEPT, PersonExport
from beraad_membership.use_cases.ports import Work

OURSELVES = "membership"


@dataclass(frozen=True)
class ExportPerson:
    """Of whom."""

    person_id: UUID
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True, kw_only=True)
class KeepExportPart:
    """What a service says it holds: part `part` of `parts`, counted from 1."""

    export_id: UUID
    service: str
    part: int
    parts: int
    content: dict[str, Any]


@dataclass(frozen=True)
class ExpireExports:
    """Those whose week is over."""


def export_person(command: ExportPerson, work: Work, now: datetime) -> UUID:
    """Its id. A person has one: while an answer is missing, asking again is about the same; afterwards it begins anew.

    Raises `PersonIsErased`, `NotFound`.
    """
    work.authorize("person.export", resource=command.person_id)
    person = work.people.get(command.person_id)
    person.refuse_erased()
    if (running := work.exports.unfinished(person.id)) is not None:
        return running
    work.exports.forget(person.id)
    export = PersonExport(
        id=command.id,
        person_id=person.id,
        requested_by=work.actor.person_id,
        requested_at=now,
        expires_at=now + KEPT,
    )
    work.exports.add(export)
    parts = work.held_of(person.id)
    for number, content in enumerate(parts, 1):
        work.exports.keep(export.id, OURSELVES, number, len(parts), content)
    work.publish(export.requested())
    return export.id


def keep_export_part(command: KeepExportPart, work: Work, _now: datetime) -> None:
    """Once, however often it comes; not at all where nobody waits for it any more."""
    if work.exports.hold(command.export_id):
        work.exports.keep(command.export_id, command.service, command.part, command.parts, command.content)


def expire_exports(_command: ExpireExports, work: Work, now: datetime) -> bool:
    """True if there was one."""
    return work.exports.expire(now) > 0
