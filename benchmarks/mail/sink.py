"""A sink of aiosmtpd in a process of its own: `sink.py inbox|forgetful PORT FOLDER`.

`inbox` is that of `beraad up`: a mail is on the disk before it is accepted. `forgetful` keeps the time alone, in `FOLDER/taken`.
"""

import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from beraad.up.mail_sink import run_mail_sink


class Chronicle:
    """Forgets the mail, and keeps the time at which it was taken."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("a", buffering=1)

    async def handle_DATA(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self._file.write(f"{time.time()}\n")
        return "250 OK"


def forget(port: int, folder: Path) -> None:
    """Until SIGTERM."""
    controller = Controller(Chronicle(folder / "taken"), hostname="127.0.0.1", port=port)
    controller.start()
    signal.sigwait({signal.SIGTERM})
    controller.stop()


kind, port, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
if kind == "inbox":
    run_mail_sink(socket.create_server(("127.0.0.1", port)), folder)
else:
    forget(port, folder)
