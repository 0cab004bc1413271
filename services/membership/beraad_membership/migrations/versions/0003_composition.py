"""attributes, terms and conflicts of interest"""

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Document, Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. What is counted already is counted by the language of the person."""
    op.create_table(
        "conflicts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("theme", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("declared_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_conflicts_group_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_conflicts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflicts")),
        comment="Conflicts of interest, as people declared them",
    )
    op.create_index("ix_conflicts_person_id", "conflicts", ["person_id"])
    with op.batch_alter_table("candidacies") as candidacies:
        candidacies.add_column(sa.Column("attributes", Document, server_default="{}", nullable=False))
        candidacies.add_column(sa.Column("consented_to", sa.String(length=100), nullable=True))
    with op.batch_alter_table("seats") as seats:
        seats.add_column(sa.Column("attributes", Document, server_default="{}", nullable=False))
        seats.add_column(sa.Column("warned_on", sa.Date(), nullable=True))
    for name in ("seats", "candidacies"):
        _count_by_language(name)


def _count_by_language(name: str) -> None:
    people = sa.table("people", sa.column("id", sa.Uuid()), sa.column("language"))
    kept = sa.table(
        name, sa.column("id", sa.Uuid()), sa.column("person_id", sa.Uuid()), sa.column("attributes", Document)
    )
    query = sa.select(kept.c.id, people.c.language).join(people, people.c.id == kept.c.person_id)
    found = [{"key": row.id, "told": {"language": row.language}} for row in op.get_bind().execute(query)]
    if found:
        change = kept.update().where(kept.c.id == sa.bindparam("key"))
        op.get_bind().execute(change.values(attributes=sa.bindparam("told", type_=Document)), found)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("seats") as seats:
        seats.drop_column("warned_on")
        seats.drop_column("attributes")
    with op.batch_alter_table("candidacies") as candidacies:
        candidacies.drop_column("consented_to")
        candidacies.drop_column("attributes")
    op.drop_table("conflicts")
