"""Roots and proofs against the vectors of Certificate Transparency, and against an oracle of the RFC's own words."""

from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beraad.record.merkle import EMPTY, Frontier, FrontierIsMalformed, Tree, leaf_hash, root_of
from beraad.record.proofs import consistency_path, includes, inclusion_path, is_beginning

# certificate-transparency/merkletree: the leaves every implementation of RFC 6962 is tested with, and their roots
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(bytes.fromhex(data)) for data in INPUTS]
MANY = [leaf_hash(str(number).encode()) for number in range(300)]
SIZES = st.integers(1, len(MANY))


def the_oracle(leaves: list[bytes]) -> bytes:
    """MTH(D[n]), RFC 6962, 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha256(b"\x01" + the_oracle(leaves[:k]) + the_oracle(leaves[k:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_of_the_known_vectors(size: int) -> None:
    assert root_of(LEAVES[:size]).hex() == ROOTS[size - 1]
    assert Tree(LEAVES[:size]).root.hex() == ROOTS[size - 1]


def test_the_known_proofs() -> None:
    """Of the same vectors: leaf 0 in 8, and 6 leaves as the beginning of 8."""
    told = [node.hex() for node in inclusion_path(LEAVES, 0)]
    assert told == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [node.hex() for node in consistency_path(LEAVES, 6)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_nothing_has_a_root_too() -> None:
    assert EMPTY == root_of([]) == Tree([]).root == Frontier().root() == the_oracle([])


@given(SIZES)
def test_every_way_to_a_root_is_the_oracles(size: int) -> None:
    assert root_of(MANY[:size]) == Tree(MANY[:size]).root == the_oracle(MANY[:size])


@given(SIZES, SIZES)
def test_a_tree_grows_from_what_was_stored_of_it(one: int, two: int) -> None:
    kept, whole = sorted((one, two))
    frontier = Frontier()
    for leaf in MANY[:kept]:
        frontier.append(leaf)
    again = Frontier.from_bytes(kept, frontier.to_bytes())
    for leaf in MANY[kept:whole]:
        again.append(leaf)

    assert (again.size, again.root()) == (whole, the_oracle(MANY[:whole]))


@pytest.mark.parametrize(("size", "length"), [(1, 0), (0, 32), (3, 32), (2, 31), (4, 64)])
def test_a_frontier_that_fits_no_size_is_refused(size: int, length: int) -> None:
    with pytest.raises(FrontierIsMalformed):
        Frontier.from_bytes(size, b"\x00" * length)


@given(st.data(), SIZES)
def test_every_leaf_is_proved_to_be_where_it_is_and_nowhere_else(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    elsewhere = data.draw(st.integers(-1, size + 1).filter(lambda at: at != index))
    leaves, root = MANY[:size], root_of(MANY[:size])
    path = inclusion_path(leaves, index)

    assert includes(leaves[index], index, size, path, root)
    assert not includes(leaves[index], elsewhere, size, path, root)
    assert not includes(leaf_hash(b"another"), index, size, path, root)
    assert not includes(leaves[index], index, size, [*path, root], root)
    assert not includes(leaves[index], index, size, path, leaf_hash(b""))
    if path:
        assert not includes(leaves[index], index, size, path[:-1], root)
        at = data.draw(st.integers(0, len(path) - 1))
        broken = [*path[:at], leaf_hash(b"another"), *path[at + 1 :]]
        assert not includes(leaves[index], index, size, broken, root)


@given(st.data(), SIZES, SIZES)
def test_every_tree_is_proved_to_begin_a_later_one(data: st.DataObject, one: int, two: int) -> None:
    size, whole = sorted((one, two))
    old, new = root_of(MANY[:size]), root_of(MANY[:whole])
    path = consistency_path(MANY[:whole], size)

    assert is_beginning(size, old, whole, new, path)
    assert not is_beginning(size, leaf_hash(b"another"), whole, new, path)
    assert not is_beginning(size, old, whole, leaf_hash(b"another"), path)
    assert not is_beginning(size, old, whole, new, [*path, new])
    if path:
        assert not is_beginning(size, old, whole, new, path[:-1])
        at = data.draw(st.integers(0, len(path) - 1))
        assert not is_beginning(size, old, whole, new, [*path[:at], leaf_hash(b"x"), *path[at + 1 :]])
    if size < whole:
        assert not is_beginning(whole, new, size, old, path)


@settings(max_examples=50)
@given(st.integers(2, 64), st.data())
def test_a_rewritten_history_has_no_proof(size: int, data: st.DataObject) -> None:
    """One leaf of the old tree is another in the new: neither its own path nor the true one helps."""
    whole = data.draw(st.integers(size, 90))
    at = data.draw(st.integers(0, size - 1))
    forged = [*MANY[:at], leaf_hash(b"forged"), *MANY[at + 1 : whole]]
    old = root_of(MANY[:size])

    for path in (consistency_path(forged, size), consistency_path(MANY[:whole], size)):
        assert not is_beginning(size, old, whole, root_of(forged), path)


def test_every_tree_begins_with_nothing() -> None:
    assert consistency_path(LEAVES, 0) == []
    assert is_beginning(0, EMPTY, 8, root_of(LEAVES), [])
    assert not is_beginning(0, root_of(LEAVES), 8, root_of(LEAVES), [])
    assert not is_beginning(0, EMPTY, 8, root_of(LEAVES), [EMPTY])


@pytest.mark.parametrize("index", [-1, 8])
def test_there_is_no_proof_of_what_is_not_there(index: int) -> None:
    with pytest.raises(IndexError):
        inclusion_path(LEAVES, index)
    with pytest.raises(IndexError):
        consistency_path(LEAVES[: abs(index) - 1], index)


def test_the_roots_differ_by_size() -> None:
    roots = [root_of(MANY[:size]) for size in range(len(MANY))]
    assert all(one != two for one, two in pairwise(roots))
