"""The steps of a delivery: what its row forgets on its way, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from beraad.clock import real_now
from beraad.identifiers import new_id
from beraad.perform import WORKER, perform, transaction
from beraad_notifications.domain.deliveries import Outcome, Said, State, after_sending
from beraad_notifications.domain.steps import What, left_by_worker, step_of
from beraad_notifications.storage.tables import deliveries, delivery_steps
from beraad_notifications.use_cases.claim_deliveries import ClaimDeliveries, claim_deliveries
from beraad_notifications.use_cases.record_outcomes import RecordOutcomes, record_outcomes
from beraad_notifications.use_cases.remember_contact import ErasePerson, erase_person
from notifications.vocabulary import (
    NOON,
    MailRoom,
    a_claim,
    address_of,
    delivery,
    happens,
    roster_is_complete,
)
from servers.smtp import SmtpSink
from worlds.callers import ok
from worlds.world import World, WorldMaker

ME = "/v1/me/preferences"
TUESDAY_NOON = datetime(2017, 9, 5, 10, 0, tzinfo=UTC)
WEDNESDAY_SEVEN = datetime(2017, 9, 6, 5, 0, tzinfo=UTC)


@pytest.fixture
def world(a_world: WorldMaker, each_engine: str, smtp_sink: SmtpSink) -> World:
    world = a_world("notifications", on=each_engine, smtp_url=smtp_sink.url)
    world.it_is(TUESDAY_NOON)
    return world


def steps(world: World) -> list[Any]:
    with transaction(world.store) as work:
        return list(work.session.execute(select(delivery_steps).order_by(delivery_steps.c.row_id)))


def whats(world: World) -> list[str]:
    return [step.what for step in steps(world)]


def test_a_mail_that_goes_out_at_once_costs_no_step(world: World) -> None:
    happens(world, "task_assigned", owner_id=world.person().person_id)
    MailRoom(world).works()
    assert steps(world) == []


def test_a_deferred_mail_keeps_the_words_of_the_server_and_when_it_is_tried_again(
    world: World, smtp_sink: SmtpSink
) -> None:
    anna = world.person()
    smtp_sink.answer(address_of(anna.person_id), "450 4.2.1 mailbox busy")
    happens(world, "task_assigned", owner_id=anna.person_id)
    room = MailRoom(world)
    room.works()
    room.later(hours=1)
    smtp_sink.recover()
    room.works()

    (step,) = steps(world)
    sent = delivery(world, anna.person_id)
    assert (step.what, step.told, step.attempt) == ("deferred", "450 4.2.1 mailbox busy", 1)
    assert (step.delivery_id, step.person_id) == (sent.id, anna.person_id)
    assert timedelta() < step.next_at - step.at < timedelta(minutes=1)
    assert sent.state == "sent"


def test_what_waits_for_a_digest_says_so_and_that_it_is_brought_forward(world: World) -> None:
    anna = world.person()
    ok(anna.put(ME, {"task_assigned": "weekly"}, if_match='"0"'))
    happens(world, "task_assigned", owner_id=anna.person_id)
    MailRoom(world).works()
    ok(anna.put(ME, {"task_assigned": "daily"}, if_match='"1"'))

    collected, brought = steps(world)
    assert (collected.what, collected.told) == ("collected", "waits for the weekly digest")
    assert collected.next_at == datetime(2017, 9, 11, 5, 0, tzinfo=UTC)
    assert (brought.what, brought.next_at) == ("brought_forward", WEDNESDAY_SEVEN)


def test_what_quiet_hours_hold_back_says_so_and_that_it_is_looked_at_again(world: World) -> None:
    anna = world.person()
    ok(anna.put(ME, {"quiet_hours": {"from": "11:00", "to": "15:00"}}, if_match='"0"'))
    happens(world, "task_assigned", owner_id=anna.person_id)
    MailRoom(world).works()
    ok(anna.put(ME, {"quiet_hours": None}, if_match='"1"'))

    held, again = steps(world)
    assert (held.what, held.attempt) == ("held_back", 0)
    assert timedelta(hours=2, minutes=59) < held.next_at - held.at <= timedelta(hours=3)
    assert again.what == "looked_at_again"


def hears_of_anna(world: World, person_id: UUID) -> None:
    world.hears(
        "membership.contact.changed.v1",
        person_id=person_id,
        name="Anna",
        email="anna@beraad.test",
        language="en",
        time_zone="Europe/Brussels",
    )


def test_a_late_address_is_a_step(world: World) -> None:
    person_id = new_id()
    happens(world, "task_assigned", owner_id=person_id)
    MailRoom(world).spreads()
    hears_of_anna(world, person_id)
    assert whats(world) == ["address_known"]


def test_a_late_address_gives_a_mail_its_time_again_and_a_secret_none(world: World) -> None:
    """A sign-in link is worth nothing once it is old; what a newer release queued is left to that."""
    person_id = new_id()
    happens(world, "task_assigned", owner_id=person_id)
    for kind in ("sign_in_link", "candidacy_submitted"):
        happens(world, kind, person_id=person_id)
    MailRoom(world).spreads()
    long_ago = real_now() - timedelta(minutes=10)
    with transaction(world.store, WORKER) as work:
        values = {"due_at": long_ago, "give_up_at": long_ago + timedelta(minutes=15)}
        work.session.execute(deliveries.update().values(**values))
        newer = deliveries.update().where(deliveries.c.kind == "candidacy_submitted")
        work.session.execute(newer.values(kind="carrier_pigeon"))
    hears_of_anna(world, person_id)
    until = {kind: delivery(world, person_id, kind).give_up_at for kind in ("sign_in_link", "task_assigned")}
    assert until["sign_in_link"] == long_ago + timedelta(minutes=15)
    assert until["task_assigned"] > real_now() + timedelta(hours=47)


def test_a_worker_that_ended_without_a_word_is_a_step(world: World) -> None:
    happens(world, "task_assigned", owner_id=world.person().person_id)
    room = MailRoom(world)
    room.works_until_claimed()
    room.later(minutes=4)
    room.works()

    (step,) = steps(world)
    assert (step.what, step.attempt) == ("left", 1)


def test_erasing_leaves_no_step_and_none_comes_after(world: World, smtp_sink: SmtpSink) -> None:
    anna = world.person()
    smtp_sink.answer_all(f"450 {address_of(anna.person_id)} is busy")
    happens(world, "task_assigned", owner_id=anna.person_id)
    room = MailRoom(world)
    room.works()
    assert whats(world) == ["deferred"]
    room.later(hours=1)
    claimed = perform(world.store, claim_deliveries, ClaimDeliveries(50, room.now()))
    perform(world.store, erase_person, ErasePerson(anna.id, 9, "somebody"))
    said = [after_sending(one.claim, Said.LATER, "450 again", room.now(), 0.5) for one in claimed.letters]
    perform(world.store, record_outcomes, RecordOutcomes(said))

    assert [outcome.state for outcome in said] == ["deferred"]
    assert steps(world) == []


def test_a_batch_of_outcomes_takes_one_statement_more(world: World) -> None:
    for _ in range(20):
        happens(world, "task_assigned", owner_id=world.person().person_id)
    roster_is_complete(world)
    room = MailRoom(world)
    room.spreads()
    claimed = perform(world.store, claim_deliveries, ClaimDeliveries(50, room.now()))
    said = [after_sending(one.claim, Said.LATER, "450 busy", room.now(), 0.5) for one in claimed.letters]
    with world.counting_statements() as sent, transaction(world.store, WORKER) as work:
        work.steps.add([step for outcome in said if (step := step_of(outcome)) is not None])

    assert len(steps(world)) == 20
    assert len([one for one in sent if "delivery_steps" in str(one)]) == 1


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"state": State.DEFERRED, "untried": True}, What.GIVEN_BACK),
        ({"state": State.DEFERRED, "untried": True, "channel_refused": True}, What.CHANNEL_REFUSED),
        ({"state": State.DEFERRED, "uncertain": True}, What.IN_DOUBT),
        ({"state": State.DEFERRED}, What.DEFERRED),
    ],
)
def test_what_an_outcome_is_remembered_as(changes: dict[str, Any], what: What) -> None:
    step = step_of(Outcome(claim=a_claim(), at=NOON, reason="because", **changes))
    assert step is not None
    assert (step.what, step.told, step.at) == (what, "because", NOON)


def test_what_waits_on_for_the_same_reason_is_not_written_down_again() -> None:
    """Where a server is away for days, thousands would have a step for each look at them."""
    back = Outcome(claim=a_claim(reason="away"), at=NOON, reason="away", state=State.DEFERRED, untried=True)
    assert step_of(back) is None
    assert step_of(replace(back, reason="the worker stops")) is not None
    assert step_of(replace(back, channel_refused=True)) is not None
    assert step_of(replace(back, untried=False)) is not None


def test_what_is_settled_is_not_written_down_twice() -> None:
    assert step_of(Outcome(claim=a_claim(), at=NOON, state=State.SENT)) is None


def test_nothing_is_written_down_of_who_is_erased() -> None:
    assert left_by_worker(a_claim(left_sending=True, erased=True), NOON) is None
    assert left_by_worker(a_claim(left_sending=False), NOON) is None
