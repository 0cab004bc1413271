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

REFUSALS = (
    (LimitRequestLine, 414, "AddressTooLong", "the address of the request is too long"),
    (LimitRequestHeaders, 431, "HeadersTooLarge", "the headers of the request are too large"),
    (ParseException, 400, "MalformedRequest", "this is not a request HTTP knows"),
    (Exception, 500, "InternalError", "a defect of ours; it was logged, nothing was changed"),
)
HEARTBEAT = 1.0
"""Seconds between two looks at what else there is to do."""
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


class Waiting:
    """The connections of one process. Linux tells each event to one thread, which owns what it names until it gives it back."""

    def __init__(self, listeners: list[socket.socket], at_most: int) -> None:
        """`at_most` connections are open at a time; who comes then waits in the listener's queue."""
        self._poll = select.epoll()
        self._once = select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLONESHOT
        self._listeners = {listener.fileno(): listener for listener in listeners}
        self._at_most = at_most
        self._open: set[TConn] = set()
        self._idle: dict[int, TConn] = {}
        self._end, self._ender = os.pipe()
        self._poll.register(self._end, select.EPOLLIN)
        for number, listener in self._listeners.items():
            listener.setblocking(False)
            self._poll.register(number, self._once)

    def __len__(self) -> int:
        """How many connections are open."""
        return len(self._open)

    def next(self) -> socket.socket | TConn | None:
        """Wait: a listener with somebody at the door, or a connection with something to read. None: it is over."""
        while True:
            for number, _ in self._poll.poll(maxevents=1):
                if number == self._end:
                    return None
                if (found := self._listeners.get(number) or self._idle.pop(number, None)) is not None:
                    return found

    def admit(self, connection: TConn, seconds: float) -> None:
        """A new one; if nothing is sent for so long, it is closed."""
        self._open.add(connection)
        self._keep(connection, seconds)
        self._poll.register(connection.sock, self._once)

    def give_back(self, connection: TConn, seconds: float) -> None:
        """It was answered and stays open; if nothing more is sent for so long, it is closed."""
        self._keep(connection, seconds)
        self._poll.modify(connection.sock, self._once)

    def close(self, connection: TConn, *, graceful: bool = False) -> None:
        """Hang up."""
        self._open.discard(connection)
        connection.close(graceful=graceful)

    def listen(self) -> None:
        """To whoever comes next, unless there are as many as there may be."""
        if len(self._open) < self._at_most:
            for number in list(self._listeners):
                with suppress(FileNotFoundError):  # it was just told to listen no more
                    self._poll.modify(number, self._once)

    def listen_no_more(self) -> None:
        """Whoever comes now finds another process."""
        listeners, self._listeners = self._listeners, {}
        for number in listeners:
            self._poll.unregister(number)

    def close_idle(self, within: float = 0) -> None:
        """Those whose time is over, or would be within so many seconds."""
        until = time.monotonic() + within
        for number, connection in list(self._idle.items()):
            if connection.timeout <= until and self._idle.pop(number, None) is connection:
                self.close(connection)

    def end(self) -> None:
        """Every thread that waits, or comes to wait, is told that it is over."""
        os.write(self._ender, b"\0")

    def _keep(self, connection: TConn, seconds: float) -> None:
        connection.timeout = time.monotonic() + seconds
        connection.data_ready = True
        self._idle[connection.sock.fileno()] = connection


class WaitingWorker(ProblemWorker):
    """Each thread waits for a connection, answers, gives it back and waits again. Needs Linux's epoll."""

    alive: bool

    def run(self) -> None:
        """Until told to stop; then whoever is being answered has `graceful_timeout` seconds."""
        self._waiting = Waiting(self.sockets, self.worker_connections)
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
            thread.join(HEARTBEAT)
        for listener in self.sockets:
            listener.close()

    def _finish_answers(self) -> None:
        """Who is connected may be asking already, and is answered; then they are left."""
        self._waiting.listen_no_more()
        began = time.monotonic()
        while len(self._waiting) and (lasted := time.monotonic() - began) < self.cfg.graceful_timeout:
            self._waiting.close_idle(self.cfg.keepalive if lasted > STOP_KEEPALIVE_LINGER else 0)
            self._beat(HEARTBEAT / 10)

    def _beat(self, seconds: float) -> None:
        """Say that the process lives, and wait, but not once it is told to stop."""
        self.notify()
        self._waiting.close_idle()
        if self.alive:
            select.select([self.method_queue.fileno()], [], [], seconds)
        else:
            time.sleep(seconds)

    def _serve(self) -> None:
        while (found := self._waiting.next()) is not None:
            try:
                if isinstance(found, TConn):
                    self._answer(found)
                else:
                    self._accept(found)
            except Exception:
                log.exception("connection_lost")

    def _accept(self, listener: socket.socket) -> None:
        try:
            client, address = listener.accept()
        except OSError as error:  # another process was quicker, or the client is gone
            log.debug("nobody_at_the_door", error=repr(error))
        else:
            connection = TConn(self.cfg, client, address, listener.getsockname())
            self._waiting.admit(connection, self.cfg.keepalive)
        finally:
            if self.alive:
                self._waiting.listen()

    def _answer(self, connection: TConn) -> None:
        stays = self.handle(connection)
        while stays and connection.parser.unreader.buf.getvalue():  # the next request came with this one
            stays = self.handle(connection)
        if stays:
            self._waiting.give_back(connection, self.cfg.keepalive if self.alive else STOP_KEEPALIVE_LINGER)
        else:
            self._waiting.close(connection, graceful=True)
