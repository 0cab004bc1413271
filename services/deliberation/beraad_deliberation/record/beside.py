"""Whether the texts and names beside the record are those it is bound to. What is erased is no fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from beraad.record.commitments import Committed
from beraad_deliberation.record.asked import leaves_of
from beraad_deliberation.record.history import Findings

SAYING = frozenset({"text", "override", "reason", "concern", "change", "note", "ruling"})
"""The members of a body that are commitments of texts."""
HEX_LENGTH = 64


def check_texts(ledger: Mapping[str, Any], findings: Findings) -> int:
    """How many texts the record is bound to that are erased, or not shown."""
    bound = texts_in(ledger)
    shown = [Committed(row["commitment"], row["salt"], row["text"]) for row in ledger["texts"]]
    return _check(bound, shown, "text", findings)


def check_names(ledger: Mapping[str, Any], findings: Findings) -> None:
    """Names are shown or not, as whoever exports likes; those shown are right."""
    shown = [Committed(row["person"], row["salt"], row["name"]) for row in ledger["people"]]
    _check(people_in(ledger), shown, "person", findings)


def texts_in(ledger: Mapping[str, Any]) -> set[str]:
    """The commitments of all texts that entries and leaves are bound to."""
    return {text for entry in _all(ledger) for text in _texts(entry["body"])}


def people_in(ledger: Mapping[str, Any]) -> set[str]:
    """The pseudonyms of everybody who is named."""
    known = {person for roll in ledger["rolls"] for person in roll["electors"]}
    for entry in _all(ledger):
        known.update((entry["actor"], *map(entry["body"].get, ("by", "elector", "owner"))))
        known.update(entry["body"].get("proposers", ()))
    return known


def _check(bound: set[str], shown: list[Committed], what: str, findings: Findings) -> int:
    told = [one.commitment for one in shown]
    if told != sorted(set(told)):
        findings.add("NotInOrder", f"{what}s", "they are sorted, and none is there twice")
    kept = 0
    for one in shown:
        state = one.state
        if one.commitment not in bound:
            findings.add("NotRecorded", f"{what} {one.commitment}", "no entry is bound to it")
        elif state == "broken":
            findings.add("TextIsWrong", f"{what} {one.commitment}", "this is not what the record is bound to")
        kept += state == "open"
    return len(bound) - kept


def _all(ledger: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from ledger["entries"]
    for roll in ledger["rolls"]:
        yield from leaves_of(roll)


def _texts(body: Mapping[str, Any]) -> Iterator[str]:
    """A reason may be a code instead: of a departure, of a round abandoned."""
    for name in SAYING & body.keys():
        if body[name] is not None and len(body[name]) == HEX_LENGTH:
            yield body[name]
