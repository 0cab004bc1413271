"""Who may answer what, until when: the rule the hot statement must agree with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from beraad.domain import NotAllowed, RuleBroken


class Answer(StrEnum):
    """An elector's answer. Absent is derived, never given."""

    CONSENT = "consent"
    CONSENT_WITH_CONCERN = "consent_with_concern"
    OBJECT = "object"
    STAND_ASIDE = "stand_aside"
    ABSTAIN = "abstain"


CONTESTED_WITHIN = timedelta(hours=24)
"""How long a member may contest what a secretary recorded as their spoken answer."""
EXPLICIT_CONSENTS = frozenset({Answer.CONSENT, Answer.CONSENT_WITH_CONCERN})


class NotEntitledToRespond(NotAllowed):
    """Only those in the frozen electorate answer; whoever joined later answers in the next round."""


class RoundIsClosed(RuleBroken):
    """The round is closed, or its deadline has passed."""


class VersionMismatch(RuleBroken):
    """Another round or version is asked about: read its text before answering."""


class AnswerIsNotPermitted(RuleBroken):
    """This group's decision profile does not permit this answer."""


class NothingToContest(RuleBroken):
    """There is no answer of yours that somebody else recorded within the last 24 hours."""


class ConcernNeedsWords(RuleBroken):
    """A consent with a concern says what the concern is."""


class ObjectionNeedsReason(RuleBroken):
    """An objection gives its reason."""


@dataclass(frozen=True)
class Asked:
    """What is being asked now: a round (or vote, whose number is always 1) over one version."""

    number: int
    version: int
    is_open: bool
    closes_at: datetime
    answers: tuple[str, ...] | None = None
    """What may be answered; None: whatever there is."""


@dataclass(frozen=True)
class Spoken:
    """An answer that somebody recorded for another."""

    answer: Answer
    given_at: datetime
    recorded_by: UUID | None
    contested_at: datetime | None

    def expect_contestable(self, at: datetime) -> None:
        """Raise `NothingToContest`."""
        if self.recorded_by is None or self.contested_at or at >= self.given_at + CONTESTED_WITHIN:
            raise NothingToContest


def refuse_response(
    asked: Asked, *, entitled: bool, number: int, version: int, answer: str, at: datetime
) -> None:
    """Raise the rule that keeps this response, about round `number` and `version`, from being recorded."""
    if not entitled:
        raise NotEntitledToRespond
    if not asked.is_open or at >= asked.closes_at:
        raise RoundIsClosed
    if (number, version) != (asked.number, asked.version):
        raise VersionMismatch(
            f"round {asked.number} asks about version {asked.version}",
            round_number=asked.number,
            version=asked.version,
        )
    expect_permitted(answer, asked)


def expect_permitted(answer: str, asked: Asked) -> None:
    """Raise `AnswerIsNotPermitted`."""
    if asked.answers is not None and answer not in asked.answers:
        raise AnswerIsNotPermitted(f"this round asks for: {', '.join(asked.answers)}", answers=asked.answers)
