"""The names of all people a document speaks of, as they are known now: of who was erased, the pseudonym."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from beraad.roster import names_of
from beraad_deliberation.storage.work import Work

PEOPLE = frozenset(
    [
        "person_id",
        "author_id",
        "objector_id",
        "raised_by_id",
        "strategy_owner_id",
        "owner_id",
        "amendment_author_id",
        "responsible_id",
        "proposer_ids",
        "moved_by",
        "asked_by",
        "answered_by",
        "contested_by",
        "departed_by",
        "set_by",
        "joined_ids",
        "left_ids",
        "present_ids",
        "recorded_by",
    ]
)
"""Members of documents that name people."""
AT_ONCE = 5_000


def people_of(work: Work, document: Any) -> list[dict[str, str]]:
    """`id` and `name` of each, by id. Who is not known here is left out. A statement for every 5,000 people."""
    ids = sorted(set(_named(document)))
    names: dict[UUID, str] = {}
    for start in range(0, len(ids), AT_ONCE):
        names |= names_of(work.session, [UUID(one) for one in ids[start : start + AT_ONCE]])
    return [{"id": one, "name": names[UUID(one)]} for one in ids if UUID(one) in names]


def _named(document: Any) -> Iterator[str]:
    if isinstance(document, list):
        for one in document:
            yield from _named(one)
    elif isinstance(document, dict):
        for name, value in document.items():
            if name in PEOPLE:
                yield from value if isinstance(value, list) else [value] if value else []
            else:
                yield from _named(value)
