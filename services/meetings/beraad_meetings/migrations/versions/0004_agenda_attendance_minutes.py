"""attendance, agenda, minutes, files"""

import sqlalchemy as sa
from alembic import op

from beraad.storage.tables import RowId
from beraad.storage.types import Document, Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


STOOD_AT = """
UPDATE attendance SET at = COALESCE(
    (SELECT meetings.closed_at FROM meetings
     WHERE meetings.id = attendance.meeting_id AND meetings.closed_at < attendance.recorded_at),
    recorded_at)
"""
"""What was written down when the meeting was over tells of its end."""
COORDINATED = """
UPDATE attendance SET coordinates = (1 = 1) WHERE EXISTS (
    SELECT 1 FROM known_roles JOIN meetings ON meetings.group_id = known_roles.group_id
    WHERE meetings.id = attendance.meeting_id AND known_roles.person_id = attendance.person_id
    AND known_roles.role IN ('facilitator', 'secretary', 'board_link'))
"""
"""Whoever coordinates now is taken to have done so then: who did is not known."""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "known_approvals",
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("approval_id", name=op.f("pk_known_approvals")),
        comment="Projection of what deliberation asks approving bodies",
    )
    with op.batch_alter_table("known_approvals", schema=None) as batch_op:
        batch_op.create_index("ix_known_approvals_body_id", ["body_id"], unique=False)

    op.create_table(
        "known_decisions",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column(
            "review_due",
            sa.Boolean(),
            nullable=False,
            comment="Until its proposal leaves the review again",
        ),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_known_decisions")),
        comment="Projection of deliberation's decisions",
    )
    with op.batch_alter_table("known_decisions", schema=None) as batch_op:
        batch_op.create_index("ix_known_decisions_group_id", ["group_id"], unique=False)

    op.create_table(
        "known_rounds",
        sa.Column("round_id", sa.Uuid(), nullable=False, comment="Of a consent round or a vote"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False, comment="round or vote"),
        sa.Column("number", sa.Integer(), nullable=False, comment="Of a round; a vote has 0"),
        sa.Column("state", sa.String(length=10), nullable=False, comment="open or closed"),
        sa.Column("closes_at", Instant(), nullable=False),
        sa.Column("electors", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=30), nullable=False),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_known_rounds")),
        comment="Projection of deliberation's consent rounds and votes",
    )
    with op.batch_alter_table("known_rounds", schema=None) as batch_op:
        batch_op.create_index("ix_known_rounds_proposal_id", ["proposal_id"], unique=False)

    op.create_table(
        "known_tasks",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False, comment="assigned, due or done"),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_known_tasks")),
        comment="Projection of deliberation's tasks that came of minutes",
    )
    op.create_table(
        "seat_terms",
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("from_at", Instant(), nullable=False),
        sa.Column("vacated_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("seat_id", "person_id", "from_at", name=op.f("pk_seat_terms")),
        comment="Who held a seat when, as membership told: the base of a quorum at an instant",
    )
    with op.batch_alter_table("seat_terms", schema=None) as batch_op:
        batch_op.create_index("ix_seat_terms_group_id", ["group_id"], unique=False)

    op.execute(
        "INSERT INTO seat_terms (seat_id, person_id, group_id, from_at)"
        " SELECT seat_id, person_id, group_id, '1970-01-01 00:00:00' FROM known_seats WHERE NOT vacated"
    )
    op.create_table(
        "files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("agenda_item_id", sa.Uuid(), nullable=True, comment="Null: it is with the minutes"),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False, comment="Bytes"),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agenda_item_id"], ["agenda_items.id"], name=op.f("fk_files_agenda_item_id")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_files_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
    )
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.create_index("ix_files_agenda_item_id", ["agenda_item_id"], unique=False)
        batch_op.create_index("ix_files_meeting_id", ["meeting_id", "agenda_item_id"], unique=False)

    op.create_table(
        "file_chunks",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="From 0"),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="At most 256 KiB"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_file_chunks_file_id")),
        sa.PrimaryKeyConstraint("file_id", "number", name=op.f("pk_file_chunks")),
    )
    with op.batch_alter_table("agenda_items", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("decision_id", sa.Uuid(), nullable=True, comment="The decision it looks at again")
        )
        batch_op.add_column(
            sa.Column(
                "parent_id", sa.Uuid(), nullable=True, comment="The item of the same agenda it is within"
            )
        )
        batch_op.add_column(sa.Column("started_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("closed_at", Instant(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "inquorate",
                sa.Boolean(),
                nullable=True,
                comment="Once closed: there was no quorum at that moment",
            )
        )
        batch_op.create_index("ix_agenda_items_decision_id", ["decision_id"], unique=False)

    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("at", Instant(), nullable=True, comment="From when on this is their state")
        )
        batch_op.add_column(
            sa.Column(
                "coordinates",
                sa.Boolean(),
                server_default=sa.false(),
                nullable=False,
                comment="Was facilitator, secretary or board link",
            )
        )
        batch_op.add_column(
            sa.Column("replaces_id", RowId, nullable=True, comment="The line this one corrects")
        )
        batch_op.add_column(sa.Column("remark", sa.String(length=500), server_default="", nullable=False))
        batch_op.create_unique_constraint(batch_op.f("uq_attendance_replaces_id"), ["replaces_id"])

    op.execute(STOOD_AT)
    op.execute(COORDINATED)
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.alter_column("at", existing_type=Instant(), nullable=False)

    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "quorum",
                Document,
                server_default='{"share": "1/2", "coordinator_required": true}',
                nullable=False,
                comment="The rule: share and coordinator_required",
            )
        )
        batch_op.add_column(
            sa.Column(
                "report",
                sa.Text(),
                server_default="",
                nullable=False,
                comment="What was done, in short, where it closed without minutes",
            )
        )

    with op.batch_alter_table("minutes", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "agreed_ids",
                Document,
                server_default="[]",
                nullable=False,
                comment="Action items that were told to deliberation",
            )
        )

    with op.batch_alter_table("minutes_versions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "action_items",
                Document,
                server_default="[]",
                nullable=False,
                comment="id, title, owner_id, due_on, decision_id",
            )
        )


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("minutes_versions", schema=None) as batch_op:
        batch_op.drop_column("action_items")

    with op.batch_alter_table("minutes", schema=None) as batch_op:
        batch_op.drop_column("agreed_ids")

    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.drop_column("report")
        batch_op.drop_column("quorum")

    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_attendance_replaces_id"), type_="unique")
        batch_op.drop_column("remark")
        batch_op.drop_column("replaces_id")
        batch_op.drop_column("coordinates")
        batch_op.drop_column("at")

    with op.batch_alter_table("agenda_items", schema=None) as batch_op:
        batch_op.drop_index("ix_agenda_items_decision_id")
        batch_op.drop_column("inquorate")
        batch_op.drop_column("closed_at")
        batch_op.drop_column("started_at")
        batch_op.drop_column("parent_id")
        batch_op.drop_column("decision_id")

    op.drop_table("file_chunks")
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.drop_index("ix_files_meeting_id")
        batch_op.drop_index("ix_files_agenda_item_id")

    op.drop_table("files")
    with op.batch_alter_table("seat_terms", schema=None) as batch_op:
        batch_op.drop_index("ix_seat_terms_group_id")

    op.drop_table("seat_terms")
    op.drop_table("known_tasks")
    with op.batch_alter_table("known_rounds", schema=None) as batch_op:
        batch_op.drop_index("ix_known_rounds_proposal_id")

    op.drop_table("known_rounds")
    with op.batch_alter_table("known_decisions", schema=None) as batch_op:
        batch_op.drop_index("ix_known_decisions_group_id")

    op.drop_table("known_decisions")
    with op.batch_alter_table("known_approvals", schema=None) as batch_op:
        batch_op.drop_index("ix_known_approvals_body_id")

    op.drop_table("known_approvals")
