"""Quiet hours, when digests come, and choices by group."""

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Document

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "group_preferences",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", sa.String(length=50), nullable=False, comment="all: every kind of mail of the group"
        ),
        sa.Column("frequency", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "group_id", "kind", name=op.f("pk_group_preferences")),
        comment="How often a person wants mail of a group; weighed in domain/frequencies.py",
    )
    with op.batch_alter_table("recipients", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "quiet_hours",
                Document,
                nullable=True,
                comment="From when to when, on which days; null where there are none",
            )
        )
        batch_op.add_column(sa.Column("digest_hour", sa.SmallInteger(), server_default="7", nullable=False))
        batch_op.add_column(
            sa.Column(
                "digest_weekday", sa.SmallInteger(), server_default="1", nullable=False, comment="1 is Monday"
            )
        )


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("recipients", schema=None) as batch_op:
        batch_op.drop_column("digest_weekday")
        batch_op.drop_column("digest_hour")
        batch_op.drop_column("quiet_hours")
    op.drop_table("group_preferences")
