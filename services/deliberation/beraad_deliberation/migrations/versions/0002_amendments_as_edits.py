"""amendments as edits"""

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Document

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("amendments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("edits", Document, server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("duplicate_of_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("clashes", Document, server_default="[]", nullable=False))
    _anchor()


def _anchor() -> None:
    """What was a passage becomes the edit of it, where it stands in the text of its version."""
    amendments = sa.table(
        "amendments",
        sa.column("id", sa.Uuid),
        sa.column("proposal_id", sa.Uuid),
        sa.column("base_version", sa.Integer),
        sa.column("original", sa.Text),
        sa.column("replacement", sa.Text),
        sa.column("edits", Document),
    )
    versions = sa.table(
        "versions",
        sa.column("proposal_id", sa.Uuid),
        sa.column("number", sa.Integer),
        sa.column("text", sa.Text),
    )
    there = (versions.c.proposal_id == amendments.c.proposal_id) & (
        versions.c.number == amendments.c.base_version
    )
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(amendments.c.id, amendments.c.original, amendments.c.replacement, versions.c.text).where(
            there
        )
    ).all()
    for row in rows:
        start = row.text.find(row.original)
        edits = [[start, start + len(row.original), row.replacement]]
        connection.execute(amendments.update().where(amendments.c.id == row.id).values(edits=edits))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("amendments", schema=None) as batch_op:
        batch_op.drop_column("clashes")
        batch_op.drop_column("duplicate_of_id")
        batch_op.drop_column("edits")
