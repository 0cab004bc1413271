"""The channels, and what waits while one is paused. Bound to one session."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from beraad.messaging.cursors import upsert
from beraad_notifications.domain.catalogue import DIGEST, KINDS, Kind, Promise
from beraad_notifications.domain.channels import Channel, ChannelState
from beraad_notifications.domain.deliveries import CLAIMABLE, State
from beraad_notifications.storage.tables import channels, contacts, deliveries, recipients
from beraad_notifications.use_cases.ports import Figures

WAITS = deliveries.c.state.in_([state.value for state in CLAIMABLE])


class Channels:
    """A channel nobody ever paused may have no row: it is open."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, name: str) -> Channel:
        """Lock and return."""
        first = upsert(self._session, channels).values(**vars(Channel(name=name)))
        self._session.execute(first.on_conflict_do_nothing())
        query = select(channels).where(channels.c.name == name).with_for_update()
        return _channel(self._session.execute(query).one())

    def seen(self, name: str) -> Channel:
        """The same to read."""
        row = self._session.execute(select(channels).where(channels.c.name == name)).one_or_none()
        return Channel(name=name) if row is None else _channel(row)

    def is_open(self, name: str) -> bool:
        """Whether everything goes out. Any number may ask; who pauses it waits until they are done."""
        query = select(channels.c.state).where(channels.c.name == name).with_for_update(read=True)
        return self._session.execute(query).scalar() in {None, ChannelState.OPEN.value}

    def put(self, channel: Channel) -> None:
        """Store it."""
        values = {**vars(channel), "state": channel.state.value}
        self._session.execute(channels.update().where(channels.c.name == channel.name).values(**values))

    def anybody_sends(self, at: datetime) -> bool:
        """Whether some worker holds deliveries, by a lease that has not ended."""
        held = (deliveries.c.state == State.SENDING.value) & (deliveries.c.due_at > at)
        return self._session.execute(select(deliveries.c.id).where(held).limit(1)).first() is not None

    def figures(self, name: str, at: datetime) -> Figures:
        """How it fares at that time."""
        reachable = deliveries.join(contacts, contacts.c.person_id == deliveries.c.person_id)
        due = select(func.count(), func.min(deliveries.c.due_at)).select_from(reachable)
        count, oldest = self._session.execute(due.where(WAITS, deliveries.c.due_at <= at)).one()
        joined = recipients.join(contacts, contacts.c.person_id == recipients.c.person_id)
        suppressed = select(func.count()).select_from(joined)
        in_force = recipients.c.refused_address == contacts.c.email
        return Figures(
            paused=not self.seen(name).is_open,
            due=count,
            oldest_due_at=oldest,
            suppressed=self._session.execute(suppressed.where(in_force)).scalar_one(),
        )

    def prolong(self, at: datetime, *, only_over: bool = False) -> None:
        """What waits is tried from then on, as long as any other mail of its kind; reminders and secrets end when they would have.

        `only_over`: what would be given up by then, so that not all that waits is written for each trial.
        """
        for patience in {kind.patience for kind in PROLONGED}:
            kinds = [kind.name for kind in PROLONGED if kind.patience == patience]
            latest = at if only_over else at + patience
            short = WAITS & deliveries.c.kind.in_(kinds) & (deliveries.c.give_up_at <= latest)
            self._session.execute(deliveries.update().where(short).values(give_up_at=at + patience))

    def doubt_alike(self) -> None:
        """What waits of the same events as a doubted delivery is doubted, too."""
        events = select(deliveries.c.event_id).where(WAITS, deliveries.c.doubted)
        self._doubt(deliveries.c.event_id.in_(events), doubted=True)

    def doubt_none(self) -> None:
        """Of what waits nothing is doubted."""
        self._doubt(deliveries.c.doubted, doubted=False)

    def forget(self, person_id: UUID) -> None:
        """Keep nothing of what was said about a mail to that person."""
        theirs = select(deliveries.c.id).where(deliveries.c.person_id == person_id)
        self._session.execute(channels.update().where(channels.c.refused.in_(theirs)).values(reason=""))

    def _doubt(self, which: ColumnElement[bool], *, doubted: bool) -> None:
        self._session.execute(deliveries.update().where(WAITS, which).values(doubted=doubted))


def _prolonged(kind: Kind) -> bool:
    return not kind.secret and (kind is DIGEST or kind.promise is Promise.AT_LEAST_ONCE)


PROLONGED = [kind for kind in KINDS.values() if _prolonged(kind)]


def _channel(row: Row[tuple[object, ...]]) -> Channel:
    return Channel(**{**row._mapping, "state": ChannelState(row.state)})  # noqa: SLF001 - SQLAlchemy's way
