"""A judge over the rules of today: `domain.verdict` for rounds, `domain.tally` for votes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from beraad_deliberation.domain.objections import OPEN
from beraad_deliberation.domain.profiles import DecisionProfile
from beraad_deliberation.domain.responding import EXPLICIT_CONSENTS
from beraad_deliberation.domain.tally import Count, judge
from beraad_deliberation.domain.verdict import Tally, Verdict, evaluate
from beraad_deliberation.domain.votes import Choice
from beraad_deliberation.record.kinds import ROUND_RULE


class SilenceIsNotJudged(ValueError):
    """These rules do not know silence as consent."""


def judge_document(document: Mapping[str, Any]) -> Verdict:
    """Judge a document of `record.judged`. Raises `SilenceIsNotJudged`, and what a malformed profile raises."""
    profile = DecisionProfile.from_document(document["profile"])
    staying = [one for one in document["electors"] if not one["departed"] and not one["recused"]]
    if document["format"] != ROUND_RULE:
        return judge(_count(staying), profile)
    if document["silence"]:
        raise SilenceIsNotJudged
    answered = [one for one in staying if one["answer"] is not None]
    tally = Tally(
        eligible=len(staying),
        present=len(answered),
        consents=sum(one["answer"] in EXPLICIT_CONSENTS and not one["proposer"] for one in answered),
        open_objections=sum(one["state"] in OPEN for one in document["objections"]),
        round_number=document["number"],
        already_extended=document["calls"] > 1,
    )
    return evaluate(tally, profile)


def _count(electors: list[Mapping[str, Any]]) -> Count:
    choices = [one["choice"] for one in electors]
    return Count(
        eligible=len(electors),
        in_favor=choices.count(Choice.FOR),
        against=choices.count(Choice.AGAINST),
        abstained=choices.count(Choice.ABSTAIN),
    )
