"""Reading people from a CSV body: every bad line is reported, none stops the others."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from flask import request
from marshmallow import Schema, ValidationError

from beraad.domain import InvalidRequest
from beraad_membership.use_cases.register_person import RegisterPerson

COLUMNS = {"name", "email", "language", "time_zone", "profiles"}
MAX_IMPORT = 5 * 1024 * 1024
MAX_ROWS = 5_000


class UnreadableImport(InvalidRequest):
    """The file is not UTF-8 CSV with at least the columns name and email."""


def read_rows(schema: Schema) -> tuple[tuple[tuple[int, RegisterPerson], ...], dict[int, str]]:
    """(line, command) of the good lines; line → reason of the bad ones. Raises `UnreadableImport`."""
    reader = csv.DictReader(io.StringIO(_text()), strict=True)
    good: list[tuple[int, RegisterPerson]] = []
    bad: dict[int, str] = {}
    try:
        _refuse_columns(reader.fieldnames or ())
        for row in reader:
            if len(good) + len(bad) >= MAX_ROWS:
                raise UnreadableImport(f"at most {MAX_ROWS} rows in one import")
            try:
                good.append((reader.line_num, _command(schema, row)))
            except ValidationError as error:
                bad[reader.line_num] = _reason(error)
    except csv.Error as error:
        raise UnreadableImport(f"line {reader.reader.line_num}: {error}") from error
    return tuple(good), bad


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
    if not {"name", "email"} <= columns or not columns <= COLUMNS or len(columns) < len(names):
        raise UnreadableImport(f"the first line names the columns: {', '.join(sorted(COLUMNS))}")


def _command(schema: Schema, row: dict[str, str | None]) -> RegisterPerson:
    if None in row or any(value is None for value in row.values()):
        raise ValidationError("the line does not have as many values as the header")
    filled: dict[str, object] = {
        name: value.strip() for name, value in row.items() if value and value.strip()
    }
    if "profiles" in filled:
        filled["profiles"] = [part.strip() for part in str(filled["profiles"]).split(";") if part.strip()]
    loaded = schema.load(filled)
    loaded["email"] = loaded["email"].lower()
    return RegisterPerson(**{**loaded, "profiles": tuple(loaded.get("profiles", ()))})


def _reason(error: ValidationError) -> str:
    messages = error.normalized_messages()  # type: ignore[no-untyped-call]
    return "; ".join(f"{name}: {' '.join(map(str, texts))}" for name, texts in sorted(messages.items()))
