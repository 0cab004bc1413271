"""answers are only added"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from beraad.storage.types import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

LEAF = ("prev", "leaf")
BOUND = ("said", *LEAF)
ANSWERS = (
    (
        "responses",
        "response_history",
        "round_id",
        (
            "version",
            "answer",
            "concern",
            "given_at",
            "recorded_by",
            "contested_at",
            "contest_reason",
            "said",
            *LEAF,
        ),
        "Every response ever given, with its leaf in the record; only added to",
        "Every response ever given, with its leaf in the record",
        "The current response of each elector; written by the hot statement",
    ),
    (
        "ballots",
        "ballot_history",
        "vote_id",
        ("version", "choice", "given_at", *LEAF),
        "Every ballot ever cast, with its leaf in the record; only added to",
        "Every ballot ever cast, with its leaf in the record",
        "The current ballot of each elector; written by the hot statement",
    ),
)
"""The table of those that count, the one of all, whose they are, their columns, and what is said about the tables."""
COLUMNS: Mapping[str, Callable[[], sa.Column[Any]]] = {
    "version": lambda: sa.Column("version", sa.Integer(), nullable=False),
    "answer": lambda: sa.Column("answer", sa.String(length=30), nullable=False),
    "choice": lambda: sa.Column("choice", sa.String(length=30), nullable=False),
    "concern": lambda: sa.Column("concern", sa.Text()),
    "given_at": lambda: sa.Column("given_at", Instant(), nullable=False),
    "recorded_by": lambda: sa.Column("recorded_by", sa.Uuid(), comment="Who wrote down what was spoken"),
    "contested_at": lambda: sa.Column("contested_at", Instant()),
    "contest_reason": lambda: sa.Column("contest_reason", sa.Text()),
    "said": lambda: sa.Column(
        "said", sa.String(64), comment="In the record: what the concern, or why it is contested, is bound by"
    ),
    "prev": lambda: sa.Column("prev", sa.LargeBinary(), comment="The elector's leaf before; 32 bytes"),
    "leaf": lambda: sa.Column("leaf", sa.LargeBinary(), comment="Of this answer in the record; 32 bytes"),
}


def upgrade() -> None:
    """Apply."""
    for current, history, key, columns, told, *_ in ANSWERS:
        kept, every = _table(current, key, columns), _table(history, key, columns)
        op.execute(_without_a_history(kept, every, key, columns))
        op.add_column(history, sa.Column("ordinal", sa.Integer(), nullable=True))
        op.execute(_numbered(every, key))
        if "contested_at" in columns:
            op.add_column(history, _taken_back())
            op.execute(_taken_back_in(every, kept, key))
        op.drop_table(current)
        with op.batch_alter_table(history, schema=None) as batch_op:
            batch_op.drop_index(f"ix_{history}_{key}")
        op.rename_table(history, current)
        with op.batch_alter_table(current, schema=None) as batch_op:
            batch_op.alter_column(
                "ordinal",
                existing_type=sa.Integer(),
                nullable=False,
                comment="The elector's first, second, …; the last counts",
            )
            batch_op.create_unique_constraint(
                op.f(f"uq_{current}_{key}_person_id_ordinal"), [key, "person_id", "ordinal"]
            )
        if (
            op.get_bind().dialect.name == "postgresql"
        ):  # SQLite's rows are in that order, and it keeps no comments
            op.drop_constraint(f"pk_{history}", current, type_="primary")
            number = op.f(f"uq_{current}_{key}_person_id_ordinal")
            op.execute(f"ALTER TABLE {current} REPLICA IDENTITY USING INDEX {number}")
            op.execute(f"ALTER SEQUENCE {history}_row_id_seq RENAME TO {current}_row_id_seq")
            op.create_table_comment(current, told, existing_comment=None)


def downgrade() -> None:
    """Undo: the last answer of each elector becomes the current one again."""
    for current, history, key, columns, _, history_told, current_told in ANSWERS:
        postgresql = op.get_bind().dialect.name == "postgresql"
        if postgresql:
            op.execute(f"ALTER TABLE {current} REPLICA IDENTITY DEFAULT")
        with op.batch_alter_table(current, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(f"uq_{current}_{key}_person_id_ordinal"), type_="unique")
        op.rename_table(current, history)
        if postgresql:
            op.create_primary_key(op.f(f"pk_{history}"), history, ["row_id"])
            op.execute(f"ALTER SEQUENCE {current}_row_id_seq RENAME TO {history}_row_id_seq")
            op.create_table_comment(history, history_told, existing_comment=None)
        op.create_index(f"ix_{history}_{key}", history, [key, "person_id"])
        op.create_table(
            current,
            sa.Column(key, sa.Uuid(), nullable=False),
            sa.Column("person_id", sa.Uuid(), nullable=False),
            *(COLUMNS[name]() for name in columns),
            sa.ForeignKeyConstraint(
                [key], [f"{key.removesuffix('_id')}s.id"], name=op.f(f"fk_{current}_{key}")
            ),
            sa.PrimaryKeyConstraint(key, "person_id", name=op.f(f"pk_{current}")),
            comment=current_told,
        )
        op.execute(
            _those_that_count(_table(current, key, columns), _table(history, key, columns), key, columns)
        )
        with op.batch_alter_table(history, schema=None) as batch_op:
            batch_op.drop_column("ordinal")
            if "contested_at" in columns:
                batch_op.drop_column("taken_back")


def _table(name: str, key: str, columns: Sequence[str]) -> sa.TableClause:
    added = ("row_id", "ordinal", "taken_back")
    return sa.table(name, *(sa.column(one) for one in (key, "person_id", *columns, *added)))


def _without_a_history(
    kept: sa.TableClause, every: sa.TableClause, key: str, columns: Sequence[str]
) -> sa.Insert:
    """What was given before there was one is in it too."""
    names = [key, "person_id", *columns]
    is_there = sa.exists().where(every.c[key] == kept.c[key], every.c.person_id == kept.c.person_id)
    missing = sa.select(*(kept.c[name] for name in names)).where(~is_there)
    return every.insert().from_select(names, missing)


def _numbered(every: sa.TableClause, key: str) -> sa.Update:
    older = every.alias("older")
    theirs = (older.c[key] == every.c[key]) & (older.c.person_id == every.c.person_id)
    count = sa.select(sa.func.count()).where(theirs, older.c.row_id <= every.c.row_id)
    return every.update().values(ordinal=count.scalar_subquery())


def _taken_back_in(every: sa.TableClause, kept: sa.TableClause, key: str) -> sa.Update:
    """Contested while the round ran: that made a leaf, or left nothing that counts."""
    counts = sa.exists().where(kept.c[key] == every.c[key], kept.c.person_id == every.c.person_id)
    while_running = every.c.leaf.is_not(None) | ~counts
    return every.update().where(every.c.contested_at.is_not(None), while_running).values(taken_back=sa.true())


def _those_that_count(
    kept: sa.TableClause, every: sa.TableClause, key: str, columns: Sequence[str]
) -> sa.Insert:
    newer = every.alias("newer")
    theirs = (newer.c[key] == every.c[key]) & (newer.c.person_id == every.c.person_id)
    names = [key, "person_id", *columns]
    last = sa.select(*(_before_it(every, key, name) if name in BOUND else every.c[name] for name in names))
    last = last.where(~sa.exists().where(theirs, newer.c.ordinal > every.c.ordinal))
    if "contested_at" in columns:
        last = last.where(~every.c.taken_back)
    return kept.insert().from_select(names, last)


def _before_it(every: sa.TableClause, key: str, name: str) -> sa.ScalarSelect[Any]:
    """An answer contested after the close has no leaf of its own: the current row kept that of the answer."""
    older = every.alias("older")
    theirs = (older.c[key] == every.c[key]) & (older.c.person_id == every.c.person_id)
    last = sa.select(older.c[name]).where(theirs, older.c.leaf.is_not(None))
    return last.order_by(older.c.ordinal.desc()).limit(1).scalar_subquery()


def _taken_back() -> sa.Column[bool]:
    return sa.Column(
        "taken_back",
        sa.Boolean(),
        server_default=sa.false(),
        nullable=False,
        comment="Contested while the round ran: from then on the elector has not answered",
    )
