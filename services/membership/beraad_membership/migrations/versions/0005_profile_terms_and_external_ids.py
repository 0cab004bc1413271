"""profile terms and external ids"""

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Document

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WITHOUT_END = {
    "postgresql": """UPDATE people SET profile_terms =
        (SELECT coalesce(jsonb_agg(jsonb_build_object('profile', name) ORDER BY place), '[]')
         FROM jsonb_array_elements_text(profiles) WITH ORDINALITY AS held (name, place))""",
    "sqlite": """UPDATE people SET profile_terms =
        (SELECT json_group_array(json_object('profile', value)) FROM json_each(profiles))""",
}


def upgrade() -> None:
    """Apply. The profiles that people have are theirs without beginning or end."""
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("profile_terms", Document, server_default="[]", nullable=False))
        batch_op.add_column(
            sa.Column(
                "profiles_change_on",
                sa.Date(),
                nullable=True,
                comment="The next day on which one of them starts or ends",
            )
        )
        batch_op.add_column(sa.Column("external_id", sa.String(length=100), nullable=True))
        batch_op.create_index("ix_people_profiles_change_on", ["profiles_change_on"], unique=False)
        batch_op.create_index("uq_people_external_id", ["external_id"], unique=True)
    op.execute(WITHOUT_END[op.get_bind().dialect.name])


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index("uq_people_external_id")
        batch_op.drop_index("ix_people_profiles_change_on")
        batch_op.drop_column("external_id")
        batch_op.drop_column("profiles_change_on")
        batch_op.drop_column("profile_terms")
