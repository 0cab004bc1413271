"""selection attempts"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("selections", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "attempts",
                sa.Integer(),
                server_default="0",
                nullable=False,
                comment="How many workers began",
            )
        )


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("selections", schema=None) as batch_op:
        batch_op.drop_column("attempts")
