"""Where a server takes so many mails a minute and no more, the others wait their turn, and nobody else waits for them."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from beraad.clock import real_now
from beraad.perform import perform, transaction
from beraad_notifications.domain.mail_domains import ITS_TURN, WINDOW, MailDomain, domain_of
from beraad_notifications.storage.tables import deliveries, mail_domains
from beraad_notifications.use_cases.claim_deliveries import ClaimDeliveries, claim_deliveries
from notifications.vocabulary import NOON, MailRoom, a_claim, happens, states
from servers.smtp import SmtpSink
from worlds.callers import Caller
from worlds.world import World, WorldMaker

SECOND = timedelta(seconds=1)


@pytest.fixture
def domain() -> MailDomain:
    return MailDomain(domain="example.org", window_at=NOON, turns_until=NOON)


@pytest.fixture
def limited(a_world: WorldMaker, smtp_sink: SmtpSink) -> Callable[..., World]:
    return lambda on="sqlite": a_world("notifications", on=on, smtp_url=smtp_sink.url, mail_per_domain=3)


def someone_at(world: World, address: str) -> Caller:
    caller = world.person("Anna")
    same = {"person_id": caller.person_id, "name": "Anna", "language": "nl", "time_zone": "Europe/Brussels"}
    world.hears("membership.contact.changed.v1", **same, revision=2, email=address)
    happens(world, "task_assigned", owner_id=caller.person_id)
    return caller


def test_so_many_go_in_a_minute_and_the_others_come_back_one_by_one(domain: MailDomain) -> None:
    taken = [domain.take(a_claim(), 2, NOON) for _ in range(5)]
    minute = NOON + WINDOW
    assert taken == [None, None, minute, minute + 30 * SECOND, minute + 60 * SECOND]


def test_a_minute_later_it_is_counted_anew(domain: MailDomain) -> None:
    assert [domain.take(a_claim(), 1, NOON + n * WINDOW) for n in range(3)] == [None] * 3


def test_who_had_a_turn_goes_before_who_had_none(domain: MailDomain) -> None:
    for _ in range(3):
        domain.take(a_claim(), 1, NOON)
    later = NOON + WINDOW
    assert domain.take(a_claim(), 1, later) == NOON + 3 * WINDOW, "to the end of those that wait"
    assert domain.take(a_claim(had_turn=True), 1, later) is None
    assert domain.take(a_claim(had_turn=True), 1, later) == later + WINDOW


def test_who_missed_a_turn_has_another_as_far_from_the_next_and_before_who_had_none(
    domain: MailDomain,
) -> None:
    """Thousands that were all due while nothing could be sent are looked at once, and not every minute."""
    missed = [domain.take(a_claim(had_turn=True), 2, NOON) for _ in range(6)]
    minute = NOON + WINDOW
    turns = [minute + seconds * SECOND for seconds in (0, 30, 60, 90)]
    assert missed == [None, None, *turns]
    assert domain.take(a_claim(), 2, NOON) == minute + 120 * SECOND
    back = [domain.take(a_claim(had_turn=True), 2, turn) for turn in turns]
    assert back == [None] * 4


def test_a_sign_in_link_waits_for_nobody_and_counts(domain: MailDomain) -> None:
    assert [domain.take(a_claim("sign_in_link"), 1, NOON) for _ in range(3)] == [None] * 3
    assert domain.take(a_claim(), 1, NOON) == NOON + WINDOW


@pytest.mark.parametrize(("address", "domain"), [("Anna@Example.ORG", "example.org"), ("", ""), ("a", "a")])
def test_what_stands_behind_the_at(address: str, domain: str) -> None:
    assert domain_of(address) == domain


def test_what_is_too_much_waits_and_costs_nothing(limited: Callable[..., World], smtp_sink: SmtpSink) -> None:
    world = limited()
    for number in range(8):
        someone_at(world, f"p{number}@big.example")
    for number in range(3):
        someone_at(world, f"p{number}@small.example")
    room = MailRoom(world)
    room.works()
    assert Counter(_domains(smtp_sink)) == Counter({"big.example": 3, "small.example": 3})
    with transaction(world.store) as work:
        waiting = work.session.execute(select(deliveries).where(deliveries.c.state == "deferred")).all()
    assert {(row.reason, row.attempts) for row in waiting} == {(ITS_TURN, 0)}
    assert len({row.due_at for row in waiting}) == 5
    for sent in (4, 7, 8):
        room.later(seconds=61)
        room.works()
        assert _domains(smtp_sink).count("big.example") <= sent
    room.later(minutes=2)
    room.works()
    assert states(world) == Counter(sent=11)


def _domains(sink: SmtpSink) -> list[str]:
    return [domain_of(mail.recipients[0]) for mail in sink.messages]


def test_a_domain_is_forgotten_after_an_hour(limited: Callable[..., World]) -> None:
    world, room = limited(), None
    for address in ("anna@old.example", "bram@new.example"):
        someone_at(world, address)
        room = room or MailRoom(world)
        room.works()
        room.later(hours=2)
    with transaction(world.store) as work:
        assert list(work.session.execute(select(mail_domains.c.domain)).scalars()) == ["new.example"]


def test_who_forgets_waits_for_nobody_who_counts(limited: Callable[..., World]) -> None:
    """Else two workers that begin the day with two domains wait for each other."""
    world = limited("postgresql")
    now = real_now()
    with transaction(world.store) as work:
        for name in ("a.example", "b.example"):
            work.mail_domains.get(name, now - timedelta(hours=2))

    def counts_and_forgets() -> None:
        with transaction(world.store) as work:
            domain = work.mail_domains.get("b.example", now)
            domain.take(a_claim(), 3, now)
            work.mail_domains.put(domain)
            work.mail_domains.forget_idle(now)

    with ThreadPoolExecutor(1) as beside, transaction(world.store) as work:
        work.mail_domains.get("a.example", now)
        beside.submit(counts_and_forgets).result(10)
    with transaction(world.store) as work:
        kept = work.session.execute(select(mail_domains.c.domain).order_by(mail_domains.c.domain))
        assert list(kept.scalars()) == ["a.example", "b.example"]


def test_who_looked_at_the_clock_before_the_first_worker_need_not_wait(
    limited: Callable[..., World], each_engine: str
) -> None:
    world = limited(each_engine)
    now = real_now()
    with transaction(world.store) as work:
        domain = work.mail_domains.get("big.example", now)
        assert domain.take(a_claim(), 3, now - timedelta(seconds=1)) is None


def test_workers_count_together(limited: Callable[..., World]) -> None:
    world = limited("postgresql")
    for number in range(8):
        someone_at(world, f"p{number}@big.example")
    MailRoom(world).spreads()
    together = Barrier(4)

    def claims(_: int) -> Any:
        together.wait(10)
        return len(perform(world.store, claim_deliveries, ClaimDeliveries(2, real_now(), 3)).letters)

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(claims, range(4))) == 3
