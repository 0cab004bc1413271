"""double booking, registration, date polls"""

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Instant

revision = "0003"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "diaries",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "held",
            sa.Integer(),
            nullable=False,
            comment="How often: each time the row is locked by being written",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_diaries")),
        comment="Held by whoever looks when these people are free and books them",
    )
    op.create_table(
        "overridden_conflicts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column(
            "people",
            sa.Integer(),
            nullable=False,
            comment="How many are in another meeting at that time",
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("overridden_by", sa.Uuid(), nullable=True),
        sa.Column("overridden_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_overridden_conflicts_meeting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overridden_conflicts")),
        comment="Double bookings that somebody wanted, and why",
    )
    with op.batch_alter_table("overridden_conflicts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_overridden_conflicts_meeting_id", ["meeting_id", "overridden_at"], unique=False
        )
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.create_index("ix_meetings_starts_at", ["starts_at"], unique=False)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.drop_index("ix_meetings_starts_at")
    op.drop_table("overridden_conflicts")
    op.drop_table("diaries")
