"""The trail of an objection: what happened to it, step by step, from being raised to its end.

A pure function of what is stored. Where the moment of a step was not kept, `at` is null and the step stands where it belongs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from beraad_deliberation.documents.plain import Row, by, plain, written
from beraad_deliberation.documents.trail_steps import Step, steps_of

EARLIEST = datetime.min.replace(tzinfo=UTC)
OWN = ("proposal_id", "group_id")
"""What an objection's trail does not repeat of its proposal."""


@dataclass(frozen=True)
class TrailRows:
    """What trails are made of, all of one proposal.

    `responses`: of closed rounds, at least the objectors'. `objecting`: every answer "object" ever given, oldest first.
    `departures`: electors who left.
    """

    objections: Sequence[Row]
    opinions: Sequence[Row]
    rounds: Sequence[Row]
    versions: Sequence[Row]
    amendments: Sequence[Row]
    responses: Sequence[Row]
    objecting: Sequence[Row]
    departures: Sequence[Row]


def trails(rows: TrailRows) -> list[dict[str, Any]]:
    """Every objection with its steps, oldest first. Linear in what there is."""
    known = _Known(rows)
    return [_trail(objection, known) for objection in rows.objections]


class _Known:
    """The rows, to be looked up."""

    def __init__(self, rows: TrailRows) -> None:
        self.rounds = {one["id"]: one for one in rows.rounds}
        self.versions = {one["number"]: one for one in rows.versions}
        self.amendments = {one["id"]: one for one in rows.amendments}
        self.departed = {(one["roll_id"], one["person_id"]): one["departed_at"] for one in rows.departures}
        self.opinions = by(rows.opinions, "objection_id")
        self.followers = by(rows.objections, "follows_id")
        self.merged = by(rows.objections, "merged_into_id")
        self.answers = by(rows.responses, "person_id")
        self.objecting: dict[tuple[UUID, UUID], Row] = {}
        for one in rows.objecting:
            self.objecting.setdefault((one["round_id"], one["person_id"]), one)
        self.objecting_last = {(one["round_id"], one["person_id"]): one for one in rows.objecting}

    def version_of(self, objection: Row) -> int:
        """The version its words are about: an editorial change gives a running round another."""
        last = self.objecting_last.get((objection["round_id"], objection["raised_by_id"]))
        return int(last["version"] if last else self.rounds[objection["round_id"]]["version"])

    def next_answers(self, objection: Row) -> list[tuple[Row, Row]]:
        """The objector's, in later closed rounds: the round and the answer."""
        number = self.rounds[objection["round_id"]]["number"]
        given = [
            (self.rounds[one["round_id"]], one) for one in self.answers.get(objection["objector_id"], ())
        ]
        later = [pair for pair in given if pair[0]["number"] > number and pair[0]["closed_at"] is not None]
        return sorted(later, key=lambda pair: int(pair[0]["number"]))

    def moments(self, objection: Row) -> tuple[datetime | None, datetime | None]:
        """When its first objector left and when somebody adopted it, as far as their round ran then."""
        adopted = self.objecting.get((objection["round_id"], objection["objector_id"]))
        left = self.departed.get((objection["round_id"], objection["raised_by_id"]))
        return left, adopted["given_at"] if adopted else None


def _trail(objection: Row, known: _Known) -> dict[str, Any]:
    asked, version = known.rounds[objection["round_id"]], known.version_of(objection)
    opinions = known.opinions.get(objection["id"], [])
    steps = steps_of(
        {**objection, "round": asked["number"], "version": version, "test": asked["profile"].objection_test},
        opinions=opinions,
        integrated=known.versions.get(objection["integrated_in_version"]),
        amendments=known.amendments,
        answers=known.next_answers(objection),
        followers=known.followers.get(objection["id"], []),
        merged=known.merged.get(objection["id"], []),
        moments=known.moments(objection),
    )
    return {
        **written(objection, OWN),
        "round": asked["number"],
        "version": version,
        "passage": _passage(objection, known.versions.get(version, {})),
        "opinions": [written(one) for one in opinions],
        "steps": list(_in_order(steps)),
    }


def _passage(objection: Row, version: Mapping[str, Any]) -> str | None:
    start, end = objection["anchor_start"], objection["anchor_end"]
    return version["text"][start:end] if start is not None and version else None


def _in_order(steps: Iterable[Step]) -> Iterator[dict[str, Any]]:
    """By time; one whose time was not kept stays behind the one it follows from."""
    timed, latest = [], EARLIEST
    for step in steps:
        latest = max(latest, step.at or latest)
        timed.append((step.at or latest, step))
    for _, step in sorted(timed, key=lambda one: one[0]):
        yield {"step": step.step, "at": plain(step.at), **plain(step.facts)}
