"""Ids made by the database, one per row of an INSERT … SELECT: UUIDv7 like `beraad.identifiers.new_id`."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Uuid, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class fresh_id(FunctionElement[Any]):  # noqa: N801 - reads as a SQL function
    """`fresh_id(milliseconds in 12 hex digits)`."""

    type = Uuid()
    inherit_cache = True


def fresh_ids() -> fresh_id:
    """The expression, for rows made now."""
    return fresh_id(literal(f"{time.time_ns() // 1_000_000:012x}"))


@compiles(fresh_id, "postgresql")
def _postgresql(element: Any, compiler: Any, **options: Any) -> str:
    prefix = compiler.process(element.clauses, **options)
    return f"CAST({prefix}::text || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14) AS uuid)"


@compiles(fresh_id, "sqlite")
def _sqlite(element: Any, compiler: Any, **options: Any) -> str:
    prefix = compiler.process(element.clauses, **options)
    variant = "substr('89ab', 1 + (random() & 3), 1)"
    random = "lower(substr(hex(randomblob(2)), 1, 3)) || {} || lower(substr(hex(randomblob(8)), 1, 15))"
    return f"({prefix} || '7' || {random.format(variant)})"
