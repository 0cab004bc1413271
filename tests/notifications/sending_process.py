"""A worker's due work `deliver` in a process of its own, on a clock that is moved: `sending_process.py DATABASE SMTP FOLDER TIMEOUT`.

Ends in order on SIGTERM. It waits for the mail server less long than an installation does.
"""

import fcntl
import signal
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

from beraad.clock import real_now
from beraad.service import find_service, open_store
from beraad_notifications.mail.delivering import Delivering
from notifications.many import wait_at
from worlds.settings import some_settings


def main(database_url: str, smtp_url: str, folder: Path, timeout: float) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    settings = some_settings("notifications", database_url, smtp_url=smtp_url)
    store = open_store("notifications", find_service("notifications").database, settings)

    def now() -> datetime:
        return real_now() + timedelta(seconds=float((folder / "clock").read_text() or 0))

    delivering = Delivering(now, alone=lambda _store: False, timeout=timeout)
    while not stop.is_set():
        wait_at(folder / "gate", folder / "hold")
        with (folder / "gate").open() as gate:
            fcntl.flock(gate, fcntl.LOCK_SH)
            busy = delivering.once(store, settings)
        if not busy:
            stop.wait(0.05)
    delivering.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), float(sys.argv[4]))
