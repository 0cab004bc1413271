"""A file on its way in: it goes to disk in pieces, is measured and told by its content before anything is kept."""

from __future__ import annotations

import codecs
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import EDQUOT, ENOSPC
from hashlib import sha256
from lzma import LZMAError
from tempfile import TemporaryFile
from typing import IO
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 - a class, whatever its name

import structlog
from flask import request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge, RequestTimeout, ServiceUnavailable

from beraad.http import refuse_cut_short
from beraad.peer import arriving_within
from beraad_meetings.domain.files import (
    CHUNK,
    LARGEST,
    MOST_PARTS,
    TYPES,
    FileHasTooManyParts,
    FileIsEmpty,
    FileTypeNotAccepted,
)

log = structlog.get_logger()
PIECE = 64 * 1024
LONGEST_WAIT = 120.0
"""Seconds that a file may take to arrive."""
MAGIC = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
FOLDERS = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
LONGEST_MEDIA_TYPE = 100
LISTED = b"PK\x01\x02"
FULL = {ENOSPC, EDQUOT}
RETRY_AFTER = 30
NOT_TEXT = frozenset(range(32)) - {9, 10, 12, 13}


@dataclass(frozen=True)
class Arrived:
    """What came: as often as wanted, in chunks of at most 256 KiB."""

    content: IO[bytes]
    media_type: str
    size: int
    sha256: str

    def __iter__(self) -> Iterator[bytes]:
        """From the beginning."""
        self.content.seek(0)
        while chunk := self.content.read(CHUNK):
            yield chunk


@contextmanager
def arriving(name: str, somewhere: Callable[[], IO[bytes]] = TemporaryFile) -> Iterator[Arrived]:
    """The body of this request. Raises `FileTypeNotAccepted`, `FileHasTooManyParts`, `FileIsEmpty`, 400, 408, 413 and 503.

    `somewhere`: what it is put into until it is there.
    """
    with _room(), somewhere() as content:
        with arriving_within(LONGEST_WAIT, request.environ):
            size, digest = _receive(content)
        if not size:
            raise FileIsEmpty
        yield Arrived(content, media_type_of(content, name), size, digest)


@contextmanager
def _room() -> Iterator[None]:
    """503 where files that arrive have filled what there is for them."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        log.error("no_room_for_file", error=str(error))
        raise ServiceUnavailable(
            "there is no room for files that arrive; nothing was kept, try again", retry_after=RETRY_AFTER
        ) from error


def _receive(content: IO[bytes]) -> tuple[int, str]:
    size, digest, until = 0, sha256(), time.monotonic() + LONGEST_WAIT
    while piece := _next_piece():
        size += len(piece)
        if size > LARGEST:
            raise RequestEntityTooLarge
        if time.monotonic() > until:
            raise RequestTimeout
        digest.update(piece)
        content.write(piece)
    refuse_cut_short(request, size)
    content.flush()
    return size, digest.hexdigest()


def _next_piece() -> bytes:
    try:
        return request.stream.read(PIECE)
    except ClientDisconnected as error:  # also what it makes of a read that took too long
        if isinstance(error.__context__, TimeoutError):
            raise RequestTimeout from error
        raise


def media_type_of(content: IO[bytes], name: str) -> str:
    """What it is by its content; only text is told from a table by its name. Raises `FileTypeNotAccepted`."""
    content.seek(0)
    head = content.read(16)
    for magic, ending in MAGIC.items():
        if head.startswith(magic):
            return TYPES[ending]
    found = _packed(content) if head.startswith(b"PK\x03\x04") else _text(content, name)
    if found is None:
        raise FileTypeNotAccepted
    return found


def _packed(content: IO[bytes]) -> str | None:
    """A document of LibreOffice or Microsoft Office without macros. Only the list of what is packed is read.

    Raises `FileHasTooManyParts` before a list is made of them.
    """
    if _parts_at_most(content) > MOST_PARTS:
        raise FileHasTooManyParts
    try:
        with ZipFile(content) as packed:
            names = set(packed.namelist())
            if any(_programs(name.lower()) for name in names):
                return None
            if "mimetype" in names:
                return _open_document(packed)
    except (
        BadZipFile,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
        EOFError,
        ZlibError,
        LZMAError,
    ):
        return None
    if "[Content_Types].xml" not in names:
        return None
    return next(
        (
            TYPES[ending]
            for folder, ending in FOLDERS.items()
            if any(name.startswith(folder) for name in names)
        ),
        None,
    )


def _parts_at_most(content: IO[bytes]) -> int:
    """No fewer than are packed: the list has this mark for each, as may what is packed. What the file says of its list is not believed."""
    count, before = 0, b""
    content.seek(0)
    while piece := content.read(PIECE):
        count += (before + piece).count(LISTED)
        before = (before + piece)[1 - len(LISTED) :]
    return count


def _programs(name: str) -> bool:
    """Whether it holds macros, of Microsoft Office or of LibreOffice, or programs of Java that they call."""
    return name.endswith(("vbaproject.bin", ".class", ".jar")) or name.startswith(
        ("basic/", "scripts/", "xl/macrosheets/")
    )


def _open_document(packed: ZipFile) -> str | None:
    if packed.getinfo("mimetype").file_size > LONGEST_MEDIA_TYPE:
        return None
    with packed.open("mimetype") as told:
        named = told.read(LONGEST_MEDIA_TYPE).decode("ascii", "replace").strip()
    return named if named in {TYPES["odt"], TYPES["ods"], TYPES["odp"]} else None


def _text(content: IO[bytes], name: str) -> str | None:
    """UTF-8 without control characters."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    content.seek(0)
    try:
        while piece := content.read(PIECE):
            if not NOT_TEXT.isdisjoint(piece):
                return None
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return TYPES["csv"] if name.lower().endswith(".csv") else TYPES["txt"]
