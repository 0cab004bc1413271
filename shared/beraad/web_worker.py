"""gunicorn's threaded worker, with threads that wait for connections themselves, and problem documents for what it refuses.

gunicorn's own has one thread that waits, and hands each request to another and takes it back: four wake-ups a request.
"""

from __future__ import annotations

import json
import os
import select
import socket
import threading
import time
from contextlib import suppress
from typing import Any

import structlog
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn, ThreadWorker

from beraad.peer import Peer

REFUSALS = (
    (LimitRequestLine, 414, "AddressTooLong", "the address of the request is too long"),
    (LimitRequestHeaders, 431, "HeadersTooLarge", "the headers of the request are too large"),
    (ParseException, 400, "MalformedRequest", "this is not a request HTTP knows"),
    (Exception, 500, "InternalError", "a defect of ours; it was logged, nothing was changed"),
)
HEARTBEAT = 1.0
"""Seconds between two looks at what else there is to do."""
ONCE = getattr(select, "EPOLLIN", 0) | getattr(select, "EPOLLRDHUP", 0) | getattr(select, "EPOLLONESHOT", 0)
"""Tell one thread when there is something to read; nobody again until told to."""
AT_ONCE = ONCE | getattr(select, "EPOLLOUT", 0)
"""The same, in any case and after those who wait already."""
DRAINED = 65_536
log = structlog.get_logger()


class ProblemWorker(ThreadWorker):  # type: ignore[misc]
    """A request that never reaches the application (too long, malformed) is refused like any other."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer with RFC 9457 and close; a connection that is gone already is left alone."""
        status, code, detail = next(
            refusal[1:] for refusal in REFUSALS if isinstance(exc, refusal[0]) or refusal[0] is Exception
        )
        log.warning("request_refused", status=status, error=repr(exc))
        document = {
            "type": f"/problems/{code}",
            "title": code,
            "status": status,
            "code": code,
            "detail": detail,
        }
        body = json.dumps(document)
        head = f"HTTP/1.1 {status} {code}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
        try:
            write_nonblock(client, f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        except OSError as error:
            log.info("answer_not_sent", error=repr(error))


class Connection(TConn):  # type: ignore[misc]
    """Somebody who is connected, until a moment that is put off whenever they are answered."""

    timeout: float = 0
    leaving: bool = False
    """Everything was said; they have yet to hang up."""

    @property
    def has_more(self) -> bool:
        """Whether the next request came with the one before, and waits in the parser."""
        return self.parser is not None and bool(self.parser.unreader.buf.getvalue())

    @property
    def speaks(self) -> bool:
        """Whether a request waits to be read; of who is leaving nothing is read any more."""
        if self.leaving or self.has_more:
            return self.has_more and not self.leaving
        try:
            return bool(self.sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except OSError:
            return False

    def has_left(self) -> bool:
        """Throw away what they still send, so that the last answer reaches them; whether that was all."""
        try:
            return not self.sock.recv(DRAINED, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True


class Waiting:
    """The connections of one process. Linux tells each event to one thread, which owns what it names until it gives it back.

    Only an owner closes a connection: a number that is free again may be somebody else's before everybody knows.
    """

    def __init__(self, listeners: list[socket.socket], at_most: int) -> None:
        """`at_most` connections are open at a time; who comes then waits in the listener's queue."""
        self._poll = select.epoll()
        self._listeners = {listener.fileno(): listener for listener in listeners}
        self._at_most = at_most
        self._open: set[Connection] = set()
        self.idle: dict[int, Connection] = {}
        """Nobody's: they say nothing, or wait until a thread is free."""
        self._owning = threading.Lock()
        self._end, self._ender = os.pipe()
        self._poll.register(self._end, select.EPOLLIN)
        for number, listener in self._listeners.items():
            listener.setblocking(False)
            self._poll.register(number, ONCE)

    def __len__(self) -> int:
        """How many connections are open."""
        return len(self._open)

    @property
    def is_full(self) -> bool:
        """Whether there are as many as there may be."""
        return len(self._open) >= self._at_most

    def next(self) -> socket.socket | Connection | None:
        """Wait: a listener with somebody at the door, or a connection with something to read. None: it is over."""
        while True:
            for number, _ in self._poll.poll(maxevents=1):
                if number == self._end:
                    return None
                with self._owning:
                    found = self._listeners.get(number) or self.idle.pop(number, None)
                if found is not None:
                    return found

    def admit(self, connection: Connection, seconds: float) -> None:
        """A new one; if nothing is sent for so long, it is closed."""
        connection.timeout = time.monotonic() + seconds
        connection.data_ready = True
        self._open.add(connection)
        number = connection.sock.fileno()
        with self._owning:
            self.idle[number] = connection
            self._poll.register(number, ONCE)

    def give_back(self, connection: Connection, seconds: float) -> None:
        """If nothing is sent for so long, it is closed. Who has sent more already takes their turn after the others."""
        connection.timeout = time.monotonic() + seconds
        self._listen_to(connection)

    def leave(self, connection: Connection) -> None:
        """Hang up, once the other side has heard the last answer and hangs up too, or has had the time to."""
        connection.leaving = True
        connection.timeout = time.monotonic() + STOP_KEEPALIVE_LINGER
        try:
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.close(connection)
        else:
            self._listen_to(connection)

    def still_leaves(self, connection: Connection) -> None:
        """They said something that nobody listens to."""
        self._listen_to(connection)

    def close(self, connection: Connection) -> None:
        """Hang up now."""
        self._open.discard(connection)
        connection.close()

    def listen(self) -> None:
        """To whoever comes next, unless there are as many as there may be."""
        if not self.is_full:
            for number in list(self._listeners):
                with suppress(FileNotFoundError):  # it was just told to listen no more
                    self._poll.modify(number, ONCE)

    def listen_no_more(self) -> None:
        """Whoever comes now finds another process."""
        listeners, self._listeners = self._listeners, {}
        for number in listeners:
            self._poll.unregister(number)

    def hurry(self, seconds: float) -> None:
        """Nobody has longer than that from now on."""
        latest = time.monotonic() + seconds
        for connection in list(self.idle.values()):
            connection.timeout = min(connection.timeout, latest)

    def end_idle(self) -> None:
        """Let those whose time is over and who say nothing be told to a thread, which reads the end and closes them."""
        now = time.monotonic()
        for number, connection in list(self.idle.items()):
            if connection.timeout <= now:
                with self._owning, suppress(OSError):
                    if self.idle.get(number) is connection and not connection.speaks:
                        connection.sock.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """Every thread that waits, or comes to wait, is told that it is over."""
        os.write(self._ender, b"\0")

    def _listen_to(self, connection: Connection) -> None:
        number = connection.sock.fileno()
        with self._owning:
            self.idle[number] = connection
            self._poll.modify(number, AT_ONCE if connection.has_more else ONCE)


class WaitingWorker(ProblemWorker):
    """Each thread waits for a connection, answers, gives it back and waits again. Needs Linux's epoll."""

    alive: bool

    def run(self) -> None:
        """Until told to stop; then whoever is being answered has `graceful_timeout` seconds."""
        self._waiting = Waiting(self.sockets, self.worker_connections)
        self.keepalived_conns = (
            self._waiting.idle
        )  # gunicorn counts them, and keeps no more when there are many
        threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(self.cfg.threads)]
        for thread in threads:
            thread.start()
        while self.alive and self.is_parent_alive():
            self._beat(HEARTBEAT)
            self._waiting.listen()
        self.alive = False
        self._finish_answers()
        self._waiting.end()
        for thread in threads:
            thread.join(HEARTBEAT / 10)
        for listener in self.sockets:
            listener.close()

    def _finish_answers(self) -> None:
        """Who is connected, or at the door, may be asking already, and is answered; then they are left."""
        self._waiting.listen_no_more()
        for listener in self.sockets:
            self._accept(listener)
        self._waiting.hurry(STOP_KEEPALIVE_LINGER)
        latest = time.monotonic() + self.cfg.graceful_timeout
        while len(self._waiting) and time.monotonic() < latest:
            self._beat(HEARTBEAT / 10)

    def _beat(self, seconds: float) -> None:
        """Say that the process lives, and wait, but not once it is told to stop."""
        self.notify()
        self._waiting.end_idle()
        if self.alive:
            select.select([self.method_queue.fileno()], [], [], seconds)
        else:
            time.sleep(seconds)

    def _serve(self) -> None:
        while (found := self._waiting.next()) is not None:
            try:
                if isinstance(found, Connection):
                    self._answer(found)
                elif self._accept(found) and self.alive:
                    self._waiting.listen()
            except BaseException:  # a view that ends its thread ends its own connection and nothing else
                log.exception("connection_lost")
                if isinstance(found, Connection):
                    self._waiting.close(found)

    def _accept(self, listener: socket.socket) -> bool:
        """Everybody who is at the door. False where this process can take no more for now."""
        while not self._waiting.is_full:
            try:
                client, address = listener.accept()
            except (BlockingIOError, ConnectionAbortedError):  # nobody, or they are gone
                return True
            except OSError as error:
                log.warning("nobody_let_in", error=repr(error))
                return False
            connection = Connection(self.cfg, Peer.of(client), address, listener.getsockname())
            self._waiting.admit(connection, self._patience)
        return False

    def _answer(self, connection: Connection) -> None:
        if connection.leaving:
            end = self._waiting.close if connection.has_left() else self._waiting.still_leaves
            end(connection)
        elif self.handle(connection):
            self._waiting.give_back(connection, self._patience)
        else:
            self._waiting.leave(connection)

    @property
    def _patience(self) -> float:
        """Seconds a connection is kept."""
        return float(self.cfg.keepalive) if self.alive else STOP_KEEPALIVE_LINGER
