"""What an elector holds: at once a promise that their answer will be counted, after the close the proof that it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from beraad.record.canonical import NotCanonical
from beraad.record.checkpoints import Checkpoint, read_checkpoint
from beraad.record.entries import leaf_of
from beraad.record.notes import (
    NoteIsMalformed,
    PublicKey,
    SignatureIsMissing,
    SignatureIsWrong,
    SigningKey,
    opened,
    sign,
)
from beraad.record.proofs import includes
from beraad.record.shapes import AnyText, OneOf
from beraad.record.structures import ListOf, Members, OrNull
from beraad_deliberation.record.fields import COUNT, HASH
from beraad_deliberation.record.kinds import ENTRY, LEAF, roll_of

FORMAT = "beraad.receipt/1"
CLOSED = Members(
    {
        "entry": ENTRY,
        "index": COUNT,
        "path": ListOf(HASH),
        "ledger_path": ListOf(HASH),
        "checkpoint": AnyText("a signed note"),
    }
)
RECEIPT = Members(
    {
        "format": OneOf(FORMAT, (FORMAT,)),
        "entry": LEAF,
        "promise": AnyText("a signed note"),
        "closed": OrNull(CLOSED),
    }
)


class ReceiptIsBroken(ValueError):
    """It does not prove what it says."""


@dataclass(frozen=True)
class Promise:
    """This leaf (32 bytes) is accepted and will be in the tree of that round or vote. Says nothing of an order."""

    origin: str
    roll: str
    leaf: bytes

    def signed(self, *keys: SigningKey) -> str:
        """As a note; its second line keeps it from being taken for a checkpoint."""
        return sign(f"{self.origin}\npromise\n{self.roll}\n{self.leaf.hex()}\n", *keys)


def a_receipt(entry: Mapping[str, Any], promise: str) -> dict[str, Any]:
    """What an elector gets with their answer."""
    return {"format": FORMAT, "entry": dict(entry), "promise": promise, "closed": None}


def closed_receipt(
    receipt: Mapping[str, Any],
    *,
    closing: Mapping[str, Any],
    index: int,
    path: Sequence[bytes],
    ledger_path: Sequence[bytes],
    checkpoint: str,
) -> dict[str, Any]:
    """The same with the proof. `closing`: the entry that closed it, `index` and `path` of the leaf in its tree.

    `ledger_path` leads from that entry to the root of the checkpoint.
    """
    proof = {"path": [node.hex() for node in path], "ledger_path": [node.hex() for node in ledger_path]}
    closed = {"entry": dict(closing), "index": index, **proof, "checkpoint": checkpoint}
    return {**receipt, "closed": closed}


def check_receipt(receipt: Mapping[str, Any], key: PublicKey) -> tuple[Promise, Checkpoint | None]:
    """What was promised, and how far the log went when it was proved. Raises `ReceiptIsBroken`."""
    try:
        promise = _promise(opened(receipt["promise"], key))
        if promise.leaf != leaf_of(receipt["entry"]) or promise.roll != roll_of(receipt["entry"]):
            raise ReceiptIsBroken("another answer was promised")
        closed = receipt["closed"]
        return promise, _proved(promise, closed, key) if closed else None
    except (NoteIsMalformed, NotCanonical) as error:
        raise ReceiptIsBroken("it cannot be read") from error
    except (SignatureIsMissing, SignatureIsWrong) as error:
        raise ReceiptIsBroken("it is not signed by the key of this record") from error


def _promise(text: str) -> Promise:
    match text.split("\n"):
        case [origin, "promise", roll, leaf, ""] if HASH.fits(leaf):
            return Promise(origin, roll, bytes.fromhex(leaf))
    raise ReceiptIsBroken("this is no promise")


def _proved(promise: Promise, closed: Mapping[str, Any], key: PublicKey) -> Checkpoint:
    closing, checkpoint = closed["entry"], read_checkpoint(closed["checkpoint"], key)
    path, ledger_path = ([bytes.fromhex(node) for node in closed[name]] for name in ("path", "ledger_path"))
    body = closing["body"]
    if not HASH.fits(body.get("responses_root")) or not COUNT.fits(body.get("count")):
        raise ReceiptIsBroken("this entry closes nothing")
    root = bytes.fromhex(body["responses_root"])
    if not includes(promise.leaf, closed["index"], body["count"], path, root):
        raise ReceiptIsBroken("the leaf is not in the tree")
    if not includes(leaf_of(closing), closing["seq"] - 1, checkpoint.size, ledger_path, checkpoint.root):
        raise ReceiptIsBroken("the close is not in the log")
    return checkpoint
