"""A forger who holds the log's key: changes what a record says, and makes all seals anew."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from beraad.record.checkpoints import Checkpoint
from beraad.record.entries import leaf_of
from beraad.record.merkle import root_of
from beraad.record.notes import SigningKey

Export = dict[str, Any]
Edit = Callable[[dict[str, Any]], object]
"""Changes a ledger."""


def forged(export: Export, edit: Edit, key: SigningKey, *, recount: bool = False) -> Export:
    """The change with numbers, chain and checkpoint made to fit; with `recount` the trees of answers too."""
    copy = deepcopy(export)
    edit(copy["ledger"])
    if recount:
        recounted(copy)
    return resealed(copy, key)


def resealed(export: Export, key: SigningKey) -> Export:
    """Number and chain the entries, and sign for them."""
    prev = None
    for seq, entry in enumerate(export["ledger"]["entries"], 1):
        entry.update(seq=seq, prev=prev)
        prev = leaf_of(entry).hex()
    return signed(export, key)


def signed(export: Export, key: SigningKey, **changes: Any) -> Export:
    """Sign for the entries as they are, or for something else."""
    ledger = export["ledger"]
    entries = ledger["entries"]
    root = changes.pop("root", None) or root_of(map(leaf_of, entries))
    told = {"origin": ledger["origin"], "size": len(entries), **changes}
    ledger["checkpoint"] = Checkpoint(**told, root=root).signed(key)
    return export


def recounted(export: Export) -> Export:
    """Sort the leaves of every close, and write their root and number into its entry."""
    entries = {entry["seq"]: entry for entry in export["ledger"]["entries"]}
    for roll in export["ledger"]["rolls"]:
        so_far: list[bytes] = []
        for close in roll["closes"]:
            close["leaves"].sort(key=leaf_of)
            so_far += map(leaf_of, close["leaves"])
            told = {"responses_root": root_of(sorted(so_far)).hex(), "count": len(so_far)}
            entries[close["seq"]]["body"].update(told)
        roll["later"].sort(key=leaf_of)
    return export


def rechained(leaves: list[dict[str, Any]], person: str, edit: Edit) -> None:
    """Change all answers of one person among these leaves, and let them follow each other again."""
    mine = [leaf for leaf in leaves if leaf["actor"] == person]
    mine.sort(key=lambda leaf: str(leaf["prev"] or ""))  # in these stories nobody answers more than twice
    prev = None
    for leaf in mine:
        edit(leaf)
        leaf["prev"] = prev
        prev = leaf_of(leaf).hex()
