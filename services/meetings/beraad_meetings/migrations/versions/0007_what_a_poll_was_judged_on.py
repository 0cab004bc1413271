"""Whom a poll asked, and when they were elsewhere, as it was when it was booked."""

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Document

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TAKEN = "The slots during which they were in another meeting"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "poll_participants",
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("seated", sa.Boolean(), nullable=False),
        sa.Column("coordinator", sa.Boolean(), nullable=False),
        sa.Column("profiles", Document, nullable=False),
        sa.Column("taken", Document, nullable=False, comment=TAKEN),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_poll_participants_poll_id_polls")),
        sa.PrimaryKeyConstraint("poll_id", "person_id", name=op.f("pk_poll_participants")),
        comment="Whom a poll asked, as it was when it was booked: its result stays what it was",
    )
    op.create_index("ix_poll_participants_person_id", "poll_participants", ["person_id"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("poll_participants")
