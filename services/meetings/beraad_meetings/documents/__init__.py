"""Pages to look at, without anything from elsewhere: everything put out is escaped. One has a script, which shows the other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.datastructures import LanguageAccept

from beraad_meetings.documents.wording import DEFAULT, WORDS

NOTICES: Mapping[int, str] = {401: "signed_out", 404: "unseen", 409: "not_open"}
"""What the page says instead of the view, by the status of the answer."""


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


def screen_html(accepted: LanguageAccept) -> str:
    """The page that shows the running view anew every few seconds, in the first language the browser wants that there is."""
    language = accepted.best_match(list(WORDS), default=DEFAULT)
    words = WORDS[language]
    template = _templates().get_template("screen.html")
    return template.render(language=language, say=words.__getitem__, notices=NOTICES)


def screen_script() -> str:
    """What that page does."""
    return (Path(__file__).parent / "screen.js").read_text()


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
