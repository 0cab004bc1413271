"""What a mail says: its kind's templates, in the recipient's language, with dates in the recipient's zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from beraad.contracts import read_tolerantly
from beraad.settings import Settings
from beraad_notifications.domain.catalogue import DIGEST
from beraad_notifications.domain.header_text import header_text
from beraad_notifications.mail.links import next_step, preferences_link, reply_links, unsubscribe_link
from beraad_notifications.mail.templates import LANGUAGES, MailTemplate, template_of
from beraad_notifications.mail.wording import plain_lines, printable
from beraad_notifications.use_cases.ports import Letter

ONE_LINE = {"title", "place", "online_link", "theme"}
MANY_LINES = {"text", "reason", "driver"}


@dataclass(frozen=True)
class Written:
    """The words of one mail."""

    subject: str
    text: str
    html: str
    language: str
    unsubscribe: str | None
    """The link that ends this kind of mail; None where it cannot be ended."""


class Writer:
    """Writes in the name of one organisation. Used by one thread: it remembers what the event of the last letter told."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._organisation = header_text(settings.organisation)
        self._last: tuple[str, Mapping[str, Any], Mapping[str, Any]] = ("", {}, {})

    def write(self, letter: Letter) -> Written:
        """Raises `jinja2.UndefinedError` where a template asks for what the event does not tell."""
        language = letter.language if letter.language in LANGUAGES else self._settings.language
        template = template_of(letter.claim.kind_name, language)
        words = self._words(letter, language)
        if letter.claim.kind is DIGEST:
            words["entries"] = [self._entry(letter, entry, language) for entry in letter.told["entries"]]
        subject, why = _subject(template, words), template.why.render(words)
        words.update(subject=subject, why=why)
        text, html = template.text.render(words), template.html.render(words)
        return Written(subject, text, html, language, words["unsubscribe"])

    def _entry(self, digest: Letter, entry: Mapping[str, Any], language: str) -> dict[str, str]:
        """One line of a digest: the subject its mail would have had, and where it leads."""
        claim = replace(digest.claim, kind_name=entry["kind"])
        names = ("event_type", "told", "group_name", "group_time_zone")
        letter = replace(digest, claim=claim, **{name: entry[name] for name in names})
        words = self._words(letter, language)
        return {"subject": _subject(template_of(entry["kind"], language), words), "link": words["link"]}

    def _words(self, letter: Letter, language: str) -> dict[str, Any]:
        return {
            **self._told(letter),
            "name": header_text(letter.name),
            "group": _group(letter),
            "organisation": self._organisation,
            "language": language,
            "zone": ZoneInfo(letter.time_zone),
            "home_zone": ZoneInfo(letter.told.get("time_zone") or letter.group_time_zone),
            "link": next_step(letter.told, self._settings),
            "reply": reply_links(letter, self._settings),
            "unsubscribe": unsubscribe_link(letter, self._settings),
            "preferences": preferences_link(letter, self._settings),
        }

    def _told(self, letter: Letter) -> Mapping[str, Any]:
        """What the event tells this recipient. Read once for all recipients who come one after the other."""
        if letter.claim.kind is DIGEST:
            return {}
        if self._last[:2] != (letter.event_type, letter.told):
            self._last = (letter.event_type, letter.told, _fields(letter))
        fields = self._last[2]
        return fields if _read_before(letter, fields) else {**fields, "changes": []}


def _subject(template: MailTemplate, words: Mapping[str, Any]) -> str:
    """It begins with the group's name, or without one with a capital."""
    subject = template.subject.render(words)
    return subject if words["group"] else subject[:1].upper() + subject[1:]


def _group(letter: Letter) -> str:
    """Its name; empty where a meeting or poll is called just like it, so that nothing is said twice."""
    name = header_text(letter.group_name)
    of_meetings = letter.event_type.startswith("meetings.")
    return "" if of_meetings and header_text(letter.told.get("title") or "") == name else name


def _fields(letter: Letter) -> Mapping[str, Any]:
    """The event's fields, typed; what people wrote cannot break a line or hide anything."""
    fields = read_tolerantly(letter.event_type, letter.told)
    for name in ONE_LINE & fields.keys():
        fields[name] = header_text(fields[name], 500)
    for name in MANY_LINES & fields.keys():
        fields[name] = plain_lines(fields[name])
    if "changes" in fields:
        fields["changes"] = [_change(one) for one in fields["changes"]]
    if "questions" in fields:
        fields["questions"] = [header_text(question) for question in fields["questions"]]
    return fields


def _read_before(letter: Letter, fields: Mapping[str, Any]) -> bool:
    """Whether the changes are since the version this person answered about; yes where the event does not name who did."""
    answered = fields.get("answered_ids")
    return answered is None or letter.claim.person_id in answered


def _change(told: Mapping[str, Any]) -> dict[str, str]:
    """Spaces at either end belong to the text around it."""
    return {"kind": told["kind"], "text": printable(told["text"])}
