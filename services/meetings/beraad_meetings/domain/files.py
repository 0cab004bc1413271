"""Files on an agenda item or on a meeting's minutes: what may be kept, under which name, and how much of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from beraad.domain import InvalidRequest, RuleBroken

LARGEST = 10 * 1024 * 1024
CHUNK = 256 * 1024
MOST_FILES = 20
"""On one agenda item, or with the minutes of one meeting."""
MOST_PARTS = 10_000
"""Packed in one document: its slides and pictures, or whatever fills memory when it is listed."""
LONGEST_NAME = 120
TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "txt": "text/plain",
    "csv": "text/csv",
}
"""What is kept, by the ending its name gets."""
NOT_IN_A_NAME = frozenset('/\\:*?"<>|')


class FileTypeNotAccepted(RuleBroken):
    """PDF, PNG, JPEG, ODT, ODS, ODP, DOCX, XLSX, PPTX, plain text and CSV are kept, told by what is in the file."""


class FileIsEmpty(RuleBroken):
    """There is nothing in this file."""


class FileHasTooManyParts(RuleBroken):
    """This document is packed of more than 10,000 parts."""


class TooManyFiles(RuleBroken):
    """An agenda item, and the minutes of a meeting, have at most 20 files."""


@dataclass(frozen=True, kw_only=True)
class File:
    """One file; without `agenda_item_id` it belongs to the minutes. `sha256` is of its content, in hex."""

    id: UUID
    meeting_id: UUID
    agenda_item_id: UUID | None
    name: str
    media_type: str
    size: int
    sha256: str
    added_by: UUID | None
    added_at: datetime


def harmless_name(given: str, media_type: str) -> str:
    """One line without path, control or hidden characters, ending as its type does. Raises `InvalidRequest`.

    It is normalized first, because that makes of a wide solidus one that separates folders.

    What a file is called never decides what it is: `charter.pdf.exe` with a PDF in it is kept as `charter.pdf.pdf`.
    """
    last = unicodedata.normalize("NFKC", given).replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(one for one in last if unicodedata.category(one)[0] != "C" and one not in NOT_IN_A_NAME)
    stem, _, ending = " ".join(plain.split()).strip(". ").rpartition(".")
    wanted = next(ending for ending, type_ in TYPES.items() if type_ == media_type)
    if not stem:
        stem, ending = ending, wanted
    same = ending.lower() == wanted or (wanted, ending.lower()) in {("jpg", "jpeg"), ("txt", "md")}
    shortened = stem[:LONGEST_NAME].strip(". ")
    if not shortened:
        raise InvalidRequest("give the file a name", pointer="/name")
    return f"{shortened}.{ending.lower() if same else wanted}"


def name_in_ascii(name: str) -> str:
    """What is left of a name for programs that read no more; taken apart, `≮` has a bracket in it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(one for one in plain if one not in NOT_IN_A_NAME) or "file"


def summary(file: Any) -> dict[str, Any]:
    """What is told of a file beside its content."""
    names = "id name media_type size sha256 added_by added_at"
    return {name: getattr(file, name) for name in names.split()}
