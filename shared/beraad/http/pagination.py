"""Keyset pages: a cursor names the last row seen, so a page costs the same at any depth."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, g, request
from marshmallow import fields, validate
from sqlalchemy import ColumnElement, Row, Select, literal, tuple_
from sqlalchemy.orm import Session

from beraad.domain import InvalidRequest
from beraad.http.context import is_storable
from beraad.http.schemas import Query

DEFAULT_PAGE = 50
MAX_PAGE = 100


class PageQuery(Query):
    """`limit` (at most 100) and the `cursor` of a Link header."""

    limit = fields.Integer(load_default=DEFAULT_PAGE, validate=validate.Range(min=1, max=MAX_PAGE))
    cursor = fields.String(load_default=None, validate=validate.Length(max=500))


def page_of(
    session: Session,
    query: Select[Any],
    keys: tuple[ColumnElement[Any], ...],
    limit: int,
    cursor: str | None,
    *,
    marks: tuple[ColumnElement[Any], ...] = (),
) -> list[Row[Any]]:
    """The next rows by `keys` (ascending, selected by the query). Sets `Link: rel="next"` where there are more.

    `marks` are columns of the query that differ whenever anything does that the page shows: then they make its tag,
    and a caller who has the page is told so (304) by a look at them alone. Raises `InvalidRequest` for a cursor that
    is not ours.
    """
    if cursor:
        query = query.where(tuple_(*keys) > tuple_(*_read_cursor(cursor, keys)))
    query = query.order_by(*keys).limit(limit + 1)
    if marks and request.if_none_match:
        _answer_unchanged(_tag_of(session.execute(query.with_only_columns(*marks)).all()))
    rows = list(session.execute(query).all())
    if marks:
        g.weak_etag = _tag_of([[getattr(row, mark.key or "") for mark in marks] for row in rows])
    if len(rows) > limit:
        rows = rows[:limit]
        g.next_cursor = _write_cursor([getattr(rows[-1], key.key or "") for key in keys])
    return rows


def _tag_of(marked: Sequence[Sequence[Any]]) -> str:
    return sha256(repr([tuple(row) for row in marked]).encode()).hexdigest()[:32]


def _answer_unchanged(tag: str) -> None:
    if request.if_none_match.contains_weak(tag):
        unchanged = Response(status=304)
        unchanged.set_etag(tag, weak=True)
        abort(unchanged)


def _write_cursor(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([str(v) for v in values]).encode()).decode().rstrip("=")


def _read_cursor(cursor: str, keys: tuple[ColumnElement[Any], ...]) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [literal(_typed(value, key), key.type) for value, key in zip(values, keys, strict=True)]
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidRequest("this cursor is not one of ours", pointer="cursor") from error


def _typed(value: str, key: ColumnElement[Any]) -> Any:
    kind = key.type.python_type
    typed = kind.fromisoformat(value) if hasattr(kind, "fromisoformat") else kind(value)
    if isinstance(typed, datetime) and typed.tzinfo is None:
        raise ValueError("an instant without a zone")
    if isinstance(typed, int) and abs(typed) >= 2**63:
        raise ValueError("no such number is stored")
    if not is_storable(value):
        raise ValueError("no such text is stored")
    return typed


def link_next() -> str | None:
    """The Link header of the page just read, if there is a next one."""
    cursor = g.get("next_cursor")
    if cursor is None:
        return None
    arguments = {**request.args.to_dict(flat=False), "cursor": cursor}
    return f'<{request.script_root}{request.path}?{urlencode(arguments, doseq=True)}>; rel="next"'
