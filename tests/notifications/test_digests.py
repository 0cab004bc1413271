"""Digests: what somebody wants told once a day or once a week is told together, once, whatever was missed."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from beraad.perform import WORKER, perform, transaction
from beraad_notifications.domain.frequencies import DAILY, WEEKLY
from beraad_notifications.domain.mornings import next_digest
from beraad_notifications.storage.tables import deliveries, notices
from beraad_notifications.subscriptions.digesting import make_due_digests
from beraad_notifications.use_cases.claim_deliveries import ClaimDeliveries, claim_deliveries
from notifications.vocabulary import MailRoom, address_of, delivery, happens, seat, states
from servers.smtp import SmtpSink
from worlds.callers import Caller, ok
from worlds.races import at_once
from worlds.world import World, WorldMaker

ME = "/v1/me/preferences"
BRUSSELS = ZoneInfo("Europe/Brussels")
TUESDAY_NOON = datetime(2017, 9, 5, 10, 0, tzinfo=UTC)
WEDNESDAY_SEVEN = datetime(2017, 9, 6, 5, 0, tzinfo=UTC)
MONDAY_SEVEN = datetime(2017, 9, 11, 5, 0, tzinfo=UTC)


@pytest.fixture
def world(a_world: WorldMaker, each_engine: str, smtp_sink: SmtpSink) -> World:
    world = a_world("notifications", on=each_engine, smtp_url=smtp_sink.url)
    world.it_is(TUESDAY_NOON)
    return world


@pytest.fixture
def room(world: World) -> MailRoom:
    return MailRoom(world)


@pytest.fixture
def anna(world: World) -> Caller:
    return wanting(world, task_assigned="daily", candidacy_submitted="weekly")


def wanting(world: World, **often: str) -> Caller:
    caller = world.person("Anna", language="en")
    ok(caller.put(ME, often, if_match='"0"'))
    return caller


def tasks_are_assigned(world: World, caller: Caller, *titles: str) -> None:
    for title in titles:
        happens(world, "task_assigned", owner_id=caller.person_id, title=title, group_id=world.group())


def it_is(world: World, room: MailRoom, moment: datetime) -> None:
    """What the worker does when that moment has come."""
    world.it_is(moment)
    while make_due_digests(world.store, world.settings):
        pass
    room.works()


def texts(smtp_sink: SmtpSink) -> list[str]:
    parts = (mail.message.get_body(("plain",)) for mail in smtp_sink.messages)
    return [part.get_content() for part in parts if part is not None]


# ------------------------------------------------------------------------------------------------------ mornings


@pytest.mark.parametrize(
    ("after", "frequency", "zone", "expected"),
    [
        (TUESDAY_NOON, DAILY, "Europe/Brussels", WEDNESDAY_SEVEN),
        (TUESDAY_NOON, WEEKLY, "Europe/Brussels", MONDAY_SEVEN),
        (WEDNESDAY_SEVEN, DAILY, "Europe/Brussels", WEDNESDAY_SEVEN + timedelta(days=1)),
        (WEDNESDAY_SEVEN - timedelta(seconds=1), DAILY, "Europe/Brussels", WEDNESDAY_SEVEN),
        (MONDAY_SEVEN, WEEKLY, "Europe/Brussels", MONDAY_SEVEN + timedelta(days=7)),
        (MONDAY_SEVEN - timedelta(seconds=1), WEEKLY, "Europe/Brussels", MONDAY_SEVEN),
        (TUESDAY_NOON, DAILY, "America/New_York", datetime(2017, 9, 5, 11, 0, tzinfo=UTC)),
        (TUESDAY_NOON, DAILY, "Asia/Kathmandu", datetime(2017, 9, 6, 1, 15, tzinfo=UTC)),
    ],
)
def test_the_next_morning(after: datetime, frequency: str, zone: str, expected: datetime) -> None:
    assert next_digest(after, ZoneInfo(zone), frequency) == expected


@pytest.mark.parametrize(
    ("clock_change", "hours"),
    [(datetime(2017, 10, 28, 12, 0, tzinfo=UTC), 25), (datetime(2018, 3, 24, 12, 0, tzinfo=UTC), 23)],
)
def test_it_is_seven_o_clock_after_the_clocks_have_changed_too(clock_change: datetime, hours: int) -> None:
    before = next_digest(clock_change - timedelta(days=1), BRUSSELS, DAILY)
    assert next_digest(before, BRUSSELS, DAILY) - before == timedelta(hours=hours)


@given(
    st.integers(min_value=0, max_value=19 * 365 * 24 * 3600),
    st.sampled_from(["Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]),
    st.sampled_from([DAILY, WEEKLY]),
)
def test_a_morning_always_comes_and_none_is_skipped(seconds: int, zone: str, frequency: str) -> None:
    moment = datetime(2011, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    coming = next_digest(moment, ZoneInfo(zone), frequency)
    longest = timedelta(days=1 if frequency == DAILY else 7, hours=25)
    assert moment < coming <= moment + longest
    assert next_digest(coming - timedelta(microseconds=1), ZoneInfo(zone), frequency) == coming


# ------------------------------------------------------------------------------------------------------- digests


def reminded(world: World, caller: Caller, title: str, closes_at: datetime) -> None:
    happens(world, "round_reminder", unanswered_ids=[caller.person_id], title=title, closes_at=closes_at)


def test_a_reminder_of_what_is_over_before_the_digest_comes_at_once(
    world: World, room: MailRoom, smtp_sink: SmtpSink
) -> None:
    anna = wanting(world, round_reminder="daily")
    reminded(world, anna, "Over by then", TUESDAY_NOON + timedelta(hours=8))
    reminded(world, anna, "Over as it comes", WEDNESDAY_SEVEN)
    reminded(world, anna, "Open until noon", TUESDAY_NOON + timedelta(hours=24))
    room.works()
    assert sorted("Over" in text for text in texts(smtp_sink)) == [True, True]
    assert states(world) == Counter(sent=2, collected=1)
    it_is(world, room, WEDNESDAY_SEVEN)
    assert "Open until noon" in texts(smtp_sink)[-1]
    assert states(world, "round_reminder") == Counter(sent=3)


def test_a_digest_that_is_late_reminds_of_nothing_that_is_over(
    world: World, room: MailRoom, smtp_sink: SmtpSink
) -> None:
    anna = wanting(world, round_reminder="daily")
    reminded(world, anna, "Open until eight", WEDNESDAY_SEVEN + timedelta(hours=1))
    reminded(world, anna, "Open until noon", WEDNESDAY_SEVEN + timedelta(hours=5))
    room.works()
    assert states(world) == Counter(collected=2)
    it_is(world, room, WEDNESDAY_SEVEN + timedelta(hours=2))
    (text,) = texts(smtp_sink)
    assert "Open until noon" in text
    assert "Open until eight" not in text
    assert states(world, "round_reminder") == Counter(sent=1, suppressed=1)


def test_what_happened_in_a_day_comes_together_in_the_morning(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    tasks_are_assigned(world, anna, "Write the page", "Print the page")
    room.works()
    assert smtp_sink.messages == []
    assert states(world, "task_assigned") == Counter(collected=2)
    it_is(world, room, WEDNESDAY_SEVEN - timedelta(minutes=5))
    assert smtp_sink.messages == []

    it_is(world, room, WEDNESDAY_SEVEN)

    (mail,) = smtp_sink.messages
    assert mail.recipients == (address_of(anna.person_id),)
    assert mail.message["X-Beraad-Kind"] == "digest"
    (text,) = texts(smtp_sink)
    assert text.index("Write the page") < text.index("Print the page")
    assert states(world) == Counter(sent=3)
    digest = delivery(world, anna.person_id, "digest")
    mine = ok(anna.get("/v1/deliveries?kind=task_assigned"))["items"]
    assert [one["digest_id"] for one in mine] == [str(digest.event_id)] * 2
    assert {one["reason"] for one in mine} == {f"told in the digest {digest.event_id}"}
    accepted = world.published("notifications.delivery.accepted.v1")
    assert [one["kind"] for one in accepted] == ["task_assigned"] * 2, (
        "a digest is accepted for what it tells"
    )

    it_is(world, room, WEDNESDAY_SEVEN + timedelta(days=1))
    assert len(smtp_sink.messages) == 1


def test_a_week_ends_on_monday_and_other_kinds_do_not_wait(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    happens(world, "candidacy_submitted", person_id=anna.person_id, group_id=world.group())
    tasks_are_assigned(world, anna, "Write the page")
    happens(world, "meeting_reminder", invitee_ids=[anna.person_id])
    room.works()
    assert [mail.message["X-Beraad-Kind"] for mail in smtp_sink.messages] == ["meeting_reminder"]
    it_is(world, room, WEDNESDAY_SEVEN)
    assert "Write the page" in texts(smtp_sink)[1]
    it_is(world, room, MONDAY_SEVEN)
    assert states(world) == Counter(sent=5)
    assert len(smtp_sink.messages) == 3


@pytest.mark.parametrize(
    ("choice", "told_at"),
    [
        ({"task_assigned": "immediate"}, TUESDAY_NOON + timedelta(minutes=1)),
        ({"digests": {"hour": 18}}, TUESDAY_NOON + timedelta(hours=6)),
    ],
)
def test_what_waits_is_told_no_later_than_by_what_is_chosen_anew(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink, choice: dict[str, Any], told_at: datetime
) -> None:
    tasks_are_assigned(world, anna, "Write the page")
    room.works()
    assert smtp_sink.messages == []
    ok(anna.put(ME, choice, if_match=f'"{ok(anna.get(ME))["revision"]}"'))
    it_is(world, room, told_at)
    assert "Write the page" in texts(smtp_sink)[0]
    it_is(world, room, WEDNESDAY_SEVEN)
    assert len(smtp_sink.messages) == 1


def test_a_worker_that_was_down_for_days_tells_all_in_one_digest(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    for day in range(3):
        world.it_is(TUESDAY_NOON + timedelta(days=day))
        tasks_are_assigned(world, anna, f"Task of day {day}")
        room.works()
    it_is(world, room, TUESDAY_NOON + timedelta(days=9))
    (text,) = texts(smtp_sink)
    assert all(f"Task of day {day}" in text for day in range(3))


def test_a_year_of_mornings_leaves_nothing_out_and_tells_nothing_twice(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    """Something happens every three days less an hour; the worker misses a run now and then; both clock changes are in it."""
    moment = TUESDAY_NOON
    happened = 0
    while moment < TUESDAY_NOON + timedelta(days=365):
        world.it_is(moment)
        tasks_are_assigned(world, anna, f"<{happened}>")
        happened += 1
        room.works()
        moment += timedelta(hours=71)
        if happened % 5:
            it_is(world, room, moment)
    it_is(world, room, moment + timedelta(days=8))
    told = "".join(texts(smtp_sink))
    assert {number: told.count(f"<{number}>") for number in range(happened)} == dict.fromkeys(
        range(happened), 1
    )
    assert states(world, "task_assigned") == Counter(sent=happened)


def test_several_workers_make_one_digest(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    tasks_are_assigned(world, anna, "Write the page", "Print the page")
    room.works()
    world.it_is(WEDNESDAY_SEVEN)
    made = at_once([lambda: make_due_digests(world.store, world.settings)] * 4)
    assert not [one for one in made if isinstance(one, Exception)]
    room.works()
    assert len(smtp_sink.messages) == 1


# --------------------------------------------------------------------------------------------- changing one's mind


def test_who_turns_a_kind_off_meanwhile_is_not_told(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    tasks_are_assigned(world, anna, "Write the page")
    room.works()
    ok(anna.put(ME, {"task_assigned": "off"}, if_match='"2"'))
    it_is(world, room, WEDNESDAY_SEVEN)
    assert smtp_sink.messages == []
    held = delivery(world, anna.person_id)
    assert (held.state, held.reason) == ("suppressed", "unsubscribed")


def test_the_link_in_a_digest_ends_digests(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    tasks_are_assigned(world, anna, "Write the page")
    room.works()
    it_is(world, room, WEDNESDAY_SEVEN)
    link = smtp_sink.messages[0].message["List-Unsubscribe"].strip("<>")
    path = link.removeprefix("http://beraad.test/notifications")
    assert "digests" in world.nobody.get(path).text
    form = {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"}
    for _ in range(2):
        assert world.nobody.call("POST", path, **form).status_code == 200
    mine = ok(anna.get(ME))
    assert (mine["preferences"]["task_assigned"], mine["preferences"]["candidacy_submitted"]) == (
        "off",
        "off",
    )
    assert (mine["preferences"]["round_opened"], mine["revision"]) == ("immediate", 4)


def test_an_erased_person_gets_no_digest(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    tasks_are_assigned(world, anna, "Write the page")
    room.works()
    world.hears("membership.person.erased.v1", person_id=anna.person_id, pseudonym="person-7", revision=2)
    it_is(world, room, WEDNESDAY_SEVEN)
    assert smtp_sink.messages == []
    assert delivery(world, anna.person_id).reason == "erased"


# --------------------------------------------------------------------------------------------------- when it fails


def test_what_a_refused_digest_told_has_failed_with_it(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    tasks_are_assigned(world, anna, "Write the page")
    room.works()
    smtp_sink.answer_all("550 5.1.1 no such mailbox")
    it_is(world, room, WEDNESDAY_SEVEN)
    assert states(world) == Counter(failed=2)
    (failed,) = world.published("notifications.delivery.failed.v1")
    assert (failed["kind"], failed["person_id"]) == ("task_assigned", str(anna.person_id))


def test_a_digest_is_sent_at_most_once(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    """The worker was killed after it had taken the digest: nobody knows whether it was sent."""
    tasks_are_assigned(world, anna, "Write the page")
    room.works()
    world.it_is(WEDNESDAY_SEVEN)
    make_due_digests(world.store, world.settings)
    perform(world.store, claim_deliveries, ClaimDeliveries(50, room.now()))
    room.later(minutes=4)
    room.works()
    assert smtp_sink.messages == []
    assert states(world) == Counter(uncertain=2)


def test_more_than_a_mail_can_hold_comes_in_several(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    tasks_are_assigned(world, anna, *(f"<{number}>" for number in range(205)))
    room.works()
    it_is(world, room, WEDNESDAY_SEVEN)
    assert len(smtp_sink.messages) == 2
    told = "".join(texts(smtp_sink))
    assert all(told.count(f"<{number}>") == 1 for number in range(205))
    with transaction(world.store) as work:
        used = work.session.execute(select(deliveries.c.digest_id).distinct()).scalars().all()
    assert len(set(used) - {None}) == 2


def test_a_kind_of_a_newer_release_holds_up_no_digest_of_others(
    world: World, room: MailRoom, anna: Caller, smtp_sink: SmtpSink
) -> None:
    bram = wanting(world, task_assigned="daily")
    for caller in (anna, bram):
        tasks_are_assigned(world, caller, "Write the page")
    room.works()
    with transaction(world.store, WORKER) as work:
        theirs = deliveries.update().where(deliveries.c.person_id == anna.id)
        work.session.execute(theirs.values(kind="carrier_pigeon"))
    it_is(world, room, WEDNESDAY_SEVEN)
    assert [mail.recipients for mail in smtp_sink.messages] == [(address_of(bram.id),)]
    assert ok(anna.get(ME))["preferences"], "what waits does not stand in the way of choosing"
    ok(anna.put(ME, {"task_assigned": "immediate"}, if_match='"2"'))


def test_what_was_told_in_a_digest_that_is_not_sent_has_its_reason(
    world: World, room: MailRoom, anna: Caller
) -> None:
    ada = world.administrator()
    tasks_are_assigned(world, anna, "Write the page")
    room.works()
    ok(ada.post("/v1/suppressions", {"person_id": str(anna.id), "reason": "asked by phone"}), 201)
    it_is(world, room, WEDNESDAY_SEVEN)
    (story,) = ok(anna.get("/v1/timeline", query_string={"kind": "task_assigned"}))["items"]
    assert story["steps"][-1]["text"] == "Not sent: their address is suppressed."
    assert ok(ada.get("/v1/overview"))["suppressed"] == [{"name": "address_refused", "count": 2}]


def test_a_digest_keeps_nothing_of_what_it_told_once_it_is_settled(
    world: World, room: MailRoom, smtp_sink: SmtpSink
) -> None:
    """Its entries keep it, where it is found when somebody is to be forgotten."""
    anna, group = wanting(world, review_due="daily"), world.group("Housing")
    seat(world, group, anna)
    happens(world, "review_due", group_id=group, questions=["Bram fears it makes him ill"])
    room.works()
    it_is(world, room, WEDNESDAY_SEVEN)
    assert smtp_sink.messages[-1].message["X-Beraad-Kind"] == "digest"
    bram = world.person("Bram")
    world.hears("membership.person.erased.v1", person_id=bram.id, pseudonym="Somebody", revision=9)
    with transaction(world.store) as work:
        assert "makes him ill" not in str(work.session.execute(select(notices.c.told)).all())
