"""Column types for what the domain holds as values."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Dialect
from sqlalchemy.types import TypeDecorator

from beraad.storage.types import Document
from beraad_deliberation.domain.edits import Edit
from beraad_deliberation.domain.merging import Clash
from beraad_deliberation.domain.profiles import DecisionProfile


class _AsDocument(TypeDecorator[Any]):
    """A value stored as JSON (JSONB on PostgreSQL)."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """JSONB on PostgreSQL."""
        return dialect.type_descriptor(Document.dialect_impl(dialect))


class ProfileColumn(_AsDocument):
    """A decision profile."""

    cache_ok = True

    def process_bind_param(self, value: DecisionProfile | None, _dialect: Dialect) -> Any:
        """To a document."""
        return value.to_document() if value is not None else None

    def process_result_value(self, value: Any, _dialect: Dialect) -> DecisionProfile | None:
        """From a document."""
        return DecisionProfile.from_document(value) if value is not None else None


class IdsColumn(_AsDocument):
    """A short list of ids."""

    cache_ok = True

    def process_bind_param(self, value: list[UUID] | None, _dialect: Dialect) -> Any:
        """To strings."""
        return [str(one) for one in value] if value is not None else None

    def process_result_value(self, value: Any, _dialect: Dialect) -> list[UUID] | None:
        """From strings."""
        return [UUID(one) for one in value] if value is not None else None


class EditsColumn(_AsDocument):
    """Edits of a text, as `[start, end, text]`."""

    cache_ok = True

    def process_bind_param(self, value: tuple[Edit, ...] | None, _dialect: Dialect) -> Any:
        """To lists."""
        return [[one.start, one.end, one.text] for one in value] if value is not None else None

    def process_result_value(self, value: Any, _dialect: Dialect) -> tuple[Edit, ...] | None:
        """From lists."""
        return tuple(Edit(*one) for one in value) if value is not None else None


class ClashesColumn(_AsDocument):
    """Where two changes meet."""

    cache_ok = True

    def process_bind_param(self, value: tuple[Clash, ...] | None, _dialect: Dialect) -> Any:
        """To documents."""
        return [vars(one) for one in value] if value is not None else None

    def process_result_value(self, value: Any, _dialect: Dialect) -> tuple[Clash, ...] | None:
        """From documents."""
        return tuple(Clash(**one) for one in value) if value is not None else None
