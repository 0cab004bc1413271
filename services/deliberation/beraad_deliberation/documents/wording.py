"""The words of the pages and pictures: one table by language. Another language is another table with the same entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from beraad_deliberation.documents.wording_en import EN

WORDS: Mapping[str, Mapping[str, Any]] = {"en": EN}
DEFAULT = "en"


@dataclass(frozen=True)
class Wording:
    """The words of one language, with moments in one time zone. A language without a table is answered in English."""

    language: str
    time_zone: str

    def __call__(self, entry: str, **facts: Any) -> str:
        """The words of that entry, filled in."""
        return str(self._table[entry]).format(**facts)

    def name(self, kind: str, word: str) -> str:
        """What a word of a closed list is called; one without a name here stands for itself."""
        return str(self._table[kind].get(word, word))

    def day(self, written: str | None) -> str:
        """A calendar day; nothing where there is none."""
        return self._day(date.fromisoformat(written)) if written else ""

    def moment(self, written: str | None) -> str:
        """Day and time of an instant; nothing where there is none."""
        if not written:
            return ""
        at = datetime.fromisoformat(written).astimezone(ZoneInfo(self.time_zone))
        return self("moment", day=self._day(at), clock=at.strftime("%H:%M"))

    @property
    def _table(self) -> Mapping[str, Any]:
        return WORDS.get(self.language, WORDS[DEFAULT])

    def _day(self, on: date) -> str:
        return self("day", day=on.day, month=self._table["months"][on.month - 1], year=on.year)
