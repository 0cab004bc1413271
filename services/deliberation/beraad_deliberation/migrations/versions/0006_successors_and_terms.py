"""successors and terms"""

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("expires_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("expires_at", Instant(), nullable=True))
        batch_op.create_index(
            "ix_decisions_expires_at",
            ["expires_at"],
            unique=False,
            postgresql_where=sa.text("expires_at IS NOT NULL"),
            sqlite_where=sa.text("expires_at IS NOT NULL"),
        )

    with op.batch_alter_table("proposals", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "withdraws_at",
                Instant(),
                nullable=True,
                comment="Withdrawn then, unless somebody takes it over",
            )
        )
        batch_op.add_column(
            sa.Column(
                "granted_version",
                sa.Integer(),
                nullable=True,
                comment="The text the approving body agreed to beforehand",
            )
        )
        batch_op.create_index(
            "ix_proposals_withdraws_at",
            ["withdraws_at"],
            unique=False,
            postgresql_where=sa.text("withdraws_at IS NOT NULL"),
            sqlite_where=sa.text("withdraws_at IS NOT NULL"),
        )


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("proposals", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_proposals_withdraws_at",
            postgresql_where=sa.text("withdraws_at IS NOT NULL"),
            sqlite_where=sa.text("withdraws_at IS NOT NULL"),
        )
        batch_op.drop_column("granted_version")
        batch_op.drop_column("withdraws_at")

    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_decisions_expires_at",
            postgresql_where=sa.text("expires_at IS NOT NULL"),
            sqlite_where=sa.text("expires_at IS NOT NULL"),
        )
        batch_op.drop_column("expires_at")
        batch_op.drop_column("expires_on")
