"""the record"""

import sqlalchemy as sa
from alembic import op

from beraad.storage.tables import RowId
from beraad.storage.types import Document, Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "ballot_history",
        sa.Column("row_id", RowId, autoincrement=True, nullable=False),
        sa.Column("vote_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(length=30), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("prev", sa.LargeBinary(), nullable=True, comment="The elector's leaf before; 32 bytes"),
        sa.Column("leaf", sa.LargeBinary(), nullable=True, comment="Of this answer in the record; 32 bytes"),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_ballot_history")),
        comment="Every ballot ever cast, with its leaf in the record",
    )
    with op.batch_alter_table("ballot_history", schema=None) as batch_op:
        batch_op.create_index("ix_ballot_history_vote_id", ["vote_id", "person_id"], unique=False)

    op.create_table(
        "ledger_entries",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False, comment="The round, objection, … it is about"),
        sa.Column("entry", sa.Text(), nullable=False, comment="In its canonical form"),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "seq", name=op.f("pk_ledger_entries")),
        comment="The records; append-only",
    )
    with op.batch_alter_table("ledger_entries", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_entries_subject", ["group_id", "subject"], unique=False)

    op.create_table(
        "ledgers",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column(
            "peaks", sa.LargeBinary(), nullable=False, comment="Roots of the full subtrees, largest first"
        ),
        sa.Column("last", sa.LargeBinary(), nullable=True, comment="The last entry's leaf"),
        sa.Column("sealed_size", sa.Integer(), nullable=False, comment="How far a checkpoint was told"),
        sa.Column("sealed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_ledgers")),
        comment="How far each group's record goes",
    )
    with op.batch_alter_table("ledgers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ledgers_sealed_at",
            ["sealed_at"],
            unique=False,
            postgresql_where=sa.text("sealed_size < size"),
            sqlite_where=sa.text("sealed_size < size"),
        )

    op.create_table(
        "pseudonyms",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("pseudonym", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=True, comment="Null once the person is erased"),
        sa.Column("name", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("group_id", "person_id", name=op.f("pk_pseudonyms")),
        comment="People in the records, one name for each group",
    )
    with op.batch_alter_table("pseudonyms", schema=None) as batch_op:
        batch_op.create_index("ix_pseudonyms_person_id", ["person_id"], unique=False)

    op.create_table(
        "record_texts",
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("text", Document, nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True, comment="With whom it is erased"),
        sa.Column("proposal_id", sa.Uuid(), nullable=True, comment="Of a version's text"),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("commitment", name=op.f("pk_record_texts")),
        sa.UniqueConstraint("proposal_id", "version", name=op.f("uq_record_texts_proposal_id_version")),
        comment="What the records bind and do not hold; deleting a row erases it",
    )
    with op.batch_alter_table("record_texts", schema=None) as batch_op:
        batch_op.create_index("ix_record_texts_author_id", ["author_id"], unique=False)
        batch_op.create_index("ix_record_texts_group_id", ["group_id"], unique=False)

    with op.batch_alter_table("ballots", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("prev", sa.LargeBinary(), nullable=True, comment="The elector's leaf before; 32 bytes")
        )
        batch_op.add_column(
            sa.Column(
                "leaf", sa.LargeBinary(), nullable=True, comment="Of this answer in the record; 32 bytes"
            )
        )

    with op.batch_alter_table("electors", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "pseudonym",
                sa.String(length=64),
                nullable=True,
                comment="In the record; null where it was not kept yet",
            )
        )

    with op.batch_alter_table("response_history", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "said",
                sa.String(length=64),
                nullable=True,
                comment="In the record: what the concern, or why it is contested, is bound by",
            )
        )
        batch_op.add_column(
            sa.Column("prev", sa.LargeBinary(), nullable=True, comment="The elector's leaf before; 32 bytes")
        )
        batch_op.add_column(
            sa.Column(
                "leaf", sa.LargeBinary(), nullable=True, comment="Of this answer in the record; 32 bytes"
            )
        )

    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "said",
                sa.String(length=64),
                nullable=True,
                comment="In the record: what the concern, or why it is contested, is bound by",
            )
        )
        batch_op.add_column(
            sa.Column("prev", sa.LargeBinary(), nullable=True, comment="The elector's leaf before; 32 bytes")
        )
        batch_op.add_column(
            sa.Column(
                "leaf", sa.LargeBinary(), nullable=True, comment="Of this answer in the record; 32 bytes"
            )
        )

    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "contested",
                sa.Boolean(),
                server_default=sa.false(),
                nullable=False,
                comment="While it runs an answer was contested: from then on answers go the ordinary way",
            )
        )

    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps no comments
        op.create_table_comment(
            "ballots",
            "The current ballot of each elector; written by the hot statement",
            existing_comment=None,
        )
        op.create_table_comment(
            "response_history",
            "Every response ever given, with its leaf in the record",
            existing_comment="Every response ever given; the ledger's leaf will stand here",
        )


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.drop_column("contested")

    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.drop_column("leaf")
        batch_op.drop_column("prev")
        batch_op.drop_column("said")

    with op.batch_alter_table("response_history", schema=None) as batch_op:
        batch_op.drop_column("leaf")
        batch_op.drop_column("prev")
        batch_op.drop_column("said")

    with op.batch_alter_table("electors", schema=None) as batch_op:
        batch_op.drop_column("pseudonym")

    with op.batch_alter_table("ballots", schema=None) as batch_op:
        batch_op.drop_column("leaf")
        batch_op.drop_column("prev")

    with op.batch_alter_table("record_texts", schema=None) as batch_op:
        batch_op.drop_index("ix_record_texts_group_id")
        batch_op.drop_index("ix_record_texts_author_id")

    op.drop_table("record_texts")
    with op.batch_alter_table("pseudonyms", schema=None) as batch_op:
        batch_op.drop_index("ix_pseudonyms_person_id")

    op.drop_table("pseudonyms")
    with op.batch_alter_table("ledgers", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_ledgers_sealed_at",
            postgresql_where=sa.text("sealed_size < size"),
            sqlite_where=sa.text("sealed_size < size"),
        )

    op.drop_table("ledgers")
    with op.batch_alter_table("ledger_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_entries_subject")

    op.drop_table("ledger_entries")
    with op.batch_alter_table("ballot_history", schema=None) as batch_op:
        batch_op.drop_index("ix_ballot_history_vote_id")

    op.drop_table("ballot_history")
