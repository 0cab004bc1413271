"""Calendar programs of others, run in the zone a machine may be set to, and what they show of a calendar."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from meetings.reading import Shown
from servers.programs import calendar_readers, khal, node

FOLDER = Path(__file__).parent
PYTHON, ICAL_JS, NODE_ICAL, KHAL = "icalendar and dateutil", "ical.js", "node-ical", "khal"
READERS = (PYTHON, ICAL_JS, NODE_ICAL)
"""Those that answer line by line; khal is asked once for a whole folder."""


class CannotRead(Exception):
    """The program failed over this calendar."""


def by_time(one: Shown) -> tuple[datetime, datetime, str]:
    return one.start, one.end, one.uid


class Reader:
    """One of `READERS`, kept running. Raises `ProgramMissing` where it is not installed."""

    def __init__(self, name: str, machine_zone: str) -> None:
        self._process = subprocess.Popen(
            _command(name),
            env={**os.environ, "TZ": machine_zone},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def read(self, text: str, earliest: datetime, before: datetime) -> list[Shown]:
        """What begins in that window, earliest first."""
        asked = {"text": text, "from": earliest.isoformat(), "before": before.isoformat()}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the reader ended: see what it said above"
        seen = json.loads(answer)
        if "fault" in seen:
            raise CannotRead(seen["fault"])
        return sorted(map(_shown, seen), key=by_time)

    def close(self) -> None:
        """It ends when there is nothing more to read."""
        self._process.communicate(timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _command(name: str) -> list[str]:
    if name == PYTHON:
        return [sys.executable, str(FOLDER / "in_python.py")]
    calendar_readers()
    return [str(node()), str(FOLDER / "in_node.mjs"), name]


def _shown(one: dict[str, Any]) -> Shown:
    start, end, original = (_utc(one[name]) for name in ("start", "end", "recurrence_id"))
    assert start is not None
    assert end is not None
    return Shown(start, end, one["uid"], original, one["status"])


def _utc(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


KHAL_SETTINGS = """[calendars]
[[ours]]
path = {folder}/calendar
[sqlite]
path = {folder}/khal.db
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%dT%H:%M:%S%z
longdatetimeformat = %Y-%m-%dT%H:%M:%S%z
"""
KHAL_LINE = "{uid} {start-long-full} {end-long-full} {status}"


def shown_by_khal(
    texts: Iterable[str], machine_zone: str, folder: Path, earliest: datetime, before: datetime
) -> list[Shown]:
    """All that these calendars show together. It keeps its settings, its calendar and its cache in `folder`."""
    (folder / "calendar").mkdir(parents=True)
    settings = folder / "settings"
    settings.write_text(KHAL_SETTINGS.format(folder=folder))
    files = [folder / f"{number}.ics" for number, _ in enumerate(texts)]
    for file, text in zip(files, texts, strict=True):
        file.write_bytes(text.encode())
    _khal(settings, machine_zone, "import", "--batch", "-a", "ours", *map(str, files))
    days = [f"{day:%Y-%m-%d}" for day in (earliest - timedelta(days=1), before + timedelta(days=1))]
    listed = _khal(settings, machine_zone, "list", "--day-format", "", "--format", KHAL_LINE, *days)
    found = {_line_of_khal(line) for line in listed.splitlines() if line.strip()}
    return sorted((one for one in found if earliest <= one.start < before), key=by_time)


def _line_of_khal(line: str) -> Shown:
    uid, start, end, *status = line.split()
    starts_at, ends_at = (datetime.fromisoformat(text).astimezone(UTC) for text in (start, end))
    return Shown(starts_at, ends_at, uid, None, status[0] if status else None)


def _khal(settings: Path, machine_zone: str, *arguments: str) -> str:
    home = {"HOME": str(settings.parent), "TZ": machine_zone, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [str(khal()), "-c", str(settings), *arguments],
        env=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
