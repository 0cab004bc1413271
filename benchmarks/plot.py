"""`plot.py RESULTS PICTURE`: events per second and delays, each round a dot (in the peers' environment: matplotlib)."""

import json
import sys
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt

OURS, THEIRS, GOAL = "#0b6e4f", "#8a8f98", "#c0392b"
FIRST_NAME = "Beraad"
LABELS = {
    "relay_vs_raw_pika": "pika",
    "relay_vs_faststream": "FastStream",
    "relay_vs_aio_pika": "aio-pika",
    "relay_vs_celery": "Celery",
    "consumer_vs_faststream": "FastStream",
    "consumer_vs_nameko": "nameko",
    "consumer_vs_celery": "Celery",
    "consumer_vs_bare_kombu": "kombu alone",
    "consumer_vs_nameko_tuned": "nameko, tuned",
    "consumer_vs_celery_tuned": "Celery, tuned",
    "consumer_batch_vs_single": "Beraad,\none by one",
    "applied_p50_ms_loaded": "applied (p50),\nunder load",
    "applied_p50_ms_idle": "applied (p50),\nfrom idle",
    "takeover_seconds": "consumer\ntaken over",
    "relay_takeover_seconds": "relay\ntaken over",
}


def main(results: Path, picture: Path) -> None:
    """Read the one, write the other."""
    figures: dict[str, dict[str, Any]] = json.loads(results.read_text())
    mpl.rcParams.update(
        {
            "font.size": 9,
            "svg.hashsalt": "beraad",
            "svg.fonttype": "none",
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
    )
    chart, (relay, consumer, delays) = plt.subplots(1, 3, figsize=(12, 3.8), layout="constrained")
    _rates(relay, "Relay, events per second", figures, "relay_vs_")
    _rates(consumer, "Consumer, events per second", figures, "consumer_")
    _delays(delays, {name: one for name, one in figures.items() if one["unit"] in {"ms", "s"}})
    chart.savefig(picture, metadata={"Date": None})


def _rates(panel: Any, title: str, figures: dict[str, dict[str, Any]], prefix: str) -> None:
    chosen = {name: one for name, one in figures.items() if name.startswith(prefix)}
    rates: dict[str, list[float]] = {FIRST_NAME: next(iter(chosen.values()))["per_second"]["ours"]}
    for name, one in chosen.items():
        rates[LABELS[name]] = one["per_second"]["theirs"]
    for row, (name, rounds) in enumerate(rates.items()):
        color = OURS if name == FIRST_NAME else THEIRS
        panel.barh(row, median(rounds), color=color, alpha=0.55, height=0.6)
        panel.plot(rounds, [row] * len(rounds), "o", color=color, markersize=3.5)
        panel.annotate(
            f"{median(rounds):,.0f}", (max(rounds), row), (6, 0), textcoords="offset points", va="center"
        )
    panel.set_yticks(range(len(rates)), rates)
    panel.invert_yaxis()
    panel.margins(x=0.2)
    panel.set_title(title, loc="left")


def _delays(panel: Any, figures: dict[str, dict[str, Any]]) -> None:
    for row, one in enumerate(figures.values()):
        scale = 1000 if one["unit"] == "s" else 1
        rounds = [scale * figure for figure in one["rounds"]]
        goal = scale * float(one["target"].split()[-1])
        panel.plot(rounds, [row] * len(rounds), "o", color=OURS, markersize=3.5)
        panel.plot([goal, goal], [row - 0.35, row + 0.35], color=GOAL)
        panel.annotate(
            f"{median(rounds):,.0f}", (median(rounds), row), (0, 7), textcoords="offset points", ha="center"
        )
    panel.set_xscale("log")
    panel.set_yticks(range(len(figures)), [LABELS[name] for name in figures])
    panel.invert_yaxis()
    panel.set_title("Delays in ms (log); red: target", loc="left")


main(*map(Path, sys.argv[1:]))
