"""live rounds"""

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Document, Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("electors", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "present",
                sa.Boolean(),
                server_default=sa.false(),
                nullable=False,
                comment="In a live round: is there",
            )
        )

    with op.batch_alter_table("known_meetings", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "present_ids",
                Document,
                nullable=True,
                comment="Seat holders counted present, as far as they are few enough to list",
            )
        )

    with op.batch_alter_table("response_history", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="Who wrote down what was spoken")
        )
        batch_op.add_column(sa.Column("contested_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("contest_reason", sa.Text(), nullable=True))

    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("recorded_by", sa.Uuid(), nullable=True, comment="Who wrote down what was spoken")
        )
        batch_op.add_column(sa.Column("contested_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("contest_reason", sa.Text(), nullable=True))

    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("live", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("live_ended_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("meeting_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.drop_column("meeting_id")
        batch_op.drop_column("live_ended_at")
        batch_op.drop_column("live")

    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.drop_column("contest_reason")
        batch_op.drop_column("contested_at")
        batch_op.drop_column("recorded_by")

    with op.batch_alter_table("response_history", schema=None) as batch_op:
        batch_op.drop_column("contest_reason")
        batch_op.drop_column("contested_at")
        batch_op.drop_column("recorded_by")

    with op.batch_alter_table("known_meetings", schema=None) as batch_op:
        batch_op.drop_column("present_ids")

    with op.batch_alter_table("electors", schema=None) as batch_op:
        batch_op.drop_column("present")
