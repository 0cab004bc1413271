"""Workers are killed while a quarter of all attempts fails, each in another way: nobody is forgotten, nobody is written to
twice but where nobody could know, and nobody is written to who is not there.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from beraad.perform import transaction
from beraad_notifications.domain.deliveries import OPEN, State
from beraad_notifications.mail.delivering import IN_HAND
from beraad_notifications.storage.tables import deliveries
from notifications.many import Workers, many_people
from notifications.vocabulary import MailRoom, happens, states
from servers.faulty_mta import FaultyMta
from servers.faulty_smtp import KEPT_IN_DOUBT, PER_MILLE, UNKNOWN_PER_MILLE, fate_of
from servers.processes import wait_until
from worlds.world import World, WorldMaker

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
WORKERS = 3
PLAN = "seed 7"


@pytest.fixture
def mta() -> Iterator[FaultyMta]:
    with FaultyMta(PLAN) as server:
        yield server


def test_a_quarter_of_all_attempts_is_planned_to_fail() -> None:
    assert 240 <= sum(PER_MILLE.values()) + UNKNOWN_PER_MILLE <= 280
    fates = Counter(fate_of(f"p{number}@beraad.test", 1, PLAN) for number in range(4000))
    assert set(fates) == {"taken", "unknown", *PER_MILLE}
    assert 900 < 4000 - fates["taken"] < 1150
    assert fate_of("p1@beraad.test", 2, PLAN) == fate_of("p1@beraad.test", 2, PLAN)


@pytest.mark.parametrize("people", [250, pytest.param(2500, marks=pytest.mark.long)])
def test_every_mail_is_sent_or_refused_whatever_happens_to_server_and_workers(
    a_world: WorldMaker,
    mta: FaultyMta,
    tmp_path: Path,
    people: int,
    record_property: Callable[[str, object], None],
) -> None:
    """Each is written to twice: when a vote opens, and when it closes."""
    world = a_world("notifications", on="postgresql", smtp_url=mta.url)
    group = world.group("Assembly", kind="assembly")
    addresses = many_people(world, group, people)
    unknown = {person for person, to in addresses.items() if fate_of(to, 1, PLAN) == "unknown"}
    workers = Workers(world, mta.url, tmp_path)
    workers.start(WORKERS)
    held: set[str] = set()
    try:
        for kind in ("vote_opened", "vote_closed"):
            happens(world, kind, group_id=group)
            MailRoom(world).spreads()
            held |= _sent_while_workers_die(workers, mta, people, kind)
            if kind == "vote_opened":
                refused_by = mta.seen()
    finally:
        workers.end()

    attempts = mta.attempts()
    copies = Counter(attempt.message_id for attempt in attempts if attempt.kept)
    twice = {message_id for message_id, count in copies.items() if count > 1}
    duplicates = copies.total() - len(copies)
    uncertain = workers.counted("beraad_mails_uncertain_total")
    record_property(
        "counts",
        f"mails {2 * people}, attempts {len(attempts)}, failed {Counter(a.fate for a in attempts) - Counter(taken=10**9)}, "
        f"killed {workers.killed}, uncertain {uncertain:.0f}, twice {duplicates}",
    )
    assert states(world, "vote_opened") == Counter(sent=people - len(unknown), failed=len(unknown))
    assert states(world, "vote_closed") == Counter(sent=people - len(unknown), suppressed=len(unknown))
    assert set(copies) == _message_ids(world, State.SENT), (
        "what is recorded as sent is there, and nothing else"
    )
    assert _people(world, State.FAILED) == unknown
    assert all(reason.startswith("550 5.1.1") for reason in _reasons(world, State.FAILED))
    assert {a.recipient for a in attempts[refused_by:]}.isdisjoint(addresses[one] for one in unknown)

    assert duplicates <= uncertain
    doubts = sum(
        attempt.fate in {*KEPT_IN_DOUBT, "cut after DATA", "silent after DATA"} for attempt in attempts
    )
    assert uncertain <= doubts + workers.killed * IN_HAND, "of the rest somebody knew"
    assert _doubts(world) >= doubts - workers.killed * IN_HAND, "each is counted"
    in_doubt = {a.message_id for a in attempts if a.fate in KEPT_IN_DOUBT}
    assert twice - in_doubt <= held, "nobody knew, because whoever knew was killed"
    assert len(twice - in_doubt) <= workers.killed * IN_HAND
    published = world.published("notifications.delivery.accepted.v1", "notifications.delivery.failed.v1")
    assert len(published) == len({event["delivery_id"] for event in published}) == 2 * people - len(unknown)


def _sent_while_workers_die(workers: Workers, mta: FaultyMta, people: int, kind: str) -> set[str]:
    """Answers what was in somebody's hands when a worker was killed, by Message-ID."""
    held: set[str] = set()
    before = mta.seen()
    for share in (0.2, 0.4, 0.6):
        assert wait_until(lambda enough=before + share * people: mta.seen() >= enough, within=300), (  # type: ignore[misc]
            workers.log()
        )
        workers.kill()
        held |= _message_ids(workers.world, State.SENDING)
        workers.start()

    def over() -> bool:
        workers.later(minutes=1)
        return _open(workers.world, kind) == 0

    assert wait_until(over, within=500, every=0.3), f"{states(workers.world)}\n{workers.log()}"
    return held


def _open(world: World, kind: str) -> int:
    query = select(func.count()).where(deliveries.c.kind == kind, deliveries.c.state.in_(OPEN))
    with transaction(world.store) as work:
        return int(work.session.execute(query).scalar_one())


def _doubts(world: World) -> int:
    with transaction(world.store) as work:
        return int(work.session.execute(select(func.sum(deliveries.c.uncertain))).scalar_one())


def _message_ids(world: World, state: State) -> set[str]:
    with transaction(world.store) as work:
        found = work.session.execute(select(deliveries.c.id).where(deliveries.c.state == state.value))
        return {f"<{one}@beraad.test>" for one in found.scalars()}


def _people(world: World, state: State) -> set[UUID]:
    with transaction(world.store) as work:
        query = select(deliveries.c.person_id).where(deliveries.c.state == state.value)
        return set(work.session.execute(query).scalars())


def _reasons(world: World, state: State) -> list[str]:
    with transaction(world.store) as work:
        query = select(deliveries.c.reason).where(deliveries.c.state == state.value)
        return list(work.session.execute(query).scalars())
