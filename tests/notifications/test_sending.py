"""Mail against a real mail server that fails as real ones do."""

import smtplib
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from beraad.clock import real_now
from beraad.perform import WORKER, perform, transaction
from beraad_notifications.domain.deliveries import Said, after_sending
from beraad_notifications.mail.delivering import is_alone
from beraad_notifications.mail.gauges import UNCERTAIN
from beraad_notifications.mail.smtp import Post, mail_server
from beraad_notifications.storage.tables import contacts, deliveries, notices
from beraad_notifications.use_cases.claim_deliveries import ClaimDeliveries, claim_deliveries
from beraad_notifications.use_cases.ports import Letter
from beraad_notifications.use_cases.record_outcomes import RecordOutcomes, record_outcomes
from notifications.vocabulary import MailRoom, address_of, delivery, happens, states
from servers.scripted_smtp import ScriptedSmtp
from servers.smtp import SmtpSink
from worlds.callers import Caller
from worlds.world import World, WorldMaker

PATIENCE_ENDS = {"hours": 49}


@pytest.fixture
def world(a_world: WorldMaker, each_engine: str, smtp_sink: SmtpSink) -> World:
    return a_world("notifications", on=each_engine, smtp_url=smtp_sink.url)


@pytest.fixture
def room(world: World) -> MailRoom:
    return MailRoom(world)


@pytest.fixture
def anna(world: World) -> Caller:
    return world.person("Anna", language="nl")


def mail_is_due(world: World, caller: Caller, kind: str = "task_assigned") -> None:
    field = {"task_assigned": "owner_id"}.get(kind, "person_id")
    if kind == "meeting_reminder":
        starts_at = real_now() + timedelta(days=2)
        happens(world, kind, invitee_ids=[caller.person_id], starts_at=starts_at, ends_at=starts_at)
    else:
        happens(world, kind, **{field: caller.person_id})


def test_a_mail_is_sent_and_told(world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink) -> None:
    mail_is_due(world, anna)
    room.works()
    (mail,) = smtp_sink.messages
    assert mail.recipients == (address_of(anna.person_id),)
    assert mail.sender == "beraad@beraad.test"
    sent = delivery(world, anna.person_id)
    assert (sent.state, sent.attempts, sent.revision) == ("sent", 1, 1)
    (accepted,) = world.published("notifications.delivery.accepted.v1")
    assert (accepted["delivery_id"], accepted["kind"]) == (str(sent.id), "task_assigned")
    assert mail.message["Message-ID"] == f"<{sent.id}@beraad.test>"


def test_an_event_that_comes_again_is_not_mailed_again(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    envelope = world.envelope(
        "membership.candidacy.submitted.v1",
        candidacy_id=anna.person_id,
        group_id=world.group(),
        person_id=anna.person_id,
    )
    for _ in range(3):
        with transaction(world.store, WORKER) as work:
            world.apply(envelope, work)
        room.works()
    assert len(smtp_sink.messages) == 1


def test_while_the_mail_server_is_away_nothing_is_lost(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    smtp_sink.stop()
    mail_is_due(world, anna)
    for _ in range(3):
        room.works()
    waiting = delivery(world, anna.person_id)
    assert (waiting.state, waiting.attempts) == ("queued", 0)
    smtp_sink.start()
    for desk in room.delivering._clerks.desks:  # type: ignore[union-attr]
        desk.post._not_before = 0
    room.works()
    assert states(world) == Counter(sent=1)
    assert len(smtp_sink.messages) == 1


def test_a_busy_mailbox_gets_it_later(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    smtp_sink.answer(address_of(anna.person_id), "450 4.2.1 mailbox busy")
    bram = world.person("Bram")
    for caller in (anna, bram):
        mail_is_due(world, caller)
    room.works()
    deferred = delivery(world, anna.person_id)
    assert (deferred.state, deferred.reason) == ("deferred", "450 4.2.1 mailbox busy")
    assert delivery(world, bram.person_id).state == "sent"
    smtp_sink.recover()
    room.works()
    assert delivery(world, anna.person_id).state == "deferred", "it waits its time"
    room.later(minutes=2)
    room.works()
    assert (delivery(world, anna.person_id).state, delivery(world, anna.person_id).attempts) == ("sent", 2)
    assert len(smtp_sink.messages) == 2


def test_it_gives_up_after_two_days(world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink) -> None:
    smtp_sink.answer_all("450 4.2.1 mailbox busy")
    mail_is_due(world, anna)
    for _ in range(30):
        room.works()
        room.later(hours=4)
    assert states(world) == Counter(failed=1)
    (failed,) = world.published("notifications.delivery.failed.v1")
    assert "gave up" in failed["reason"]


def test_a_sign_in_link_is_tried_for_a_quarter_of_an_hour_and_then_forgotten(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    smtp_sink.answer_all("450 4.2.1 mailbox busy")
    mail_is_due(world, anna, "sign_in_link")
    room.works()
    room.later(minutes=16)
    room.works()
    assert delivery(world, anna.person_id).state == "failed"
    assert "482913" not in _everything_told(world)


def test_what_a_sign_in_mail_told_is_forgotten_once_sent(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    mail_is_due(world, anna, "sign_in_link")
    assert "482913" in _everything_told(world)
    room.works()
    assert "482913" in smtp_sink.messages[0].message.as_string()
    assert "482913" not in _everything_told(world)


def _everything_told(world: World) -> str:
    from sqlalchemy import select

    from beraad_notifications.storage.tables import notices

    with transaction(world.store) as work:
        return str(work.session.execute(select(notices.c.told)).all())


def test_a_refused_address_is_written_to_no_more_until_it_changes(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    smtp_sink.answer(address_of(anna.person_id), "550 5.1.1 user unknown")
    mail_is_due(world, anna)
    room.works()
    assert delivery(world, anna.person_id).state == "failed"
    (suppressed,) = world.published("notifications.address.suppressed.v1")
    assert suppressed["person_id"] == str(anna.person_id)
    smtp_sink.recover()

    mail_is_due(world, anna)
    room.works()
    assert states(world) == Counter(failed=1, suppressed=1)
    assert smtp_sink.messages == []

    same = {"person_id": anna.person_id, "name": "Anna", "language": "nl", "time_zone": "Europe/Brussels"}
    world.hears("membership.contact.changed.v1", **same, revision=2, email="anna.new@beraad.test")
    mail_is_due(world, anna)
    room.works()
    assert [mail.recipients for mail in smtp_sink.messages] == [("anna.new@beraad.test",)]


def test_a_policy_of_the_server_burns_no_recipient(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    smtp_sink.answer_all("550 5.7.1 you are on a list")
    mail_is_due(world, anna)
    room.works()
    assert delivery(world, anna.person_id).state == "deferred"
    assert world.published("notifications.address.suppressed.v1") == []


@pytest.mark.parametrize("kept", [True, False])
def test_a_cut_after_data_is_counted_and_a_task_is_mailed_again(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink, kept: bool
) -> None:
    before = UNCERTAIN.labels("task_assigned")._value.get()
    smtp_sink.drop_after_data(kept=kept)
    mail_is_due(world, anna)
    room.works()
    doubtful = delivery(world, anna.person_id)
    assert (doubtful.state, doubtful.uncertain) == ("deferred", 1)
    assert UNCERTAIN.labels("task_assigned")._value.get() == before + 1
    smtp_sink.recover()
    room.later(minutes=2)
    room.works()
    assert states(world) == Counter(sent=1)
    ids = {mail.message["Message-ID"] for mail in smtp_sink.messages}
    assert (len(smtp_sink.messages), len(ids)) == (1 + kept, 1)


def test_a_cut_after_data_leaves_a_reminder_as_it_is(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    smtp_sink.drop_after_data(kept=False)
    mail_is_due(world, anna, "meeting_reminder")
    room.works()
    smtp_sink.recover()
    room.later(hours=1)
    room.works()
    assert states(world) == Counter(uncertain=1)
    assert smtp_sink.messages == []


def test_only_what_a_dying_worker_had_sent_may_come_twice(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    """Killed between sending and recording: the lease ends, and kinds of at least once are sent again."""
    before = {kind: UNCERTAIN.labels(kind)._value.get() for kind in ("task_assigned", "meeting_reminder")}
    for kind in before:
        mail_is_due(world, anna, kind)
    room.works_until_claimed()
    assert states(world) == Counter(sending=2)

    room.works()
    assert smtp_sink.messages == [], "the lease holds"
    room.later(minutes=4)
    room.works()
    assert [mail.message["X-Beraad-Kind"] for mail in smtp_sink.messages] == ["task_assigned"]
    assert states(world) == Counter(sent=1, uncertain=1)
    for kind in ("task_assigned", "meeting_reminder"):
        assert UNCERTAIN.labels(kind)._value.get() == before[kind] + 1
        assert delivery(world, anna.person_id, kind).uncertain == 1, "each is counted once"


def test_a_worker_that_is_alone_takes_back_what_a_killed_one_held(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    for kind in ("task_assigned", "meeting_reminder"):
        mail_is_due(world, anna, kind)
    room.works_until_claimed()

    MailRoom(world, alone=True).works()

    assert [mail.message["X-Beraad-Kind"] for mail in smtp_sink.messages] == ["task_assigned"]
    assert states(world) == Counter(sent=1, uncertain=1), (
        "what may have been sent is not sent twice if it must not"
    )


def test_only_sqlite_has_one_worker_for_sure(world: World, each_engine: str) -> None:
    assert is_alone(world.store) == (each_engine == "sqlite")


def test_an_outcome_that_could_not_be_recorded_is_recorded_later(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    from beraad_notifications.mail import delivering

    def database_away(*_: object) -> None:
        raise ConnectionError

    mail_is_due(world, anna)
    recording = pytest.MonkeyPatch()
    recording.setattr(delivering, "record_outcomes", database_away)
    with pytest.raises(ConnectionError):
        room.works()
    assert states(world) == Counter(sending=1)
    recording.undo()
    room.later(minutes=10)
    room.works()
    assert states(world) == Counter(sent=1)
    assert len(smtp_sink.messages) == 1


def test_a_mail_that_cannot_be_written_holds_up_no_other(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    bram = world.person("Bram")
    happens(world, "meeting_invited", person_id=anna.person_id, calendar="not a calendar")
    mail_is_due(world, bram)
    room.works()
    assert [mail.recipients for mail in smtp_sink.messages] == [(address_of(bram.person_id),)]
    assert delivery(world, anna.person_id).reason.startswith("cannot be composed")


def test_a_mail_waits_for_an_address_and_is_never_lost(
    world: World, room: MailRoom, smtp_sink: SmtpSink
) -> None:
    from beraad.identifiers import new_id

    nadia = new_id()
    happens(world, "task_assigned", owner_id=nadia)
    room.works()
    assert delivery(world, nadia).state == "queued"
    contact = {"name": "Nadia", "email": "nadia@beraad.test", "language": "fr", "time_zone": "Europe/Paris"}
    room.later(**PATIENCE_ENDS)
    world.hears("membership.contact.changed.v1", person_id=nadia, **contact)
    room.moved *= 0
    room.works()
    (mail,) = smtp_sink.to("nadia@beraad.test")
    assert "Bonjour Nadia" in mail.message.as_string()


def test_urgent_mail_goes_first(world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink) -> None:
    for _ in range(3):
        mail_is_due(world, anna)
    mail_is_due(world, anna, "sign_in_link")
    room.works()
    first_two = [mail.message["X-Beraad-Kind"] for mail in smtp_sink.messages[:2]]
    assert "sign_in_link" in first_two, "two are sent at once"


def test_one_connection_carries_a_hundred_mails(smtp_sink: SmtpSink, monkeypatch: pytest.MonkeyPatch) -> None:
    post = Post(mail_server(smtp_sink.url), "beraad@beraad.test")
    opened = 0
    connect = post._connect

    def counted() -> smtplib.SMTP:
        nonlocal opened
        opened += 1
        return connect()

    monkeypatch.setattr(post, "_connect", counted)
    for number in range(101):
        assert post.send(f"p{number}@beraad.test", b"Subject: x\r\n\r\n.dot\r\n..\r\n")[0] == "accepted"
    post.close()
    assert opened == 2
    assert len(smtp_sink.messages) == 101
    assert smtp_sink.messages[0].message.get_payload() == ".dot\r\n..\r\n"


def test_a_message_may_have_a_sender_of_its_own(smtp_sink: SmtpSink) -> None:
    post = Post(mail_server(smtp_sink.url), "beraad@beraad.test")
    for sender in ("beraad+back@beraad.test", None):
        assert post.send("p@beraad.test", b"Subject: x\r\n\r\n", sender)[0] == "accepted"
    post.close()
    assert [mail.sender for mail in smtp_sink.messages] == ["beraad+back@beraad.test", "beraad@beraad.test"]


def test_a_connection_that_was_idle_is_opened_anew(smtp_sink: SmtpSink) -> None:
    post = Post(mail_server(smtp_sink.url), "beraad@beraad.test")
    assert post.open()
    post._used_at -= 31
    post.rest()
    assert post._smtp is None
    assert post.open()
    smtp_sink.stop()
    smtp_sink.start()
    assert post.open(), "the old connection is dead, a new one is opened"
    assert post.send("p@beraad.test", b"Subject: x\r\n\r\n")[0] == "accepted"
    post.close()


def test_claims_are_leases(world: World, anna: Caller) -> None:
    mail_is_due(world, anna)
    room = MailRoom(world)
    room.spreads()
    first = perform(world.store, claim_deliveries, ClaimDeliveries(50, real_now()))
    second = perform(world.store, claim_deliveries, ClaimDeliveries(50, real_now()))
    assert (len(first.letters), len(second.letters)) == (1, 0)


def test_who_comes_too_late_tells_nothing(world: World, room: MailRoom, anna: Caller) -> None:
    """The lease ended, another worker has the delivery: what the first one heard is neither told nor done."""
    mail_is_due(world, anna)
    room.spreads()
    (late,) = _claimed(world, real_now())
    (held,) = _claimed(world, real_now() + timedelta(minutes=4))
    refused = after_sending(late.claim, Said.ADDRESS_REFUSED, "550 5.1.1 unknown", real_now(), 0.5)
    perform(world.store, record_outcomes, RecordOutcomes([refused]))
    assert states(world) == Counter(sending=1)
    assert world.published("notifications.delivery.failed.v1") == []
    assert world.published("notifications.address.suppressed.v1") == []

    sent = after_sending(held.claim, Said.ACCEPTED, "250 taken", real_now(), 0.5)
    for _ in range(2):
        perform(world.store, record_outcomes, RecordOutcomes([sent]))
    assert states(world) == Counter(sent=1)
    assert len(world.published("notifications.delivery.accepted.v1")) == 1, "told twice, published once"


def test_what_was_recorded_untried_is_not_recorded_again_of_the_next_claim(
    world: World, room: MailRoom, anna: Caller
) -> None:
    """The commit's answer was lost, so it is recorded again; meanwhile another worker sends the delivery."""
    mail_is_due(world, anna)
    room.spreads()
    (first,) = _claimed(world, real_now())
    untried = after_sending(first.claim, Said.NOT_TRIED, "the worker stops", real_now(), 0.5)
    perform(world.store, record_outcomes, RecordOutcomes([untried]))
    (second,) = _claimed(world, real_now() + timedelta(seconds=1))
    assert second.claim.attempts == first.claim.attempts, "what was not tried does not count"
    perform(world.store, record_outcomes, RecordOutcomes([untried]))
    assert states(world) == Counter(sending=1), "a third worker would send it as well"


@pytest.mark.parametrize("zone", ["Europe/Nowhere", "Europe"])
def test_one_mail_that_cannot_be_read_holds_up_no_other(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink, zone: str
) -> None:
    """This machine's list of time zones may be older than the one that chose."""
    bram = world.person("Bram")
    with transaction(world.store, WORKER) as work:
        theirs = contacts.c.person_id == bram.person_id
        work.session.execute(contacts.update().where(theirs).values(time_zone=zone))
    for caller in (bram, anna):
        mail_is_due(world, caller)
    room.works()
    assert [mail.recipients for mail in smtp_sink.messages] == [(address_of(anna.person_id),)]
    waits = delivery(world, bram.person_id)
    assert (waits.state, waits.attempts) == ("deferred", 1)
    assert waits.reason.startswith("cannot be read")
    room.later(hours=49)
    room.works()
    assert states(world) == Counter(sent=1, failed=1)


def test_what_a_newer_release_queued_holds_up_nothing(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    bram = world.person("Bram")
    mail_is_due(world, bram)
    room.spreads()
    with transaction(world.store, WORKER) as work:
        work.session.execute(deliveries.update().values(kind="carrier_pigeon"))
    mail_is_due(world, anna)
    room.works()
    assert [mail.recipients for mail in smtp_sink.messages] == [(address_of(anna.person_id),)]


def test_an_event_of_a_newer_release_holds_up_no_other(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    bram = world.person("Bram")
    mail_is_due(world, bram)
    with transaction(world.store, WORKER) as work:
        work.session.execute(notices.update().values(kind="carrier_pigeon"))
    mail_is_due(world, anna)
    room.works()
    assert [mail.recipients for mail in smtp_sink.messages] == [(address_of(anna.person_id),)]


def test_a_server_may_take_longer_to_answer_a_message_than_a_command() -> None:
    """It filters before it answers; what is sent again because of that comes twice."""
    with SlowToAnswer() as server:
        post = Post(mail_server(server.url), "beraad@beraad.test", timeout=2.0)
        assert post.send("p@beraad.test", b"Subject: x\r\n\r\n") == (Said.ACCEPTED, "250 taken")
        post.close()


@dataclass
class SlowToAnswer(ScriptedSmtp):
    """Takes longer for a message than it may for a command; the margin to what it may for that is three seconds."""

    def _answer(self, verb: str, line: bytes) -> str:
        if verb == ".":
            time.sleep(3.0)
        return super()._answer(verb, line)


def _claimed(world: World, at: datetime) -> list[Letter]:
    return perform(world.store, claim_deliveries, ClaimDeliveries(50, at)).letters


def test_a_worker_that_stops_gives_back_what_it_did_not_try(
    world: World, room: MailRoom, smtp_sink: SmtpSink
) -> None:
    people = [world.person(name) for name in ("Anna", "Bram", "Chloe", "Dries")]
    for caller in people:
        mail_is_due(world, caller)
    room.spreads()
    asked = iter(range(100))
    room.delivering.once(world.store, world.settings, lambda: next(asked) < 2)
    room.delivering.close()
    assert states(world) == Counter(sent=2, deferred=2)
    MailRoom(world).works()
    assert states(world) == Counter(sent=4), "another worker sends it at once"
    assert {delivery(world, caller.person_id).attempts for caller in people} == {1}
