"""The mail server does not want us: nobody's mail is lost for it, and one delivery finds out when it does."""

import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from beraad.clock import real_now
from beraad.perform import WORKER, perform, transaction
from beraad_notifications.mail import pile
from beraad_notifications.storage.tables import deliveries
from beraad_notifications.use_cases.claim_deliveries import ClaimDeliveries, claim_deliveries
from beraad_notifications.use_cases.judge_channel import RefusedAtTheDoor, refused_at_the_door
from beraad_notifications.use_cases.try_channel import TryChannel, try_channel
from notifications.vocabulary import MailRoom, address_of, delivery, happens, seat, states
from servers.smtp import SmtpSink
from worlds.callers import Caller
from worlds.world import World, WorldMaker

POLICY = "550 5.7.1 <somebody@beraad.test> you are on a list"


@pytest.fixture
def world(a_world: WorldMaker, smtp_sink: SmtpSink) -> World:
    return a_world("notifications", smtp_url=smtp_sink.url)


@pytest.fixture
def room(world: World) -> MailRoom:
    return MailRoom(world)


@pytest.fixture
def administrator(world: World) -> Caller:
    return world.administrator()


def people_to_mail(world: World, *names: str) -> list[Caller]:
    people = [world.person(name) for name in names]
    for caller in people:
        happens(world, "task_assigned", owner_id=caller.person_id)
    return people


def body(answer: TestResponse) -> Any:
    return answer.get_json()


def channel(caller: Caller) -> dict[str, Any]:
    (one,) = body(caller.get("/v1/channels"))["items"]
    return dict(one)


def attempts(world: World) -> int:
    with transaction(world.store) as work:
        return int(work.session.execute(select(func.sum(deliveries.c.attempts))).scalar_one())


def test_nobody_pays_for_what_is_about_us(
    world: World, room: MailRoom, administrator: Caller, smtp_sink: SmtpSink
) -> None:
    people_to_mail(world, "Anna", "Bram", "Chloe")
    smtp_sink.answer_all(POLICY)
    room.works()
    assert states(world) == Counter(deferred=3)
    assert attempts(world) == 0
    assert smtp_sink.asked == 1, "who else waits is not tried"
    paused = channel(administrator)
    assert (paused["state"], paused["waiting"], paused["failures"]) == ("paused", 3, 1)
    assert paused["reason"] == "550 5.7.1 <…@…> you are on a list"
    assert paused["since"] < paused["next_trial_at"]


def test_one_is_tried_and_then_all_are_sent(
    world: World, room: MailRoom, administrator: Caller, smtp_sink: SmtpSink
) -> None:
    people = people_to_mail(world, "Anna", "Bram", "Chloe")
    smtp_sink.answer_all(POLICY)
    room.works()
    room.works()
    assert smtp_sink.asked == 1, "it is not time yet"
    room.later(minutes=2)
    room.works()
    assert (smtp_sink.asked, channel(administrator)["failures"]) == (2, 2)
    smtp_sink.recover()
    room.later(minutes=3)
    room.works()
    assert states(world) == Counter(sent=3)
    assert {mail.recipients[0] for mail in smtp_sink.messages} == {address_of(p.person_id) for p in people}
    assert channel(administrator)["state"] == "open"
    assert channel(administrator)["reason"] == ""


def test_what_refuses_one_mail_holds_up_the_others_once(
    world: World, room: MailRoom, administrator: Caller, smtp_sink: SmtpSink
) -> None:
    anna, *_ = people_to_mail(world, "Anna", "Bram", "Chloe")
    smtp_sink.answer(address_of(anna.person_id), POLICY)
    room.works()
    assert channel(administrator)["state"] == "paused"
    room.later(minutes=2)
    room.works()
    assert smtp_sink.messages[0].recipients != (address_of(anna.person_id),), "another is tried"
    assert states(world) == Counter(sent=2, failed=1)
    assert delivery(world, anna.person_id).reason == POLICY
    assert channel(administrator)["state"] == "open"
    (failed,) = world.published("notifications.delivery.failed.v1")
    assert failed["person_id"] == str(anna.person_id)


def test_what_it_refuses_of_one_event_holds_up_the_others_once(
    world: World, room: MailRoom, smtp_sink: SmtpSink
) -> None:
    """What was written to all of a group may be taken for spam: its hundredth mail tells nothing new."""
    group = world.group("Assembly", kind="assembly")
    electors = [world.person(name) for name in ("Anna", "Bram", "Chloe", "Dries")]
    seat(world, group, *electors)
    for elector in electors:
        smtp_sink.answer(address_of(elector.person_id), POLICY)
    happens(world, "vote_opened", group_id=group)
    people_to_mail(world, "Emma")
    room.works()
    room.later(minutes=2)
    room.works()
    assert states(world, "vote_opened") == Counter(failed=4)
    assert states(world, "task_assigned") == Counter(sent=1)


def test_who_is_alone_in_the_queue_is_tried_again(world: World, room: MailRoom, smtp_sink: SmtpSink) -> None:
    people_to_mail(world, "Anna")
    smtp_sink.answer_all(POLICY)
    for _ in range(6):
        room.works()
        room.later(minutes=31)
    assert smtp_sink.asked == 6
    smtp_sink.recover()
    room.works()
    assert states(world) == Counter(sent=1)


@pytest.mark.parametrize("reply", ["550 5.1.8 we do not know your domain", "530 5.7.0 sign in first"])
def test_a_refused_sender_pauses_it(
    world: World, room: MailRoom, administrator: Caller, smtp_sink: SmtpSink, reply: str
) -> None:
    people_to_mail(world, "Anna", "Bram")
    smtp_sink.answer_senders(reply)
    room.works()
    assert channel(administrator)["reason"] == reply
    assert attempts(world) == 0
    smtp_sink.recover()
    room.later(minutes=2)
    room.works()
    assert states(world) == Counter(sent=2)


def test_a_mail_that_is_too_big_pauses_nothing(
    world: World, room: MailRoom, administrator: Caller, smtp_sink: SmtpSink
) -> None:
    people_to_mail(world, "Anna")
    smtp_sink.answer_senders("552 message size exceeds maximum permitted")
    room.works()
    assert states(world) == Counter(failed=1)
    assert channel(administrator)["state"] == "open"


def test_a_trial_that_meets_a_full_mailbox_tells_nothing(
    world: World, room: MailRoom, administrator: Caller, smtp_sink: SmtpSink
) -> None:
    _, bram, chloe = people_to_mail(world, "Anna", "Bram", "Chloe")
    smtp_sink.answer_all(POLICY)
    room.works()
    smtp_sink.recover()
    for other in (bram, chloe):
        smtp_sink.answer(address_of(other.person_id), "452 4.2.2 the mailbox is full")
    room.later(minutes=2)
    room.works()
    assert (channel(administrator)["state"], channel(administrator)["failures"]) == ("paused", 1)
    assert smtp_sink.messages == []
    smtp_sink.recover()
    room.later(minutes=3)
    room.works()
    assert states(world) == Counter(sent=3)


def test_another_workers_refusal_ends_this_ones_batch(
    world: World, room: MailRoom, smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pile, "FRESH", 0.0)
    people_to_mail(world, *(f"Person {number}" for number in range(12)))
    room.spreads()
    asked = iter(range(100))

    def alive() -> bool:
        if next(asked) == 2:
            refusal = RefusedAtTheDoor("535 5.7.8 who are you", room.now(), 0.5)
            perform(world.store, refused_at_the_door, refusal)
        return True

    room.delivering.once(world.store, world.settings, alive)
    room.delivering.close()
    sent = states(world)["sent"]
    assert states(world) == Counter(sent=sent, deferred=12 - sent)
    assert attempts(world) == sent in {1, 2}, "what the clerks had in hand was sent, and nothing else"


def test_nobody_tries_while_somebody_still_sends(world: World, room: MailRoom) -> None:
    people_to_mail(world, "Anna", "Bram")
    room.spreads()
    held = perform(world.store, claim_deliveries, ClaimDeliveries(1, room.now()))
    for told in ("535 no", "535 no, again"):
        perform(world.store, refused_at_the_door, RefusedAtTheDoor(told, room.now(), 0.0))
    assert perform(world.store, claim_deliveries, ClaimDeliveries(1, room.now())).letters == []
    assert perform(world.store, try_channel, TryChannel(room.now())).letters == []
    room.later(minutes=4)
    (tried,) = perform(world.store, try_channel, TryChannel(room.now())).letters
    assert len(held.letters) == 1
    assert tried.claim.trial


def test_of_many_workers_one_tries_one(a_world: WorldMaker) -> None:
    world = a_world("notifications", on="postgresql")
    people_to_mail(world, "Anna", "Bram", "Chloe", "Dries")
    MailRoom(world).spreads()
    perform(world.store, refused_at_the_door, RefusedAtTheDoor("535 no", real_now(), 0.0))
    together = Barrier(4)

    def tries(_: int) -> int:
        together.wait(10)
        return len(perform(world.store, try_channel, TryChannel(real_now())).letters)

    with ThreadPoolExecutor(4) as workers:
        assert sorted(workers.map(tries, range(4))) == [0, 0, 0, 1]


@pytest.fixture
def closed_door() -> Iterator[str]:
    """Greets everybody with a refusal."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def refuse() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    caller.sendall(b"554 5.7.1 no mail from there\r\n")

        thread = Thread(target=refuse, daemon=True)
        thread.start()
        yield f"smtp://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def test_a_refusal_at_the_door_pauses_it(a_world: WorldMaker, closed_door: str) -> None:
    world = a_world("notifications", smtp_url=closed_door)
    room, administrator = MailRoom(world), world.administrator()
    people_to_mail(world, "Anna")
    room.works()
    assert channel(administrator)["reason"] == "554 5.7.1 no mail from there"
    assert states(world) == Counter(queued=1)
    room.later(minutes=2)
    room.works()
    assert channel(administrator)["failures"] == 2
    assert states(world) == Counter(deferred=1)
    assert attempts(world) == 0


def test_by_hand_it_is_paused_and_resumed(
    world: World, room: MailRoom, administrator: Caller, smtp_sink: SmtpSink
) -> None:
    people_to_mail(world, "Anna")
    stopped = administrator.post("/v1/channels/mail/pause", {"reason": "the server moves"})
    assert (stopped.status_code, body(stopped)["state"]) == (200, "stopped")
    again = administrator.post("/v1/channels/mail/pause", {"reason": "as before"})
    assert again.json == stopped.json
    room.works()
    room.later(days=3)
    room.works()
    assert states(world) == Counter(queued=1), "its two days are not over while nothing can be sent"
    for _ in range(2):
        assert body(administrator.post("/v1/channels/mail/resume", {}))["state"] == "open"
    room.moved *= 0
    room.works()
    assert states(world) == Counter(sent=1)
    assert administrator.post("/v1/channels/pigeon/resume", {}).status_code == 404


def test_who_resumes_it_doubts_nothing(
    world: World, room: MailRoom, administrator: Caller, smtp_sink: SmtpSink
) -> None:
    people_to_mail(world, "Anna", "Bram")
    smtp_sink.answer_all(POLICY)
    room.works()
    administrator.post("/v1/channels/mail/resume", {})
    room.works()
    assert channel(administrator)["state"] == "paused"
    assert states(world) == Counter(deferred=2), "it was not mended: nobody pays"


def test_what_waited_longer_than_its_time_is_tried(world: World, room: MailRoom, smtp_sink: SmtpSink) -> None:
    people_to_mail(world, "Anna", "Bram")
    smtp_sink.answer_all(POLICY)
    room.works()
    smtp_sink.recover()
    room.later(days=3)
    room.works()
    assert states(world) == Counter(sent=2)


def test_a_mail_that_is_refused_alone_does_not_pause_for_long(
    world: World, room: MailRoom, administrator: Caller, smtp_sink: SmtpSink
) -> None:
    """Of it nobody knows whether it is about us: a sign-in link, good for a quarter of an hour, must still come in time."""
    (anna,) = people_to_mail(world, "Anna")
    smtp_sink.answer(address_of(anna.person_id), POLICY)
    for _ in range(8):
        room.works()
        room.later(minutes=5)
    assert smtp_sink.asked == 8
    assert channel(administrator)["failures"] == 3
    bram = world.person("Bram")
    room.works()
    happens(world, "sign_in_link", person_id=bram.person_id)
    room.spreads()
    room.later(minutes=4)
    room.works()
    assert delivery(world, bram.person_id).state == "sent"


def test_what_a_newer_release_queued_keeps_no_channel_paused(
    world: World, room: MailRoom, smtp_sink: SmtpSink
) -> None:
    people_to_mail(world, "Anna")
    smtp_sink.answer_senders("530 5.7.0 sign in first")
    room.works()
    (dora,) = people_to_mail(world, "Dora")
    room.spreads()
    with transaction(world.store, WORKER) as work:
        theirs = deliveries.update().where(deliveries.c.person_id == dora.person_id)
        work.session.execute(theirs.values(kind="carrier_pigeon", urgency=0))
    smtp_sink.recover()
    room.later(minutes=2)
    room.works()
    assert states(world) == Counter(sent=1, queued=1)


def test_a_trial_writes_no_row_of_what_waits_on(world: World, room: MailRoom, smtp_sink: SmtpSink) -> None:
    """Where many thousands wait, each trial would write all of them."""
    until = select(deliveries.c.person_id, deliveries.c.give_up_at).order_by(deliveries.c.person_id)

    def given_up_at() -> list[Any]:
        with transaction(world.store) as work:
            return list(work.session.execute(until).all())

    people_to_mail(world, "Anna", "Bram")
    smtp_sink.answer_all(POLICY)
    room.works()
    before = given_up_at()
    room.later(hours=1)
    room.works()
    assert smtp_sink.asked == 2, "one was tried"
    assert given_up_at() == before
    smtp_sink.recover()
    room.later(hours=1)
    room.delivering.once(world.store, world.settings)
    room.delivering.close()
    assert states(world)["sent"] == 1
    assert sum(now != then for now, then in zip(given_up_at(), before, strict=True)) >= 1, (
        "mail goes out again: what waited has all its time"
    )


def test_what_was_said_of_somebody_who_is_erased_is_not_kept(
    world: World, room: MailRoom, administrator: Caller, smtp_sink: SmtpSink
) -> None:
    (anna,) = people_to_mail(world, "Anna")
    smtp_sink.answer_all("550 5.7.1 Anna Peeters has blocked you")
    room.works()
    assert "Anna" in channel(administrator)["reason"]
    world.hears("membership.person.erased.v1", person_id=anna.person_id, pseudonym="Somebody", revision=9)
    with transaction(world.store, WORKER) as work:
        assert work.channels.seen("mail").reason == ""
