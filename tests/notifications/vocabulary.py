"""What the tests of notifications say over and over."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from beraad.clock import real_now
from beraad.identifiers import new_id
from beraad.messaging.cursors import note_watermark, read_cursor
from beraad.messaging.envelope import Envelope, Watermark
from beraad.perform import WORKER, perform, transaction
from beraad_notifications.domain.catalogue import KINDS
from beraad_notifications.mail.delivering import Delivering
from beraad_notifications.mail.samples import SAMPLES, sample_letter
from beraad_notifications.storage.tables import deliveries
from beraad_notifications.subscriptions.spreading import Spreading
from beraad_notifications.use_cases.claim_deliveries import ClaimDeliveries, claim_deliveries
from worlds.callers import Caller
from worlds.world import World

NOON = datetime(2017, 9, 1, 12, 0, tzinfo=UTC)


@dataclass
class MailRoom:
    """One worker's due work in a world, with a clock that can be moved: `room.later(hours=1)`."""

    world: World
    moved: timedelta = timedelta()
    chance: float = 0.999
    alone: bool = False
    """No other worker can be sending, so what somebody held is taken back."""
    delivering: Delivering = field(init=False)
    spreading: Spreading = field(init=False)

    def __post_init__(self) -> None:
        self.delivering = Delivering(self.now, lambda: self.chance, lambda _store: self.alone)
        self.spreading = Spreading(self.now)

    def now(self) -> datetime:
        return real_now() + self.moved

    def later(self, **by: float) -> None:
        self.moved += timedelta(**by)

    def works(self) -> None:
        """Everything that can be done now."""
        self.spreads()
        try:
            while self.delivering.once(self.world.store, self.world.settings):
                pass
        finally:
            self.delivering.close()

    def spreads(self) -> None:
        """Membership has said all; nothing is sent yet."""
        roster_is_complete(self.world)
        while self.spreading.once(self.world.store, self.world.settings):
            pass

    def works_until_claimed(self) -> None:
        """The worker is killed after its claim was committed."""
        self.spreads()
        perform(self.world.store, claim_deliveries, ClaimDeliveries(50, self.now()))


def roster_is_complete(world: World) -> None:
    """Membership says that we have all of its stream."""
    with transaction(world.store, WORKER) as work:
        cursor = read_cursor(work.session, "membership")
        note_watermark(work.session, Watermark("membership", 1, cursor.position))


def happens(world: World, kind: str, **fields: Any) -> Envelope:
    """The event that becomes this kind of mail, as in the samples but for these fields, about something new."""
    sample = {**SAMPLES[kind], **{name: new_id() for name in KEYS & SAMPLES[kind].keys()}, **fields}
    sample.pop("revision", None)
    return world.hears(KINDS[kind].event, **sample)


KEYS = {
    "invitation_id",
    "minutes_id",
    "proposal_id",
    "round_id",
    "objection_id",
    "vote_id",
    "approval_id",
    "decision_id",
    "task_id",
    "candidacy_id",
}


def seat(world: World, group: UUID, *callers: Caller, role: str | None = None) -> None:
    """They hold a seat in the group (and that role)."""
    for caller in callers:
        assert caller.person_id is not None
        world.seat(group, caller.person_id)
        if role is not None:
            world.role(group, caller.person_id, role)


def address_of(person_id: UUID | None) -> str:
    """What `world.person` registers."""
    assert person_id is not None
    return f"{person_id.hex}@beraad.test"


def states(world: World, kind: str | None = None) -> Counter[str]:
    query = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
    if kind is not None:
        query = query.where(deliveries.c.kind == kind)
    with transaction(world.store) as work:
        return Counter({row.state: row[1] for row in work.session.execute(query)})


def delivery(world: World, person_id: UUID | None, kind: str | None = None) -> Any:
    """The only delivery to that person (of that kind)."""
    query = select(deliveries).where(deliveries.c.person_id == person_id)
    if kind is not None:
        query = query.where(deliveries.c.kind == kind)
    with transaction(world.store) as work:
        return work.session.execute(query).one()


def told(world: World, kind: str) -> list[UUID]:
    """Who has a delivery of that kind, by id."""
    with transaction(world.store) as work:
        query = select(deliveries.c.person_id).where(deliveries.c.kind == kind)
        return sorted(work.session.execute(query).scalars())


def a_claim(kind: str = "round_opened", **changes: Any) -> Any:
    return replace(sample_letter(kind, "en").claim, **changes)
