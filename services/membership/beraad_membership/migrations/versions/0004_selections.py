"""selections"""

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Document, Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UNDER_WAY = "state IN ('committed', 'preparing', 'waiting')"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "selections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("randomness", sa.String(length=500), nullable=False),
        sa.Column("draws_at", Instant(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False, comment="Per mille of the work of preparing it"),
        sa.Column(
            "lease_until", Instant(), nullable=True, comment="Real time: when another worker may take over"
        ),
        sa.Column("commitment", Document, nullable=True, comment="What was published and hashed"),
        sa.Column("commitment_sha256", sa.String(length=64), nullable=True),
        sa.Column("committed_at", Instant(), nullable=True),
        sa.Column("draw", Document, nullable=True),
        sa.Column("drawn_at", Instant(), nullable=True),
        sa.Column("failure", Document, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_selections_group_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["people.id"], name=op.f("fk_selections_requested_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selections")),
        comment="Selections by lot: prepared, committed to, drawn",
    )
    op.create_index("ix_selections_group_id", "selections", ["group_id"])
    op.create_index(
        "uq_selections_under_way",
        "selections",
        ["group_id"],
        unique=True,
        postgresql_where=sa.text(UNDER_WAY),
        sqlite_where=sa.text(UNDER_WAY),
    )
    op.create_table(
        "reserves",
        sa.Column("candidacy_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("selection_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacies.id"], name=op.f("fk_reserves_candidacy_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_reserves_group_id")),
        sa.ForeignKeyConstraint(["selection_id"], ["selections.id"], name=op.f("fk_reserves_selection_id")),
        sa.PrimaryKeyConstraint("candidacy_id", name=op.f("pk_reserves")),
        comment="Who was not drawn, in the order of the draw",
    )
    op.create_index("ix_reserves_group_id", "reserves", ["group_id", "position"])
    op.create_table(
        "vacancies",
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("filled_by", sa.Uuid(), nullable=True),
        sa.Column("filled_at", Instant(), nullable=True),
        sa.Column("skipped", Document, nullable=False),
        sa.Column("blocking", Document, nullable=False),
        sa.ForeignKeyConstraint(["filled_by"], ["seats.id"], name=op.f("fk_vacancies_filled_by")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_vacancies_group_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_vacancies_seat_id")),
        sa.PrimaryKeyConstraint("seat_id", name=op.f("pk_vacancies")),
        comment="Seats that were left, and how the reserve was looked through",
    )
    op.create_index("ix_vacancies_group_id", "vacancies", ["group_id", "opened_at"])


def downgrade() -> None:
    """Undo."""
    for name in ("vacancies", "reserves", "selections"):
        op.drop_table(name)
