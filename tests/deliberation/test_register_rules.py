"""Rules of approvals, decisions, tasks, contributions, annexes, days."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from beraad.domain import Event, InvalidRequest
from beraad_deliberation.domain.annex import ComposedOf, GroupToConstitute, annex_of
from beraad_deliberation.domain.approvals import Approval, ApprovalIsAnswered, ApprovalNeedsReason
from beraad_deliberation.domain.contributions import Contribution, ContributionIsPublished
from beraad_deliberation.domain.days import end_of, local_day, start_of
from beraad_deliberation.domain.decisions import (
    TRANSITIONS,
    Decision,
    DecisionState,
    DecisionStateForbids,
    ReviewOutcome,
    Task,
    TaskIsDone,
)
from beraad_deliberation.domain.questions import Question, QuestionIsAnswered, Reaction, ReactionNeedsWords

ANNA = UUID(int=0xA)
NOON = datetime(2017, 10, 2, 12, tzinfo=UTC)
TODAY = date(2017, 10, 2)
BRUSSELS = "Europe/Brussels"


def ids(*names: str) -> dict[str, Any]:
    return {name: UUID(int=n) for n, name in enumerate(names)}


def an_approval() -> Approval:
    told: dict[str, Any] = {
        "title": "A room",
        "version": 1,
        "due_on": TODAY,
        "overdue_at": NOON,
        "requested_at": NOON,
    }
    return Approval(
        **ids("id", "proposal_id", "group_id", "body_id"), **told, proposer_ids=[ANNA], verdict_reasons=[]
    )


def a_decision(state: DecisionState = DecisionState.ADOPTED) -> Decision:
    told: dict[str, Any] = {
        "number": 1,
        "version": 1,
        "kind": "rule",
        "title": "A room",
        "text": "We rent one.",
    }
    when: dict[str, Any] = {"adopted_at": NOON, "effective_on": TODAY, "effective_at": NOON}
    return Decision(
        **ids("id", "group_id", "proposal_id"),
        **told,
        **when,
        reasons=[],
        review_on=None,
        review_at=None,
        state=state,
    )


def test_the_approving_body_answers_once_and_with_reasons() -> None:
    for reason in ("", "  "):
        with pytest.raises(ApprovalNeedsReason):
            an_approval().send_back(ANNA, reason, NOON)
        with pytest.raises(ApprovalNeedsReason):
            an_approval().refuse(ANNA, reason, NOON)
    approval = an_approval()
    assert approval.grant(ANNA, "", NOON).revision == 2
    with pytest.raises(ApprovalIsAnswered):
        approval.refuse(ANNA, "no", NOON)


@pytest.mark.parametrize(("before", "after"), list(product(DecisionState, DecisionState)))
def test_a_decision_lives_by_its_table(before: DecisionState, after: DecisionState) -> None:
    decision = a_decision(before)
    acts: dict[DecisionState, Callable[[], Event]] = {
        DecisionState.IN_FORCE: decision.take_effect,
        DecisionState.UNDER_REVIEW: decision.come_up_for_review,
        DecisionState.SUPERSEDED: lambda: decision.give_way_to(UUID(int=9)),
    }
    if after not in acts:
        return
    if after in TRANSITIONS[before]:
        assert acts[after]().revision == 1
        assert decision.state is after
    else:
        with pytest.raises(DecisionStateForbids):
            acts[after]()


@pytest.mark.parametrize(
    ("outcome", "state"), [("keep", "in_force"), ("drop", "retired"), ("evolve", "under_review")]
)
def test_a_review_keeps_drops_or_waits_for_what_supersedes(outcome: str, state: str) -> None:
    decision = a_decision(DecisionState.UNDER_REVIEW)
    decision.conclude_review(ReviewOutcome(outcome), "", TODAY, NOON)
    assert decision.state == state
    with pytest.raises(DecisionStateForbids):
        a_decision().conclude_review(ReviewOutcome(outcome), "", TODAY, NOON)


def test_a_task_is_done_once() -> None:
    told: dict[str, Any] = {"title": "Sign", "due_on": TODAY, "due_at": NOON}
    task = Task(**ids("id", "decision_id", "group_id", "owner_id"), **told)
    task.finish(NOON)
    with pytest.raises(TaskIsDone):
        task.finish(NOON)


def test_a_contribution_is_published_once() -> None:
    told: dict[str, Any] = dict.fromkeys(("theme", "title", "text", "link", "author_name"), "")
    contribution = Contribution(**ids("id", "group_id", "author_id"), **told, proposal_id=None, added_at=NOON)
    contribution.publish(NOON)
    with pytest.raises(ContributionIsPublished):
        contribution.publish(NOON)


def test_a_question_is_answered_once_and_a_reaction_says_something_or_passes() -> None:
    question = Question(**ids("id", "proposal_id", "group_id", "asked_by"), text="Why?", asked_at=NOON)
    question.reply("Because", ANNA, NOON)
    with pytest.raises(QuestionIsAnswered):
        question.reply("Because", ANNA, NOON)
    about = ids("id", "proposal_id", "group_id", "person_id")
    Reaction(**about, text="", passes=True, given_at=NOON)
    with pytest.raises(ReactionNeedsWords):
        Reaction(**about, text=" ", passes=False, given_at=NOON)


def test_days_begin_and_end_in_the_groups_zone_across_a_clock_change() -> None:
    changing = date(2017, 10, 29)
    assert start_of(changing, BRUSSELS) == datetime(2017, 10, 28, 22, tzinfo=UTC)
    assert end_of(changing, BRUSSELS) == datetime(2017, 10, 29, 23, tzinfo=UTC)
    assert local_day(datetime(2017, 10, 1, 22, 30, tzinfo=UTC), BRUSSELS) == TODAY


def a_group(**facts: Any) -> GroupToConstitute:
    return GroupToConstitute(**{"name": "Ethics", "starts_on": TODAY, **facts})


@pytest.mark.parametrize(
    ("groups", "pointer"),
    [
        ([a_group(), a_group()], "/groups/1/name"),
        ([a_group(ends_on=TODAY)], "/groups/0/ends_on"),
        ([a_group(policy=ComposedOf(size_min=13, size_max=12))], "/groups/0/policy/size_min"),
        ([a_group(policy=ComposedOf(size_min=0))], "/groups/0/policy/size_min"),
        ([a_group(policy=ComposedOf(quotas={"user": (3, 2)}))], "/groups/0/policy/quotas/user"),
        ([a_group(policy=ComposedOf(size_max=2, quotas={"user": (3, 3)}))], "/groups/0/policy/quotas"),
        (
            [a_group(policy=ComposedOf(attribute_quotas={"language": {"nl": (3, 2)}}))],
            "/groups/0/policy/attribute_quotas/language/nl",
        ),
        (
            [a_group(policy=ComposedOf(attribute_quotas={"profile": {"user": (1, 2)}}))],
            "/groups/0/policy/attribute_quotas/profile",
        ),
    ],
)
def test_an_annex_names_groups_that_can_be(groups: list[GroupToConstitute], pointer: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        annex_of(groups)
    assert refused.value.pointer == pointer


def test_a_decision_that_binds_nobody_any_more_is_not_reviewed() -> None:
    retired = a_decision(DecisionState.RETIRED)
    before = (retired.review_at, list(retired.questions))
    retired.bring_review_forward(NOON)
    assert (retired.review_at, retired.questions) == before
