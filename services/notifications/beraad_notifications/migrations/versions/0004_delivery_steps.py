"""The steps of deliveries, for whoever asks why a mail did or did not come."""

import sqlalchemy as sa
from alembic import op

from beraad.storage.tables import RowId
from beraad.storage.types import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "delivery_steps",
        sa.Column("row_id", RowId, autoincrement=True, nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("what", sa.String(length=30), nullable=False),
        sa.Column("told", sa.Text(), nullable=False, comment="The mail server's words, or the reason"),
        sa.Column(
            "next_at",
            Instant(),
            nullable=True,
            comment="When it is looked at again; of a digest, in domain time",
        ),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_delivery_steps")),
        comment="What a delivery's row forgets of its way; only ever added",
    )
    with op.batch_alter_table("delivery_steps", schema=None) as batch_op:
        batch_op.create_index("ix_delivery_steps_delivery_id", ["delivery_id"], unique=False)
        batch_op.create_index("ix_delivery_steps_person_id", ["person_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("delivery_steps")
