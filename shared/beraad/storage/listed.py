"""A list of texts or ids inside a statement, as one parameter, however long it is.

As a parameter each, PostgreSQL's plan for any list compares every row with every one of them: an import of 20,000 people
took minutes a piece. As rows they are looked up by the index, or hashed. And of parameters no statement has more than 65,535 there,
32,766 in SQLite.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, Uuid, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session


def listed(session: Session, texts: Iterable[str]) -> ColumnElement[str]:
    """Each of the texts, as a column to select from or to compare with."""
    document = literal(json.dumps(list(texts)), Text)
    if session.get_bind().dialect.name == "postgresql":
        return func.jsonb_array_elements_text(cast(document, JSONB)).column_valued("listed")
    return func.json_each(document).table_valued("value").c.value


def all_listed(session: Session, texts: Iterable[str]) -> Select[str]:
    """The same to look in: `column.in_(all_listed(…))`."""
    return select(listed(session, texts))


def ids_listed(session: Session, ids: Iterable[UUID]) -> Select[UUID]:
    """The ids to look in, as the database keeps them."""
    texts = listed(session, (one.hex for one in ids))
    if session.get_bind().dialect.name == "postgresql":
        return select(cast(texts, Uuid))
    return select(texts)
