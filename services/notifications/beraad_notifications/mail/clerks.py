"""Two clerks write and post letters at the same time, each over a connection of their own.

While one waits for the mail server, the other writes. They touch no database: what became of each letter is told to whoever handed it out. Where the mail server gives us one
connection only, one clerk does all the work.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue

import structlog

from beraad.settings import Settings
from beraad_notifications.domain.bounces import envelope_sender
from beraad_notifications.domain.deliveries import LEASE, Said
from beraad_notifications.mail.message import Composer
from beraad_notifications.mail.pile import NO_TIME
from beraad_notifications.mail.smtp import Post, mail_server, no_connection
from beraad_notifications.use_cases.ports import Letter

CONNECTIONS = 2
AHEAD = 10
"""How many letters they have in hand where the mail server is quick, so that nobody waits while outcomes are recorded."""
QUICK = 0.05
"""Seconds: where the next answer takes longer, nobody has a letter that he is not working on."""
LIVES_EVERY = 5.0
"""Seconds: who waits longer for the mail server says meanwhile that it lives, or is taken for stuck and killed."""
log = structlog.get_logger()


@dataclass(frozen=True)
class Desk:
    """Where one clerk writes and posts letters."""

    settings: Settings
    post: Post
    composer: Composer

    def sender(self, letter: Letter) -> str | None:
        """The envelope's, which tells which mail comes back; None where it is the same for all."""
        mailbox, secret = self.settings.smtp_bounces, self.settings.secret_key
        return envelope_sender(mailbox, letter.claim.delivery_id, secret) if mailbox else None


@dataclass(frozen=True)
class Posted:
    """What the conversation about a letter came to, and in which words."""

    letter: Letter
    said: Said
    told: str


class Clerks:
    """Work under these settings. Used by one thread, which hands out the letters."""

    def __init__(self, settings: Settings, timeout: float) -> None:
        """`timeout`: how many seconds they wait for each answer of the mail server."""
        self.settings = settings
        server = mail_server(settings.smtp_url, settings.smtp_ca)
        self.desks = [
            Desk(settings, Post(server, settings.smtp_sender, timeout=timeout), Composer(settings))
            for _ in range(CONNECTIONS)
        ]

    def open(self) -> bool:
        """Whether one of them has a working connection: that one goes first."""
        self.desks.sort(key=lambda desk: not desk.post.connected)
        return self.desks[0].post.open()

    @property
    def refusal(self) -> str | None:
        """With which words the mail server refused the one that would have gone first, if it did."""
        return self.desks[0].post.refusal

    def rest(self) -> None:
        """Close what was not used for half a minute."""
        for desk in self.desks:
            desk.post.rest()

    def close(self) -> None:
        """End the conversations with the mail server."""
        for desk in self.desks:
            desk.post.close()

    @contextmanager
    def shift(self, alive: Callable[[], bool]) -> Iterator[Shift]:
        """Where they take letters from; when the block ends, they have gone home.

        `alive` is called every few seconds while one is waited for; False says that the worker stops.
        """
        shift = Shift(self.desks, alive)
        try:
            yield shift
        finally:
            shift.close()


class Shift:
    """One batch of work: letters are handed out, and what became of each is told."""

    def __init__(self, desks: Sequence[Desk], alive: Callable[[], bool]) -> None:
        """Nobody works yet."""
        self._alive = alive
        self._free = list(desks)
        self._threads: list[threading.Thread] = []
        self._letters: SimpleQueue[tuple[Letter, float] | None] = SimpleQueue()
        self._posted: SimpleQueue[Posted | None] = SimpleQueue()
        self._working = 0
        self._over: str | None = None
        self._turned_away: list[str | None] = []
        """For each who has gone home: with which words he was refused at the door, if he was."""
        self._ahead = 1  # until the mail server has said something: it may not want us
        self.in_hand = 0
        """Letters handed out of which nothing was told yet."""

    @property
    def room(self) -> int:
        """How many letters more they can do with."""
        return max(0, self._ahead - self.in_hand)

    @property
    def deserted(self) -> bool:
        """Whether all have gone home because the mail server gives them no connection any more."""
        return not self._working and not self._free

    def hand_out(self, letter: Letter, until: float) -> None:
        """Whoever is free takes the next, or gives it back after `until` (monotonic seconds); nobody begins work for whom there is no letter."""
        self._letters.put((letter, until))
        self.in_hand += 1
        if self._free and len(self._threads) < self.in_hand:
            self._begin(self._free.pop(0))

    def next(self) -> Posted:
        """What became of one that is in hand; waits for it."""
        began = time.monotonic()
        try:
            return self._next()
        finally:
            self._ahead = AHEAD if time.monotonic() - began < QUICK else CONNECTIONS

    def _next(self) -> Posted:
        while self._working:
            posted = self._told()
            if posted is not None:
                self.in_hand -= 1
                return posted
            self._working -= 1
        handed = self._letters.get_nowait()
        if handed is None:
            raise AssertionError("they are sent home when nothing is in hand any more")
        self.in_hand -= 1
        if self._over is not None:
            return Posted(handed[0], Said.NOT_TRIED, self._over)
        refusal = self._turned_away[-1] if all(self._turned_away) else None
        return Posted(handed[0], *no_connection(refusal))

    def _told(self) -> Posted | None:
        """By one of them; None by who has gone home. Raises `Empty` where nobody says a word for as long as a lease lasts."""
        until = time.monotonic() + LEASE.total_seconds()
        while True:
            try:
                return self._posted.get(timeout=LIVES_EVERY)
            except Empty:
                if time.monotonic() > until:
                    raise
            if not self._alive():
                self.end("the worker stops")

    def end(self, why: str) -> None:
        """What nobody has begun is given back untried."""
        self._over = self._over or why

    def close(self) -> None:
        """Wait until they have gone home."""
        for _ in self._threads:
            self._letters.put(None)
        for thread in self._threads:
            thread.join(LEASE.total_seconds())

    def _begin(self, desk: Desk) -> None:
        clerk = threading.Thread(target=self._work, args=(desk,), name="clerk", daemon=True)
        self._threads.append(clerk)
        self._working += 1
        clerk.start()

    def _work(self, desk: Desk) -> None:
        """Say when it is over, however it ends: somebody waits for that."""
        try:
            self._work_through(desk)
        except Exception:
            log.exception("clerk_broke_down")
        finally:
            self._turned_away.append(desk.post.refusal)
            self._posted.put(None)

    def _work_through(self, desk: Desk) -> None:
        """Letter by letter, until there are no more or the mail server gives no connection."""
        while desk.post.ready() and (handed := self._letters.get()) is not None:
            letter, until = handed
            why_not = self._over or (NO_TIME if time.monotonic() > until else None)
            said, told = (Said.NOT_TRIED, why_not) if why_not else _send(letter, desk)
            self._posted.put(Posted(letter, said, told))


def _send(letter: Letter, desk: Desk) -> tuple[Said, str]:
    try:
        recipient, content = desk.composer.compose(letter)
    except Exception as error:
        log.exception(
            "mail_not_composed", delivery=str(letter.claim.delivery_id), kind=letter.claim.kind_name
        )
        return Said.LATER, f"cannot be composed: {error!r}"
    try:
        return desk.post.send(recipient, content, desk.sender(letter))
    except Exception as error:
        log.exception("mail_not_posted", delivery=str(letter.claim.delivery_id), kind=letter.claim.kind_name)
        return Said.UNCERTAIN, f"broken off: {error!r}"
