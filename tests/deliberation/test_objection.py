from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from beraad_deliberation.domain.objections import (
    OPEN,
    ORPHANED_FOR,
    TRANSITIONS,
    Objection,
    ObjectionIsSettled,
    ObjectionState,
    ObjectorAndProposerDoNotRule,
    Opinion,
    qualifies,
)

ANNA, BRAM, CHLOE = UUID(int=0xA), UUID(int=0xB), UUID(int=0xC)
NOON = datetime(2017, 10, 2, 12, tzinfo=UTC)
RAISED, NOT_QUALIFIED = ObjectionState.RAISED, ObjectionState.NOT_QUALIFIED


def an_objection(state: ObjectionState = RAISED, **facts: Any) -> Objection:
    ids: dict[str, Any] = {
        name: UUID(int=n) for n, name in enumerate(("id", "round_id", "proposal_id", "group_id"))
    }
    told: dict[str, Any] = {"title": "A room", "reason": "the cost", "kind": "aim", "raised_at": NOON}
    return Objection(**ids, **told, objector_id=BRAM, state=state, **facts)


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
    facts = [event.topic for event in objection.conclude_test(said(2, 0), NOON)]
    assert facts == ["deliberation.objection.tested.v1", "deliberation.objection.resolved.v1"]
    assert (objection.state, objection.is_open) == (NOT_QUALIFIED, False)


def test_what_qualifies_stands() -> None:
    objection = an_objection()
    assert len(objection.conclude_test([], NOON)) == 1
    assert objection.is_open


def test_objector_and_proposer_do_not_rule() -> None:
    objection = an_objection()
    for person in (BRAM, ANNA):
        with pytest.raises(ObjectorAndProposerDoNotRule):
            objection.refuse_opinion_of(person, [ANNA])
    objection.refuse_opinion_of(CHLOE, [ANNA])
    with pytest.raises(ObjectionIsSettled):
        an_objection(NOT_QUALIFIED).refuse_opinion_of(CHLOE, [ANNA])


def test_raising_it_again_in_the_round_keeps_one_objection() -> None:
    objection = an_objection()
    assert objection.raise_again("the noise", "side_effect", NOON) == []
    assert objection.reason == "the noise"
    objection.end(ObjectionState.WITHDRAWN, NOON)
    (raised,) = objection.raise_again("the cost after all", "aim", NOON)
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
    assert all(not TRANSITIONS[state] for state in set(ObjectionState) - OPEN - {ObjectionState.WITHDRAWN})
