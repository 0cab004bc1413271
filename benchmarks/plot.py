"""`plot.py RESULTS PICTURE`: rates, processor time and delays, each round a dot (in the peers' environment: matplotlib)."""

import json
import sys
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt

OURS, THEIRS, GOAL = "#0b6e4f", "#8a8f98", "#c0392b"
FIRST_NAME = "Beraad"
RELAY = {
    "relay_vs_raw_pika": "pika",
    "relay_vs_faststream": "FastStream",
    "relay_vs_aio_pika": "aio-pika",
    "relay_vs_celery": "Celery",
}
CONSUMER = {
    "consumer_vs_faststream": "FastStream",
    "consumer_vs_nameko": "nameko",
    "consumer_vs_celery": "Celery",
    "consumer_batch_vs_single": "Beraad,\none by one",
    "consumer_vs_bare_kombu": "kombu alone",
    "consumer_vs_nameko_tuned": "nameko, tuned",
    "consumer_vs_celery_tuned": "Celery, tuned",
}
DELAYS = {
    "applied_p50_ms_loaded": "applied (p50),\nunder load",
    "applied_p50_ms_idle": "applied (p50),\nfrom idle",
    "takeover_seconds": "consumer\ntaken over",
    "relay_takeover_seconds": "relay\ntaken over",
}
RESPONSES = {
    "responses_vs_fastapi_orm": "FastAPI, ORM",
    "responses_vs_django_drf": "Django, DRF",
    "responses_vs_psycopg_loop": "psycopg alone,\nno HTTP",
    "responses_vs_psycopg_loops": "16 times\npsycopg alone",
}
PROCESSOR = {
    "responses_cpu_vs_fastapi_orm": "FastAPI, ORM",
    "responses_cpu_vs_fastapi_same_sql": "FastAPI,\nour SQL",
}
MAIL = {"mail_vs_smtplib": "smtplib,\nto a sink"}
MAIL_TO_EXIM = {"mail_vs_smtplib_exim": "smtplib,\nto exim4"}
MAIL_DELAYS = {
    "mail_p50_ms_loaded": "accepted (p50),\nunder load",
    "mail_p99_ms_loaded": "accepted (p99),\nunder load",
    "mail_p50_ms_idle": "accepted (p50),\nfrom idle",
    "mail_p99_ms_idle": "accepted (p99),\nfrom idle",
}
LISTS = {"list_cpu_vs_fastapi_orm": "FastAPI, ORM"}


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
    answering, mailing = "responses_vs_fastapi_orm" in figures, "mail_vs_smtplib" in figures
    rows = 1 + answering + mailing
    chart, panels = plt.subplots(rows, 3, figsize=(12, 3.8 * rows), layout="constrained", squeeze=False)
    relay, consumer, delays = panels[-1]
    _bars(relay, "Relay, events per second", figures, RELAY, "per_second")
    _bars(consumer, "Consumer, events per second", figures, CONSUMER, "per_second")
    _delays(delays, figures, DELAYS)
    if mailing:
        sink, exim, mail_delays = panels[-2]
        _bars(sink, "Mails per second to a sink", figures, MAIL, "per_second")
        _bars(exim, "Mails per second to exim4", figures, MAIL_TO_EXIM, "per_second")
        _delays(mail_delays, figures, MAIL_DELAYS)
    if answering:
        responses, processor, lists = panels[0]
        _bars(responses, "Responses per second", figures, RESPONSES, "per_second")
        _bars(processor, "Processor time per response, µs", figures, PROCESSOR, "microseconds")
        _bars(lists, "Processor time per list of 100, µs", figures, LISTS, "microseconds")
    chart.savefig(picture, metadata={"Date": None})


def _bars(
    panel: Any, title: str, figures: dict[str, dict[str, Any]], labels: dict[str, str], of: str
) -> None:
    """Ours and those of `labels`, by what their ratios were made from."""
    chosen = {name: figures[name][of] for name in labels if name in figures}
    rates: dict[str, list[float]] = {FIRST_NAME: next(iter(chosen.values()))["ours"]}
    rates |= {labels[name]: one["theirs"] for name, one in chosen.items()}
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


def _delays(panel: Any, figures: dict[str, dict[str, Any]], labels: dict[str, str]) -> None:
    chosen = {name: figures[name] for name in labels if name in figures}
    for row, one in enumerate(chosen.values()):
        scale = 1000 if one["unit"] == "s" else 1
        rounds = [scale * figure for figure in one["rounds"]]
        goal = scale * float(one["target"].split()[-1])
        panel.plot(rounds, [row] * len(rounds), "o", color=OURS, markersize=3.5)
        panel.plot([goal, goal], [row - 0.35, row + 0.35], color=GOAL)
        panel.annotate(
            f"{median(rounds):,.0f}", (median(rounds), row), (0, 7), textcoords="offset points", ha="center"
        )
    panel.set_xscale("log")
    panel.set_yticks(range(len(chosen)), [labels[name] for name in chosen])
    panel.invert_yaxis()
    panel.set_title("Delays in ms (log); red: target", loc="left")


main(*map(Path, sys.argv[1:]))
