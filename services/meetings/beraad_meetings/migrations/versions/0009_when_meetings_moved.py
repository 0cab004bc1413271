"""When a meeting's time last changed."""

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COMMENT = "When its time last changed: answers given before are about another time"


def upgrade() -> None:
    """Apply."""
    op.add_column("meetings", sa.Column("moved_at", Instant(), nullable=True, comment=COMMENT))


def downgrade() -> None:
    """Undo."""
    op.drop_column("meetings", "moved_at")
