"""The templates, read and compiled once per process; the style sheet is inlined then, never per mail.

`mail/templates/<kind>/<language>.txt` begins with `Subject:` and `Why:` lines, then an empty line and the text;
`<language>.html` is the body. The layout around both stands in `mail/templates/layout`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from css_inline import CSSInliner
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment

from beraad_notifications.mail.wording import FILTERS, typeset

FOLDER = Path(__file__).parent / "templates"
LAYOUT = "layout"
LANGUAGES = ("nl", "fr", "en", "de")
SUBJECT, WHY = "Subject: ", "Why: "


class IncompleteTemplate(Exception):
    """A kind of mail lacks a language or a part: a defect of ours."""


@dataclass(frozen=True)
class MailTemplate:
    """One kind in one language, compiled."""

    subject: Template
    why: Template
    text: Template
    html: Template


def _environment(*, html: bool) -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        autoescape=html, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, cache_size=0
    )
    environment.filters.update(FILTERS)
    environment.globals.clear()  # no template uses them, and each mail would copy them four times
    return environment


PLAIN, HTML = _environment(html=False), _environment(html=True)


@cache
def template_of(kind: str, language: str) -> MailTemplate:
    """Raises `IncompleteTemplate`."""
    head, _, body = _read(kind, f"{language}.txt", language).partition("\n\n")
    subject, _, why = head.partition("\n")
    if not (subject.startswith(SUBJECT) and why.startswith(WHY) and body.strip()):
        raise IncompleteTemplate(f"{kind}/{language}.txt begins with {SUBJECT!r} and {WHY!r}, then the text")
    text = _read(LAYOUT, f"{language}.txt", language).replace("{# body #}", body.strip())
    return MailTemplate(
        subject=PLAIN.from_string(subject.removeprefix(SUBJECT)),
        why=PLAIN.from_string(why.removeprefix(WHY)),
        text=PLAIN.from_string(text),
        html=HTML.from_string(_inlined(_read(kind, f"{language}.html", language), language)),
    )


def _inlined(body: str, language: str) -> str:
    page = _read(LAYOUT, "frame.html").replace("{# body #}", body).replace("{# language #}", language)
    page = page.replace("{# footer #}", _read(LAYOUT, f"{language}.html", language))
    inlined: str = _inliner().inline(page)
    return inlined


@cache
def _inliner() -> Any:
    return CSSInliner(
        extra_css=_read(LAYOUT, "style.css"),
        load_remote_stylesheets=False,
        keep_style_tags=True,
        keep_at_rules=True,
    )


def _read(folder: str, name: str, language: str = "") -> str:
    try:
        return typeset((FOLDER / folder / name).read_text(encoding="utf-8"), language)
    except OSError as error:
        raise IncompleteTemplate(f"{folder}/{name} is missing") from error
