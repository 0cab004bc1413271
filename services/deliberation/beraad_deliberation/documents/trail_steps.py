"""The steps of an objection's life, in the order in which they follow from each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from beraad_deliberation.documents.plain import Row
from beraad_deliberation.domain.objection_states import ObjectionState
from beraad_deliberation.domain.objections import APPEALED_WITHIN, ORPHANED_FOR
from beraad_deliberation.domain.profiles import ObjectionTest


@dataclass(frozen=True)
class Step:
    """What happened, when (None: that was not kept), and what there is to tell of it."""

    step: str
    at: datetime | None
    facts: Mapping[str, Any]


def steps_of(
    objection: Row,
    *,
    opinions: Sequence[Row],
    integrated: Row | None,
    amendments: Mapping[UUID, Row],
    answers: Sequence[tuple[Row, Row]],
    followers: Sequence[Row],
    merged: Sequence[Row],
    moments: tuple[datetime | None, datetime | None],
) -> Iterator[Step]:
    """All of them. `objection` also has `round`, `version` and `test`; `moments`: of its objector's leaving, of its adoption."""
    yield from _raised(objection)
    yield from _orphaned(objection, *moments)
    yield from _tested(objection, opinions)
    yield from _integrated(objection, integrated, amendments)
    for asked, answer in answers:
        told = {"round": asked["number"], "version": asked["version"], "answer": answer["answer"]}
        yield Step("answered", asked["closed_at"], {"person_id": answer["person_id"], **told})
    for other in followers:
        yield Step("followed_by", other["raised_at"], {"objection_id": other["id"]})
    for other in merged:
        yield Step("took_in", other["settled_at"], {"objection_id": other["id"]})
    yield from _settled(objection)


def _raised(objection: Row) -> Iterator[Step]:
    told = {"round": objection["round"], "version": objection["version"]}
    yield Step("raised", objection["raised_at"], {"person_id": objection["raised_by_id"], **told})
    if objection["follows_id"] is not None:
        yield Step("follows", objection["raised_at"], {"objection_id": objection["follows_id"]})


def _orphaned(objection: Row, left: datetime | None, adopted: datetime | None) -> Iterator[Step]:
    if objection["orphaned_from"] is None:
        return
    until = objection["orphaned_until"]
    yield Step("orphaned", until - ORPHANED_FOR if until else left, {"person_id": objection["raised_by_id"]})
    if objection["objector_id"] != objection["raised_by_id"]:
        yield Step("adopted", adopted, {"person_id": objection["objector_id"]})


def _tested(objection: Row, opinions: Sequence[Row]) -> Iterator[Step]:
    if opinions:
        for_it = sum(one["qualifies"] for one in opinions)
        told = {"qualifies": for_it, "does_not_qualify": len(opinions) - for_it}
        yield Step("opinions", max(one["given_at"] for one in opinions), told)
    yield from _ruled(objection)
    if objection["tested_at"] is not None:
        valid = objection["state"] is not ObjectionState.NOT_QUALIFIED
        by = ObjectionTest.GROUP if objection["appealed_at"] else objection["test"]
        yield Step("tested", objection["tested_at"], {"valid": valid, "by": by})


def _ruled(objection: Row) -> Iterator[Step]:
    if objection["ruling_reason"] is None:
        return
    until, appealed, tested = (objection[name] for name in ("appealable_until", "appealed_at", "tested_at"))
    valid = tested is not None and appealed is None and objection["state"] is not ObjectionState.NOT_QUALIFIED
    at = tested if valid else until - APPEALED_WITHIN if until else None
    yield Step("ruled", at, {"valid": valid, "reason": objection["ruling_reason"]})
    if appealed is not None:
        yield Step("appealed", appealed, {"person_id": objection["objector_id"]})


def _integrated(objection: Row, version: Row | None, amendments: Mapping[UUID, Row]) -> Iterator[Step]:
    if version is None:
        return
    amendment = amendments.get(version["amendment_id"])
    told = {
        "version": version["number"],
        "strategy": objection["strategy"],
        "note": objection["strategy_note"],
        "owner_id": objection["strategy_owner_id"],
        "due_on": objection["strategy_due_on"],
        "amendment_id": version["amendment_id"],
        "amendment_author_id": amendment["author_id"] if amendment else None,
    }
    yield Step("integrated", version["published_at"], told)


def _settled(objection: Row) -> Iterator[Step]:
    """It no longer stands. What its objector answered and what settled it may have happened at once: this is the last."""
    if objection["settled_at"] is None:
        return
    if objection["merged_into_id"] is not None:
        yield Step("merged_into", objection["settled_at"], {"objection_id": objection["merged_into_id"]})
    yield Step("settled", objection["settled_at"], {"state": objection["state"]})
