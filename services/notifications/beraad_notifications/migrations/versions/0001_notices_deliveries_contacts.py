"""Notices, deliveries, contacts, what people chose."""

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Document, Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "contacts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_contacts")),
        comment="Where people receive mail (private exchange); an erased person leaves an empty row",
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("urgency", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("uncertain", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("queued_at", Instant(), nullable=False),
        sa.Column(
            "due_at",
            Instant(),
            nullable=False,
            comment="While sending: when the lease ends; collected: when its digest is due, in domain time",
        ),
        sa.Column("give_up_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column(
            "digest_id",
            sa.Uuid(),
            nullable=True,
            comment="The digest it is told in (what stands as the event of that mail)",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "person_id",
            "event_id",
            "kind",
            "channel",
            name=op.f("uq_deliveries_person_id_event_id_kind_channel"),
        ),
        comment="One mail to one person about one event",
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deliveries_open",
            ["urgency", "due_at"],
            unique=False,
            postgresql_where=sa.text("state IN ('queued', 'deferred', 'sending')"),
            sqlite_where=sa.text("state IN ('queued', 'deferred', 'sending')"),
        )
        batch_op.create_index(
            "ix_deliveries_waiting",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("state = 'collected' AND digest_id IS NULL"),
            sqlite_where=sa.text("state = 'collected' AND digest_id IS NULL"),
        )
        batch_op.create_index(
            "ix_deliveries_told_in",
            ["digest_id"],
            unique=False,
            postgresql_where=sa.text("digest_id IS NOT NULL"),
            sqlite_where=sa.text("digest_id IS NOT NULL"),
        )

    op.create_table(
        "notices",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("event_type", sa.String(length=120), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("told", Document, nullable=False),
        sa.Column("from_elsewhere", sa.Boolean(), nullable=False),
        sa.Column("noticed_at", Instant(), nullable=False),
        sa.Column("spread_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_notices")),
        comment="Events to tell; spread over their audience once the roster is known to be up to date",
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notices_unspread",
            ["noticed_at"],
            unique=False,
            postgresql_where=sa.text("spread_at IS NULL"),
            sqlite_where=sa.text("spread_at IS NULL"),
        )

    op.create_table(
        "preferences",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("frequency", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_preferences")),
        comment="How often a person wants mail of a kind; no row means immediately",
    )
    op.create_table(
        "recipients",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("refused_address", sa.String(length=254), nullable=True),
        sa.Column("refused_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_recipients")),
        comment="What people chose, and addresses that were refused; a new address lifts the suppression",
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("recipients")
    op.drop_table("preferences")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_notices_unspread",
            postgresql_where=sa.text("spread_at IS NULL"),
            sqlite_where=sa.text("spread_at IS NULL"),
        )

    op.drop_table("notices")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_deliveries_told_in",
            postgresql_where=sa.text("digest_id IS NOT NULL"),
            sqlite_where=sa.text("digest_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_deliveries_waiting",
            postgresql_where=sa.text("state = 'collected' AND digest_id IS NULL"),
            sqlite_where=sa.text("state = 'collected' AND digest_id IS NULL"),
        )
        batch_op.drop_index(
            "ix_deliveries_open",
            postgresql_where=sa.text("state IN ('queued', 'deferred', 'sending')"),
            sqlite_where=sa.text("state IN ('queued', 'deferred', 'sending')"),
        )

    op.drop_table("deliveries")
    op.drop_table("contacts")
