"""Alembic's environment, shared by the kernel and every service; `beraad.storage.migrate` configures it."""

from typing import Any

from alembic import context

config = context.config
metadata = config.attributes["metadata"]


def include(_object: Any, name: str | None, type_: str, _reflected: bool, _compare_to: Any) -> bool:  # noqa: FBT001
    """Each history looks at its own tables only."""
    return type_ != "table" or name in metadata.tables


context.configure(
    connection=config.attributes["connection"],
    target_metadata=metadata,
    version_table=config.attributes["version_table"],
    include_object=include,
    render_as_batch=config.attributes["connection"].dialect.name == "sqlite",
    compare_server_default=False,
)
context.run_migrations()
