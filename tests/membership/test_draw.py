"""Draws: the number, the order, the documents, and everybody's own check of them, good and spoiled in many ways."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from architecture.tree import ROOT
from beraad.domain import InvalidRequest
from beraad_membership.domain.commitments import canonical, commitment, drawn, sha256_of
from beraad_membership.domain.draw import SPACE, draw, reserve_order
from beraad_membership.domain.requirements import Candidate, CompositionTask, Requirement
from beraad_membership.domain.sortition import hold
from beraad_membership.domain.verification import verify_commitment, verify_draw
from membership.pools import SOLVER, people

ANNOUNCED, OUTCOME = "smart-2017|loterie 2017-09-01", "3-11-24-27-38-41"
SEED = f"{ANNOUNCED}|{OUTCOME}"
TASK = CompositionTask(
    5,
    5,
    (Requirement("profile", "user", 2, 3), Requirement("language", "nl", 1, 3)),
    people(6, "u", profile="user", language="fr", region="b")
    + people(4, "c", profile="client", language="nl")
    + (Candidate("ж", {"profile": "partner"}), Candidate("😀", {"profile": "user", "language": "nl"})),
    people(1, "s", profile="staff", language="nl"),
)
COMMITTED = commitment(TASK, hold(TASK, SOLVER).panels, group="Éthique", randomness=ANNOUNCED)
PUBLISHED = drawn(COMMITTED, OUTCOME)


def codes(document: Any) -> set[str]:
    return {fault.code for fault in verify_draw(document)}


# -- the number and the order ----------------------------------------------------------------------------------------


def test_the_number_of_2017_is_920() -> None:
    assert draw(SEED, 1000) == 920


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, SPACE))
def test_a_number_is_the_first_hash_below_the_largest_multiple(seed: str, of: int) -> None:
    number, tried = draw(seed, of), 0
    while True:
        value = int(sha256(seed.encode() + bytes([0]) + tried.to_bytes(8, "big")).hexdigest(), 16)
        if value < 2**256 - 2**256 % of:
            break
        tried += 1
    assert number == value % of
    assert 0 <= number < of


def test_a_hash_that_would_favor_some_numbers_is_passed_over() -> None:
    """Just over half of all hashes are usable here, so that of so many seeds some need a second."""
    of = 2**255 + 1
    firsts = [int(sha256(f"{n}".encode() + bytes(9)).hexdigest(), 16) for n in range(20)]

    assert any(value >= of for value in firsts)
    assert all(draw(f"{n}", of) == value for n, value in enumerate(firsts) if value < of)
    assert all(draw(f"{n}", of) != value % of for n, value in enumerate(firsts) if value >= of)


def test_each_number_is_drawn_about_equally_often() -> None:
    often = [0] * 10
    for n in range(5000):
        often[draw(f"seed {n}", 10)] += 1
    assert max(abs(times - 500) for times in often) < 100


@pytest.mark.parametrize(("seed", "of"), [("s", 0), ("s", -1), ("s", SPACE + 1), ("\ud800", 10)])
def test_what_cannot_be_drawn_from_is_refused(seed: str, of: int) -> None:
    with pytest.raises(InvalidRequest):
        draw(seed, of)


def test_the_reserve_is_in_the_order_of_hashes_whatever_order_it_came_in() -> None:
    ids = ["a", "b", "é", "😀"]
    expected = sorted(ids, key=lambda id_: sha256(SEED.encode() + b"\x00" + id_.encode()).hexdigest())

    assert reserve_order(SEED, ids) == reserve_order(SEED, reversed(ids)) == expected
    with pytest.raises(InvalidRequest):
        reserve_order(SEED, ["\udfff"])


# -- the documents ---------------------------------------------------------------------------------------------------


def test_a_commitment_tells_only_what_was_asked_about() -> None:
    told = json.dumps(COMMITTED)

    assert "region" not in told
    assert COMMITTED["seated"] == [{"id": "s0000", "attributes": [["language", "nl"], ["profile", "staff"]]}]
    assert [one["id"] for one in COMMITTED["pool"]] == sorted(one.id for one in TASK.pool)


def test_documents_are_written_as_the_standard_asks() -> None:
    for document in (COMMITTED, PUBLISHED):
        assert canonical(document) == rfc8785.dumps(document)
        assert sha256_of(document) == sha256(rfc8785.dumps(document)).hexdigest()


PLAIN = st.recursive(
    st.integers(0, 2**53 - 1) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner),
)


@given(PLAIN)
def test_so_is_everything_of_text_whole_numbers_lists_and_ascii_keys(document: Any) -> None:
    assert canonical(document) == rfc8785.dumps(document)


def test_the_order_in_which_a_task_is_said_does_not_change_the_commitment() -> None:
    mixed = replace(TASK, pool=tuple(reversed(TASK.pool)), requirements=tuple(reversed(TASK.requirements)))
    again = commitment(mixed, hold(mixed, SOLVER).panels, group="Éthique", randomness=ANNOUNCED)

    assert sha256_of(again) == sha256_of(COMMITTED)


# -- verifying -------------------------------------------------------------------------------------------------------


def test_a_good_draw_is_good() -> None:
    assert verify_draw(PUBLISHED) == []
    assert verify_draw(json.loads(json.dumps(PUBLISHED))) == []
    assert verify_commitment(COMMITTED) == []
    assert PUBLISHED["number"] == 920
    assert len(PUBLISHED["panel"]) == 4
    assert sorted(PUBLISHED["panel"] + PUBLISHED["reserve"]) == [one["id"] for one in COMMITTED["pool"]]


Change = Callable[[dict[str, Any]], object]


def at(*path: str | int, value: Any) -> Change:
    """Put a value in a place of the document."""

    def change(document: dict[str, Any]) -> None:
        inner: Any = document
        for name in path[:-1]:
            inner = inner[name]
        inner[path[-1]] = value

    return change


def sealed(change: Change) -> Change:
    """Somebody changes the commitment and computes its hash anew."""

    def changed(document: dict[str, Any]) -> None:
        change(document)
        document["commitment_sha256"] = sha256_of(document["commitment"])

    return changed


def in_panel(number: int, *places: int) -> Change:
    return at("commitment", "panels", number, value=list(places))


OTHERS = [place for place in range(12) if place not in COMMITTED["panels"][920]]
# how a draw is spoiled, what is found, what the verifier of few lines calls it
SPOILED: list[tuple[Change, set[str], str]] = [
    (at("format", value="beraad-draw/2"), {"FormatIsUnknown"}, "format"),
    (sealed(at("commitment", "format", value="beraad-selection/2")), {"FormatIsUnknown"}, "format"),
    (at("commitment_sha256", value="0" * 64), {"HashIsWrong"}, "hash"),
    (at("commitment", "group", value="Ethics"), {"HashIsWrong"}, "hash"),
    (at("commitment", "pool", 0, "attributes", value=[["profile", "client"]]), {"HashIsWrong"}, "hash"),
    (at("randomness", value="another lottery"), {"RandomnessIsWrong"}, "seed"),
    (
        sealed(at("commitment", "randomness", value="chosen later")),
        {"RandomnessIsWrong", "SeedIsWrong"},
        "seed",
    ),
    (at("seed", value="another"), {"SeedIsWrong", "NumberIsWrong", "PanelIsWrong", "ReserveIsWrong"}, "seed"),
    (at("number", value=919), {"NumberIsWrong"}, "number"),
    (lambda d: d["panel"].reverse(), {"PanelIsWrong"}, "panel"),
    (lambda d: d["panel"].pop(), {"PanelIsWrong"}, "panel"),
    (lambda d: d["panel"].append(d["reserve"][0]), {"PanelIsWrong"}, "panel"),
    (lambda d: d["reserve"].reverse(), {"ReserveIsWrong"}, "reserve"),
    (lambda d: d["reserve"].pop(), {"ReserveIsWrong"}, "reserve"),
    (at("reserve", 0, value="somebody else"), {"ReserveIsWrong"}, "reserve"),
    (sealed(at("commitment", "probabilities", 0, value=1)), {"ProbabilityIsWrong"}, "probabilities"),
    (sealed(lambda d: d["commitment"]["probabilities"].append(0)), {"ProbabilityIsWrong"}, "probabilities"),
    (sealed(at("commitment", "size", value=6)), {"PanelSizeIsWrong"}, "size"),
    (sealed(lambda d: d["commitment"]["seated"].clear()), {"PanelSizeIsWrong"}, "size"),
    (
        sealed(lambda d: d["commitment"]["panels"][3].pop()),
        {"PanelSizeIsWrong", "ProbabilityIsWrong"},
        "size",
    ),
    (sealed(at("commitment", "requirements", 0, "max", value=1)), {"RequirementIsBroken"}, "requirements"),
    (sealed(at("commitment", "requirements", 1, "min", value=4)), {"RequirementIsBroken"}, "requirements"),
    (sealed(in_panel(3, 0, 1, 2, 3)), {"RequirementIsBroken", "ProbabilityIsWrong"}, "requirements"),
    (sealed(in_panel(920, *OTHERS[:4])), {"PanelIsWrong", "ProbabilityIsWrong"}, "panel"),
    (sealed(in_panel(3, 3, 2, 5, 6)), {"PanelIsMalformed"}, "panels"),
    (sealed(in_panel(3, 2, 2, 5, 6)), {"PanelIsMalformed"}, "panels"),
    (sealed(in_panel(3, 2, 3, 5, 12)), {"PanelIsMalformed"}, "wrong: this is no draw"),
    (sealed(in_panel(920, 2, 3, 5, 12)), {"PanelIsMalformed", "PanelIsWrong"}, "wrong: this is no draw"),
    (sealed(lambda d: d["commitment"]["pool"].reverse()), {"PoolIsNotInOrder"}, "people"),
    (sealed(at("commitment", "pool", 1, "id", value="c0000")), {"PoolIsNotInOrder"}, "people"),
    (sealed(at("commitment", "seated", 0, "id", value="c0000")), {"SeatedTwice"}, "people"),
    (
        sealed(lambda d: d["commitment"]["pool"][0]["attributes"].append(["profile", "user"])),
        {"AttributeIsTwice"},
        "attributes",
    ),
    (sealed(lambda d: d["commitment"]["panels"].pop()), {"ShapeIsWrong"}, "panels"),
    (sealed(lambda d: d["commitment"]["panels"].append([])), {"ShapeIsWrong"}, "panels"),
]


@pytest.mark.parametrize(("spoil", "found", "_"), SPOILED)
def test_each_fault_is_told_by_its_name(spoil: Change, found: set[str], _: str) -> None:
    document = copy.deepcopy(PUBLISHED)
    spoil(document)

    assert codes(document) >= found
    if found & {"HashIsWrong", "NumberIsWrong"} or found == {"ProbabilityIsWrong"}:
        assert codes(document) == found


def test_a_commitment_can_be_checked_before_its_draw() -> None:
    changed = {**COMMITTED, "size": 6}

    assert {str(fault).partition(":")[0] for fault in verify_commitment(changed)} == {"PanelSizeIsWrong"}
    assert [fault.code for fault in verify_commitment(PUBLISHED)] == ["ShapeIsWrong"]


HOSTILE: list[Any] = [None, True, -1, 2**53, 1.5, "", "\ud800", [], {}, [[]], [None], {"a": 1}, ["\udfff"]]
PLACES: list[tuple[str | int, ...]] = [
    *((name,) for name in PUBLISHED),
    *(("commitment", name) for name in COMMITTED),
    *(("commitment", "requirements", 0, name) for name in ("attribute", "value", "min", "max")),
    *(("commitment", "pool", 0, name) for name in ("id", "attributes")),
    ("commitment", "pool", 0),
    ("commitment", "pool", 0, "attributes", 0),
    ("commitment", "pool", 0, "attributes", 0, 1),
    ("commitment", "seated", 0),
    ("commitment", "panels", 0),
    ("commitment", "panels", 0, 0),
    ("commitment", "panels", 920),
    ("commitment", "probabilities", 0),
    ("panel", 0),
    ("reserve", 0),
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: "/".join(map(str, place)))
def test_no_value_anywhere_makes_it_stumble_or_passes_unnoticed(place: tuple[str | int, ...]) -> None:
    for value in HOSTILE:
        document = copy.deepcopy(PUBLISHED)
        at(*place, value=value)(document)

        assert codes(document), value


@pytest.mark.parametrize("document", HOSTILE)
def test_what_is_no_draw_at_all_is_told(document: Any) -> None:
    (fault,) = verify_draw(document)

    assert str(fault).startswith("ShapeIsWrong: the document: an object with format, commitment, ")
    assert verify_commitment(document)[0].code == "ShapeIsWrong"


def test_a_member_too_many_is_told() -> None:
    assert codes({**PUBLISHED, "note": "drawn in public"}) == {"ShapeIsWrong"}


# -- with Python alone -----------------------------------------------------------------------------------------------


def checked_alone(document: bytes, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "draw.json").write_bytes(document)
    command = [sys.executable, "-I", str(ROOT / "docs/verify_draw.py"), "draw.json"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=30, check=False)


def test_a_good_draw_is_good_with_python_alone(tmp_path: Path) -> None:
    done = checked_alone(json.dumps(PUBLISHED).encode(), tmp_path)

    assert (done.returncode, done.stdout) == (0, "920 good\n")


@pytest.mark.parametrize(("spoil", "_", "told"), SPOILED)
def test_what_is_wrong_is_told_with_python_alone(
    spoil: Change, _: set[str], told: str, tmp_path: Path
) -> None:
    document = copy.deepcopy(PUBLISHED)
    spoil(document)

    done = checked_alone(json.dumps(document).encode(), tmp_path)

    assert done.returncode == 1
    assert "wrong: " in done.stdout
    assert told in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"\xff", b"[" * 100_000, b'{"commitment": {"panels": 1}}']
)
def test_what_is_no_draw_is_no_draw_with_python_alone(data: bytes, tmp_path: Path) -> None:
    done = checked_alone(data, tmp_path)

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("wrong: this is no draw")
