from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from beraad_deliberation.domain.objection_states import OPEN, TRANSITIONS, ObjectionState
from beraad_deliberation.domain.objections import (
    APPEALED_WITHIN,
    ORPHANED_FOR,
    DeferralNeedsOwnerAndDate,
    Grounds,
    Integration,
    NoRulingToAppeal,
    NotAnObjectionToThis,
    Objection,
    ObjectionIsNotIntegrated,
    ObjectionIsNotOrphaned,
    ObjectionIsNotTestedSo,
    ObjectionIsOrphaned,
    ObjectionIsSettled,
    ObjectionsAreUntested,
    ObjectorAndProposerDoNotRule,
    Opinion,
    Strategy,
    expect_none_vanishes,
    qualifies,
)
from beraad_deliberation.domain.profiles import ObjectionTest

ANNA, BRAM, CHLOE = UUID(int=0xA), UUID(int=0xB), UUID(int=0xC)
NOON = datetime(2017, 10, 2, 12, tzinfo=UTC)
RAISED, NOT_QUALIFIED = ObjectionState.RAISED, ObjectionState.NOT_QUALIFIED
GROUP, FACILITATOR, SELF = ObjectionTest.GROUP, ObjectionTest.FACILITATOR, ObjectionTest.SELF


def an_objection(state: ObjectionState = RAISED, **facts: Any) -> Objection:
    ids: dict[str, Any] = {
        name: UUID(int=n) for n, name in enumerate(("id", "round_id", "proposal_id", "group_id"))
    }
    told: dict[str, Any] = {"title": "A room", "reason": "the cost", "kind": "aim", "raised_at": NOON}
    return Objection(**ids, **told, objector_id=BRAM, raised_by_id=BRAM, state=state, **facts)


def said(no: int, yes: int) -> list[Opinion]:
    return [Opinion(UUID(int=n), qualifies=n >= no) for n in range(no + yes)]


@pytest.mark.parametrize(
    ("no", "yes", "valid"),
    [
        (0, 0, True),
        (1, 0, True),
        (2, 0, False),
        (2, 1, False),
        (1, 1, True),
        (2, 2, True),
        (3, 2, True),
        (4, 2, False),
    ],
)
def test_it_qualifies_unless_two_thirds_and_at_least_two_say_it_does_not(
    no: int, yes: int, valid: bool
) -> None:
    assert qualifies(said(no, yes)) is valid


def test_what_does_not_qualify_stands_no_more() -> None:
    objection = an_objection()
    facts = [event.topic for event in objection.conclude_test(said(2, 0), GROUP, NOON)]
    assert facts == ["deliberation.objection.tested.v1", "deliberation.objection.resolved.v1"]
    assert (objection.state, objection.is_open) == (NOT_QUALIFIED, False)


def test_what_qualifies_stands() -> None:
    objection = an_objection()
    assert len(objection.conclude_test([], GROUP, NOON)) == 1
    assert objection.is_open


def test_objector_and_proposer_do_not_rule() -> None:
    objection = an_objection()
    for person in (BRAM, ANNA):
        with pytest.raises(ObjectorAndProposerDoNotRule):
            objection.hear_opinion(person, [ANNA], GROUP)
    objection.hear_opinion(CHLOE, [ANNA], GROUP)
    with pytest.raises(ObjectionIsSettled):
        an_objection(NOT_QUALIFIED).hear_opinion(CHLOE, [ANNA], GROUP)


def test_raising_it_again_in_the_round_keeps_one_objection() -> None:
    objection = an_objection()
    assert objection.raise_again(Grounds(reason="the noise", kind="side_effect"), GROUP, NOON) == []
    assert objection.reason == "the noise"
    objection.end(ObjectionState.WITHDRAWN, NOON)
    (raised,) = objection.raise_again(Grounds(reason="the cost after all", kind="aim"), GROUP, NOON)
    assert raised.topic == "deliberation.objection.raised.v1"
    assert objection.is_open


def test_an_orphaned_objection_stands_for_three_days() -> None:
    objection = an_objection()
    objection.orphan(NOON)
    assert objection.is_open
    assert objection.orphaned_until == NOON + ORPHANED_FOR == NOON + timedelta(hours=72)
    with pytest.raises(ObjectionIsSettled):
        objection.end(ObjectionState.WITHDRAWN, NOON)
    objection.end(ObjectionState.LAPSED, NOON)


@pytest.mark.parametrize(("before", "after"), list(product(ObjectionState, ObjectionState)))
def test_a_state_follows_another_only_where_the_table_says_so(
    before: ObjectionState, after: ObjectionState
) -> None:
    objection = an_objection(before)
    if after in TRANSITIONS[before]:
        objection.end(after, NOON)
        assert objection.state is after
    else:
        with pytest.raises(ObjectionIsSettled):
            objection.end(after, NOON)


def test_what_is_settled_never_stands_again_but_by_raising_it_in_its_round() -> None:
    again = {ObjectionState.WITHDRAWN, ObjectionState.MERGED}
    assert all(not TRANSITIONS[state] for state in set(ObjectionState) - OPEN - again)


def test_the_first_opinion_begins_the_test() -> None:
    objection = an_objection()
    objection.hear_opinion(CHLOE, [ANNA], GROUP)
    assert objection.state is ObjectionState.TESTING


def test_where_only_the_objector_tests_it_stands_from_the_beginning() -> None:
    objection = an_objection()
    objection.raised(SELF)
    assert objection.state is ObjectionState.VALID
    for refused in (
        lambda: objection.hear_opinion(CHLOE, [], SELF),
        lambda: objection.conclude_test([], SELF, NOON),
        lambda: objection.rule(CHLOE, [], SELF, "no", NOON, valid=False),
    ):
        with pytest.raises(ObjectionIsNotTestedSo):
            refused()


def ruled(*, valid: bool) -> Objection:
    objection = an_objection()
    objection.rule(CHLOE, [ANNA], FACILITATOR, "I looked", NOON, valid=valid)
    return objection


def test_a_facilitator_rules_and_a_refusal_stands_after_a_day_without_appeal() -> None:
    assert ruled(valid=True).state is ObjectionState.VALID
    refused = ruled(valid=False)
    assert (refused.is_open, refused.appealable_until) == (True, NOON + APPEALED_WITHIN)
    assert len(refused.let_ruling_stand(NOON)) == 2
    assert refused.state is NOT_QUALIFIED
    with pytest.raises(ObjectorAndProposerDoNotRule):
        an_objection().rule(ANNA, [ANNA], FACILITATOR, "mine", NOON, valid=False)
    with pytest.raises(ObjectionIsNotTestedSo):
        an_objection().hear_opinion(CHLOE, [], FACILITATOR)


def test_an_appeal_lets_the_group_test_it() -> None:
    objection = ruled(valid=False)
    objection.appeal(NOON)
    with pytest.raises(ObjectionIsNotTestedSo):
        objection.rule(CHLOE, [ANNA], FACILITATOR, "once more", NOON, valid=False)
    objection.hear_opinion(CHLOE, [ANNA], FACILITATOR)
    objection.conclude_test(said(0, 1), FACILITATOR, NOON)
    assert objection.state is ObjectionState.VALID


@pytest.mark.parametrize("objection", [an_objection(), ruled(valid=True)])
def test_without_a_ruling_there_is_nothing_to_appeal(objection: Objection) -> None:
    with pytest.raises(NoRulingToAppeal):
        objection.appeal(NOON)


def test_a_ruling_is_appealed_within_a_day() -> None:
    with pytest.raises(NoRulingToAppeal):
        ruled(valid=False).appeal(NOON + APPEALED_WITHIN)


def test_what_is_deferred_is_somebodys_until_a_day() -> None:
    objection = an_objection(ObjectionState.VALID)
    with pytest.raises(DeferralNeedsOwnerAndDate):
        objection.integrate(2, Integration(objection.id, Strategy.DEFER))
    objection.integrate(2, Integration(objection.id, Strategy.DEFER, "later", ANNA, NOON.date()))
    assert (objection.strategy, objection.strategy_owner_id) == (Strategy.DEFER, ANNA)


def test_the_objector_confirms_what_a_version_answers() -> None:
    objection = an_objection(ObjectionState.VALID)
    with pytest.raises(ObjectionIsNotIntegrated):
        objection.confirm(NOON)
    objection.integrate(2, Integration(objection.id))
    objection.confirm(NOON)
    assert objection.state is ObjectionState.RESOLVED
    with pytest.raises(ObjectionIsSettled):
        objection.confirm(NOON)


def test_an_objection_goes_on_in_another_open_one_to_the_same_proposal() -> None:
    mine, other = an_objection(), an_objection()
    other.id = UUID(int=77)
    for wrong in (mine, an_objection(ObjectionState.RESOLVED)):
        with pytest.raises(NotAnObjectionToThis):
            mine.merge_into(wrong, NOON)
    mine.merge_into(other, NOON)
    assert (mine.state, mine.merged_into_id) == (ObjectionState.MERGED, other.id)


def test_an_orphan_is_adopted_and_goes_on_where_it_was() -> None:
    objection = an_objection(ObjectionState.VALID)
    with pytest.raises(ObjectionIsNotOrphaned):
        objection.adopt(CHLOE, NOON)
    objection.orphan(NOON)
    for refused in (
        lambda: objection.conclude_test([], GROUP, NOON),
        lambda: objection.hear_opinion(CHLOE, [], GROUP),
        lambda: objection.integrate(2, Integration(objection.id)),
    ):
        with pytest.raises(ObjectionIsOrphaned):
            refused()
    with pytest.raises(ObjectionIsNotOrphaned):
        objection.adopt(CHLOE, NOON + ORPHANED_FOR)
    objection.adopt(CHLOE, NOON)
    assert (objection.state, objection.objector_id, objection.raised_by_id) == (
        ObjectionState.VALID,
        CHLOE,
        BRAM,
    )


def test_no_untested_objection_vanishes_under_a_new_text() -> None:
    untested, valid = an_objection(), an_objection(ObjectionState.VALID)
    valid.id = UUID(int=77)
    with pytest.raises(ObjectionsAreUntested):
        expect_none_vanishes([untested, valid], [Integration(valid.id)])
    with pytest.raises(NotAnObjectionToThis):
        expect_none_vanishes([valid], [Integration(untested.id)])
    expect_none_vanishes([untested, valid], [Integration(untested.id)])


def test_a_ruling_given_again_can_be_appealed_anew() -> None:
    objection, later = ruled(valid=False), NOON + timedelta(hours=3)
    objection.rule(CHLOE, [ANNA], FACILITATOR, "I looked again", later, valid=False)
    assert objection.appealable_until == later + APPEALED_WITHIN
