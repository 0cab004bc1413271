"""`beraad draw` and `beraad verify` of draws and commitments: for whoever has the files and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from beraad.cli import main
from membership.test_draw import COMMITTED, PUBLISHED, SEED

SPOILED = {**PUBLISHED, "number": 919}


def verified(document: object, *options: str) -> Result:
    return CliRunner().invoke(main, ["verify", "-", *options], input=json.dumps(document))


def test_the_number_is_printed() -> None:
    drawn = CliRunner().invoke(main, ["draw", "--seed", SEED, "--of", "1000"])

    assert (drawn.exit_code, drawn.output) == (0, "920\n")


@pytest.mark.parametrize("options", [["--of", "0"], ["--of", "many"], []])
def test_what_cannot_be_drawn_is_said_in_a_line(options: list[str]) -> None:
    drawn = CliRunner().invoke(main, ["draw", "--seed", SEED, *options])

    assert drawn.exit_code == 2
    assert "Error: " in drawn.output


def test_a_good_draw_shows_its_panel() -> None:
    told = verified(PUBLISHED)

    assert (told.exit_code, told.output) == (
        0,
        f"good: panel 920 of 1000\n{', '.join(PUBLISHED['panel'])}\n",
    )


def test_a_good_commitment_shows_its_hash() -> None:
    told = verified(COMMITTED)

    assert (told.exit_code, told.output) == (
        0,
        f"good: 12 people, 1000 panels\nSHA-256 {PUBLISHED['commitment_sha256']}\n",
    )


def test_each_fault_is_a_line() -> None:
    assert verified(SPOILED).output == "NumberIsWrong: the seed draws 920\n"
    assert verified(SPOILED).exit_code == 1
    assert verified({**COMMITTED, "size": 6}).exit_code == 1


def test_a_program_gets_a_document() -> None:
    assert json.loads(verified(PUBLISHED, "--json").output) == {"good": True, "findings": []}
    assert json.loads(verified(SPOILED, "--json").output) == {
        "good": False,
        "findings": [{"code": "NumberIsWrong", "detail": "the seed draws 920"}],
    }


@pytest.mark.parametrize("document", [PUBLISHED, COMMITTED])
def test_it_is_compared_with_the_commitment_that_was_kept(document: object, tmp_path: Path) -> None:
    kept, other = tmp_path / "kept", tmp_path / "other"
    kept.write_text(json.dumps(COMMITTED))
    other.write_text(json.dumps({**COMMITTED, "group": "another"}))

    assert verified(document, "--against", str(kept)).exit_code == 0
    differing = verified(document, "--against", str(kept), "--against", str(other))
    assert differing.output.startswith("CommitmentWasChanged: ")


def test_a_draw_has_no_key() -> None:
    assert verified(PUBLISHED, "--key", "x").exit_code == 2


@pytest.mark.parametrize("document", [{}, [], None, {"format": 1}, {"format": "beraad.nothing/1"}])
def test_what_nobody_knows_is_told_with_what_is_known(document: object) -> None:
    told = verified(document)

    assert told.exit_code == 2
    assert "beraad-draw, beraad-selection, beraad.group" in told.output


@pytest.mark.parametrize("data", [b"", b'{"format": "beraad-draw/1", "number": 1.5}', b"[" * 99_999])
def test_what_cannot_be_read_is_said_in_a_line(data: bytes) -> None:
    told = CliRunner().invoke(main, ["verify", "-"], input=data)

    assert told.exit_code == 2
    assert told.output.startswith("Error: it cannot be read: ")


def test_neither_settings_nor_a_solver_are_needed(tmp_path: Path) -> None:
    (tmp_path / "draw.json").write_text(json.dumps(PUBLISHED))
    (tmp_path / "highspy.py").write_text("raise SystemExit('the solver was asked for')")
    done = subprocess.run(
        [str(Path(sys.executable).with_name("beraad")), "verify", "draw.json"],
        cwd=tmp_path,
        env={"PATH": os.defpath, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "good: panel 920 of 1000"), done.stderr
