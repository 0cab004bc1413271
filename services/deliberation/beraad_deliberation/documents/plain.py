"""What is stored, as JSON has it: ids, instants and days as text, values as documents."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from beraad_deliberation.domain.edits import Edit
from beraad_deliberation.domain.merging import Clash
from beraad_deliberation.domain.profiles import DecisionProfile

Row = Mapping[str, Any]

LEFT_OUT: Mapping[str, str] = {
    "proposal_id": "it stands within its proposal",
    "group_id": "the group stands at the top",
    "roll_id": "it stands within its round or vote",
    "round_id": "it stands within its round",
    "vote_id": "it stands within its vote",
    "objection_id": "it stands within its objection",
    "decision_id": "it stands within its decision",
    "row_id": "how the row is kept; the order tells the same",
    "ordinal": "how often its elector answered before; the last counts",
    "taken_back": "what was taken back is not told; who contested it stands there",
    "told_overdue": "whether a reminder went out",
    "from_minutes_id": "meetings tells of its minutes; of a decision's tasks it is said there",
    "from_meeting_id": "as from_minutes_id",
    "told_due": "whether a reminder went out",
    "remind_at": "when a reminder goes out",
    "contested": "how answers are kept; who contested one stands there",
    "pseudonym": "of the record, which names people itself",
    "said": "of the record",
    "prev": "of the record",
    "leaf": "of the record",
}
"""Columns of what belongs to something that an export does not repeat, and why."""


def plain(value: Any) -> Any:
    """The value as JSON has it."""
    match value:
        case None | bool() | int():
            return value
        case StrEnum():
            return value.value
        case str():
            return value
        case UUID():
            return str(value)
        case date():
            return value.isoformat()
        case DecisionProfile():
            return value.to_document()
        case Edit() | Clash():
            return vars(value)
        case Mapping():
            return {str(name): plain(inner) for name, inner in value.items()}
    return [plain(one) for one in value]


def written(row: Row, but: Collection[str] = LEFT_OUT) -> dict[str, Any]:
    """A row without what stands around it."""
    return {name: plain(value) for name, value in row.items() if name not in but}


def by(rows: Iterable[Row], name: str) -> dict[Any, list[Row]]:
    """The rows by what stands in that column."""
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(row[name], []).append(row)
    return found
