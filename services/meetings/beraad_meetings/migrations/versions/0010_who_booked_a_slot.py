"""Who booked a slot of a poll, whose words of why are deleted with them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

POLLS = sa.table(
    "polls",
    sa.column("meeting_id"),
    sa.column("opened_by"),
    sa.column("booked_despite"),
    sa.column("booked_by"),
)
OVERRIDDEN = sa.table(
    "overridden_conflicts", sa.column("meeting_id"), sa.column("reason"), sa.column("overridden_by")
)


def upgrade() -> None:
    """Apply. Of words that stand already, who overrode a double booking with them wrote them, else who opened the poll."""
    with op.batch_alter_table("polls") as batch:
        batch.add_column(sa.Column("booked_by", sa.Uuid(), nullable=True, comment="Whose words these are"))
    same = (OVERRIDDEN.c.meeting_id == POLLS.c.meeting_id) & (OVERRIDDEN.c.reason == POLLS.c.booked_despite)
    wrote = sa.select(OVERRIDDEN.c.overridden_by).where(same).limit(1).scalar_subquery()
    known = POLLS.update().where(POLLS.c.booked_despite.is_not(None))
    op.execute(known.values(booked_by=sa.func.coalesce(wrote, POLLS.c.opened_by)))


def downgrade() -> None:
    """Undo, in place: in SQLite no table that others refer to can be made anew."""
    op.drop_column("polls", "booked_by")
