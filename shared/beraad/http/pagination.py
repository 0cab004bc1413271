"""Keyset pages: a cursor names the last row seen, so a page costs the same at any depth."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property, reduce
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from flask import g, request
from marshmallow import fields, validate
from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Integer,
    Row,
    Select,
    String,
    bindparam,
    cast,
    func,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from beraad.domain import InvalidRequest
from beraad.http.app import Asking
from beraad.http.blueprint import Unchanged
from beraad.http.context import is_storable
from beraad.http.schemas import Query
from beraad.storage.straight import Straight

DEFAULT_PAGE = 50
MAX_PAGE = 100
MARK, BETWEEN = "mark_of_row", ";"
NOTHING_COUNTED: Mapping[str, Column[Any]] = {}


class PageQuery(Query):
    """`limit` (at most 100) and the `cursor` of a Link header."""

    limit = fields.Integer(load_default=DEFAULT_PAGE, validate=validate.Range(min=1, max=MAX_PAGE))
    cursor = fields.String(load_default=None, validate=validate.Length(max=500))


def page_of(
    session: Session, query: Select[Any], keys: tuple[ColumnElement[Any], ...], limit: int, cursor: str | None
) -> list[Row[Any]]:
    """The next rows by `keys` (ascending, selected by the query). Sets `Link: rel="next"` where there are more.

    Raises `InvalidRequest` for a cursor that is not ours.
    """
    return Pages(query, keys).read(session, {}, limit, cursor)


class Pages:
    """A list whose statements are made once, where that takes longer than to carry them out."""

    def __init__(
        self,
        query: Select[Any],
        keys: tuple[ColumnElement[Any], ...],
        *,
        marks: tuple[ColumnElement[Any], ...] = (),
        counts: Mapping[str, Column[Any]] = NOTHING_COUNTED,
    ) -> None:
        """By `keys`, as `page_of`. `marks` are columns of the query that differ whenever anything does that a page shows.

        They make its tag: a caller who has the page is told so (304), and of the page nothing but its tag is sent. `counts`: columns of
        the query that count rows naming the first key (one of the marks) in that column. Such rows are only ever added, so all of a page together tell.
        """
        self._query, self._keys, self._marks, self._counts = query, keys, marks, counts

    def read(
        self, session: Session, values: Mapping[str, Any], limit: int, cursor: str | None
    ) -> list[Row[Any]]:
        """The next rows, given the query's own parameters."""
        after = _read_cursor(cursor, self._keys) if cursor else {}
        given = {**values, **after, "the_limit": limit + 1}
        if self._marks and request.if_none_match:
            tag = self._following_tag if cursor else self._first_tag
            _answer_unchanged(_tag_of(*tag.seen_by(session, given)))
        rows = list(session.connection().execute(self._following if cursor else self._first, given).all())
        if self._marks:
            counted = [sum(getattr(row, name) for row in rows) for name in self._counts]
            g.weak_etag = _tag_of(BETWEEN.join(getattr(row, MARK) for row in rows), *counted)
        if len(rows) > limit:
            rows = rows[:limit]
            g.next_cursor = _write_cursor([getattr(rows[-1], key.key or "") for key in self._keys])
        return rows

    @cached_property
    def _first(self) -> Select[Any]:
        return self._marked(self._page(self._query))

    @cached_property
    def _following(self) -> Select[Any]:
        return self._marked(self._page(self._after))

    @cached_property
    def _first_tag(self) -> Straight:
        return self._tag(self._page(self._query))

    @cached_property
    def _following_tag(self) -> Straight:
        return self._tag(self._page(self._after))

    @property
    def _after(self) -> Select[Any]:
        last = [bindparam(f"the_last_{number}", type_=key.type) for number, key in enumerate(self._keys)]
        return self._query.where(tuple_(*self._keys) > tuple_(*last))

    def _page(self, query: Select[Any]) -> Select[Any]:
        return query.order_by(*self._keys).limit(bindparam("the_limit", type_=Integer()))

    def _marked(self, page: Select[Any]) -> Select[Any]:
        """Each row with its mark, for which nothing is worked out twice."""
        if not self._marks:
            return page
        rows = page.subquery("page")
        order = [rows.c[key.key or ""] for key in self._keys]
        return select(*rows.c, self._mark(rows).label(MARK)).order_by(*order)

    def _tag(self, page: Select[Any]) -> Straight:
        rows = page.with_only_columns(*self._marks).cte("page")
        key = self._keys[0].key or ""
        counted = [
            select(func.count()).where(of.in_(select(rows.c[key]))).scalar_subquery()
            for of in self._counts.values()
        ]
        marked = select(func.aggregate_strings(self._mark(rows), BETWEEN)).scalar_subquery()
        return Straight(select(marked, *counted))

    def _mark(self, rows: FromClause) -> ColumnElement[str]:
        """One text for each row."""
        told = [func.coalesce(cast(rows.c[mark.key or ""], String), "") for mark in self._marks]
        return reduce(lambda before, mark: before + "," + mark, told)


def _tag_of(marked: str | None, *counted: int) -> str:
    return sha256(f"{marked or ''} {counted}".encode()).hexdigest()[:32]


def _answer_unchanged(tag: str) -> None:
    if request.if_none_match.contains_weak(tag):
        raise Unchanged(tag)


def _write_cursor(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([str(v) for v in values]).encode()).decode().rstrip("=")


def _read_cursor(cursor: str, keys: tuple[ColumnElement[Any], ...]) -> dict[str, Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        typed = [_typed(value, key) for value, key in zip(values, keys, strict=True)]
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidRequest("this cursor is not one of ours", pointer="cursor") from error
    return {f"the_last_{number}": value for number, value in enumerate(typed)}


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


def link_next(asking: Asking) -> str | None:
    """The Link header of the page just read, if there is a next one."""
    cursor = asking.known.get("next_cursor")
    if cursor is None:
        return None
    asked = asking.request
    arguments = {**asked.args.to_dict(flat=False), "cursor": cursor}
    return f'<{asked.script_root}{asked.path}?{urlencode(arguments, doseq=True)}>; rel="next"'
