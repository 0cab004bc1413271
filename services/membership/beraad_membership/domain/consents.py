"""Consents: what a person agreed to, in which words, from when until when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import InvalidRequest, NotFound

PURPOSE = re.compile("[a-z][a-z0-9_-]{0,49}")


class NeverConsented(NotFound):
    """This person never consented to that."""


class PurposeIsNoWord(InvalidRequest):
    """A purpose is one word of small letters, digits, hyphens and underscores, at most 50, such as newsletter."""


@dataclass(eq=False, kw_only=True)
class Consent:
    """A person's consent to one purpose, in the words of one version of its text. Raises `PurposeIsNoWord`."""

    id: UUID
    person_id: UUID
    purpose: str
    text_version: str
    given_at: datetime
    withdrawn_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse what is no word: it is part of an address, and compared with others."""
        if not PURPOSE.fullmatch(self.purpose):
            raise PurposeIsNoWord(pointer="purpose")

    @property
    def stands(self) -> bool:
        """Whether it was not withdrawn."""
        return self.withdrawn_at is None

    def withdraw(self, at: datetime) -> None:
        """Let it count no more, from then on; what was withdrawn stays as it was."""
        self.withdrawn_at = self.withdrawn_at or at
