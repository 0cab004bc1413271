"""Pages for whoever looks after mail: they run nothing and load nothing; everything put out is escaped.

Only `screen.html` has a script: it signs in with the browser's cookie, as meetings' screen does, and shows one of the others.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

HTML: dict[str, Any] = {"description": "A page", "content": {"text/html": {"schema": {"type": "string"}}}}
FOLDER = Path(__file__).parent


def as_page(name: str, **told: Any) -> Response:
    """The page of that name, filled in; kept by nobody but the browser that asked."""
    page = _templates().get_template(f"{name}.html").render(**told)
    return Response(
        page, content_type="text/html; charset=utf-8", headers={"Cache-Control": "private, no-cache"}
    )


def screen_script() -> str:
    """What the screen does."""
    return (FOLDER / "screen.js").read_text(encoding="utf-8")


def _clock(at: datetime) -> str:
    """Such as `4 September 2017, 07:00:12 UTC`."""
    moment = at.astimezone(UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M:%S} UTC"


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clock"] = _clock
    return environment
