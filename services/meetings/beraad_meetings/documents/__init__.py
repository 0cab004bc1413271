"""Pages to look at, without anything from elsewhere: everything put out is escaped. One has a script, which shows the other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.datastructures import LanguageAccept

from beraad_meetings.documents.wording import DEFAULT, WORDS

DATED: Mapping[str, str] = {"de": "EEEE, d. MMMM, HH:mm"}
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
            clock=lambda at: _clock(at, view["now"], zone, language if language in WORDS else DEFAULT),
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
    """Whole minutes, rounded towards what is urgent: 61 seconds left are one minute, 1 second over is one over.

    Hours besides, from one hour on.
    """
    hours, minutes = divmod(abs(seconds // 60), 60)
    told = f"{hours} h {minutes} min" if hours else f"{minutes} min"
    return words["left" if seconds >= 0 else "over"].format(time=told)


def _clock(at: datetime, now: datetime, zone: tzinfo, language: str) -> str:
    """The time of day in that zone, with the day where it is not today."""
    today = at.astimezone(zone).date() == now.astimezone(zone).date()
    return format_datetime(
        at, "HH:mm" if today else DATED.get(language, "EEEE d MMMM, HH:mm"), tzinfo=zone, locale=language
    )


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
