"""Public holidays, through the library that knows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from holidays import country_holidays

from beraad.domain import InvalidRequest

POINTER = "/avoid/holidays"
SPOKEN = {"en": "en_US"}
"""The library's name of a language, where it is another than ours."""


class PublicHolidays:
    """The holidays of a country, named in the organisation's language where the library has them in it."""

    def __init__(self, language: str) -> None:
        """`language`: nl, fr, en or de."""
        self._language = SPOKEN.get(language, language)

    def named(self, country: str, years: Iterable[int]) -> Mapping[date, str]:
        """Each holiday's name by its day. `country`: ISO 3166, with a part of it where that has its own (`DE-BY`).

        Raises `InvalidRequest`.
        """
        try:
            of_years = [_in_year(country, year, self._language) for year in years]
        except NotImplementedError as error:
            raise InvalidRequest(f"the holidays of {country} are not known", pointer=POINTER) from error
        return {day: name for of_year in of_years for day, name in of_year.items()}


@lru_cache(maxsize=512)
def _in_year(country: str, year: int, language: str) -> Mapping[date, str]:
    code, _, part = country.partition("-")
    return dict(country_holidays(code, subdiv=part or None, years=year, language=language).items())
