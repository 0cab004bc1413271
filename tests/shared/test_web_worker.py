"""How requests reach the application and answers their callers, over real connections."""

import errno
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import NoReturn

import pytest
from gunicorn.config import Config

from beraad.web_worker import Connection, Waiting, WaitingWorker
from servers.processes import free_port, wait_until

APPLICATION = Path(__file__).with_name("answering.py")
THREADS = 2
WITHIN = 10


class Server:
    """The application with two threads in one process."""

    def __init__(self) -> None:
        self.port = free_port()
        command = [sys.executable, str(APPLICATION), f"127.0.0.1:{self.port}", str(THREADS)]
        self.process = subprocess.Popen(command)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=WITHIN)

    def stop(self) -> float:
        """Seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(WITHIN) == 0
        return time.monotonic() - began

    def accepts(self) -> bool:
        with suppress(OSError), self.connect() as connection:
            return told(connection, "/").endswith(b"/")
        return False


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    try:
        assert wait_until(running.accepts, within=WITHIN)
        yield running
    finally:
        running.process.kill()
        running.process.wait(WITHIN)


def ask(connection: socket.socket, address: str) -> None:
    connection.sendall(f"GET {address} HTTP/1.1\r\nHost: here\r\n\r\n".encode())


def answers(connection: socket.socket, count: int = 1) -> bytes:
    """Read that many whole answers, or until the server hangs up."""
    came = b""
    while len(bodies(came)) < count and (more := connection.recv(65_536)):
        came += more
    return came


def bodies(came: bytes) -> list[bytes]:
    found = []
    while head := re.search(rb"content-length: (\d+)\r\n(?:.+\r\n)*\r\n", came, re.IGNORECASE):
        end = head.end() + int(head[1])
        if end > len(came):
            break
        found.append(came[head.end() : end])
        came = came[end:]
    return found


def told(connection: socket.socket, address: str) -> bytes:
    ask(connection, address)
    return answers(connection)


def test_a_connection_is_kept_for_many_requests(server: Server) -> None:
    with server.connect() as connection:
        for number in range(100):
            assert bodies(told(connection, f"/{number}")) == [f"/{number}".encode()]


def test_requests_sent_at_once_are_answered_in_their_order(server: Server) -> None:
    with server.connect() as connection:
        for number in range(20):
            ask(connection, f"/{number}")
        assert bodies(answers(connection, 20)) == [f"/{number}".encode() for number in range(20)]


def test_a_request_may_come_in_pieces(server: Server) -> None:
    with server.connect() as connection:
        for piece in (b"POST /x HTTP/1.1\r\nHo", b"st: here\r\nContent-Length: 4\r\n\r\nbo", b"dy"):
            connection.sendall(piece)
            time.sleep(0.05)
        assert bodies(answers(connection)) == [b"body/x"]


@pytest.mark.parametrize("framing", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
def test_who_sends_a_byte_now_and_then_keeps_no_thread(server: Server, framing: str) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(server.connect()) for _ in range(THREADS)]
        stop = threading.Event()
        dripping = threading.Thread(target=drip, args=(slow, framing, stop))
        dripping.start()
        try:
            for connection in slow:
                assert answers(connection).startswith(b"HTTP/1.1 408 ")
            with server.connect() as other:
                assert bodies(told(other, "/quick")) == [b"/quick"]
        finally:
            stop.set()
            dripping.join(WITHIN)


def drip(connections: list[socket.socket], framing: str, stop: threading.Event) -> None:
    """A body of which something comes all the time, and never all."""
    for connection in connections:
        connection.sendall(f"POST /soon?0.5 HTTP/1.1\r\nHost: here\r\n{framing}\r\n\r\n".encode())
    while not stop.wait(0.02):
        for connection in connections:
            with suppress(OSError):
                connection.sendall(b"1\r\nx\r\n" if "chunked" in framing else b"x")


def test_whoever_is_in_time_is_answered_and_may_take_their_time_afterwards(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(b"POST /soon?0.5 HTTP/1.1\r\nHost: here\r\nContent-Length: 1\r\n\r\nx")
        assert answers(connection).startswith(b"HTTP/1.1 200 ")
        assert bodies(told(connection, "/slow?0.6")) == [b"/slow"]


def test_who_says_nothing_and_who_waits_keep_nobody_else_waiting(server: Server) -> None:
    with ExitStack() as everybody:
        silent = [everybody.enter_context(server.connect()) for _ in range(50)]
        slow = everybody.enter_context(server.connect())
        ask(slow, "/slow?1.5")
        quick = everybody.enter_context(server.connect())
        began = time.monotonic()
        assert bodies(told(quick, "/quick")) == [b"/quick"]
        assert time.monotonic() - began < 1
        assert bodies(answers(slow)) == [b"/slow"]
        assert all(bodies(told(one, "/late")) == [b"/late"] for one in silent)


def test_more_connections_than_threads_are_all_answered(server: Server) -> None:
    with ExitStack() as everybody:
        clients = [everybody.enter_context(server.connect()) for _ in range(20)]
        for _ in range(3):
            for client in clients:
                ask(client, "/x?0.01")
            assert all(bodies(answers(client)) == [b"/x"] for client in clients)


def test_who_hangs_up_takes_nobody_along(server: Server) -> None:
    for number in range(50):
        with server.connect() as gone:
            gone.sendall(b"GET / HT" if number % 2 else b"GET /?0.02 HTTP/1.1\r\nHost: here\r\n\r\n")
    with server.connect() as connection:
        assert bodies(told(connection, "/x")) == [b"/x"]


def test_what_is_no_request_is_refused_with_a_problem(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(b"nonsense\r\n\r\n")
        refused = answers(connection)
        assert refused.startswith(b"HTTP/1.1 400")
        assert b'"code": "MalformedRequest"' in refused
        assert connection.recv(1) == b""


def test_stopping_answers_who_is_asking_and_then_hangs_up(server: Server) -> None:
    with server.connect() as asking, server.connect() as idle:
        told(idle, "/before")
        ask(asking, "/x?1")
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        last = told(idle, "/may-be-on-its-way")
        assert b"connection: close" in last.lower()
        assert bodies(last) == [b"/may-be-on-its-way"]
        assert bodies(answers(asking)) == [b"/x"]
        assert server.process.wait(WITHIN) == 0
        assert asking.recv(1) == b""


@pytest.mark.parametrize("before", [True, False], ids=["kept", "at the door"])
def test_stopping_answers_everybody_who_asked_before(server: Server, *, before: bool) -> None:
    with ExitStack() as everybody:
        clients = [everybody.enter_context(server.connect()) for _ in range(20)]
        for client in clients if before else []:
            told(client, "/before")
        for client in clients:
            ask(client, "/x?0.2")
        server.process.send_signal(signal.SIGTERM)
        assert [bodies(answers(client)) for client in clients] == [[b"/x"]] * len(clients)
    assert server.process.wait(WITHIN) == 0


def test_who_asks_without_waiting_for_answers_takes_their_turn(server: Server) -> None:
    with ExitStack() as everybody:
        hasty = [everybody.enter_context(server.connect()) for _ in range(THREADS)]
        for one in hasty:
            one.sendall(b"GET /x?0.02 HTTP/1.1\r\nHost: here\r\n\r\n" * 100)
        patient = everybody.enter_context(server.connect())
        began = time.monotonic()
        assert bodies(told(patient, "/y")) == [b"/y"]
        assert time.monotonic() - began < 1, "they take two seconds"
        assert [len(bodies(answers(one, 100))) for one in hasty] == [100] * THREADS


def test_who_comes_while_everybody_asks_is_let_in(server: Server) -> None:
    over = threading.Event()

    def go_on() -> None:
        with server.connect() as busy:
            while not over.is_set():
                told(busy, "/x?0.01")

    with ThreadPoolExecutor(20) as threads, ExitStack() as everybody:
        going = [threads.submit(go_on) for _ in range(20)]
        try:
            newcomers = [everybody.enter_context(server.connect()) for _ in range(20)]
            for one in newcomers:
                ask(one, "/new")
            began = time.monotonic()
            assert all(bodies(answers(one)) == [b"/new"] for one in newcomers)
            assert time.monotonic() - began < 2, (
                "let in one by one, between two rounds of the others, they take four"
            )
        finally:
            over.set()
        assert [one.result(WITHIN) for one in going] == [None] * 20


def test_a_view_that_ends_its_thread_ends_one_connection(server: Server) -> None:
    for _ in range(2 * THREADS):
        with server.connect() as connection:
            told(connection, "/exit")
    with server.connect() as connection:
        assert bodies(told(connection, "/x")) == [b"/x"]


def test_stopping_waits_for_nobody_who_says_nothing(server: Server) -> None:
    with server.connect() as kept, server.connect():
        told(kept, "/x")
        assert server.stop() < 4


def test_stopping_at_once_waits_for_nobody(server: Server) -> None:
    with server.connect() as asking:
        ask(asking, "/x?5")
        time.sleep(0.2)
        began = time.monotonic()
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(WITHIN) == 0
        assert time.monotonic() - began < 4


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def come(waiting: Waiting, listener: socket.socket, seconds: float = 30) -> tuple[socket.socket, Connection]:
    """A client, and the connection to them, which waits for what they say."""
    client = socket.create_connection(listener.getsockname(), timeout=WITHIN)
    assert waiting.next() is listener
    accepted, address = listener.accept()
    connection = Connection(Config(), accepted, address, listener.getsockname())
    waiting.admit(connection, seconds)
    waiting.listen()
    return client, connection


def test_each_connection_is_told_once_until_it_is_given_back(listener: socket.socket) -> None:
    waiting = Waiting([listener], at_most=10)
    client, connection = come(waiting, listener)
    with client, ThreadPoolExecutor() as threads:
        client.sendall(b"x")
        assert waiting.next() is connection
        again = threads.submit(waiting.next)
        with pytest.raises(TimeoutError):
            again.result(0.1)
        waiting.give_back(connection, 30)
        assert again.result(WITHIN) is connection
        waiting.close(connection)
    assert len(waiting) == 0


def test_no_more_are_let_in_than_there_may_be(listener: socket.socket) -> None:
    waiting = Waiting([listener], at_most=1)
    client, connection = come(waiting, listener)
    with client, socket.create_connection(listener.getsockname()), ThreadPoolExecutor() as threads:
        following = threads.submit(waiting.next)
        with pytest.raises(TimeoutError):
            following.result(0.1)
        waiting.close(connection)
        waiting.listen()
        assert following.result(WITHIN) is listener


def test_who_says_nothing_for_too_long_is_hung_up_on(listener: socket.socket) -> None:
    waiting = Waiting([listener], at_most=10)
    silent, forgotten = come(waiting, listener, seconds=0)
    patient, kept = come(waiting, listener, seconds=30)
    asking, asked = come(waiting, listener, seconds=0)
    waits, in_turn = come(waiting, listener, seconds=0)
    with silent, patient, asking, waits:
        asking.sendall(b"x")
        assert waiting.next() is asked
        waits.sendall(b"x")
        waiting.end_idle()
        assert waiting.next() is in_turn, "whoever waits for a thread is not hung up on"
        assert silent.recv(1) == b""
        assert waiting.next() is forgotten, "a thread reads the end, and closes it"
        waiting.hurry(0)
        waiting.end_idle()
        assert patient.recv(1) == b""
        assert waiting.next() is kept
        for connection in (forgotten, kept, asked, in_turn):
            waiting.close(connection)
    assert len(waiting) == 0


def test_who_leaves_is_let_go_when_they_hang_up_or_take_too_long(listener: socket.socket) -> None:
    waiting = Waiting([listener], at_most=10)
    client, connection = come(waiting, listener)
    with client:
        waiting.leave(connection)
        assert client.recv(1) == b""
        client.sendall(b"one more thing")
        assert waiting.next() is connection
        assert not connection.has_left()
        waiting.still_leaves(connection)
        waiting.hurry(0)
        waiting.end_idle()
        assert waiting.next() is connection
        assert connection.has_left()
        waiting.close(connection)
    assert len(waiting) == 0


def test_everybody_who_waits_is_told_that_it_is_over(listener: socket.socket) -> None:
    waiting = Waiting([listener], at_most=10)
    with ThreadPoolExecutor() as threads:
        told_all = [threads.submit(waiting.next) for _ in range(3)]
        waiting.listen_no_more()
        waiting.end()
        assert [one.result(WITHIN) for one in told_all] == [None, None, None]


class NoDescriptors(socket.socket):
    """A listener of a process that may open no more files."""

    def accept(self) -> NoReturn:
        raise OSError(errno.EMFILE, "too many open files")


def test_without_descriptors_nobody_is_let_in_until_the_next_look(listener: socket.socket) -> None:
    worker = WaitingWorker(1, 1, [], None, 30, Config(), None)
    worker._waiting = Waiting([listener], at_most=10)
    with closing(worker.tmp), NoDescriptors() as full:
        assert worker._accept(listener), "nobody is at the door: listen on"
        assert not worker._accept(full), "not at once again, which would turn in a circle"
