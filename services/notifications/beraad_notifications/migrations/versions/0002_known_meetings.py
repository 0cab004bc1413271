"""The meetings that the links of invitations ask about."""

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "known_meetings",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_known_meetings")),
        comment="Projection of meetings: what the links in invitations ask about",
    )
    op.create_index("ix_known_meetings_series_id", "known_meetings", ["series_id", "starts_at"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("known_meetings")
