"""A mail server that answers each command as it is told, at most so many connections at once, and each after a while."""

import socketserver
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

GREETING = "220 as told"
REPLIES = {
    "EHLO": "250 as told",
    "MAIL": "250 OK",
    "RCPT": "250 OK",
    "DATA": "354 go ahead",
    "RSET": "250 OK",
    "QUIT": "221 bye",
    ".": "250 taken",
}


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    script: "ScriptedSmtp"


class _Conversation(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self) -> None:
        script = self.server.script  # type: ignore[attr-defined]
        if script._enters():
            try:
                with suppress(OSError):
                    self._converse(script)
            finally:
                script._leaves()
        else:
            self.wfile.write(b"421 4.7.0 too many connections\r\n")

    def _converse(self, script: "ScriptedSmtp") -> None:
        self.wfile.write(f"{GREETING}\r\n".encode())
        while line := self.rfile.readline():
            verb = line[:4].decode().upper().strip()
            reply = script._answer(verb, line)
            if verb == "DATA" and reply.startswith("354"):
                self.wfile.write(f"{reply}\r\n".encode())
                while self.rfile.readline() != b".\r\n":
                    pass
                reply = script._answer(".", b"")
            self.wfile.write(f"{reply}\r\n".encode())
            if reply.startswith(("221", "421")):
                return


@dataclass
class ScriptedSmtp:
    """`replies` says what is answered otherwise, by command (`.` is the end of a message)."""

    replies: dict[str, str] = field(default_factory=dict)
    replies_later: dict[str, tuple[int, str]] = field(default_factory=dict)
    """After so many messages, by command."""
    connections: int = 100
    delay: float = 0.0
    """Seconds before each answer."""
    told: list[str] = field(default_factory=list)
    """All commands, in order."""
    most_at_once: int = 0
    _open: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _Conversation)
        self._server.script = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._server.server_address[1]}"

    def count(self, verb: str) -> int:
        return sum(line.upper().startswith(verb) for line in self.told)

    def _enters(self) -> bool:
        with self._lock:
            if self._open >= self.connections:
                return False
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)
            return True

    def _leaves(self) -> None:
        with self._lock:
            self._open -= 1

    def _answer(self, verb: str, line: bytes) -> str:
        time.sleep(self.delay)
        after, later = self.replies_later.get(verb, (0, ""))
        if later and self.count(".") >= after:
            return later
        self.told.append(line.decode().strip() or verb)
        return self.replies.get(verb, REPLIES.get(verb, "500 what?"))
