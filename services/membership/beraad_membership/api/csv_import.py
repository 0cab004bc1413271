"""Reading people from a CSV body: what is wrong with the file refuses it, what is wrong with a row is told of the row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError

from beraad.domain import InvalidRequest
from beraad_membership.domain.imported_rows import ImportedPerson, ReadRow, Reason
from beraad_membership.domain.people import normalized
from beraad_membership.domain.profiles import ProfileTerm, Terms

COLUMNS = ("name", "email", "language", "time_zone", "profiles", "external_id")
NEEDED = ("name", "email")
MAX_IMPORT = 10 * 1024 * 1024
MAX_ROWS = 50_000
PROFILE = re.compile(r"([^:]{1,100})(?::(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?)?")
MISREAD = InvalidRequest.__name__


class UnreadableImport(InvalidRequest):
    """The file is not UTF-8 CSV with at least the columns name and email."""


class ImportColumns:
    """The columns of a file, each read as the field of its name in the API is. What repeats is read once."""

    def __init__(self, schema: Schema) -> None:
        """`schema` has a field for every column but `profiles`."""
        fields = {name: field.deserialize for name, field in schema.fields.items()}
        repeated = {name: cache(fields[name]) for name in ("language", "time_zone")}
        self._readers: dict[str, Any] = {**fields, **repeated, "profiles": cache(read_profiles)}

    def read(self, line: int, row: dict[str, Any]) -> ReadRow:
        """Whom the row tells of, or all that is wrong with it."""
        if None in row or None in row.values():
            detail = "the line does not have as many values as the header"
            return ReadRow(line, reasons=(Reason("", MISREAD, detail),))
        said: dict[str, Any] = {}
        reasons: list[Reason] = []
        for name, value in row.items():
            if (text := value.strip()) or name in NEEDED:
                try:
                    said[name] = self._value(name, text)
                except ValidationError as error:
                    reasons.append(Reason(name, MISREAD, " ".join(map(str, error.messages))))
                except InvalidRequest as error:
                    reasons.append(Reason(name, error.code, error.detail))
        return ReadRow(line, reasons=tuple(reasons)) if reasons else ReadRow(line, _person(said))

    def _value(self, name: str, text: str) -> Any:
        if not text:
            raise ValidationError("Missing data for required field.")
        return self._readers[name](text)


def read_rows(schema: Schema) -> list[ReadRow]:
    """The rows of the request's body in their order, the bad ones with what is wrong. Raises `UnreadableImport`."""
    reader = csv.DictReader(io.StringIO(_text()), strict=True)
    try:
        return list(_read(reader, ImportColumns(schema)))
    except csv.Error as error:
        raise UnreadableImport(f"line {reader.reader.line_num}: {error}") from error


def _read(reader: csv.DictReader[str], columns: ImportColumns) -> Iterator[ReadRow]:
    _refuse_columns(reader.fieldnames or ())
    for number, row in enumerate(reader):
        if number >= MAX_ROWS:
            raise UnreadableImport(f"at most {MAX_ROWS} rows in one import")
        yield columns.read(reader.line_num, row)


def _text() -> str:
    try:
        text = request.get_data().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableImport(f"byte {error.start} is not UTF-8") from error
    if "\0" in text:
        raise UnreadableImport("the file holds a NUL character")
    return text


def _refuse_columns(names: Sequence[str]) -> None:
    columns = set(names)
    if not columns.issuperset(NEEDED) or not columns.issubset(COLUMNS) or len(columns) < len(names):
        raise UnreadableImport(f"the first line names the columns: {', '.join(COLUMNS)}")


def _person(said: dict[str, Any]) -> ImportedPerson:
    terms = {"profile_terms": said.pop("profiles")} if "profiles" in said else {}
    return ImportedPerson(**{**said, **terms, "email": normalized(said["email"])})


def read_profiles(text: str) -> Terms:
    """`user;client:2017-01-01..2018-01-01`: profiles, with the day each starts and the first without it; either may be left out.

    Raises `InvalidRequest` where it is something else, `ProfileEndsBeforeItStarts`.
    """
    return tuple(_term(part.strip()) for part in text.split(";") if part.strip())


def _term(text: str) -> ProfileTerm:
    found = PROFILE.fullmatch(text)
    try:
        if found:
            profile, *days = found.groups()
            return ProfileTerm(profile.strip(), *(date.fromisoformat(day) if day else None for day in days))
    except ValueError as error:
        raise InvalidRequest(f"{text}: {error}") from error
    raise InvalidRequest(f"{text} is no profile, such as user or client:2017-01-01..2018-01-01")
