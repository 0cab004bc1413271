"""Tombstones: a person without an address, and when they asked for it."""

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erasure_asked_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("erased_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("erasure_finished_at", Instant(), nullable=True))
        batch_op.alter_column(
            "email",
            existing_type=sa.String(length=254),
            nullable=True,
            comment="Null once the person is erased",
        )
        batch_op.create_index(
            "ix_people_erased_at",
            ["erased_at"],
            unique=False,
            postgresql_where=sa.text("erased_at IS NOT NULL AND erasure_finished_at IS NULL"),
            sqlite_where=sa.text("erased_at IS NOT NULL AND erasure_finished_at IS NULL"),
        )


def downgrade() -> None:
    """Undo. Who was erased gets the pseudonym for an address, which leads nowhere."""
    op.execute("UPDATE people SET email = name WHERE email IS NULL")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_people_erased_at",
            postgresql_where=sa.text("erased_at IS NOT NULL AND erasure_finished_at IS NULL"),
            sqlite_where=sa.text("erased_at IS NOT NULL AND erasure_finished_at IS NULL"),
        )
        batch_op.alter_column(
            "email",
            existing_type=sa.String(length=254),
            nullable=False,
            comment=None,
            existing_comment="Null once the person is erased",
        )
        batch_op.drop_column("erasure_finished_at")
        batch_op.drop_column("erased_at")
        batch_op.drop_column("erasure_asked_at")
