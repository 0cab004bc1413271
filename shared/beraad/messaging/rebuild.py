"""Making anew what a service keeps of a publisher, from the publisher's log, while everything runs.

The log is applied, keeping only, to a database of its own beside the service's (temporary, gone with the process). What
differs is then written to the service's tables in one short transaction: nobody sees them half full, and where
nothing was wrong nothing is written. Nothing is acted on twice:

- what this service had acted on is read again up to there, and only kept;
- what the running consumer applied meanwhile it applies once more, keeping only (`Cursor.again_through`);
- of a publisher restored from a backup only the past that both epochs share was acted on; what follows is new.

A parked event that can be kept now is acted on in that transaction, with all that is parked of its aggregate, or
stays parked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import OperationalError

from beraad.messaging.applying import Applier
from beraad.messaging.completing import complete
from beraad.messaging.cursors import Cursor, lock_cursor, read_cursor, write_cursor
from beraad.messaging.envelope import LAST_POSITION, Watermark
from beraad.messaging.exchanging import Difference, exchange
from beraad.messaging.reparking import repark
from beraad.messaging.sources import Batch, Feeds, FeedUnavailable
from beraad.messaging.subscriptions import Subscriptions
from beraad.perform import WORKER, Store, Work, reading, transaction
from beraad.storage.engine import open_scratch
from beraad.storage.tables import kernel, known_revisions

ATTEMPTS = 10
CLOSER = 20
"""So often a rebuild reads what was applied while it read."""
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """What was found: up to which place the log was read, and what of each table differed from it."""

    stream: str
    epoch: int
    position: int
    tables: tuple[Difference, ...]

    @property
    def differing(self) -> int:
        """Rows that were missing, wrong or too many."""
        return sum(table.differing for table in self.tables)


@dataclass(frozen=True)
class Goal:
    """Up to where the log is read, and up to where it tells what this service may have acted on."""

    epoch: int
    position: int
    shared: int


class NoRoom(Exception):
    """What the log tells does not fit beside the service's database; the message says where it should."""


class _MovedOn(Exception):
    """Meanwhile the publisher's epoch changed, or the cursor went back: begin again."""


class Rebuild:
    """Of one public stream of one service."""

    def __init__(
        self,
        store: Store[Work],
        subscription: Subscriptions,
        feeds: Feeds,
        keep_alive: Callable[[], None] = lambda: None,
        tell: Callable[[int, int], None] = lambda _done, _goal: None,
    ) -> None:
        """`keep_alive` is called every few hundred events; `tell` as well, with how many of how many are done."""
        self._store = store
        self._subscription = subscription
        self._stream = subscription.publisher
        self._feeds = feeds
        self._keep_alive = keep_alive
        self._tell = tell

    def run(self) -> Rebuilt:
        """Make anew what is kept. Raises `FeedUnavailable`, `NoRoom` or a fault of the database, changing nothing."""
        return self._attempt(self._exchange)

    def compare(self) -> Rebuilt:
        """Only say what differs between what is kept at this moment and what the log tells. Raises as `run`."""
        return self._attempt(self._compare)

    def _attempt(self, finish: Callable[[Store[Work]], Rebuilt]) -> Rebuilt:
        for _ in range(ATTEMPTS):
            try:
                with self._beside() as beside:
                    return finish(beside)
            except _MovedOn:
                log.info("rebuild_begins_again", stream=self._stream)
        raise FeedUnavailable(f"{self._stream} moved on each of the {ATTEMPTS} times it was read")

    @contextmanager
    def _beside(self) -> Iterator[Store[Work]]:
        engine = open_scratch()
        try:
            kernel.create_all(engine)
            for table in self._subscription.tables:
                table.create(engine, checkfirst=True)
            yield Store(self._store.service, engine, self._store.make_work)
        finally:
            engine.dispose()

    def _goal(self, was: Cursor, through: int) -> Goal:
        page = self._feeds.read(self._stream, max(was.epoch, 1), was.position, 1)
        theirs = page.watermark
        if theirs.epoch < was.epoch:
            raise FeedUnavailable(f"{self._stream} is in epoch {theirs.epoch} again, before {was.epoch}")
        if theirs.epoch > was.epoch > 0:
            return Goal(theirs.epoch, min(through, page.shared), page.shared)
        if theirs.position < through:  # restored, and nobody said so
            return Goal(theirs.epoch, theirs.position, theirs.position)
        return Goal(theirs.epoch, through, LAST_POSITION)

    def _read_log(self, beside: Store[Work], goal: Goal) -> None:
        """Go on from where this was called last."""
        try:
            self._keep(beside, goal)
        except OperationalError as error:
            raise NoRoom(
                f"the log of {self._stream} does not fit where temporary files go (TMPDIR): {error.orig}"
            ) from error

    def _keep(self, beside: Store[Work], goal: Goal) -> None:
        applier = Applier(beside, [self._subscription])
        batch = Batch(watermarks=[Watermark(self._stream, goal.epoch, goal.position)])
        cursor = self._begin(beside, goal)
        while cursor.position < goal.position:
            stretch = complete(batch, {self._stream: cursor}, self._feeds)
            if stretch.renewed:
                raise _MovedOn
            applier.apply(stretch)
            before = cursor.position
            with reading(beside) as work:
                cursor = read_cursor(work.session, self._stream)
            if cursor.position == before:
                raise FeedUnavailable(f"the feed of {self._stream} ends at {goal.epoch}:{before}")
            self._keep_alive()
            self._tell(cursor.position, goal.position)

    def _begin(self, beside: Store[Work], goal: Goal) -> Cursor:
        with transaction(beside, WORKER) as work:
            cursor = read_cursor(work.session, self._stream)
            if cursor.epoch not in {0, goal.epoch} or cursor.position > goal.position:
                raise _MovedOn
            cursor.epoch, cursor.again_through = goal.epoch, goal.position
            write_cursor(work.session, cursor)
        return cursor

    def _compare(self, beside: Store[Work]) -> Rebuilt:
        """The last events are read while the database holds this moment: it holds nobody up, and a feed answers in seconds."""
        was = self._cursor()
        self._read_log(beside, self._goal(was, was.position))
        with reading(self._store, frozen=True) as work:
            now = read_cursor(work.session, self._stream)
            goal = self._goal(now, now.position)
            self._read_log(beside, goal)
            return self._exchanged(beside, work, goal, write=False)

    def _exchange(self, beside: Store[Work]) -> Rebuilt:
        """At the place where the cursor stands, so that nothing right is taken back; near it where that runs on and on."""
        for closer in range(CLOSER + 1):
            was = self._cursor()
            goal = self._goal(was, _acted_through(was))
            self._read_log(beside, goal)
            found = self._put_right(beside, was, goal, anyhow=closer == CLOSER)
            if found is not None:
                return found
        raise AssertionError("unreachable")

    def _put_right(self, beside: Store[Work], was: Cursor, goal: Goal, *, anyhow: bool) -> Rebuilt | None:
        with transaction(self._store, WORKER) as work:
            now = lock_cursor(work.session, self._stream)
            if now.epoch != was.epoch:
                raise _MovedOn
            if _acted_through(now) != _acted_through(was) and not anyhow:
                return None
            found = self._exchanged(beside, work, goal, write=True)
            again_through = min(_acted_through(now), goal.shared)
            write_cursor(
                work.session, Cursor(self._stream, goal.epoch, goal.position, again_through=again_through)
            )
        log.info(
            "rebuilt", stream=self._stream, epoch=goal.epoch, position=goal.position, was=found.differing
        )
        return found

    def _cursor(self) -> Cursor:
        with reading(self._store) as work:
            return read_cursor(work.session, self._stream)

    def _exchanged(self, beside: Store[Work], work: Work, goal: Goal, *, write: bool) -> Rebuilt:
        ours = known_revisions.c.publisher == self._stream
        with reading(beside) as source:
            tables = [exchange(source, work, table, write=write) for table in self._subscription.tables]
            tables.append(exchange(source, work, known_revisions, ours, write=write))
            if write:
                repark(source, work, self._subscription, goal.epoch, goal.position)
        return Rebuilt(stream=self._stream, epoch=goal.epoch, position=goal.position, tables=tuple(tables))


def _acted_through(cursor: Cursor) -> int:
    return max(cursor.position, cursor.again_through)
