"""Mails on the disk, one file each, numbered from 1 without holes."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path

RECIPIENT, RECEIVED_AT = "X-Envelope-To", "X-Received-At"
HEADERS = BytesHeaderParser(policy=policy.compat32)
"""Reads a list's headers ten times quicker than the policy that understands every header."""


@dataclass(frozen=True)
class Summary:
    """What a list shows of a mail."""

    id: int
    to: tuple[str, ...]
    subject: str
    kind: str
    event: str
    language: str
    message_id: str
    received_at: str


def path_of(folder: Path, number: int) -> Path:
    """The file of that mail."""
    return folder / f"{number:08d}.eml"


class Postman:
    """Puts mails in. One process only."""

    def __init__(self, folder: Path) -> None:
        """Go on after the last mail there is."""
        self._folder = folder
        self._last = max((int(path.stem) for path in folder.glob("*.eml")), default=0)

    def keep(self, recipients: list[str], content: bytes) -> int:
        """The mail's number, once it is safely on the disk. Raises `OSError`."""
        number = self._last + 1
        path = path_of(self._folder, number)
        new = path.with_suffix(".new")
        envelope = [
            *(f"{RECIPIENT}: {address}" for address in recipients),
            f"{RECEIVED_AT}: {datetime.now(UTC).isoformat()}",
        ]
        with new.open("wb") as file:
            file.write("\r\n".join([*envelope, ""]).encode() + content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        _sync_folder(self._folder)
        self._last = number
        return number


class Mailbox:
    """Reads mails, from any process. Summaries are kept in memory: a mail never changes."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read before it is asked for."""
        self._folder = folder
        self._summaries: list[Summary] = []
        self._lock = threading.Lock()

    def summaries(self) -> list[Summary]:
        """All of them, oldest first."""
        with self._lock:
            while (path := path_of(self._folder, len(self._summaries) + 1)).exists():
                self._summaries.append(_summary(len(self._summaries) + 1, path))
            return list(self._summaries)

    def message(self, number: int) -> EmailMessage | None:
        """The whole mail, or None."""
        path = path_of(self._folder, number)
        if not path.exists():
            return None
        return message_from_bytes(path.read_bytes(), policy=policy.default)


def _summary(number: int, path: Path) -> Summary:
    with path.open("rb") as file:
        headers = HEADERS.parse(file)
    return Summary(
        id=number,
        to=tuple(str(headers.get(RECIPIENT, "")).split(", ")),
        subject=_decoded(headers.get("Subject", "")),
        kind=str(headers.get("X-Beraad-Kind", "")).strip(),
        event=str(headers.get("X-Beraad-Event", "")).strip(),
        language=str(headers.get("Content-Language", "")).strip(),
        message_id=str(headers.get("Message-ID", "")).strip(),
        received_at=headers.get(RECEIVED_AT, ""),
    )


def _decoded(value: object) -> str:
    """The text of a header with encoded words (RFC 2047); as it stands where nobody can decode it."""
    try:
        return str(make_header(decode_header(str(value)))).replace("\n", "")
    except (LookupError, ValueError):
        return str(value)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
