"""An action item belongs to the minutes in which its id was first written."""

from uuid import UUID

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Document

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "action_items",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("minutes_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["minutes.id"], name=op.f("fk_action_items_minutes_id_minutes")
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_action_items")),
        comment="In which minutes an id was first written; nowhere else it may be used",
    )
    _remember_written()


def _remember_written() -> None:
    versions = sa.table(
        "minutes_versions",
        sa.column("minutes_id", sa.Uuid()),
        sa.column("written_at"),
        sa.column("action_items", Document),
    )
    items = sa.table("action_items", sa.column("item_id", sa.Uuid()), sa.column("minutes_id", sa.Uuid()))
    query = sa.select(versions.c.minutes_id, versions.c.action_items).order_by(versions.c.written_at)
    first: dict[UUID, UUID] = {}
    for row in op.get_bind().execute(query):
        for item in row.action_items:
            first.setdefault(UUID(item["id"]), row.minutes_id)
    if first:
        rows = [{"item_id": item_id, "minutes_id": minutes_id} for item_id, minutes_id in first.items()]
        op.get_bind().execute(items.insert(), rows)


def downgrade() -> None:
    """Undo."""
    op.drop_table("action_items")
