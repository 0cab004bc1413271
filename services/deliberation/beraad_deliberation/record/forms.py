"""Whether an export has the form it should: nothing else is looked at before it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from beraad.record.findings import quoted
from beraad.record.structures import Members
from beraad_deliberation.record.export import EXPORT, FORMAT
from beraad_deliberation.record.history import Findings
from beraad_deliberation.record.kinds import BODIES, LEAF_BODIES


def check_form(export: Any, findings: Findings) -> None:
    """Its members, and of every entry and leaf the body its type has."""
    if not isinstance(export, dict) or export.get("format") != FORMAT:
        findings.add("FormatIsUnknown", "export", f"the format {FORMAT} was expected")
        return
    if not EXPORT.fits(export):
        findings.add("ShapeIsWrong", *EXPORT.fault(export, "export"))
        return
    for entry in export["ledger"]["entries"]:
        _check_body(entry, BODIES, f"entry {entry['seq']}", findings)
    for where, leaf in _leaves(export["ledger"]):
        _check_body(leaf, LEAF_BODIES, where, findings)


def _check_body(
    entry: Mapping[str, Any], bodies: Mapping[str, Members], where: str, findings: Findings
) -> None:
    shape = bodies.get(entry["type"])
    if shape is None:
        findings.add("TypeIsUnknown", where, f"nobody records {quoted(entry['type'])}")
    elif not shape.fits(entry["body"]):
        place, says = shape.fault(entry["body"], "body")
        findings.add("ShapeIsWrong", where, f"{place}: {says}")


def _leaves(ledger: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for roll in ledger["rolls"]:
        for close in roll["closes"]:
            for number, leaf in enumerate(close["leaves"]):
                yield f"roll {roll['id']} close {close['seq']} leaf {number}", leaf
        for number, leaf in enumerate(roll["later"]):
            yield f"roll {roll['id']} later leaf {number}", leaf
