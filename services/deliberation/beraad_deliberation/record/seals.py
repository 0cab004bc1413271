"""Whether the entries are one chain, and the checkpoint seals them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from beraad.record.canonical import NotCanonical
from beraad.record.checkpoints import Checkpoint, read_checkpoint
from beraad.record.entries import leaf_of
from beraad.record.merkle import root_of
from beraad.record.notes import (
    KeyIsMalformed,
    NoteIsMalformed,
    PublicKey,
    SignatureIsMissing,
    SignatureIsWrong,
)
from beraad_deliberation.record.history import Findings


def check_chain(ledger: Mapping[str, Any], findings: Findings) -> list[bytes]:
    """The leaf of each entry that has one, in their order."""
    leaves: list[bytes] = []
    prev = None
    for number, entry in enumerate(ledger["entries"], 1):
        where = f"entry {number}"
        if entry["seq"] != number:
            findings.add("SeqIsWrong", where, f"it calls itself {entry['seq']}")
        if entry["prev"] != prev:
            findings.add("PrevIsWrong", where, "it does not name the leaf of the entry before")
        if entry["group"] != ledger["group"]:
            findings.add("GroupIsWrong", where, f"it is of group {entry['group']}")
        try:
            leaf = leaf_of(entry)
        except NotCanonical as error:
            findings.add("NotCanonical", where, str(error))
            continue
        leaves.append(leaf)
        prev = leaf.hex()
    return leaves


def own_key(ledger: Mapping[str, Any], findings: Findings) -> PublicKey | None:
    """The key the export names, where it can be read and is named as the log."""
    try:
        key = PublicKey.parse(ledger["key"])
    except KeyIsMalformed:
        findings.add("KeyIsUnreadable", "key", "this is not a public key of notes")
        return None
    if key.name != ledger["origin"] or not key.name.endswith(f"/groups/{ledger['group']}"):
        findings.add("OriginIsWrong", "key", "key, origin and group do not name one log")
    return key


def check_checkpoint(
    ledger: Mapping[str, Any], leaves: Sequence[bytes], keys: Iterable[PublicKey], findings: Findings
) -> None:
    """Signed by each of these keys, of this log, over all its entries."""
    sealed = {_read(ledger["checkpoint"], key, findings) for key in keys}
    for checkpoint in filter(None, sealed):
        if checkpoint.origin != ledger["origin"]:
            findings.add("OriginIsWrong", "checkpoint", "it is of another log")
        if checkpoint.size != len(ledger["entries"]):
            findings.add("SizeIsWrong", "checkpoint", f"it seals {checkpoint.size} entries")
        elif checkpoint.root != root_of(leaves):
            findings.add("RootIsWrong", "checkpoint", "the entries are not those that were sealed")


def _read(note: str, key: PublicKey, findings: Findings) -> Checkpoint | None:
    try:
        return read_checkpoint(note, key)
    except NoteIsMalformed:
        findings.add("CheckpointIsUnreadable", "checkpoint", "this is not a signed checkpoint")
    except SignatureIsMissing:
        findings.add("SignatureIsMissing", "checkpoint", f"it is not signed by {key}")
    except SignatureIsWrong:
        findings.add("SignatureIsWrong", "checkpoint", f"the signature is not by {key}")
    return None
