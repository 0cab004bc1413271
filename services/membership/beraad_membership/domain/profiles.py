"""What people are in the organisation, and from when to when: user, client, partner, employee, permanent staff."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from beraad.domain import InvalidRequest


class ProfileNotOffered(InvalidRequest):
    """The organisation has no such profile."""


class ProfileEndsBeforeItStarts(InvalidRequest):
    """A profile ends after the day on which it starts."""


class ProfileTermsOverlap(InvalidRequest):
    """Somebody has one profile twice at the same time."""


@dataclass(frozen=True)
class ProfileTerm:
    """A profile in `[starts_on, ends_on)`, days of the organisation's zone; None is open.

    Raises `ProfileEndsBeforeItStarts`.
    """

    profile: str
    starts_on: date | None = None
    ends_on: date | None = None

    def __post_init__(self) -> None:
        """Refuse a term that ends before it starts."""
        if self.starts_on and self.ends_on and self.ends_on <= self.starts_on:
            raise ProfileEndsBeforeItStarts(f"{self.profile} would end before it starts")

    def holds_on(self, day: date) -> bool:
        """Whether that day lies in the term."""
        return (self.starts_on or day) <= day and (self.ends_on is None or day < self.ends_on)

    def changes_after(self, day: date) -> list[date]:
        """The days to come on which it starts or ends."""
        return [on for on in (self.starts_on, self.ends_on) if on is not None and on > day]

    def to_document(self) -> dict[str, Any]:
        """As it is stored: what is open is left out."""
        days = {"starts_on": self.starts_on, "ends_on": self.ends_on}
        return {"profile": self.profile, **{name: on.isoformat() for name, on in days.items() if on}}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> ProfileTerm:
        """From what is stored."""
        starts_on, ends_on = (document.get(name) for name in ("starts_on", "ends_on"))
        return cls(
            document["profile"], *(date.fromisoformat(on) if on else None for on in (starts_on, ends_on))
        )


Terms = tuple[ProfileTerm, ...]


def day_in(zone: str, now: datetime) -> date:
    """Which day it is there."""
    return now.astimezone(ZoneInfo(zone)).date()


def unlimited(names: Iterable[str]) -> Terms:
    """Each name once, without beginning or end."""
    return tuple(ProfileTerm(name) for name in dict.fromkeys(names))


def names_on(terms: Terms, day: date) -> list[str]:
    """The profiles of that day, in the order of their terms."""
    return list(dict.fromkeys(term.profile for term in terms if term.holds_on(day)))


def next_change(terms: Terms, day: date) -> date | None:
    """The first day after that one on which a profile starts or ends, if any does."""
    return min((on for term in terms for on in term.changes_after(day)), default=None)


def renamed(terms: Terms, names: Sequence[str], today: date) -> Terms:
    """The terms after which these are the profiles of today, and in this order.

    Who has one of them keeps its term; the others of today end today, new ones start today and end where the same
    profile was to start later. What was before and what is to come stays.
    """
    held = {term.profile: term for term in terms if term.holds_on(today)}
    first = [held.get(name) or _from(today, name, terms) for name in dict.fromkeys(names)]
    ended = [
        replace(term, ends_on=today)
        for name, term in held.items()
        if name not in names and term.starts_on != today
    ]
    return (*first, *ended, *(term for term in terms if not term.holds_on(today)))


def refuse_unfit(terms: Terms, offered: Collection[str], held: Terms = ()) -> None:
    """Raise `ProfileTermsOverlap`, or `ProfileNotOffered` where the organisation names its profiles and this is none.

    What somebody holds already may stay when the organisation offers it no more. None `offered`: any name will do.
    """
    permitted = {*offered, *(term.profile for term in held)}
    for number, term in enumerate(terms):
        if offered and term.profile not in permitted:
            raise ProfileNotOffered(f"{term.profile} is none of {', '.join(offered)}", pointer="/profiles")
        if any(_meet(term, other) for other in terms[:number]):
            raise ProfileTermsOverlap(f"{term.profile} stands twice for the same days", pointer="/profiles")


def _from(today: date, name: str, terms: Terms) -> ProfileTerm:
    later = [
        term.starts_on for term in terms if term.profile == name and term.starts_on and term.starts_on > today
    ]
    return ProfileTerm(name, today, min(later, default=None))


def _meet(one: ProfileTerm, other: ProfileTerm) -> bool:
    starts, ends = (
        (one.starts_on or date.min, other.starts_on or date.min),
        (one.ends_on or date.max, other.ends_on or date.max),
    )
    return one.profile == other.profile and max(starts) < min(ends)
