"""aiosmtpd as its documentation shows it: takes every mail, and writes down when. `aiosmtpd_sink.py PORT FILE`."""

import signal
import sys
import time
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller


class Chronicle:
    """Forgets the mail, and keeps the time at which it was taken."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("a", buffering=1)

    async def handle_DATA(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self._file.write(f"{time.time()}\n")
        return "250 OK"


controller = Controller(Chronicle(Path(sys.argv[2])), hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
signal.sigwait({signal.SIGTERM})
controller.stop()
