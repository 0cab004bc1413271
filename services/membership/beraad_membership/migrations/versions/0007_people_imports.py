"""people imports"""

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Document, Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "people_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("registered", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_people_imports_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_imports")),
    )
    op.create_table(
        "people_import_rows",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("external_id", sa.String(length=100), nullable=True),
        sa.Column(
            "person", Document, nullable=True, comment="What the row says; forgotten when the import ends"
        ),
        sa.Column("reasons", Document, nullable=True),
        sa.Column("result", sa.String(length=20), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["people_imports.id"], name=op.f("fk_people_import_rows_import_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_people_import_rows_person_id")),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_people_import_rows")),
    )
    with op.batch_alter_table("people_import_rows", schema=None) as batch_op:
        batch_op.create_index("ix_people_import_rows_email", ["import_id", "email", "result"], unique=False)
        batch_op.create_index(
            "ix_people_import_rows_external_id", ["import_id", "external_id", "result"], unique=False
        )
        batch_op.create_index("ix_people_import_rows_result", ["import_id", "result", "line"], unique=False)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("people_import_rows", schema=None) as batch_op:
        batch_op.drop_index("ix_people_import_rows_result")
        batch_op.drop_index("ix_people_import_rows_external_id")
        batch_op.drop_index("ix_people_import_rows_email")

    op.drop_table("people_import_rows")
    op.drop_table("people_imports")
