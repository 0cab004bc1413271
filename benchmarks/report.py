"""What was measured, kept: `results.json`, a page with the figures, and a picture."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
RESULTS, PAGE, PICTURE = HERE / "results.json", HERE / "results.md", HERE / "results.svg"
PEER_PYTHON = HERE / ".venv/bin/python"
Figures = dict[str, dict[str, Any]]
MADE_FROM = {
    "per_second": "/s",
    "microseconds": "µs",
    "milliseconds": "ms",
    "per_mille": "‰",
    "per_hour": "/h",
}
"""What a ratio may be made from, under its name in the figure."""
TABLE = (
    "| Figure | Median | Target | | Ours, theirs | Rounds | Spread |",
    "|---|---:|---:|---|---:|---|---:|",
)
SECTIONS = {
    "Recording a response": (
        "responses_vs_fastapi_orm",
        "responses_cpu_vs_fastapi_orm",
        "p99_vs_fastapi_orm",
        "responses_cpu_vs_fastapi_same_sql",
        "responses_vs_django_drf",
        "responses_vs_psycopg_loop",
        "responses_vs_psycopg_loops",
        "slow_flush_vs_bare",
        "driver_us",
    ),
    "Listing proposals": ("list_cpu_vs_fastapi_orm", "list_304_cpu_vs_200"),
    "Closing a round, verifying a ledger": (
        "close_100k_seconds",
        "close_growth",
        "verify_us_per_entry",
        "verify_growth",
    ),
    "Sending mail": (
        "mail_vs_smtplib",
        "mail_vs_smtplib_exim",
        "mail_vs_smtplib_forgetful",
        "mail_vs_smtplib_nothing",
        "mail_workers_2_vs_1",
        "mail_workers_4_vs_1",
        "mail_workers_2_vs_1_slow_server",
        "mail_workers_4_vs_1_slow_server",
        "mail_p50_ms_loaded",
        "mail_p99_ms_loaded",
        "mail_p50_ms_idle",
        "mail_p99_ms_idle",
    ),
    "Preparing a draw": tuple(
        f"selection_{pool}_{what}_vs_sortition_algorithms"
        for pool in ("100_12", "500_40", "1000_12", "reference_200_20", "reference_2000_200")
        for what in ("speed", "minimum")
    ),
}


def tell(figures: Figures) -> None:
    """To who waits for it."""
    for name, one in figures.items():
        target = f" ({one['target']}, {'met' if one['met'] else 'MISSED'})" if "target" in one else ""
        print(f"{name}: {one['median']} {one['unit']}{target}")


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
        "![Rates, processor time and delays, each round a dot](results.svg)",
    ]
    for heading, some in _by_section(figures).items():
        lines += ["", f"## {heading}", "", *TABLE, *(_line(name, figure) for name, figure in some.items())]
    lines += ["", *sorted({f"Measured {figure['measured']}." for figure in figures.values()})]
    return "\n".join(lines) + "\n"


def _by_section(figures: Figures) -> dict[str, Figures]:
    """Each figure in the section that names it; those nobody names belong to messaging."""
    named = {name for names in SECTIONS.values() for name in names}
    rest = tuple(name for name in figures if name not in named)
    sections = {
        heading: {name: figures[name] for name in names if name in figures}
        for heading, names in {**SECTIONS, "Messaging": rest}.items()
    }
    return {heading: some for heading, some in sections.items() if some}


def _line(name: str, figure: dict[str, Any]) -> str:
    unit = figure["unit"]
    rounds = ", ".join(f"{one:g}" for one in figure["rounds"])
    target, met = "", ""
    if "target" in figure:
        target, met = f"{figure['target']} {unit}", "met" if figure["met"] else "**missed**"
    return (
        f"| `{name}` | {figure['median']:g} {unit} | {target} | {met} | {_made_from(figure)} | {rounds} "
        f"| {figure['spread']:.0%} |"
    )


def _made_from(figure: dict[str, Any]) -> str:
    for made_from, unit in MADE_FROM.items():
        if made_from in figure:
            ours, theirs = (median(figure[made_from][side]) for side in ("ours", "theirs"))
            return f"{_short(ours)}, {_short(theirs)} {unit}"
    return ""


def _short(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"  # noqa: PLR2004 - three digits say enough
