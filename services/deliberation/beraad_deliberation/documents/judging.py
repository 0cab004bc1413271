"""Judging a round or a vote by its document alone: what `beraad evaluate` and the offline verifier do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from beraad.domain import InvalidRequest
from beraad_deliberation.documents.judged import (
    ROUND_FORMAT,
    VOTE_FORMAT,
    ProfileDocument,
    RoundDocument,
    VoteDocument,
)
from beraad_deliberation.domain.group_profiles import expect_sound
from beraad_deliberation.domain.objection_states import ObjectionState
from beraad_deliberation.domain.profiles import DecisionProfile
from beraad_deliberation.domain.responding import Answer
from beraad_deliberation.domain.tally import Count, judge
from beraad_deliberation.domain.verdict import Elector, Objected, Verdict, evaluate, tallied
from beraad_deliberation.domain.votes import Choice


class UnreadableDocument(ValueError):
    """It is not what its format says; the message tells where and why."""


PROFILE, ROUND, VOTE = ProfileDocument(), RoundDocument(), VoteDocument()
"""Made once: making a schema takes ten times as long as reading a round of six with it."""


def judge_document(document: Any) -> Verdict:
    """The verdict by the rules of the document. Raises `UnreadableDocument`."""
    judges = {ROUND_FORMAT: _judge_round, VOTE_FORMAT: _judge_vote}
    told = document.get("format") if isinstance(document, Mapping) else None
    if not isinstance(told, str) or told not in judges:
        raise UnreadableDocument(f"the format is {ROUND_FORMAT} or {VOTE_FORMAT}")
    try:
        return judges[told](document)
    except ValidationError as error:
        raise UnreadableDocument(_first(error.messages)) from None
    except InvalidRequest as error:
        raise UnreadableDocument(f"profile{error.pointer}: {error}") from None


def _profile(told: Mapping[str, Any]) -> DecisionProfile:
    profile = PROFILE.made(told)
    expect_sound(profile)
    return profile


def _judge_round(document: Mapping[str, Any]) -> Verdict:
    told = ROUND.load(document)
    electors = [
        Elector(
            id=one["id"],
            answer=Answer(one["answer"]) if one["answer"] else None,
            proposer=one["proposer"],
            left=one["departed"] or one["recused"],
            notified=one["notified"],
        )
        for one in told["electors"]
    ]
    objections = [
        Objected(
            elector=one["elector"],
            round_number=told["number"] if one["round"] is None else one["round"],
            state=ObjectionState(one["state"]),
            raised_by=one["raised_by"],
        )
        for one in told["objections"]
    ]
    how = {name: told[name] for name in ("calls", "silence", "reconsidered")}
    tally = tallied(electors, objections, round_number=told["number"], **how)
    return evaluate(tally, _profile(told["profile"]))


def _judge_vote(document: Mapping[str, Any]) -> Verdict:
    told = VOTE.load(document)
    return judge(Count(**told["count"]) if "count" in told else _counted(told), _profile(told["profile"]))


def _counted(told: Mapping[str, Any]) -> Count:
    staying = [one["choice"] for one in told["electors"] if not one["departed"] and not one["recused"]]
    return Count(
        eligible=len(staying),
        in_favor=staying.count(Choice.FOR),
        against=staying.count(Choice.AGAINST),
        abstained=staying.count(Choice.ABSTAIN),
    )


def _first(messages: Any) -> str:
    """The first thing that is wrong, and where."""
    path, told = [], messages
    while isinstance(told, dict):
        name, told = next(iter(told.items()))
        path.append(str(name))
    return f"{'/'.join(path)}: {told[0] if isinstance(told, list) else told}"
