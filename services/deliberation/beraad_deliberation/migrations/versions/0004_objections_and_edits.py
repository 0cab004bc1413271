"""objections and edits"""

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("amendments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("editorial", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(
            sa.Column(
                "takes_effect_at",
                Instant(),
                nullable=True,
                comment="An announced editorial change can be contested until then",
            )
        )
        batch_op.add_column(sa.Column("contested_by", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("contest_reason", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("promoted_to_id", sa.Uuid(), nullable=True))
        batch_op.create_index(
            "ix_amendments_takes_effect_at",
            ["takes_effect_at"],
            unique=False,
            postgresql_where=sa.text("takes_effect_at IS NOT NULL"),
            sqlite_where=sa.text("takes_effect_at IS NOT NULL"),
        )

    with op.batch_alter_table("objections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("raised_by_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("anchor_start", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("anchor_end", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("amendment_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("merged_into_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("ruling_reason", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("appealable_until", Instant(), nullable=True))
        batch_op.add_column(sa.Column("appealed_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("strategy", sa.String(length=30), nullable=True))
        batch_op.add_column(sa.Column("strategy_note", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("strategy_owner_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("strategy_due_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("orphaned_from", sa.String(length=30), nullable=True))
        batch_op.create_index(
            "ix_objections_appealable_until",
            ["appealable_until"],
            unique=False,
            postgresql_where=sa.text("appealable_until IS NOT NULL"),
            sqlite_where=sa.text("appealable_until IS NOT NULL"),
        )

    objections = sa.table("objections", sa.column("raised_by_id"), sa.column("objector_id"))
    op.get_bind().execute(objections.update().values(raised_by_id=objections.c.objector_id))
    with op.batch_alter_table("objections", schema=None) as batch_op:
        batch_op.alter_column("raised_by_id", existing_type=sa.Uuid(), nullable=False)

    with op.batch_alter_table("versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("editorial", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("versions", schema=None) as batch_op:
        batch_op.drop_column("editorial")

    with op.batch_alter_table("objections", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_objections_appealable_until",
            postgresql_where=sa.text("appealable_until IS NOT NULL"),
            sqlite_where=sa.text("appealable_until IS NOT NULL"),
        )
        batch_op.drop_column("orphaned_from")
        batch_op.drop_column("strategy_due_on")
        batch_op.drop_column("strategy_owner_id")
        batch_op.drop_column("strategy_note")
        batch_op.drop_column("strategy")
        batch_op.drop_column("appealed_at")
        batch_op.drop_column("appealable_until")
        batch_op.drop_column("ruling_reason")
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("amendment_id")
        batch_op.drop_column("anchor_end")
        batch_op.drop_column("anchor_start")
        batch_op.drop_column("raised_by_id")

    with op.batch_alter_table("amendments", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_amendments_takes_effect_at",
            postgresql_where=sa.text("takes_effect_at IS NOT NULL"),
            sqlite_where=sa.text("takes_effect_at IS NOT NULL"),
        )
        batch_op.drop_column("promoted_to_id")
        batch_op.drop_column("contest_reason")
        batch_op.drop_column("contested_by")
        batch_op.drop_column("takes_effect_at")
        batch_op.drop_column("editorial")
