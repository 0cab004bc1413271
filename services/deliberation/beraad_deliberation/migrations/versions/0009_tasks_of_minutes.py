"""tasks of minutes"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "from_minutes_id", sa.Uuid(), nullable=True, comment="The minutes it was agreed in, if any"
            )
        )
        batch_op.add_column(
            sa.Column(
                "from_meeting_id", sa.Uuid(), nullable=True, comment="The meeting it was agreed in, if any"
            )
        )
        batch_op.alter_column(
            "decision_id",
            existing_type=sa.Uuid(),
            nullable=True,
            comment="The decision it carries out, if any",
        )


def downgrade() -> None:
    """Undo. Tasks without a decision had no place before."""
    op.execute("DELETE FROM tasks WHERE decision_id IS NULL")
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.alter_column("decision_id", existing_type=sa.Uuid(), nullable=False, comment=None)
        batch_op.drop_column("from_meeting_id")
        batch_op.drop_column("from_minutes_id")
