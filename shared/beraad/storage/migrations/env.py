"""Alembic's environment, shared by the kernel and every service; `beraad.storage.migrate` configures it."""

from typing import Any

from alembic import context
from sqlalchemy import JSON, Enum, TypeDecorator
from sqlalchemy.sql.elements import False_, True_

from beraad.storage.tables import RowId
from beraad.storage.types import Document, Instant

config = context.config
metadata = config.attributes["metadata"]


def include(_object: Any, name: str | None, type_: str, _reflected: bool, _compare_to: Any) -> bool:
    """Each history looks at its own tables only."""
    return type_ != "table" or name in metadata.tables


def render(kind: str, item: Any, autogen: Any) -> Any:
    """Our column types by their own name, truth values for every engine; False leaves the others to Alembic."""
    if kind == "server_default" and isinstance(getattr(item, "arg", None), True_ | False_):
        return "sa.true()" if isinstance(item.arg, True_) else "sa.false()"
    if kind != "type":
        return False
    if item is RowId:
        autogen.imports.add("from beraad.storage.tables import RowId")
        return "RowId"
    if item is Document:
        autogen.imports.add("from beraad.storage.types import Document")
        return "Document"
    if isinstance(item, Instant):
        autogen.imports.add("from beraad.storage.types import Instant")
        return "Instant()"
    return _stored_as(item, autogen)


def _stored_as(item: Any, autogen: Any) -> Any:
    """A service's own types by what they are stored as: the code may change them, a revision may not."""
    if isinstance(item, Enum) and not item.native_enum:
        return f"sa.String(length={item.length})"
    if isinstance(item, TypeDecorator) and isinstance(item.impl_instance, JSON):
        autogen.imports.add("from beraad.storage.types import Document")
        return "Document"
    return False


context.configure(
    connection=config.attributes["connection"],
    target_metadata=metadata,
    version_table=config.attributes["version_table"],
    include_object=include,
    render_item=render,
    render_as_batch=config.attributes["connection"].dialect.name == "sqlite",
    compare_server_default=False,
)
context.run_migrations()
