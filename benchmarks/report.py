"""What was measured, kept: `results.json`, a page with the figures, and a picture."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS, PAGE, PICTURE = HERE / "results.json", HERE / "results.md", HERE / "results.svg"
PEER_PYTHON = HERE / ".venv/bin/python"
Figures = dict[str, dict[str, Any]]


def publish(figures: Figures, servers: str) -> None:
    """Put the figures in the place of earlier ones with their names; `servers` says what they were taken with."""
    where = (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}, {servers}"
    )
    kept: Figures = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    kept |= {name: {**figure, "measured": where} for name, figure in figures.items()}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n")
    PAGE.write_text(page(kept))
    subprocess.run([PEER_PYTHON, HERE / "plot.py", RESULTS, PICTURE], check=True, timeout=120)


def page(figures: Figures) -> str:
    """The figures as Markdown."""
    lines = [
        "# What was measured",
        "",
        "Written by `make bench`; [what is measured, and how to read it](README.md). Spread: largest less smallest round,",
        "of the median. Every round measures all once; a ratio is of two figures of one round.",
        "",
        "![Events per second and delays, each round a dot](results.svg)",
        "",
        "| Figure | Median | Target | | Rounds | Spread |",
        "|---|---:|---:|---|---|---:|",
    ]
    lines += [_line(name, figure) for name, figure in figures.items()]
    lines += ["", *sorted({f"Measured {figure['measured']}." for figure in figures.values()})]
    return "\n".join(lines) + "\n"


def _line(name: str, figure: dict[str, Any]) -> str:
    unit = figure["unit"]
    rounds = ", ".join(f"{one:g}" for one in figure["rounds"])
    target, met = "", ""
    if "target" in figure:
        target, met = f"{figure['target']} {unit}", "met" if figure["met"] else "**missed**"
    return (
        f"| `{name}` | {figure['median']:g} {unit} | {target} | {met} | {rounds} | {figure['spread']:.0%} |"
    )
