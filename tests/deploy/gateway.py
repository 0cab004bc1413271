"""The gateway's own configuration on a private HAProxy, before services that are a few lines each."""

import json
import os
import re
import signal
import socket
import struct
import threading
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage, RemoteDisconnected
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from architecture.tree import ROOT
from deploy.composition import SERVICES
from servers.processes import Guarded, free_port, wait_until
from servers.programs import haproxy

CONFIGURATION = ROOT / "deploy/gateway/haproxy.cfg"
TEMPLATE = re.compile(r"server-template (\w+) \d+ \S+")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_told: Any) -> None:
        """Who hangs up, as an impatient health check does, is no news."""


class FakeService:
    """Answers what it was asked. `ready`, `breaks` and `seconds` say how it fares."""

    def __init__(self) -> None:
        self.ready, self.breaks, self.seconds = True, False, 0.0
        self.asked: list[str] = []
        self._server = _Server(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.port = self._server.server_address[1]

    def be_well(self) -> None:
        self.ready, self.breaks, self.seconds = True, False, 0.0
        self.asked.clear()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length).decode()
                if self.path == "/readyz" and self.headers["Host"] in {"gateway", "127.0.0.1"}:
                    threading.Event().wait(service.seconds)
                    self.reply({}, 200 if service.ready else 503)
                    return
                service.asked.append(f"{self.command} {self.path}")
                if service.breaks:
                    self.reset()
                    return
                self.reply(
                    {
                        "path": self.path,
                        "headers": {k.title(): v for k, v in self.headers.items()},
                        "body": body,
                    },
                    200,
                )

            def reply(self, document: dict[str, Any], status: int) -> None:
                told = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(told)

            def reset(self) -> None:
                """As a process that is killed while it works."""
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                self.close_connection = True

            def log_message(self, *_told: Any) -> None:
                pass

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - http.server's names

        return Handler


@dataclass
class Answer:
    status: int
    headers: HTTPMessage
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def seen(self) -> dict[str, str]:
        """The headers that the service saw."""
        headers: dict[str, str] = self.json["headers"]
        return headers


@dataclass
class Gateway:
    """Two processes of membership, one of each other service, and an inbox."""

    folder: Path
    trusts: str = ""
    port: int = field(default_factory=free_port)
    services: dict[str, list[FakeService]] = field(
        default_factory=lambda: {
            name: [FakeService() for _ in range(2 if name == "membership" else 1)]
            for name in (*SERVICES, "inbox")
        }
    )

    def start(self) -> None:
        configuration = self.folder / "haproxy.cfg"
        configuration.write_text(self._configuration())
        environment = {"PATH": os.environ["PATH"], "GATEWAY_TRUSTS": self.trusts}
        command = [str(haproxy()), "-db", "-f", str(configuration)]
        self.process = Guarded(command, env=environment, log=self.folder / "log")
        assert wait_until(lambda: self.status("/readyz") == 200, within=10), self.process.tail()

    def be_well(self) -> None:
        """As after the start, for the next test."""
        for processes in self.services.values():
            for service in processes:
                service.be_well()
        assert wait_until(lambda: self.status("/readyz") == 200, within=10)
        assert wait_until(self._asks_all_of_membership, within=10)
        for service in self.services["membership"]:
            service.asked.clear()

    def _asks_all_of_membership(self) -> bool:
        self.status("/membership/v1")
        return all(service.asked for service in self.services["membership"])

    def stop(self) -> None:
        self.process.end(signal.SIGTERM, within=5)
        for processes in self.services.values():
            for service in processes:
                service.stop()

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> Answer:
        """Header names with `_` for `-`. Raises `RemoteDisconnected` where the gateway hangs up."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read().decode())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def status(self, path: str, method: str = "GET") -> int:
        try:
            return self.ask(method, path).status
        except (OSError, RemoteDisconnected):
            return 0

    def _configuration(self) -> str:
        """The real one, listening elsewhere, with fixed addresses instead of names to look up."""
        text = CONFIGURATION.read_text().replace("/usr/local/etc/haproxy/", f"{CONFIGURATION.parent}/")
        text = text.replace("bind :8080", f"bind 127.0.0.1:{self.port}")
        text = text.replace("bind :8405", f"bind 127.0.0.1:{free_port()}")
        return TEMPLATE.sub(self._servers, text)

    def _servers(self, template: re.Match[str]) -> str:
        processes = self.services[template[1]]
        lines = [f"server {template[1]}{n} 127.0.0.1:{one.port}" for n, one in enumerate(processes)]
        return "\n  ".join(lines)
