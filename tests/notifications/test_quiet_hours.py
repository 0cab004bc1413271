"""Quiet hours: what can wait waits until they are over; what is urgent comes, unless its reader wants not even that."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beraad.clock import real_now
from beraad.domain import InvalidRequest
from beraad_notifications.domain.catalogue import CATALOGUE, KINDS, Kind, Urgency
from beraad_notifications.domain.deliveries import State
from beraad_notifications.domain.holding_back import WAITS, hold_back
from beraad_notifications.domain.mornings import Rhythm
from beraad_notifications.domain.quiet_hours import WEEK, QuietHours
from beraad_notifications.mail.samples import SAMPLES
from notifications.vocabulary import MailRoom, a_claim, address_of, delivery, happens
from servers.smtp import SmtpSink
from worlds.callers import ok, problem
from worlds.world import World, WorldMaker

ME = "/v1/me/preferences"
BRUSSELS, NEW_YORK = ZoneInfo("Europe/Brussels"), ZoneInfo("America/New_York")
NIGHT = QuietHours(begins=time(22), ends=time(7))
NAP = QuietHours(begins=time(12), ends=time(14))
WEEKEND = QuietHours(begins=time(0), ends=time(0), days=frozenset({6, 7}))
FRIDAY_NIGHT = QuietHours(begins=time(22), ends=time(7), days=frozenset({5}))


def local(day: int, hour: int, minute: int = 0, month: int = 9, zone: ZoneInfo = BRUSSELS) -> datetime:
    """In 2017; September 1 is a Friday."""
    return datetime(2017, month, day, hour, minute, tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("quiet", "moment", "over_at"),
    [
        (NIGHT, local(1, 21, 59), None),
        (NIGHT, local(1, 22), local(2, 7)),
        (NIGHT, local(2, 3), local(2, 7)),
        (NIGHT, local(2, 7), None),
        (NAP, local(1, 13), local(1, 14)),
        (NAP, local(1, 14), None),
        (FRIDAY_NIGHT, local(2, 3), local(2, 7)),
        (FRIDAY_NIGHT, local(1, 3), None),
        (FRIDAY_NIGHT, local(2, 23), None),
        (WEEKEND, local(2, 0), local(4, 0)),
        (WEEKEND, local(3, 23), local(4, 0)),
        (WEEKEND, local(4, 0), None),
        (NIGHT, local(28, 23, month=10), local(29, 7, month=10)),
        (NIGHT, local(25, 23, month=3), local(26, 7, month=3)),
        (QuietHours(begins=time(2, 30), ends=time(5)), local(26, 3, 15, month=3), None),
        (QuietHours(begins=time(2, 30), ends=time(5)), local(26, 3, 30, month=3), local(26, 5, month=3)),
        (QuietHours(begins=time(2, 30), ends=time(3)), local(26, 3, 30, month=3), None),
    ],
)
def test_until_when_it_is_quiet(quiet: QuietHours, moment: datetime, over_at: datetime | None) -> None:
    assert quiet.over_at(moment, BRUSSELS) == over_at


def test_a_night_in_which_the_clock_is_set_back_is_an_hour_longer() -> None:
    begins = local(28, 22, month=10)
    over_at = NIGHT.over_at(begins, BRUSSELS)
    assert over_at is not None
    assert over_at - begins == timedelta(hours=10)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.integers(min_value=0, max_value=9 * 365 * 24 * 60),
    st.times(),
    st.times(),
    st.sets(st.integers(min_value=1, max_value=7), min_size=1, max_size=6),
    st.sampled_from(["Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]),
)
def test_quiet_hours_always_end(minutes: int, begins: time, ends: time, days: set[int], name: str) -> None:
    quiet = QuietHours(begins=begins, ends=ends, days=frozenset(days))
    moment = datetime(2011, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    over_at = quiet.over_at(moment, ZoneInfo(name))
    if over_at is not None:
        assert moment < over_at <= moment + timedelta(days=7)
        assert quiet.over_at(over_at, ZoneInfo(name)) is None


@pytest.mark.parametrize("wrong", [{"days": frozenset()}, {"days": frozenset({8})}, {"ends": time(22)}])
def test_some_time_is_left_for_mail(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        QuietHours(**{"begins": time(22), "ends": time(7), "days": WEEK, **wrong})


@pytest.mark.parametrize(("hour", "weekday"), [(24, 1), (-1, 1), (7, 0), (7, 8)])
def test_digests_come_at_an_hour_that_exists(hour: int, weekday: int) -> None:
    with pytest.raises(InvalidRequest):
        Rhythm(hour=hour, weekday=weekday)


# -- what waits


@pytest.mark.parametrize("kind", CATALOGUE, ids=lambda kind: kind.name)
def test_what_is_urgent_when_near_says_when_it_is_over(kind: Kind) -> None:
    assert (kind.urgency is Urgency.WHEN_NEAR) == bool(kind.until)
    if kind.until:
        datetime.fromisoformat(SAMPLES[kind.name][kind.until])


SATURDAY_3 = local(2, 3)
SEVEN = local(2, 7)


@pytest.mark.parametrize(
    ("kind", "ends_at", "urgent_comes", "until"),
    [
        ("minutes_circulated", None, True, SEVEN),
        ("round_opened", SATURDAY_3 + timedelta(days=9), True, SEVEN),
        ("round_opened", SATURDAY_3 + timedelta(hours=24), True, None),
        ("round_opened", SATURDAY_3 + timedelta(hours=1), True, None),
        ("round_opened", SATURDAY_3 + timedelta(hours=1), False, SEVEN),
        ("round_opened", SATURDAY_3 + timedelta(hours=26), True, SATURDAY_3 + timedelta(hours=2)),
        ("round_opened", SATURDAY_3 - timedelta(hours=1), True, SEVEN),
        ("sign_in_link", None, False, None),
    ],
)
def test_until_when_a_mail_waits(
    kind: str, ends_at: datetime | None, urgent_comes: bool, until: datetime | None
) -> None:
    quiet = QuietHours(begins=time(22), ends=time(7), urgent_comes=urgent_comes)
    claim = a_claim(kind, quiet_hours=quiet, attempts=1)
    at = real_now()
    told = {**SAMPLES[kind], **({"closes_at": ends_at.isoformat()} if ends_at else {})}
    outcome = hold_back(claim, told, BRUSSELS, SATURDAY_3, at)
    if until is None:
        assert outcome is None
        return
    assert outcome is not None
    assert (outcome.state, outcome.reason, outcome.untried) == (State.DEFERRED, WAITS, True)
    assert outcome.next_at == at + (until - SATURDAY_3)
    assert outcome.give_up_at == outcome.next_at + KINDS[kind].patience


def test_without_quiet_hours_nothing_waits() -> None:
    assert hold_back(a_claim("minutes_circulated"), {}, BRUSSELS, SATURDAY_3, real_now()) is None


# -- in a worker


@pytest.fixture
def world(a_world: WorldMaker, each_engine: str, smtp_sink: SmtpSink) -> World:
    world = a_world("notifications", on=each_engine, smtp_url=smtp_sink.url)
    world.it_is(SATURDAY_3)
    return world


def test_mail_waits_for_the_morning(world: World, smtp_sink: SmtpSink) -> None:
    anna = world.person()
    mine = ok(anna.put(ME, {"quiet_hours": {"from": "22:00", "to": "07:00"}}, if_match='"0"'))
    assert mine["quiet_hours"] == {
        "from": "22:00",
        "to": "07:00",
        "days": [1, 2, 3, 4, 5, 6, 7],
        "urgent": True,
    }
    assert mine["revision"] == 1
    happens(world, "task_assigned", owner_id=anna.person_id)
    happens(world, "sign_in_link", person_id=anna.person_id, email=address_of(anna.person_id))
    room = MailRoom(world)
    room.works()
    assert [mail.message["X-Beraad-Kind"] for mail in smtp_sink.messages] == ["sign_in_link"]
    waiting = delivery(world, anna.person_id, "task_assigned")
    assert (waiting.state, waiting.reason, waiting.attempts) == ("deferred", WAITS, 0)
    assert waiting.give_up_at - waiting.due_at == KINDS["task_assigned"].patience

    world.it_is(SEVEN)
    room.later(hours=4)
    room.works()
    assert delivery(world, anna.person_id, "task_assigned").state == "sent"
    assert delivery(world, anna.person_id, "task_assigned").attempts == 1


def test_who_ends_quiet_hours_gets_what_waited(world: World, smtp_sink: SmtpSink) -> None:
    anna = world.person()
    ok(anna.put(ME, {"quiet_hours": {"from": "22:00", "to": "07:00"}}, if_match='"0"'))
    happens(world, "task_assigned", owner_id=anna.person_id)
    room = MailRoom(world)
    room.works()
    ok(anna.put(ME, {"task_assigned": "immediate"}, if_match='"1"'))
    room.works()
    assert smtp_sink.messages == [], "nothing else was chosen"
    mine = ok(anna.put(ME, {"quiet_hours": None}, if_match='"1"'))
    assert (mine["quiet_hours"], mine["revision"]) == (None, 2)
    room.works()
    assert len(smtp_sink.messages) == 1
    told = world.published("notifications.preference.changed.v1")
    assert [(one["kind"], one["frequency"]) for one in told] == [("quiet_hours", "immediate")] * 2


def test_who_travels_is_left_alone_by_the_clock_there(world: World, smtp_sink: SmtpSink) -> None:
    anna = world.person()
    ok(anna.put(ME, {"quiet_hours": {"from": "22:00", "to": "07:00"}}, if_match='"0"'))
    happens(world, "task_assigned", owner_id=anna.person_id)
    room = MailRoom(world)
    room.works()
    assert smtp_sink.messages == []
    moves(world, anna.person_id, "America/New_York")  # nine in the evening there
    room.works()
    assert len(smtp_sink.messages) == 1


def moves(world: World, person_id: Any, zone: str) -> None:
    email = address_of(person_id)
    world.hears(
        "membership.contact.changed.v1",
        person_id=person_id,
        name="Anna",
        email=email,
        language="en",
        time_zone=zone,
        revision=2,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet_hours": {"from": "22:00"}},
        {"quiet_hours": {"from": "22:00", "to": "22:00"}},
        {"quiet_hours": {"from": "25:00", "to": "07:00"}},
        {"quiet_hours": {"from": "22:00", "to": "07:00", "days": []}},
        {"quiet_hours": {"from": "22:00", "to": "07:00", "days": [0]}},
        {"digests": {"hour": 24}},
        {"digests": {"weekday": 0}},
    ],
)
def test_what_cannot_be_is_refused(world: World, wrong: dict[str, Any]) -> None:
    problem(world.person().put(ME, wrong, if_match='"0"'), 422, "InvalidRequest")
