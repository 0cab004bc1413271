"""which quotas a group does not meet"""

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Document

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. What was known before tells of none; the next event of a group does."""
    with op.batch_alter_table("known_compositions") as known:
        known.add_column(sa.Column("unmet_quotas", Document, server_default="[]", nullable=False))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("known_compositions") as known:
        known.drop_column("unmet_quotas")
