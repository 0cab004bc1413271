"""Who has not answered is reminded once before the deadline, and nobody else."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert

from beraad.identifiers import new_id
from beraad.perform import perform, transaction
from beraad_deliberation.domain.reminding import in_parts, reminder_after
from beraad_deliberation.storage.tables import electors
from beraad_deliberation.use_cases.remind_electors import (
    RemindOfRound,
    RemindOfVote,
    remind_of_round,
    remind_of_vote,
)
from deliberation.vocabulary import (
    AUTUMN,
    Circle,
    a_circle,
    a_round,
    a_tuned_proposal,
    all_consent,
    closed,
    in_days,
    leaves,
    object_to,
    respond,
    set_profile,
    the_proposal,
)
from worlds.callers import Caller, ok
from worlds.races import at_once
from worlds.world import World, WorldMaker

ROUND, VOTE = "deliberation.round.reminder_due.v1", "deliberation.vote.reminder_due.v1"
NOON = datetime(2017, 10, 2, 12, tzinfo=UTC)


@pytest.fixture
def world(a_world: WorldMaker) -> World:
    return a_world("deliberation")


@pytest.fixture
def circle(world: World) -> Circle:
    return a_circle(world)


def seen(circle: Circle, asked: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = ok(circle.facilitator.get(f"/v1/rounds/{asked['id']}"))
    return found


def reminder_of(circle: Circle, asked: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(seen(circle, asked)["remind_at"])


def when(circle: Circle, moment: datetime) -> None:
    circle.world.it_is(moment)
    circle.world.falls_due()


def ids(*people: Caller) -> list[str]:
    return sorted(str(person.id) for person in people)


def named(circle: Circle, topic: str = ROUND) -> list[list[str]]:
    return [event["unanswered_ids"] for event in circle.world.published(topic)]


def a_vote(assembly: Circle, days: float = 7) -> dict[str, Any]:
    path = f"/v1/proposals/{a_tuned_proposal(assembly)['id']}/votes"
    opened: dict[str, Any] = ok(
        assembly.facilitator.post(path, {"closes_at": in_days(assembly.world, days)}), 201
    )
    return opened


def many_more(circle: Circle, asked: dict[str, Any], number: int) -> None:
    with transaction(circle.world.store) as work:
        rows = [
            {"roll_id": UUID(asked["id"]), "person_id": new_id(), "notified": False, "present": False}
            for _ in range(number)
        ]
        work.session.execute(insert(electors), rows)


@pytest.mark.parametrize(
    ("hours", "before"), [(3.99, None), (4, 2), (24, 12), (47, 23.5), (48, 24), (49, 24), (2160, 24)]
)
def test_a_reminder_comes_a_day_before_or_half_way_and_not_where_it_would_be_hurry(
    hours: float, before: float | None
) -> None:
    closes_at = NOON + timedelta(hours=hours)
    due = None if before is None else closes_at - timedelta(hours=before)
    assert reminder_after(NOON, closes_at) == due


def test_nobody_is_named_in_no_event() -> None:
    assert in_parts([]) == []


def test_who_has_not_answered_nor_left_is_reminded_once_a_day_before(circle: Circle) -> None:
    anna, bram, carl = circle.members
    asked = a_round(circle)
    ok(object_to(anna, asked))
    ok(bram.post(f"/v1/rounds/{asked['id']}/recuse", {"reason": "my own house"}))
    when(circle, AUTUMN + timedelta(days=6, minutes=-1))
    assert named(circle) == []
    before = seen(circle, asked)["revision"]
    for _ in range(2):
        when(circle, AUTUMN + timedelta(days=6, minutes=1))

    (told,) = circle.world.published(ROUND)
    assert told["unanswered_ids"] == ids(circle.facilitator, carl)
    assert (told["revision"], told["title"], told["number"]) == (before + 1, "A room of our own", 1)
    assert datetime.fromisoformat(told["closes_at"]) == datetime.fromisoformat(asked["closes_at"])
    assert (told["round_id"], told["proposal_id"]) == (asked["id"], asked["proposal_id"])
    assert not {"answers", "consents", "objections"} & told.keys()
    assert seen(circle, asked)["remind_at"] is None


def test_where_all_who_stay_have_answered_nobody_is_reminded(circle: Circle) -> None:
    asked = a_round(circle)
    all_consent(circle.everyone[:3], asked)
    leaves(circle, circle.members[-1])
    when(circle, AUTUMN + timedelta(days=6.5))
    assert named(circle) == []
    assert seen(circle, asked)["state"] == "open"


def test_a_round_that_closed_early_is_not_reminded_of(circle: Circle) -> None:
    asked = a_round(circle)
    all_consent(circle.everyone[:3], asked)
    assert closed(circle, asked, reason="all who come have answered")["remind_at"] is None
    when(circle, AUTUMN + timedelta(days=6.5))
    assert named(circle) == []


def test_where_the_workers_were_away_until_the_end_nobody_is_reminded(circle: Circle) -> None:
    a_round(circle)
    a_vote(a_circle(circle.world, kind="assembly"))
    circle.world.days_pass(7.1)
    assert perform(circle.world.store, remind_of_round, RemindOfRound())
    assert perform(circle.world.store, remind_of_vote, RemindOfVote())
    circle.world.falls_due()
    assert named(circle) == named(circle, VOTE) == []


def test_a_round_that_is_extended_is_reminded_of_before_its_new_end(circle: Circle) -> None:
    asked = a_round(circle)
    path = f"/v1/rounds/{asked['id']}/extend"
    ok(circle.facilitator.post(path, {"closes_at": in_days(circle.world, 9)}))
    when(circle, AUTUMN + timedelta(days=6.5))
    assert named(circle) == [], "not for the deadline that is no more"
    when(circle, AUTUMN + timedelta(days=8.1))
    ok(respond(circle.proposer, asked))
    ok(circle.facilitator.post(path, {"closes_at": in_days(circle.world, 3)}))
    for days in (9.5, 10.2):
        when(circle, AUTUMN + timedelta(days=days))
    assert named(circle) == [ids(*circle.everyone), ids(circle.facilitator, *circle.members[1:])]


def test_a_round_that_is_called_again_is_reminded_of_again(circle: Circle) -> None:
    asked = a_round(circle, days=1)
    opens, closes = (datetime.fromisoformat(asked[name]) for name in ("opened_at", "closes_at"))
    assert reminder_of(circle, asked) == closes - (closes - opens) / 2
    for hours in (13, 25):
        when(circle, AUTUMN + timedelta(hours=hours))
    assert seen(circle, asked)["calls"] == 2
    when(circle, reminder_of(circle, asked) + timedelta(minutes=1))
    assert named(circle) == [ids(*circle.everyone)] * 2


def test_a_little_more_time_brings_no_other_reminder(circle: Circle) -> None:
    asked = a_round(circle)
    when(circle, AUTUMN + timedelta(days=7, hours=-2))
    body = {"closes_at": in_days(circle.world, 3 / 24)}
    assert ok(circle.facilitator.post(f"/v1/rounds/{asked['id']}/extend", body))["remind_at"] is None
    when(circle, AUTUMN + timedelta(days=7))
    assert len(named(circle)) == 1


def test_in_a_live_round_nobody_is_reminded_until_those_absent_are_asked(circle: Circle) -> None:
    ok(set_profile(circle, absent_hours=48))
    body = {"closes_at": in_days(circle.world, 1), "live": True}
    there = [str(person.id) for person in circle.everyone[:2]]
    path = f"/v1/proposals/{a_tuned_proposal(circle)['id']}/rounds"
    asked = ok(circle.facilitator.post(path, {**body, "present_ids": there}), 201)
    assert asked["remind_at"] is None
    all_consent(circle.everyone[:2], asked)
    circle.world.falls_due()
    when(circle, reminder_of(circle, asked) + timedelta(minutes=1))
    assert named(circle) == [ids(*circle.everyone[2:])]


def test_who_has_cast_no_ballot_is_reminded_and_never_what_the_others_voted(world: World) -> None:
    assembly = a_circle(world, kind="assembly")
    vote = a_vote(assembly)
    for person, choice in zip(assembly.members[:2], ("for", "against"), strict=True):
        ok(person.put(f"/v1/votes/{vote['id']}/ballots/me", {"version": 1, "choice": choice}))
    for _ in range(2):
        when(assembly, AUTUMN + timedelta(days=6.1))
    (told,) = world.published(VOTE)
    assert told["unanswered_ids"] == ids(assembly.facilitator, assembly.members[2])
    assert told["vote_id"] == vote["id"]
    assert not {"in_favor", "against", "abstained"} & told.keys()


def test_of_a_short_or_closed_vote_nobody_is_reminded(world: World) -> None:
    assembly = a_circle(world, kind="assembly")
    assert a_vote(assembly, days=3 / 24)["remind_at"] is None
    early = a_vote(assembly)
    ok(assembly.facilitator.post(f"/v1/votes/{early['id']}/close", {"reason": "no time"}))
    when(assembly, AUTUMN + timedelta(days=6.5))
    assert world.published(VOTE) == []


def test_of_2500_electors_each_is_named_once_and_all_are_found_by_one_statement(
    a_world: WorldMaker, each_engine: str
) -> None:
    assembly = a_circle(a_world("deliberation", on=each_engine), kind="assembly")
    vote = a_vote(assembly)
    many_more(assembly, vote, 2_500)
    ok(assembly.proposer.put(f"/v1/votes/{vote['id']}/ballots/me", {"version": 1, "choice": "for"}))
    assembly.world.it_is(AUTUMN + timedelta(days=6.5))
    with assembly.world.counting_statements() as sent:
        assembly.world.falls_due()
    assert len([statement for statement in sent if "electors" in statement and "ballots" in statement]) == 1
    parts = named(assembly, VOTE)
    assert {len(part) for part in parts[:-1]} == {100}
    everyone = [person for part in parts for person in part]
    assert len(everyone) == len(set(everyone)) == 2_503
    assert str(assembly.proposer.id) not in everyone
    revisions = [event["revision"] for event in assembly.world.published(VOTE)]
    assert len(set(revisions)) == len(parts)


def test_eight_workers_remind_once_while_people_answer(a_world: WorldMaker, each_engine: str) -> None:
    circle = a_circle(a_world("deliberation", on=each_engine, pool_size=10))
    asked = a_round(circle)
    when(circle, AUTUMN + timedelta(days=5.9))
    circle.world.it_is(AUTUMN + timedelta(days=6.1))
    answered = at_once([*([circle.world.falls_due] * 8), lambda: ok(respond(circle.proposer, asked)) and 0])
    assert not [one for one in answered if isinstance(one, Exception)]
    circle.world.falls_due()
    (told,) = named(circle)
    assert set(ids(circle.facilitator, *circle.members[1:])) <= set(told) <= set(ids(*circle.everyone))


def test_the_next_round_names_who_answered_the_one_before(circle: Circle) -> None:
    asked = a_round(circle)
    all_consent(circle.everyone[:2], asked)
    ok(object_to(circle.members[1], asked))
    closed(circle, asked, reason="we integrate")
    objection = ok(circle.facilitator.get(f"/v1/proposals/{asked['proposal_id']}/objections"))["items"][0]
    body = {"text": "Another text", "base_version": 1, "note": "n", "objection_ids": [objection["id"]]}
    ok(circle.proposer.post(f"/v1/proposals/{asked['proposal_id']}/versions", body), 201)
    a_round(circle, the_proposal(circle, asked["proposal_id"]))
    first, second = circle.world.published("deliberation.round.opened.v1")
    assert (first["since_version"], first["answered_ids"]) == (None, None)
    assert (second["since_version"], second["answered_ids"]) == (1, ids(*circle.everyone[:3]))


def test_more_than_a_hundred_who_answered_are_not_named(circle: Circle) -> None:
    asked = a_round(circle)
    all_consent(circle.everyone, asked)
    with transaction(circle.world.store) as work:
        assert [str(one) for one in work.rounds.answered_by(UUID(asked["id"]), 4)] == ids(*circle.everyone)
        assert work.rounds.answered_by(UUID(asked["id"]), 3) is None
