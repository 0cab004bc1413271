"""Public holidays, through the library that knows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from holidays import country_holidays

from beraad.domain import InvalidRequest

POINTER = "/avoid/holidays"
SPOKEN = {"en": "en_US"}
"""The library's name of a language, where it is another than ours."""


class PublicHolidays:
    """The holidays of a country, named in the organisation's language where the library has them in it."""

    def __init__(self, language: str) -> None:
        """`language`: nl, fr or en."""
        self._language = SPOKEN.get(language, language)

    def named(self, country: str, years: Iterable[int]) -> Mapping[date, str]:
        """Each holiday's name by its day. `country`: ISO 3166, with a part of it where that has its own (`DE-BY`).

        Raises `InvalidRequest`.
        """
        code, _, part = country.partition("-")
        try:
            found = country_holidays(code, subdiv=part or None, years=set(years), language=self._language)
            return dict(found.items())
        except NotImplementedError as error:
            raise InvalidRequest(f"the holidays of {country} are not known", pointer=POINTER) from error
