"""reminders"""

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
DUE = sa.text("remind_at IS NOT NULL")


def upgrade() -> None:
    """Apply. What runs already is reminded of once its deadline moves."""
    for run in ("rounds", "votes"):
        with op.batch_alter_table(run, schema=None) as batch_op:
            batch_op.add_column(
                sa.Column(
                    "remind_at",
                    Instant(),
                    nullable=True,
                    comment="When those who have not answered are reminded; null when nobody is to be",
                )
            )
            batch_op.create_index(
                f"ix_{run}_remind_at", ["remind_at"], postgresql_where=DUE, sqlite_where=DUE
            )


def downgrade() -> None:
    """Undo."""
    for run in ("rounds", "votes"):
        with op.batch_alter_table(run, schema=None) as batch_op:
            batch_op.drop_index(f"ix_{run}_remind_at", postgresql_where=DUE, sqlite_where=DUE)
            batch_op.drop_column("remind_at")
