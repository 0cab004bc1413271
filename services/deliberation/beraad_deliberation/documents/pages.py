"""Exports as pages to read: one file each, without script, without anything from elsewhere.

Whatever a template puts out has its hidden characters marked and is escaped. Texts are Markdown, rendered without HTML and cleaned.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import nh3
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from beraad_deliberation.documents.legible import shown
from beraad_deliberation.documents.telling import answers_of, step_told
from beraad_deliberation.documents.trail_picture import picture
from beraad_deliberation.documents.wording import Wording

TEMPLATES = Path(__file__).parent / "templates"
MARKDOWN = MarkdownIt("commonmark", {"html": False})
TAGS = {"a", "blockquote", "br", "code", "em", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong", "ul"}
HEADINGS = re.compile(r"<(/?)h[1-6]\b")
SCHEMES = {"http", "https", "mailto"}


def proposal_html(document: Mapping[str, Any], differences: Mapping[Any, str], language: str) -> str:
    """The page of a `beraad.proposal/1`. `differences`: of (proposal id, version number), as HTML."""
    return _page("proposal.html", document, differences, language)


def group_html(document: Mapping[str, Any], differences: Mapping[Any, str], language: str) -> str:
    """The page of a `beraad.group/1`."""
    return _page("group.html", document, differences, language)


def _page(name: str, document: Mapping[str, Any], differences: Mapping[Any, str], language: str) -> str:
    say = Wording(language, document["group"]["time_zone"])
    names = {one["id"]: one["name"] for one in document["people"]}
    return (
        _templates()
        .get_template(name)
        .render(
            document=document,
            say=say,
            name=lambda person: names.get(person or "", say("somebody")),
            names_of=lambda people: (
                ", ".join(names.get(one, say("somebody")) for one in people) or say("nobody")
            ),
            difference=lambda proposal, version: _marked(differences[proposal, version]),
            trail=lambda one: Markup(_picture(one, document["people"], say)),  # noqa: S704 - it escapes
            answers_of=answers_of,
            because=lambda reasons: "; ".join(say.name("reasons", one) for one in reasons),
            told=lambda step: step_told(step, names, say),
        )
    )


def _picture(one: Mapping[str, Any], people: Any, say: Wording) -> str:
    return picture({"title": one["proposal"]["title"], "items": one["objections"], "people": people}, say)


def markdown(text: str) -> Markup:
    """What somebody wrote, as harmless HTML; headings become small ones, pictures go."""
    rendered = HEADINGS.sub(r"<\1h5", MARKDOWN.render(shown(text)))
    return Markup(nh3.clean(rendered, tags=TAGS, attributes={"a": {"href", "title"}}, url_schemes=SCHEMES))  # noqa: S704


def _marked(html: str) -> Markup:
    """HTML of our own making, with its hidden characters marked."""
    return Markup(shown(html))  # noqa: S704 - escaped where it was made


def _legible(value: Any) -> Any:
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_legible,
    )
    environment.filters["markdown"] = markdown
    return environment
