"""Addresses that are left alone: who is, why, until when, and that nothing slips through."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from beraad.clock import real_now
from beraad.identifiers import new_id
from beraad.perform import WORKER, perform, transaction
from beraad_notifications.domain.deliveries import Outcome, Said, after_sending
from beraad_notifications.mail import pile
from beraad_notifications.storage.tables import recipients
from beraad_notifications.use_cases.claim_deliveries import ClaimDeliveries, claim_deliveries
from beraad_notifications.use_cases.record_outcomes import RecordOutcomes, record_outcomes
from beraad_notifications.use_cases.remember_contact import ErasePerson, erase_person
from beraad_notifications.use_cases.suppress_address import SuppressAddress, suppress_address
from notifications.vocabulary import MailRoom, address_of, delivery, happens, states
from servers.smtp import SmtpSink
from worlds.callers import Caller
from worlds.races import until_somebody_waits
from worlds.world import World, WorldMaker

DISABLED = "550 5.2.1 the mailbox is disabled"


@pytest.fixture
def world(a_world: WorldMaker, smtp_sink: SmtpSink) -> World:
    return a_world("notifications", smtp_url=smtp_sink.url)


@pytest.fixture
def room(world: World) -> MailRoom:
    return MailRoom(world)


@pytest.fixture
def anna(world: World) -> Caller:
    return world.person("Anna")


@pytest.fixture
def administrator(world: World) -> Caller:
    return world.administrator()


def a_task_for(world: World, caller: Caller, kind: str = "task_assigned") -> None:
    happens(world, kind, **{{"task_assigned": "owner_id"}.get(kind, "person_id"): caller.person_id})


def suppressions(administrator: Caller) -> list[dict[str, Any]]:
    document: Any = administrator.get("/v1/suppressions").get_json()
    return list(document["items"])


def suppress(administrator: Caller, caller: Caller) -> Any:
    body = {"person_id": caller.person_id, "reason": "they asked by telephone"}
    answer = administrator.post("/v1/suppressions", body)
    assert answer.status_code == 201
    return answer.get_json()


def lifted(world: World) -> list[str]:
    return [event["person_id"] for event in world.published("notifications.address.lifted.v1")]


def test_who_refuses_is_listed_with_reason_and_since_when(
    world: World, room: MailRoom, anna: Caller, administrator: Caller, smtp_sink: SmtpSink
) -> None:
    smtp_sink.answer(address_of(anna.person_id), DISABLED)
    a_task_for(world, anna)
    room.works()
    (one,) = suppressions(administrator)
    assert (one["person_id"], one["address"]) == (str(anna.person_id), address_of(anna.person_id))
    assert (one["reason"], one["since"] is not None) == (DISABLED, True)


def test_by_hand_it_is_suppressed_and_lifted(
    world: World, room: MailRoom, anna: Caller, administrator: Caller, smtp_sink: SmtpSink
) -> None:
    assert suppress(administrator, anna)["reason"] == "they asked by telephone"
    for kind in ("task_assigned", "sign_in_link"):
        a_task_for(world, anna, kind)
    room.works()
    assert states(world) == Counter(suppressed=1, sent=1), "sign-in links come all the same"
    for _ in range(2):
        assert administrator.delete(f"/v1/suppressions/{anna.person_id}").status_code == 204
    assert suppressions(administrator) == []
    a_task_for(world, anna)
    room.works()
    assert len(smtp_sink.to(address_of(anna.person_id))) == 2
    assert lifted(world) == [str(anna.person_id)]


def test_pages_name_everybody_once(world: World, administrator: Caller) -> None:
    people = [world.person(name) for name in ("Anna", "Bram", "Chloe")]
    for one in people:
        suppress(administrator, one)
    first = administrator.get("/v1/suppressions?limit=2")
    following = first.headers["Link"].partition("<")[2].partition(">")[0]
    second: Any = administrator.get("/v1" + following.partition("/v1")[2]).get_json()
    document: Any = first.get_json()
    found = [item["person_id"] for item in document["items"] + second["items"]]
    assert found == sorted(str(one.person_id) for one in people)


def test_another_address_lifts_it(
    world: World, anna: Caller, administrator: Caller, smtp_sink: SmtpSink
) -> None:
    suppress(administrator, anna)
    same = {"person_id": anna.person_id, "name": "Anna", "language": "nl", "time_zone": "Europe/Brussels"}
    world.hears("membership.contact.changed.v1", **same, revision=2, email=address_of(anna.person_id))
    assert (lifted(world), len(suppressions(administrator))) == ([], 1), "it is the same"
    world.hears("membership.contact.changed.v1", **same, revision=3, email="anna@beraad.test")
    assert (lifted(world), suppressions(administrator)) == ([str(anna.person_id)], [])


def test_who_is_unknown_or_erased_has_no_address(world: World, anna: Caller, administrator: Caller) -> None:
    suppress(administrator, anna)
    world.hears("membership.person.erased.v1", person_id=anna.person_id, pseudonym="Somebody", revision=9)
    assert suppressions(administrator) == []
    for nobody in (anna.person_id, new_id()):
        body = {"person_id": nobody, "reason": "no reason"}
        assert administrator.post("/v1/suppressions", body).status_code == 404
        assert administrator.delete(f"/v1/suppressions/{nobody}").status_code == 204


def test_what_is_suppressed_while_a_batch_is_sent_gets_nothing(
    world: World, room: MailRoom, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pile, "FRESH", 0.0)
    people = [world.person(f"Person {number}") for number in range(12)]
    for one in people:
        a_task_for(world, one)
    room.spreads()
    asked = iter(range(100))
    meanwhile = []

    def alive() -> bool:
        if next(asked) == 2:
            waiting = {address_of(one.person_id): one.person_id for one in people}
            for mail in smtp_sink.messages:
                del waiting[mail.recipients[0]]
            last = [person for person in waiting.values() if person][-2:]
            for person in last:
                perform(world.store, suppress_address, SuppressAddress(person, "meanwhile"))
            meanwhile.extend(last)
        return True

    room.delivering.once(world.store, world.settings, alive)
    room.delivering.close()
    assert states(world) == Counter(sent=10, suppressed=2)
    assert [delivery(world, one).reason for one in meanwhile] == ["address_refused"] * 2
    assert not {mail.recipients[0] for mail in smtp_sink.messages} & set(map(address_of, meanwhile))


def test_who_is_erased_while_a_batch_is_sent_gets_nothing(
    world: World, room: MailRoom, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pile, "FRESH", 0.0)
    people = [world.person(f"Person {number}") for number in range(8)]
    for one in people:
        a_task_for(world, one)
    room.spreads()
    erased = people[-1].person_id
    asked = iter(range(100))

    def alive() -> bool:
        if next(asked) == 2:
            world.hears("membership.person.erased.v1", person_id=erased, pseudonym="Somebody", revision=9)
        return True

    room.delivering.once(world.store, world.settings, alive)
    room.delivering.close()
    assert states(world) == Counter(sent=7, suppressed=1)
    assert smtp_sink.to(address_of(erased)) == []


def refused(world: World) -> list[Outcome]:
    """What is due was offered, and each address refused; nothing of it is recorded yet."""
    MailRoom(world).spreads()
    held = perform(world.store, claim_deliveries, ClaimDeliveries(20, real_now())).letters
    return [
        after_sending(one.claim, Said.ADDRESS_REFUSED, "550 5.1.1 no Anna here", real_now(), 0.5)
        for one in held
    ]


def test_workers_suppress_in_the_same_order(world: World) -> None:
    """Else two that refuse the same people wait for each other."""
    people = [world.person() for _ in range(5)]
    for caller in people:
        a_task_for(world, caller)
    outcomes = sorted(refused(world), key=lambda one: one.claim.person_id, reverse=True)
    perform(world.store, record_outcomes, RecordOutcomes(outcomes))
    told = world.published("notifications.address.suppressed.v1")
    assert [event["person_id"] for event in told] == sorted(str(caller.person_id) for caller in people)


def test_a_refusal_that_is_recorded_while_somebody_is_erased_leaves_nothing(a_world: WorldMaker) -> None:
    world = a_world("notifications", on="postgresql")
    anna = world.person("Anna")
    a_task_for(world, anna)
    outcomes = refused(world)
    with ThreadPoolExecutor(1) as beside, transaction(world.store, WORKER) as work:
        record_outcomes(RecordOutcomes(outcomes), work, work.now)
        erasing = beside.submit(perform, world.store, erase_person, ErasePerson(anna.id, 9, "somebody"))
        until_somebody_waits(world.store.engine)
    erasing.result()
    with transaction(world.store) as work:
        assert work.session.execute(select(recipients.c.refused_address)).all() == []


def test_the_timeline_says_who_had_an_address_left_alone_and_why(
    world: World, room: MailRoom, administrator: Caller, anna: Caller
) -> None:
    suppress(administrator, anna)
    a_task_for(world, anna)
    room.works()
    (story,) = administrator.get(f"/v1/timeline?person={anna.id}").get_json()["items"]
    assert story["steps"][-1]["text"] == "Not sent: their address is suppressed."
    assert "“they asked by telephone”" in story["next"]["text"]
    assert "mail server" not in story["next"]["text"]
