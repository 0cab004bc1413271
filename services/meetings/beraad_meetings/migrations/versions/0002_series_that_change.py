"""series that change, end and are cancelled as a whole, and the days they avoid"""

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Document, Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "avoid",
                Document,
                nullable=True,
                comment="On which days it does not meet, and what happens instead",
            )
        )
        batch_op.add_column(
            sa.Column(
                "avoided",
                Document,
                nullable=False,
                server_default="[]",
                comment="What that moved or cancelled: [{meeting_id, on, name, from, to}]",
            )
        )
        batch_op.add_column(
            sa.Column(
                "follows_series_id",
                sa.Uuid(),
                nullable=True,
                comment="The series that ends where this one goes on, changed",
            )
        )
        batch_op.add_column(sa.Column("cancelled_at", Instant(), nullable=True))
        batch_op.create_index("ix_series_follows_series_id", ["follows_series_id"], unique=False)

    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "guest_series_id",
                sa.Uuid(),
                nullable=True,
                comment="UID its guests know it by, once a change of the series gave it another",
            )
        )
        batch_op.add_column(
            sa.Column(
                "guest_occurs_at",
                Instant(),
                nullable=True,
                comment="RECURRENCE-ID its guests know it by then",
            )
        )


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.drop_column("guest_occurs_at")
        batch_op.drop_column("guest_series_id")

    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.drop_index("ix_series_follows_series_id")
        batch_op.drop_column("cancelled_at")
        batch_op.drop_column("follows_series_id")
        batch_op.drop_column("avoided")
        batch_op.drop_column("avoid")
