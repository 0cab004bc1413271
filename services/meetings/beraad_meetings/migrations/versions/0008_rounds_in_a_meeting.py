"""In which meeting a consent round is answered together."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("known_rounds") as batch:
        comment = "Where it is answered together, in a meeting"
        batch.add_column(sa.Column("meeting_id", sa.Uuid(), nullable=True, comment=comment))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("known_rounds") as batch:
        batch.drop_column("meeting_id")
