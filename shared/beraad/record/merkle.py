"""Merkle trees as RFC 6962, 2.1 (RFC 9162, 2.1) has them: SHA-256, leaves and nodes told apart by a first byte."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

LENGTH = 32
EMPTY = sha256(b"").digest()
"""The root of no leaves."""


class FrontierIsMalformed(ValueError):
    """So many leaves have another number of peaks."""


def leaf_hash(data: bytes) -> bytes:
    """Of one leaf's bytes."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


@dataclass
class Frontier:
    """What has to be kept of a tree to let it grow: its full subtrees' roots, largest first. At most 53 of them."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> None:
        """One more leaf hash; one node hash on average."""
        node, size = leaf, self.size
        while size & 1:
            node = node_hash(self.peaks.pop(), node)
            size >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Of all leaves so far."""
        if not self.peaks:
            return EMPTY
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = node_hash(peak, node)
        return node

    def to_bytes(self) -> bytes:
        """The peaks, as stored beside the size."""
        return b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, size: int, stored: bytes) -> Frontier:
        """From what was stored. Raises `FrontierIsMalformed`."""
        if len(stored) != LENGTH * size.bit_count():
            raise FrontierIsMalformed
        return cls(size, [stored[at : at + LENGTH] for at in range(0, len(stored), LENGTH)])


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes in their order; linear, in the memory of a frontier."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


class Tree:
    """A whole tree, for proofs about many of its leaves: each is then a walk from leaf to root."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            self._levels.append(_above(self._levels[-1]))

    @property
    def root(self) -> bytes:
        """Of all leaves."""
        return self._levels[-1][0] if self._levels[0] else EMPTY

    def path(self, index: int) -> list[bytes]:
        """The inclusion proof of that leaf, from its sibling upwards (RFC 6962, 2.1.1). Raises `IndexError`."""
        if not 0 <= index < len(self._levels[0]):
            raise IndexError(index)
        path = []
        for level in self._levels[:-1]:
            if index ^ 1 < len(level):
                path.append(level[index ^ 1])
            index >>= 1
        return path


def _above(level: list[bytes]) -> list[bytes]:
    """The next level; a node without a sibling rises as it is."""
    pairs = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return pairs + level[len(level) - len(level) % 2 :]
