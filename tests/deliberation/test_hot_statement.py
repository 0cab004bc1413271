"""The hot statement records exactly what the domain's rule admits, on both engines."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from beraad.domain import Actor, DomainError
from beraad.perform import reading, transaction
from beraad_deliberation.domain.responding import Answer, refuse_response
from beraad_deliberation.domain.rounds import RunState
from beraad_deliberation.domain.votes import Choice
from beraad_deliberation.storage import hot_statements
from beraad_deliberation.storage.hot_statements import Recorded
from beraad_deliberation.storage.tables import (
    current_responses,
    electors,
    electors_response,
    responses,
    rounds,
)
from deliberation.vocabulary import Circle, a_circle, a_round, a_tuned_proposal, in_days, object_to, respond
from worlds.callers import ok, problem
from worlds.world import World, WorldMaker


@pytest.fixture
def world(a_world: WorldMaker, each_engine: str) -> World:
    return a_world("deliberation", on=each_engine)


@pytest.fixture
def circle(world: World) -> Circle:
    return a_circle(world)


def recorded(
    circle: Circle,
    person_id: UUID | None,
    round_id: UUID,
    number: int = 1,
    version: int = 1,
    answer: Answer = Answer.CONSENT,
) -> Recorded | None:
    with transaction(circle.world.store, Actor(person_id)) as work:
        found: Recorded | None = work.rounds.record(round_id, number, version, answer, None, work.now)
        return found


def recorded_at_once(circle: Circle, person_id: UUID | None, *asked: Any) -> bool | None:
    """Whether the statement alone, without a look before, wrote anything; None where it is not used."""
    store = circle.world.store
    if store.engine.dialect.name == "sqlite":
        return None
    with transaction(store, Actor(person_id)) as work:
        now = work.now
    with reading(store, Actor(person_id)) as work:
        return work.rounds.record_at_once(*asked, now) is not None


def rows(circle: Circle, table: Any) -> list[Any]:
    with transaction(circle.world.store) as work:
        return list(work.session.execute(select(table)).all())


def change(circle: Circle, table: Any, **values: Any) -> None:
    with transaction(circle.world.store) as work:
        work.session.execute(table.update().values(**values))


CASES = list(
    product(
        ["open", "closed"],
        ["before", "after"],
        [1, 2],
        [1, 2],
        ["elector", "departed", "stranger"],
        [Answer.CONSENT, Answer.CONSENT_WITH_CONCERN],
    )
)


def test_what_is_recorded_is_what_the_rule_admits(circle: Circle) -> None:
    round_id = UUID(a_round(circle)["id"])
    change(circle, rounds, answers=" consent object ")
    for state, deadline, number, version, who, answer in CASES:
        person = uuid4() if who == "stranger" else circle.members[0].person_id
        with transaction(circle.world.store) as work:
            work.session.execute(responses.delete())
            closes_at = work.now + timedelta(hours=1 if deadline == "before" else -1)
            run = {"state": RunState(state), "closes_at": closes_at}
            work.session.execute(rounds.update().values(**run))
            left = work.now if who == "departed" else None
            work.session.execute(electors.update().values(departed_at=left))

        at_once = recorded_at_once(circle, person, round_id, number, version, answer)
        rows_at_once = [row.person_id for row in rows(circle, responses)]

        seen = recorded(circle, person, round_id, number, version, answer)

        assert seen is not None
        assert at_once in (None, seen.written)
        assert rows_at_once == ([person] if at_once else [])
        assert seen.entitled is (who == "elector")
        assert (seen.asked.number, seen.asked.version) == (1, 1)
        assert seen.written is admitted(circle, seen, number, version, answer), (
            state,
            deadline,
            number,
            version,
            who,
            answer,
        )
        assert [row.person_id for row in rows(circle, current_responses)] == (
            [person] if seen.written else []
        )


def admitted(circle: Circle, seen: Recorded, number: int, version: int, answer: Answer) -> bool:
    with transaction(circle.world.store) as work:
        now = work.now
    try:
        refuse_response(
            seen.asked, entitled=seen.entitled, number=number, version=version, answer=answer, at=now
        )
    except DomainError:
        return False
    return True


def test_a_round_nobody_opened_is_told_apart(circle: Circle) -> None:
    assert recorded(circle, uuid4(), uuid4()) is None


def test_the_last_answer_counts_and_every_one_is_kept(circle: Circle) -> None:
    round_id = UUID(a_round(circle)["id"])
    me = circle.members[0].person_id
    for answer in (Answer.CONSENT, Answer.ABSTAIN):
        seen = recorded(circle, me, round_id, answer=answer)
        assert seen is not None
        assert seen.written
    assert [row.answer for row in rows(circle, current_responses)] == [Answer.ABSTAIN]
    assert [row.answer for row in rows(circle, responses)] == [Answer.CONSENT, Answer.ABSTAIN]


def test_an_objection_is_not_overwritten_in_passing(circle: Circle) -> None:
    asked = a_round(circle)
    ok(object_to(circle.members[0], asked))

    seen = recorded(circle, circle.members[0].person_id, UUID(asked["id"]))

    assert seen is not None
    assert seen.entitled
    assert not seen.written
    assert [row.answer for row in rows(circle, responses)] == [Answer.OBJECT]


def test_where_an_answer_was_contested_or_an_objection_stands_nothing_is_written_in_passing(
    circle: Circle,
) -> None:
    asked = a_round(circle)
    me = circle.members[0].person_id
    ok(object_to(circle.members[0], asked))
    assert not recorded_at_once(circle, me, UUID(asked["id"]), 1, 1, Answer.CONSENT)
    change(circle, rounds, contested=True)
    other = circle.members[1].person_id
    assert not recorded_at_once(circle, other, UUID(asked["id"]), 1, 1, Answer.CONSENT)
    assert [row.answer for row in rows(circle, responses)] == [Answer.OBJECT]


def test_an_elector_who_leaves_between_the_look_and_the_writing_has_answered_and_does_not_count(
    a_world: WorldMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    assembly = a_circle(a_world("deliberation", on="postgresql"), kind="assembly")
    proposal = a_tuned_proposal(assembly)
    body = {"closes_at": in_days(assembly.world, 1)}
    vote = ok(assembly.facilitator.post(f"/v1/proposals/{proposal['id']}/votes", body), 201)

    me = assembly.members[0]

    def admits(_seen: Any, given: Any) -> bool:
        with transaction(assembly.world.store) as work:
            mine = electors.c.person_id == me.person_id
            work.session.execute(electors.update().where(mine).values(departed_at=given.at))
        return True

    monkeypatch.setattr(hot_statements._Seen, "admits", admits)
    path, known = f"/v1/votes/{vote['id']}/ballots/me", f"membership/groups/{assembly.id}@1"
    ballot = {"version": 1, "choice": "for"}
    ok(me.put(path, ballot, wait_for=known))
    told = ok(me.get(f"/v1/votes/{vote['id']}"))
    assert (told["answered"], told["departed"]) == (0, 1)
    monkeypatch.undo()
    problem(me.put(path, ballot, wait_for=known), 403, "NotEntitledToRespond")


def test_it_is_one_statement_on_postgresql(a_world: WorldMaker) -> None:
    circle = a_circle(a_world("deliberation", on="postgresql"))
    asked = a_round(circle)
    ok(respond(circle.members[0], asked))
    with circle.world.counting_statements() as sent:
        ok(respond(circle.members[1], asked))
    who, written = sent
    assert "revoked_sessions" in who
    assert "FOR SHARE" in written
    assert "INSERT INTO responses" in written


def test_the_words_of_a_concern_and_a_wait_take_a_transaction_and_say_the_same(a_world: WorldMaker) -> None:
    circle = a_circle(a_world("deliberation", on="postgresql"))
    asked = a_round(circle)
    ok(respond(circle.members[0], asked))
    with circle.world.counting_statements() as sent:
        ok(respond(circle.members[1], asked, "consent_with_concern", concern="it may rain"))
    assert len(sent) <= 6
    path = f"/v1/rounds/{asked['id']}/responses/me"
    body = {"round_number": 1, "version": 1, "answer": "consent"}
    ok(circle.members[2].put(path, body, wait_for=f"membership/groups/{circle.id}@1"))
    with transaction(circle.world.store) as work:
        given = work.session.execute(select(responses.c.answer, responses.c.leaf)).all()
    assert sorted(row.answer for row in given) == ["consent", "consent", "consent_with_concern"]
    assert all(row.leaf for row in given)


def test_a_concern_without_words_is_refused_on_both_engines(circle: Circle) -> None:
    asked = a_round(circle)
    problem(respond(circle.members[0], asked, "consent_with_concern"), 409, "ConcernNeedsWords")
    problem(respond(circle.members[0], asked, "consent_with_concern", concern=" "), 409, "ConcernNeedsWords")
    assert rows(circle, responses) == []


def test_an_answer_is_given_when_it_arrives(a_world: WorldMaker) -> None:
    circle = a_circle(a_world("deliberation", on="postgresql"))
    asked = a_round(circle)
    with transaction(circle.world.store) as work:
        before = work.now
    receipt = ok(respond(circle.members[0], asked))["receipt"]
    with transaction(circle.world.store) as work:
        (given_at,) = work.session.execute(select(responses.c.given_at)).scalars()
        assert before < given_at < work.now
    assert datetime.fromisoformat(receipt["entry"]["at"]) == given_at


def test_what_an_elector_said_is_looked_up_and_not_joined(a_world: WorldMaker) -> None:
    """However old the statistics are: a join of all answers with all is what they choose wrongly."""
    circle = a_circle(a_world("deliberation", on="postgresql"))
    query = select(electors.c.person_id, electors_response).where(electors.c.roll_id == circle.id)
    with transaction(circle.world.store) as work:
        told = str(query.compile(circle.world.store.engine, compile_kwargs={"literal_binds": True}))
        plan = "\n".join(work.session.execute(text(f"EXPLAIN {told}")).scalars())
    assert "Join" not in plan
    assert "uq_responses_round_id_person_id_ordinal" in plan


def test_ballots_are_recorded_by_the_same_shape(world: World) -> None:
    assembly = a_circle(world, kind="assembly")
    proposal = a_tuned_proposal(assembly)
    body = {"closes_at": in_days(world, 1)}
    vote = ok(assembly.facilitator.post(f"/v1/proposals/{proposal['id']}/votes", body), 201)
    me = assembly.members[0]
    path = f"/v1/votes/{vote['id']}/ballots/me"
    for choice in (Choice.FOR, Choice.AGAINST):
        ok(me.put(path, {"version": 1, "choice": choice}))
    assert ok(me.get(f"/v1/votes/{vote['id']}"))["my_ballot"]["choice"] == "against"
    assert ok(me.get(f"/v1/votes/{vote['id']}"))["answered"] == 1
    problem(me.put(path, {"version": 2, "choice": "for"}), 409, "VersionMismatch")
    problem(world.person("Stranger").put(path, {"version": 1, "choice": "for"}), 404, "NotFound")
    late = world.person("Late")
    assert late.person_id is not None
    world.seat(assembly.id, late.person_id)
    problem(late.put(path, {"version": 1, "choice": "for"}), 403, "NotEntitledToRespond")
    ok(assembly.facilitator.post(f"/v1/votes/{vote['id']}/close", {"reason": "the hall is empty"}))
    problem(me.put(path, {"version": 1, "choice": "for"}), 409, "RoundIsClosed")
