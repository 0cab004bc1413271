"""Somebody did it between our look and our lock: due work that finds it done changes nothing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from beraad.perform import perform
from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.storage.proposals import Proposals
from beraad_deliberation.storage.work import Work
from beraad_deliberation.use_cases.close_round import (
    CloseDueRound,
    CloseLiveRound,
    close_due_round,
    close_live_round,
)
from beraad_deliberation.use_cases.close_vote import CloseDueVote, close_due_vote
from beraad_deliberation.use_cases.conclude_objection_test import LetRulingStand, let_ruling_stand
from beraad_deliberation.use_cases.edit_text import MakeDueEdit, make_due_edit
from beraad_deliberation.use_cases.review_decision import (
    CallDueReview,
    ExpireDecision,
    call_due_review,
    expire_decision,
)
from beraad_deliberation.use_cases.take_effect import TakeDueEffect, take_due_effect
from deliberation.vocabulary import (
    Circle,
    a_circle,
    a_round,
    a_tuned_proposal,
    all_consent,
    closed,
    in_days,
    object_to,
    the_proposal,
)
from worlds.callers import ok
from worlds.world import WorldMaker


@pytest.fixture
def circle(a_world: WorldMaker) -> Circle:
    return a_circle(a_world("deliberation"))


class SawItBefore(Proposals):
    """Its look found this proposal due: it saw the row as it was before the other's commit."""

    def __init__(self, work: Work, found: Callable[[Proposals], Proposal]) -> None:
        super().__init__(work.session, work.actor)
        self._found = found

    def look(self, now: datetime) -> Proposal | None:
        return self._found(self)

    with_due_round = with_due_vote = with_due_effect = with_due_review = look
    with_answered_live_round = with_standing_ruling = with_due_edit = with_expiring_decision = look


def published_by(
    circle: Circle, due_work: Callable[..., bool], command: object, found: Callable[[Proposals], Proposal]
) -> int:
    """How many events the due work adds that was told to look at this proposal."""

    def told(_command: object, work: Work, now: datetime) -> bool:
        work.proposals = SawItBefore(work, found)
        return due_work(command, work, now)

    before = len(circle.world.published())
    assert perform(circle.world.store, told, command)
    return len(circle.world.published()) - before


def a_closed_round(circle: Circle) -> dict[str, Any]:
    asked = a_round(circle)
    all_consent(circle.everyone, asked)
    return closed(circle, asked)


def test_a_round_that_was_closed_is_not_closed_again(circle: Circle, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = a_closed_round(circle)

    def found(proposals: Proposals) -> Proposal:
        return proposals.of_round(UUID(asked["id"]))

    assert published_by(circle, close_due_round, CloseDueRound(), found) == 0


def test_a_vote_that_was_closed_is_not_closed_again(circle: Circle, monkeypatch: pytest.MonkeyPatch) -> None:
    assembly = a_circle(circle.world, kind="assembly")
    proposal = a_tuned_proposal(assembly)
    until = {"closes_at": in_days(circle.world, 1)}
    vote = ok(assembly.facilitator.post(f"/v1/proposals/{proposal['id']}/votes", until), 201)
    for person in assembly.everyone:
        ok(person.put(f"/v1/votes/{vote['id']}/ballots/me", {"version": 1, "choice": "for"}))
    ok(assembly.facilitator.post(f"/v1/votes/{vote['id']}/close"))

    def found(proposals: Proposals) -> Proposal:
        return proposals.of_vote(UUID(vote["id"]))

    assert published_by(assembly, close_due_vote, CloseDueVote(), found) == 0


def test_what_is_in_force_takes_no_effect_again_and_is_reviewed_once(
    circle: Circle,
) -> None:
    decision = UUID(the_proposal(circle, a_closed_round(circle)["proposal_id"])["decision_id"])

    def found(proposals: Proposals) -> Proposal:
        return proposals.of_decision(decision)

    assert published_by(circle, take_due_effect, TakeDueEffect(), found) == 0
    assert published_by(circle, call_due_review, CallDueReview(), found) > 0
    assert published_by(circle, call_due_review, CallDueReview(), found) == 0


def test_what_is_no_longer_due_is_left_alone(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    body = {"base_version": 1, "original": "one room", "replacement": "two rooms"}
    ok(circle.members[1].post(f"/v1/proposals/{proposal['id']}/amendments", body), 201)
    asked = a_round(circle, proposal)
    ok(object_to(circle.members[-1], asked))

    def found(proposals: Proposals) -> Proposal:
        return proposals.get(UUID(proposal["id"]))

    assert published_by(circle, let_ruling_stand, LetRulingStand(), found) == 0
    assert published_by(circle, make_due_edit, MakeDueEdit(), found) == 0
    assert published_by(circle, close_live_round, CloseLiveRound(), found) == 0


def test_a_decision_that_was_retired_does_not_expire(circle: Circle) -> None:
    decision = UUID(the_proposal(circle, a_closed_round(circle)["proposal_id"])["decision_id"])

    def found(proposals: Proposals) -> Proposal:
        return proposals.of_decision(decision)

    assert published_by(circle, expire_decision, ExpireDecision(), found) > 0
    assert published_by(circle, expire_decision, ExpireDecision(), found) == 0
