"""person exports"""

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Document, Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "person_exports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_person_exports_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_exports")),
        sa.UniqueConstraint("person_id", name=op.f("uq_person_exports_person_id")),
        comment="Of whom everything that is held was asked for",
    )
    with op.batch_alter_table("person_exports", schema=None) as batch_op:
        batch_op.create_index("ix_person_exports_expires_at", ["expires_at"], unique=False)

    op.create_table(
        "person_export_parts",
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("content", Document, nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"], ["person_exports.id"], name=op.f("fk_person_export_parts_export_id")
        ),
        sa.PrimaryKeyConstraint("export_id", "service", "part", name=op.f("pk_person_export_parts")),
        comment="What each service answered: table, and rows as it keeps them",
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("person_export_parts")
    with op.batch_alter_table("person_exports", schema=None) as batch_op:
        batch_op.drop_index("ix_person_exports_expires_at")

    op.drop_table("person_exports")
