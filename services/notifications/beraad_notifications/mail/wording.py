"""The filters of the templates: dates as the recipient reads them, and what people wrote in Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any
from unicodedata import normalize

import nh3
from babel.dates import format_date, format_datetime, get_timezone_location
from babel.numbers import format_decimal
from jinja2 import pass_context
from jinja2.runtime import Context
from markdown_it import MarkdownIt
from markupsafe import Markup

MOMENT = {
    "nl": "EEEE d MMMM y 'om' HH:mm",
    "fr": "EEEE d MMMM y 'à' HH:mm",
    "en": "EEEE d MMMM y 'at' HH:mm",
    "de": "EEEE, d. MMMM y, 'um' HH:mm 'Uhr'",
}
DAY = {"de": "EEEE, d. MMMM y"}
CLOCK = {"de": "HH:mm 'Uhr'"}
UNTIL = {
    "nl": ("tot {}", "tot {}"),
    "fr": ("jusqu’à {}", "jusqu’au {}"),
    "en": ("until {}", "until {}"),
    "de": ("bis {}", "bis {}"),
}
"""An end on the same day, and on another."""
ROLE_NAMES = {
    "nl": {
        "facilitator": "animator",
        "board_link": "contact met de Raad van bestuur",
        "secretary": "secretaris",
        "observer": "waarnemer",
        "expert": "deskundige",
        "guest": "gast",
    },
    "fr": {
        "facilitator": "animation",
        "board_link": "lien avec le conseil d’administration",
        "secretary": "secrétariat",
        "observer": "observation",
        "expert": "expertise",
        "guest": "participation sur invitation",
    },
    "en": {
        "facilitator": "facilitator",
        "board_link": "board link",
        "secretary": "secretary",
        "observer": "observer",
        "expert": "expert",
        "guest": "guest",
    },
    "de": {
        "facilitator": "Moderation",
        "board_link": "Verbindung zum Vorstand",
        "secretary": "Protokollführung",
        "observer": "Beobachtung",
        "expert": "Fachperson",
        "guest": "Gast",
    },
}
FRENCH_SPACES = re.compile("(?<=«) | (?=[;:!?»])")
TAGS = {"a", "blockquote", "br", "code", "em", "h3", "h4", "hr", "li", "ol", "p", "pre", "strong", "ul"}
HEADINGS = re.compile(r"<(/?)h[1-6]\b")
UNPRINTABLE = re.compile(r"[^\S\n\t ]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
MARKDOWN = MarkdownIt("commonmark", {"html": False})


def typeset(text: str, language: str) -> str:
    """Our own words as the language sets them: French has narrow spaces, where no line breaks, within « » and before ; : ! ?"""
    return FRENCH_SPACES.sub("\u202f", text) if language == "fr" else text


def typeset_all(words: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The same of all words of a page, and of those they hold in turn."""
    return {
        name: typeset(said, language) if isinstance(said, str) else typeset_all(said, language)
        for name, said in words.items()
    }


def plain_lines(text: str) -> str:
    """Several lines without control characters."""
    return printable(text).strip()


def printable(text: str) -> str:
    """The same without control characters, to the last space."""
    return UNPRINTABLE.sub(" ", text.replace("\r\n", "\n"))


@pass_context
def moment(context: Context, instant: datetime) -> str:
    """Day and time in the recipient's zone; the place of the zone, where the group's is another."""
    return _moment(instant, context["zone"], context["home_zone"], context["language"])


@lru_cache(maxsize=1024)
def _moment(instant: datetime, zone: tzinfo, home_zone: tzinfo, language: str) -> str:
    told = format_datetime(instant, MOMENT[language], tzinfo=zone, locale=language)
    if instant.astimezone(zone).utcoffset() == instant.astimezone(home_zone).utcoffset():
        return told
    return f"{told} ({get_timezone_location(zone, language, return_city=True)})"


@pass_context
def until(context: Context, ends_at: datetime, starts_at: datetime) -> str:
    """Until when it lasts, in the recipient's zone."""
    zone, language = context["zone"], context["language"]
    told = said_end(starts_at, ends_at, zone, language)
    return UNTIL[language][another_day(starts_at, ends_at, zone)].format(told)


@lru_cache(maxsize=1024)
def said_end(starts_at: datetime, ends_at: datetime, zone: tzinfo, language: str) -> str:
    """The time of day in that zone, with the day where it is not the one of the start."""
    pattern = MOMENT[language] if another_day(starts_at, ends_at, zone) else CLOCK.get(language, "HH:mm")
    return format_datetime(ends_at, pattern, tzinfo=zone, locale=language)


def another_day(starts_at: datetime, ends_at: datetime, zone: tzinfo) -> bool:
    """Whether it ends on another day than it starts, in that zone."""
    return starts_at.astimezone(zone).date() != ends_at.astimezone(zone).date()


@pass_context
def day(context: Context, on: date) -> str:
    """A calendar day."""
    return _day(on, context["language"])


@lru_cache(maxsize=1024)
def _day(on: date, language: str) -> str:
    return format_date(on, DAY.get(language, "EEEE d MMMM y"), locale=language)


@pass_context
def per_cent(context: Context, per_mille: int) -> str:
    """Tenths of a hundredth as a percentage with one decimal."""
    return format_decimal(Decimal(per_mille) / 10, format="0.0", locale=context["language"]) + "\u00a0%"


@pass_context
def role_name(context: Context, role: str) -> str:
    """What a role in a group is called."""
    return ROLE_NAMES[context["language"]][role]


def de(name: str) -> str:
    """`de` with its name in French: it is elided before a vowel, and one with an article of the name."""
    first, _, rest = name.partition(" ")
    article = {"le": "du", "les": "des"}.get(first.lower())
    if article and rest:
        return f"{article} {rest}"
    base = normalize("NFD", name[:1]).lower()[:1]
    return f"d’{name}" if base and base in "aeiou" else f"de {name}"


def quoted(text: str) -> str:
    """What somebody wrote, set off in plain text."""
    return "\n".join(f"| {line}".rstrip() for line in text.splitlines())


@lru_cache(maxsize=256)
def markdown(text: str) -> Markup:
    """What somebody wrote, as harmless HTML; headings become small ones."""
    rendered = HEADINGS.sub(r"<\1h4", MARKDOWN.render(text))
    clean = nh3.clean(
        rendered, tags=TAGS, attributes={"a": {"href", "title"}}, url_schemes={"http", "https", "mailto"}
    )
    return Markup(clean)  # noqa: S704 - nh3 has cleaned it


MARKS = {"removed": ("[-", "-]"), "added": ("{+", "+}")}


def marked(changes: list[dict[str, str]]) -> str:
    """What changed in a text, for plain text: [-gone-] and {+come+}."""
    parts = []
    for change in changes:
        before, after = MARKS.get(change["kind"], ("", ""))
        parts.append(f"{before}{change['text']}{after}")
    return "".join(parts)


FILTERS: dict[str, Callable[..., Any]] = {
    "moment": moment,
    "until": until,
    "day": day,
    "per_cent": per_cent,
    "role_name": role_name,
    "de": de,
    "quoted": quoted,
    "marked": marked,
    "markdown": markdown,
}
