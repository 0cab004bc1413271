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
    op.create_table(
        "registration_lists",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column(
            "last_number",
            sa.Integer(),
            nullable=False,
            comment="The last one given to somebody who came",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_registration_lists_meeting_id")
        ),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_registration_lists")),
        comment="Meetings that are open to all; written under the meeting's lock",
    )
    op.create_table(
        "registrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="The order of arrival"),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("invited", sa.Boolean(), nullable=False, comment="Registering made them a guest"),
        sa.Column("registered_at", Instant(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["registration_lists.meeting_id"], name=op.f("fk_registrations_meeting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("meeting_id", "number", name=op.f("uq_registrations_meeting_id_number")),
        sa.UniqueConstraint("meeting_id", "person_id", name=op.f("uq_registrations_meeting_id_person_id")),
    )
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.create_index("ix_registrations_person_id", ["person_id"], unique=False)
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.create_index("ix_meetings_starts_at", ["starts_at"], unique=False)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.drop_index("ix_meetings_starts_at")
    op.drop_table("registrations")
    op.drop_table("registration_lists")
    op.drop_table("overridden_conflicts")
    op.drop_table("diaries")
