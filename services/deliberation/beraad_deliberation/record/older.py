"""Whether the record still says what somebody kept of it: an older copy, a checkpoint, a receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from beraad.record.checkpoints import Checkpoint, read_checkpoint
from beraad.record.merkle import root_of
from beraad.record.notes import (
    KeyIsMalformed,
    NoteIsMalformed,
    PublicKey,
    SignatureIsMissing,
    SignatureIsWrong,
)
from beraad.record.reading import NotReadable
from beraad_deliberation.record import export, receipts
from beraad_deliberation.record.asked import leaves_of
from beraad_deliberation.record.history import Findings

Kept = Mapping[str, Any] | str
"""An export, a receipt, or a checkpoint's text."""


@dataclass(frozen=True)
class Record:
    """The record as exported, the leaf of each entry, and whose signatures are believed."""

    ledger: Mapping[str, Any]
    leaves: Sequence[bytes]
    key: PublicKey


def expect_kept(kept: Any) -> None:
    """Raise `NotReadable` unless it is something to compare with."""
    if isinstance(kept, str):
        return
    told = kept.get("format") if isinstance(kept, dict) else None
    shapes = {export.FORMAT: export.EXPORT, receipts.FORMAT: receipts.RECEIPT}
    shape = shapes.get(told) if isinstance(told, str) else None
    if shape is None:
        raise NotReadable("neither an export, nor a receipt, nor a checkpoint")
    if not shape.fits(kept):
        raise NotReadable(": ".join(shape.fault(kept, "older")))


def key_of(kept: Kept) -> PublicKey | None:
    """The key an older copy names: whoever kept it believes that one. Raises `NotReadable`."""
    if isinstance(kept, str) or kept["format"] != export.FORMAT:
        return None
    try:
        return PublicKey.parse(kept["ledger"]["key"])
    except KeyIsMalformed as error:
        raise NotReadable("the older copy names no key") from error


def check_against(kept: Kept, record: Record, findings: Findings) -> None:
    """What was kept must be the beginning of the record, or in it."""
    if isinstance(kept, str):
        _check_checkpoint(kept, record, findings)
    elif kept["format"] == export.FORMAT:
        older = kept["ledger"]
        if _check_checkpoint(older["checkpoint"], record, findings):
            _name_first_difference(older["entries"], record, findings)
    else:
        _check_receipt(kept, record, findings)


def _check_checkpoint(note: str, record: Record, findings: Findings) -> bool:
    """Whether the history before it was rewritten."""
    try:
        checkpoint = read_checkpoint(note, record.key)
    except (NoteIsMalformed, SignatureIsMissing, SignatureIsWrong):
        findings.add("AgainstIsUnusable", "older", f"its checkpoint is not signed by {record.key}")
        return False
    return _check_beginning(checkpoint, record, findings)


def _check_beginning(checkpoint: Checkpoint, record: Record, findings: Findings) -> bool:
    """Whether the history before it was rewritten."""
    if checkpoint.origin != record.ledger["origin"]:
        findings.add("AgainstIsUnusable", "older", "it is of another log")
    elif checkpoint.size > len(record.leaves):
        missing = checkpoint.size - len(record.leaves)
        findings.add("EntriesAreMissing", "older", f"{missing} entries were there and are not any more")
    elif checkpoint.root != root_of(record.leaves[: checkpoint.size]):
        findings.add(
            "HistoryWasRewritten", "older", f"the first {checkpoint.size} entries are not those sealed then"
        )
        return True
    return False


def _name_first_difference(entries: Sequence[Any], record: Record, findings: Findings) -> None:
    for before, now in zip(entries, record.ledger["entries"], strict=False):
        if before != now:
            findings.add("HistoryWasRewritten", f"entry {now['seq']}", "it is another than in the older copy")
            return


def _check_receipt(receipt: Mapping[str, Any], record: Record, findings: Findings) -> None:
    try:
        promise, checkpoint = receipts.check_receipt(receipt, record.key)
    except receipts.ReceiptIsBroken as error:
        findings.add("AgainstIsUnusable", "receipt", str(error))
        return
    if promise.origin != record.ledger["origin"]:
        findings.add("AgainstIsUnusable", "receipt", "it is of another log")
        return
    if checkpoint is not None:
        _check_beginning(checkpoint, record, findings)
    if _is_lost(promise, receipt["entry"], record):
        findings.add("ResponseIsMissing", f"leaf {promise.leaf.hex()}", "it was promised, and is not there")


def _is_lost(promise: receipts.Promise, entry: Mapping[str, Any], record: Record) -> bool:
    """While the round runs its leaves are not shown; a round that is not there at all loses them too."""
    shown = {roll["id"]: roll for roll in record.ledger["rolls"]}
    part = shown.get(promise.roll)
    return part is None or (bool(part["closes"]) and entry not in leaves_of(part))
