"""Pages to look at: one file each, without script, without anything from elsewhere. Everything put out is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from beraad_meetings.documents.wording import DEFAULT, WORDS


def running_html(view: Mapping[str, Any], language: str) -> str:
    """The running view, in that language or in English, with times by the meeting's own clock."""
    words = WORDS.get(language, WORDS[DEFAULT])
    zone = ZoneInfo(view["time_zone"])
    return (
        _templates()
        .get_template("running.html")
        .render(
            view=view,
            language=language if language in WORDS else DEFAULT,
            say=lambda entry, **facts: words[entry].format(**facts),
            clock=lambda at: at.astimezone(zone).strftime("%H:%M"),
            minutes_left=lambda seconds: _left(seconds, words),
            took=lambda item: _minutes(item["started_at"], item["closed_at"]),
        )
    )


def _left(seconds: int, words: Mapping[str, str]) -> str:
    """Whole minutes, rounded towards what is urgent: 61 seconds left are one minute, 1 second over is one over."""
    if seconds >= 0:
        return words["left"].format(minutes=seconds // 60)
    return words["over"].format(minutes=-(seconds // 60))


def _minutes(started_at: datetime, closed_at: datetime) -> int:
    return round((closed_at - started_at).total_seconds() / 60)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
