"""What two do at once. On SQLite its one writer decides, on PostgreSQL the row locks do."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from beraad.domain import Actor
from beraad.identifiers import new_id
from beraad.perform import perform, transaction
from beraad.record.entries import Sealed
from beraad_deliberation.domain.objection_states import OPEN
from beraad_deliberation.domain.responding import Answer, RoundIsClosed
from beraad_deliberation.domain.verdict import Outcome
from beraad_deliberation.storage.tables import current_responses, decisions, objections, proposals, rounds
from beraad_deliberation.use_cases.accept_amendment import AcceptAmendment, accept_amendment
from beraad_deliberation.use_cases.close_round import CloseDueRound, CloseRound, close_due_round, close_round
from beraad_deliberation.use_cases.extend_round import ExtendRound, extend_round
from beraad_deliberation.use_cases.respond import Respond, respond
from deliberation.vocabulary import Circle, a_circle, a_round, a_tuned_proposal, all_consent
from worlds.callers import Caller, ok, problem
from worlds.races import at_once
from worlds.world import World, WorldMaker

ROUNDS = 30


@pytest.fixture
def world(a_world: WorldMaker, each_engine: str) -> World:
    return a_world("deliberation", on=each_engine, pool_size=12)


@pytest.fixture
def circle(world: World) -> Circle:
    return a_circle(world)


def responding(circle: Circle, person: Caller, asked: dict[str, Any], answer: Answer) -> Callable[[], Any]:
    command = Respond(
        round_id=UUID(asked["id"]),
        round_number=asked["number"],
        version=asked["version"],
        answer=answer,
        reason="the cost falls on one team",
    )
    return lambda: perform(circle.world.store, respond, command, Actor(person.person_id))


def closing(circle: Circle, asked: dict[str, Any]) -> Callable[[], Any]:
    actor = Actor(circle.facilitator.person_id)
    return lambda: perform(
        circle.world.store, close_round, CloseRound(UUID(asked["id"]), "time is up"), actor
    )


def accepting(circle: Circle, amendment: dict[str, Any]) -> Callable[[], Any]:
    actor, command = Actor(circle.proposer.person_id), AcceptAmendment(UUID(amendment["id"]))
    return lambda: perform(circle.world.store, accept_amendment, command, actor)


def extending(circle: Circle, asked: dict[str, Any], later: datetime) -> Callable[[], Any]:
    actor, command = Actor(circle.facilitator.person_id), ExtendRound(UUID(asked["id"]), later)
    return lambda: perform(circle.world.store, extend_round, command, actor)


def tell(circle: Circle, query: Any) -> Any:
    with transaction(circle.world.store) as work:
        return work.session.execute(query).scalar()


@pytest.fixture(autouse=True)
def nobody_waits_in_a_circle(world: World) -> Iterator[None]:
    yield
    if world.store.engine.dialect.name == "postgresql":
        with world.store.engine.connect() as connection:
            query = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
            assert connection.execute(query).scalar() == 0


def test_closing_against_objecting_never_adopts_with_an_objection_standing(circle: Circle) -> None:
    adopted = 0
    for _ in range(ROUNDS):
        asked = a_round(circle)
        all_consent(circle.everyone, asked)
        objector, other = circle.members[-1], circle.members[-2]
        results = at_once(
            [
                closing(circle, asked),
                responding(circle, objector, asked, Answer.OBJECT),
                responding(circle, other, asked, Answer.ABSTAIN),
                closing(circle, asked),
            ]
        )

        assert not [r for r in results if isinstance(r, Exception) and not isinstance(r, RoundIsClosed)]
        outcome = tell(circle, select(rounds.c.outcome).where(rounds.c.id == UUID(asked["id"])))
        standing = tell(
            circle,
            select(func.count())
            .select_from(objections)
            .where(objections.c.round_id == UUID(asked["id"]), objections.c.state.in_(OPEN)),
        )
        assert outcome == (Outcome.INTEGRATING if standing else Outcome.ADOPTED)
        assert isinstance(results[1], RoundIsClosed) is not bool(standing)
        adopted += not standing
    counted = tell(circle, select(func.count()).select_from(decisions))
    assert counted == adopted


def test_a_round_is_closed_once_by_people_and_deadline_together(circle: Circle) -> None:
    asked = a_round(circle)
    all_consent(circle.everyone, asked)
    circle.world.days_pass(8)

    def due() -> Any:
        return perform(circle.world.store, close_due_round, CloseDueRound())

    results = at_once([closing(circle, asked), due] * 4)

    assert not [result for result in results if isinstance(result, Exception)]
    assert len(circle.world.published("deliberation.round.closed.v1")) == 1
    assert len(circle.world.published("deliberation.proposal.adopted.v1")) == 1
    assert tell(circle, select(func.count()).select_from(decisions)) == 1


@pytest.mark.parametrize("answer", [Answer.CONSENT, Answer.OBJECT])
def test_a_response_sent_many_times_at_once_counts_once(circle: Circle, answer: Answer) -> None:
    asked = a_round(circle)
    results = at_once([responding(circle, circle.members[0], asked, answer)] * 8)

    assert all(isinstance(result, Sealed) for result in results)
    assert tell(circle, select(func.count()).select_from(current_responses)) == 1
    objected = tell(circle, select(func.count()).select_from(objections))
    assert objected == (1 if answer is Answer.OBJECT else 0)
    assert len(circle.world.published("deliberation.objection.raised.v1")) == objected


def test_objecting_and_consenting_at_once_leaves_no_objection_without_its_response(circle: Circle) -> None:
    for _ in range(10):
        asked = a_round(circle)
        acts = [
            responding(circle, circle.members[0], asked, answer) for answer in (Answer.OBJECT, Answer.CONSENT)
        ]
        assert all(isinstance(result, Sealed) for result in at_once(acts * 2))
        answer = tell(
            circle,
            select(current_responses.c.answer).where(current_responses.c.round_id == UUID(asked["id"])),
        )
        state = tell(circle, select(objections.c.state).where(objections.c.round_id == UUID(asked["id"])))
        assert (answer is Answer.OBJECT) is (state in OPEN)


def test_decisions_made_at_once_are_numbered_without_gaps(circle: Circle) -> None:
    asked = [a_round(circle) for _ in range(16)]
    for one in asked:
        all_consent(circle.everyone, one)
    with transaction(circle.world.store) as work:  # one of them fails after taking its number
        number = work.decisions.next_number(circle.id)
        work.session.rollback()

    results = at_once([closing(circle, one) for one in asked])

    assert number == 1
    assert not [result for result in results if isinstance(result, Exception)]
    with transaction(circle.world.store) as work:
        numbers = work.session.execute(select(decisions.c.number).order_by(decisions.c.number)).scalars()
        assert list(numbers) == list(range(1, 17))


def test_of_two_amendments_to_one_passage_accepted_at_once_one_becomes_a_version(circle: Circle) -> None:
    proposal = a_tuned_proposal(circle)
    made = []
    for replacement in ("two rooms", "no room"):
        body = {"base_version": 1, "original": "one room", "replacement": replacement}
        made.append(ok(circle.members[1].post(f"/v1/proposals/{proposal['id']}/amendments", body), 201))

    answers = at_once(
        [lambda one=one: circle.proposer.post(f"/v1/amendments/{one['id']}/accept") for one in made]  # type: ignore[misc]
    )

    statuses = sorted(answer.status_code for answer in answers if not isinstance(answer, Exception))
    assert statuses == [200, 409]
    assert tell(circle, select(proposals.c.version)) == 2
    stale = {"base_version": 1, "original": "one room", "replacement": "three rooms"}
    told = problem(
        circle.members[1].post(f"/v1/proposals/{proposal['id']}/amendments", stale), 409, "StaleBase"
    )
    assert told["version"] == 2


def test_a_draft_sent_twice_with_one_id_is_drafted_once(circle: Circle) -> None:
    body = {"id": str(new_id()), "group_id": str(circle.id), "kind": "rule", "title": "Quiet hours"}
    answers = at_once([lambda: circle.proposer.post("/v1/proposals", body)] * 4)
    statuses = sorted(answer.status_code for answer in answers if not isinstance(answer, Exception))
    assert statuses == [201, 409, 409, 409]


def test_an_amendment_accepted_while_people_respond_leaves_no_answer_to_a_text_unseen(circle: Circle) -> None:
    for _ in range(10):
        proposal = a_tuned_proposal(circle)
        body = {"base_version": 1, "original": "one room", "replacement": "two rooms"}
        amendment = ok(circle.members[1].post(f"/v1/proposals/{proposal['id']}/amendments", body), 201)
        asked = a_round(circle, proposal)
        accepted, *answered = at_once(
            [
                accepting(circle, amendment),
                *[responding(circle, person, asked, Answer.CONSENT) for person in circle.everyone],
            ]
        )

        assert not isinstance(accepted, Exception)
        assert all(isinstance(result, Sealed | RoundIsClosed) for result in answered)
        kept = tell(
            circle,
            select(func.count())
            .select_from(current_responses)
            .where(current_responses.c.round_id == UUID(asked["id"])),
        )
        assert kept == sum(isinstance(result, Sealed) for result in answered)
        again = ok(circle.proposer.get(f"/v1/proposals/{proposal['id']}"))
        assert (again["version"], again["rounds_held"]) == (2, 2)
        running = ok(circle.proposer.get(f"/v1/rounds/{again['open_round_id']}"))
        assert (running["version"], running["answered"]) == (2, 0)


def test_a_deadline_is_extended_or_the_round_closes_never_both(circle: Circle) -> None:
    for _ in range(10):
        asked = a_round(circle)
        all_consent(circle.everyone, asked)
        later = datetime.fromisoformat(asked["closes_at"]) + timedelta(days=1)
        extended, closed_, _ = at_once(
            [
                extending(circle, asked, later),
                closing(circle, asked),
                closing(circle, asked),
            ]
        )

        assert not isinstance(closed_, Exception)
        assert extended is None or not isinstance(extended, Exception) or isinstance(extended, RoundIsClosed)
        after = ok(circle.facilitator.get(f"/v1/rounds/{asked['id']}"))
        assert after["state"] == "closed"
        moved = datetime.fromisoformat(after["closes_at"]) == later
        assert moved is not isinstance(extended, RoundIsClosed)
