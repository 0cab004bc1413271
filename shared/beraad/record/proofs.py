"""Proofs about Merkle trees: that a leaf is in one, and that one is the beginning of another (RFC 9162, 2.1.3, 2.1.4).

The checks never raise: whatever a proof holds, it proves or it does not.
"""

from __future__ import annotations

from collections.abc import Sequence

from beraad.record.merkle import Tree, node_hash, root_of


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """That leaf `index` (from 0) is in the tree. Linear; for many of one tree use `Tree`. Raises `IndexError`."""
    return Tree(leaves).path(index)


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path proves that leaf to be number `index` of the `size` leaves under that root."""
    if not 0 <= index < size:
        return False
    node, first, last = leaf, index, size - 1
    for sibling in path:
        if last == 0:
            return False
        if first & 1 or first == last:
            node = node_hash(sibling, node)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and node == root


def consistency_path(leaves: Sequence[bytes], size: int) -> list[bytes]:
    """That the tree over the first `size` leaves is the beginning of the tree over all. Raises `IndexError`."""
    if not 0 <= size <= len(leaves):
        raise IndexError(size)
    return _subproof(leaves, size, whole=True) if size else []


def _subproof(leaves: Sequence[bytes], size: int, *, whole: bool) -> list[bytes]:
    """RFC 6962, 2.1.2: SUBPROOF(m, D[n], b)."""
    if size == len(leaves):
        return [] if whole else [root_of(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if size <= split:
        return [*_subproof(leaves[:split], size, whole=whole), root_of(leaves[split:])]
    return [*_subproof(leaves[split:], size - split, whole=False), root_of(leaves[:split])]


def is_beginning(old_size: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path proves the old tree to be the beginning of the new one. Any tree begins with no leaves."""
    if old_size == size:
        return old_root == root and not path
    if old_size == 0:
        return not path and old_root == root_of([])
    if not 0 < old_size < size or not path:
        return False
    nodes = list(path) if old_size & (old_size - 1) else [old_root, *path]
    first, last = old_size - 1, size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    return _both_roots(nodes, first, last) == (old_root, root)


def _both_roots(nodes: Sequence[bytes], first: int, last: int) -> tuple[bytes, bytes] | None:
    """What old and new root would be, by RFC 9162, 2.1.4.2; None where the path has another length."""
    old = new = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return None
        if first & 1 or first == last:
            old, new = node_hash(node, old), node_hash(node, new)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            new = node_hash(new, node)
        first, last = first >> 1, last >> 1
    return (old, new) if last == 0 else None
