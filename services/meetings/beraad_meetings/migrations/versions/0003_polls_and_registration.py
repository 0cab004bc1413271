"""double booking, registration, date polls"""

import sqlalchemy as sa
from alembic import op

from beraad.storage.tables import RowId
from beraad.storage.types import Instant

revision = "0003"
down_revision = "0002"
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
    op.create_table(
        "polls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("place", sa.String(length=500), nullable=False),
        sa.Column("online_link", sa.String(length=500), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("closes_at", Instant(), nullable=False),
        sa.Column(
            "remind_at",
            Instant(),
            nullable=True,
            comment="When the reminder falls due; null when there is none to come",
        ),
        sa.Column("quorum_percent", sa.Integer(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column(
            "booked_despite", sa.Text(), nullable=True, comment="Why a slot was booked that was excluded"
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_polls_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls")),
    )
    with op.batch_alter_table("polls", schema=None) as batch_op:
        batch_op.create_index("ix_polls_group_id", ["group_id", "state"], unique=False)
        batch_op.create_index(
            "ix_polls_remind_at",
            ["remind_at"],
            unique=False,
            postgresql_where=sa.text("remind_at IS NOT NULL"),
            sqlite_where=sa.text("remind_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_polls_closes_at",
            ["closes_at"],
            unique=False,
            postgresql_where=sa.text("state = 'open'"),
            sqlite_where=sa.text("state = 'open'"),
        )
    op.create_table(
        "poll_slots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("local_time_warning", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_poll_slots_poll_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_slots")),
        sa.UniqueConstraint("poll_id", "starts_at", name=op.f("uq_poll_slots_poll_id_starts_at")),
    )
    with op.batch_alter_table("poll_slots", schema=None) as batch_op:
        batch_op.create_index("ix_poll_slots_starts_at", ["starts_at"], unique=False)
    op.create_table(
        "poll_answers",
        sa.Column("slot_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column(
            "source",
            sa.String(length=20),
            nullable=False,
            comment="poll: given there; else known from elsewhere when it closed",
        ),
        sa.Column("answered_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_poll_answers_poll_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["poll_slots.id"], name=op.f("fk_poll_answers_slot_id")),
        sa.PrimaryKeyConstraint("slot_id", "person_id", name=op.f("pk_poll_answers")),
    )
    with op.batch_alter_table("poll_answers", schema=None) as batch_op:
        batch_op.create_index("ix_poll_answers_poll_id", ["poll_id", "person_id"], unique=False)
        batch_op.create_index("ix_poll_answers_person_id", ["person_id"], unique=False)
    op.create_table(
        "availability",
        sa.Column("row_id", RowId, autoincrement=True, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_availability")),
        comment="When people can come, said once for the polls of all their groups",
    )
    with op.batch_alter_table("availability", schema=None) as batch_op:
        batch_op.create_index("ix_availability_person_id", ["person_id", "starts_at"], unique=False)
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.create_index("ix_meetings_starts_at", ["starts_at"], unique=False)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.drop_index("ix_meetings_starts_at")
    op.drop_table("availability")
    op.drop_table("poll_answers")
    op.drop_table("poll_slots")
    op.drop_table("polls")
    op.drop_table("registrations")
    op.drop_table("registration_lists")
    op.drop_table("overridden_conflicts")
    op.drop_table("diaries")
