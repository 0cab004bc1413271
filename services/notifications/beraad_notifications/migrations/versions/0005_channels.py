"""The channel that may be paused, deliveries whose refusal may be their own, since when an address is suppressed."""

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
DOUBTED = "The mail server's policy refused it, or others of the same event: once more is for itself"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "channels",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_trial_at", Instant(), nullable=True),
        sa.Column("trial", sa.Uuid(), nullable=True, comment="The delivery that is being tried"),
        sa.Column("refused", sa.Uuid(), nullable=True, comment="The delivery whose refusal paused it"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_channels")),
        comment="Whether mail goes out, for all workers; domain/channels.py tells what follows what",
    )
    op.create_table(
        "mail_domains",
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("window_at", Instant(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False, comment="Since then, within a minute"),
        sa.Column("turns_until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_mail_domains")),
        comment="How much goes to which domain, where that is limited; forgotten after an hour",
    )
    op.execute(
        "INSERT INTO channels (name, revision, state, reason, failures) VALUES ('mail', 0, 'open', '', 0)"
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("doubted", sa.Boolean(), server_default=sa.false(), nullable=False, comment=DOUBTED)
        )
    with op.batch_alter_table("recipients", schema=None) as batch_op:
        batch_op.add_column(sa.Column("refused_at", Instant(), nullable=True))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("recipients", schema=None) as batch_op:
        batch_op.drop_column("refused_at")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_column("doubted")
    op.drop_table("mail_domains")
    op.drop_table("channels")
