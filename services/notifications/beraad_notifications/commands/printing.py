"""What `beraad mail` prints."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import click

from beraad.cli.tables import show_table


def print_json(told: dict[str, Any]) -> None:
    """For programs."""
    click.echo(json.dumps(told, default=_plain, indent=2, ensure_ascii=False))


def print_timeline(told: dict[str, Any]) -> None:
    """Each story, or why there is none."""
    if event := told["event"]:
        click.echo(f"{event['event_type']} {event['event_id']}: a mail about it goes to {event['audience']}.")
    for reason in told["absent"]:
        click.echo(reason["text"])
    for story in told["items"]:
        _print_story(story, "")
        if story["digest"]:
            _print_story(story["digest"], "  ")


def print_overview(told: dict[str, Any]) -> None:
    """Counts, one table each."""
    queue, digests = told["queue"], told["digests"]
    channel = told["channel"]
    if channel["state"] != "open":
        trial = channel["next_trial_at"]
        ends = f"One mail is tried again {_plain(trial)}." if trial else "It goes on when it is resumed."
        click.echo(f"Mail is held up since {_plain(channel['since'])}: “{channel['reason']}”. {ends}\n")
    figures = [
        ("due now", queue["due"]),
        ("oldest, seconds", _rounded(queue["oldest_seconds"])),
        ("95 of 100 younger than, seconds", _rounded(queue["p95_seconds"])),
        ("later", queue["later"]),
        ("waiting for an address", queue["without_address"]),
        ("waiting for digests", digests["waiting"]),
        ("next digest", digests["next_at"] and _plain(digests["next_at"])),
        ("ever in doubt", told["uncertain"]),
        ("suppressed addresses", told["refused_addresses"]),
        ("events not told yet", told["untold"]),
    ]
    show_table("Mail", ("what", "now"), figures)
    for title, name, rows in (
        ("By state", "name", told["states"]),
        ("Answers", "SMTP code, 24 h", [{"SMTP code, 24 h": one["code"], **one} for one in told["codes"]]),
        ("Not sent, by reason", "name", told["suppressed"]),
    ):
        show_table(title, (name, "count"), [(one[name], one["count"]) for one in rows])


def _print_story(story: dict[str, Any], indent: str) -> None:
    whom = story["person_name"] or story["person_id"]
    click.echo(f"\n{indent}{story['kind']} to {whom}: {story['state']} (delivery {story['id']})")
    for line in story["steps"]:
        at = f"{line['at']:%Y-%m-%d %H:%M:%S} UTC" if line["at"] else " " * 23
        said = f" “{line['told']}”" if line["told"] else ""
        click.echo(f"{indent}  {at}  {line['text']}{said}")
    click.echo(f"{indent}  {'next':>23}  {story['next']['text']}")


def _rounded(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.0f}"


def _plain(value: Any) -> str:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)
