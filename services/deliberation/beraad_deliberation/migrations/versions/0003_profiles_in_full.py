"""profiles in full"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Document, Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ALL_ANSWERS = " consent consent_with_concern object stand_aside abstain "


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "group_profiles",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("profile", Document, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "revision", name=op.f("pk_group_profiles")),
        comment="How groups decide, as set for them; the highest revision counts",
    )
    with op.batch_alter_table("electors", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "departed_note",
                sa.Text(),
                nullable=True,
                comment="Why, where a person said so: a recusal, or a departure recorded by hand",
            )
        )
        batch_op.add_column(sa.Column("departed_by", sa.Uuid(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "notified",
                sa.Boolean(),
                nullable=True,
                comment="The mail about it was accepted for delivery",
            )
        )

    with op.batch_alter_table("proposals", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "phase_ends_at",
                Instant(),
                nullable=True,
                comment="When the time box of a phase before the rounds is over",
            )
        )
        batch_op.create_index(
            "ix_proposals_phase_ends_at",
            ["phase_ends_at"],
            unique=False,
            postgresql_where=sa.text("phase_ends_at IS NOT NULL"),
            sqlite_where=sa.text("phase_ends_at IS NOT NULL"),
        )

    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "answers",
                sa.String(length=120),
                nullable=True,
                comment="The words permitted, each between spaces",
            )
        )
        batch_op.add_column(
            sa.Column("silence", sa.Boolean(), nullable=True, comment="Declared at the opening to be consent")
        )
        batch_op.add_column(sa.Column("calls", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("tacit", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "judged",
                Document,
                nullable=True,
                comment="What it was judged by that changes afterwards: calls, and where objections stood",
            )
        )
        batch_op.add_column(
            sa.Column(
                "difference",
                Document,
                nullable=True,
                comment="How the roster differed from the electorate at the close",
            )
        )

    _carry_over()
    with op.batch_alter_table("electors", schema=None) as batch_op:
        batch_op.alter_column("notified", existing_type=sa.Boolean(), nullable=False)
    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.alter_column("answers", existing_type=sa.String(120), nullable=False)
        batch_op.alter_column("silence", existing_type=sa.Boolean(), nullable=False)
        batch_op.alter_column("calls", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_column("extended_automatically")


def _carry_over() -> None:
    """What rounds had stays; profiles are spelled out."""
    connection = op.get_bind()
    columns = [sa.column(name) for name in ("notified", "answers", "silence", "calls")]
    electors, rounds = sa.table("electors", columns[0]), sa.table("rounds", *columns[1:])
    again = sa.column("extended_automatically", sa.Boolean)
    connection.execute(electors.update().values(notified=sa.false()))
    connection.execute(
        rounds.update().values(answers=ALL_ANSWERS, silence=sa.false(), calls=sa.case((again, 2), else_=1))
    )
    _rewrite_profiles(_spelled_out)


def _rewrite_profiles(anew: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    connection = op.get_bind()
    for name in ("proposals", "rounds", "votes"):
        table = sa.table(name, sa.column("id", sa.Uuid), sa.column("profile", Document))
        for row in connection.execute(sa.select(table.c.id, table.c.profile)).all():
            if row.profile is not None:
                changed = table.update().where(table.c.id == row.id).values(profile=anew(row.profile))
                connection.execute(changed)


def _spelled_out(profile: dict[str, Any]) -> dict[str, Any]:
    n, d, base, strict = profile["majority"]
    return {**profile, "majority": {"share": [n, d], "base": base, "strict": strict}}


def _as_before(profile: dict[str, Any]) -> dict[str, Any]:
    majority = profile["majority"]
    return {**profile, "majority": [*majority["share"], majority["base"], majority["strict"]]}


def downgrade() -> None:
    """Undo."""
    _rewrite_profiles(_as_before)
    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("extended_automatically", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.drop_column("difference")
        batch_op.drop_column("judged")
        batch_op.drop_column("tacit")
        batch_op.drop_column("calls")
        batch_op.drop_column("silence")
        batch_op.drop_column("answers")

    with op.batch_alter_table("proposals", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_proposals_phase_ends_at",
            postgresql_where=sa.text("phase_ends_at IS NOT NULL"),
            sqlite_where=sa.text("phase_ends_at IS NOT NULL"),
        )
        batch_op.drop_column("phase_ends_at")

    with op.batch_alter_table("electors", schema=None) as batch_op:
        batch_op.drop_column("notified")
        batch_op.drop_column("departed_by")
        batch_op.drop_column("departed_note")

    op.drop_table("group_profiles")
