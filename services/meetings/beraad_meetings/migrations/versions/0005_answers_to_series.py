"""Whether an answer was given with its whole series."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COMMENT = (
    "Given for all of the series: a later answer to the series replaces it, one to the meeting alone stays"
)


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("answers") as batch:
        batch.add_column(
            sa.Column("with_series", sa.Boolean(), server_default=sa.false(), nullable=False, comment=COMMENT)
        )


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("answers") as batch:
        batch.drop_column("with_series")
