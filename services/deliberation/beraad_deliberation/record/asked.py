"""Whether each round and vote is shown once, with the electorate that was frozen and the closes that were recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from beraad_deliberation.record.history import Close, Findings, History, RecordedRoll
from beraad_deliberation.record.pseudonyms import electorate_hash


def shown_rolls(
    ledger: Mapping[str, Any], history: History, findings: Findings
) -> list[tuple[RecordedRoll, Mapping[str, Any]]]:
    """Each round or vote with what the export shows of it, where the two fit."""
    shown = {part["id"]: part for part in ledger["rolls"]}
    if [part["id"] for part in ledger["rolls"]] != [id_ for id_ in history.rolls if id_ in shown]:
        findings.add(
            "NotInOrder", "rolls", "they stand in the order of their opening, each once, and no others"
        )
    pairs = []
    for id_, roll in history.rolls.items():
        if id_ not in shown:
            findings.add("RollIsMissing", f"{roll.kind} {id_}", "nothing shows who was asked")
        elif _check_closes(roll, shown[id_], findings):
            pairs.append((roll, shown[id_]))
    return pairs


def _check_closes(roll: RecordedRoll, part: Mapping[str, Any], findings: Findings) -> bool:
    """Whether the leaves of every close are there, and of no other."""
    fits = [close["seq"] for close in part["closes"]] == [close.seq for close in roll.closes]
    fits = fits and bool(roll.closes or not part["later"])
    if not fits:
        findings.add("CloseIsMissing", f"{roll.kind} {roll.id}", "it shows other closes than were recorded")
    return fits


def check_electorate(roll: RecordedRoll, part: Mapping[str, Any], findings: Findings) -> None:
    """The frozen list, those whom the changes name, those who answered, and those who were told."""
    where, electors = f"{roll.kind} {roll.id}", part["electors"]
    if not _in_order(electors):
        findings.add("NotInOrder", where, "electors are sorted, and none is there twice")
    if (len(electors), electorate_hash(electors)) != (roll.body["electors"], roll.body["electorate"]):
        findings.add("ElectorateIsWrong", where, "this is not the electorate that was frozen")
        return
    known = set(electors)
    named = set().union(*roll.changes.values())
    answered = {leaf["actor"] for leaf in leaves_of(part)}
    for person in sorted((named | answered | roll.raised_by) - known):
        findings.add("NotAnElector", where, f"{person} was not asked")
    for close, shown in zip(roll.closes, part["closes"], strict=True):
        _check_notified(close, shown["notified"], known, findings)


def _check_notified(
    close: Close, notified: Sequence[str] | None, known: set[str], findings: Findings
) -> None:
    where = f"entry {close.seq}"
    if notified is not None and not (_in_order(notified) and known.issuperset(notified)):
        findings.add("NotInOrder", where, "those told are electors, sorted, and none is there twice")
    told = None if notified is None else electorate_hash(notified)
    if close.body.get("notified") != told:
        findings.add("NotifiedIsWrong", where, "these are not those who were told when it closed")


def leaves_of(part: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """All leaves that are shown of a round or vote."""
    for close in part["closes"]:
        yield from close["leaves"]
    yield from part["later"]


def _in_order(people: Sequence[str]) -> bool:
    return list(people) == sorted(set(people))
