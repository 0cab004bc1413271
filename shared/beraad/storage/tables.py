"""The kernel's own tables, present in every service's database beside the service's tables."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
    true,
)

from beraad.storage.types import Document, Instant

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

kernel = MetaData(naming_convention=NAMING)
RowId = BigInteger().with_variant(Integer(), "sqlite")

outbox = Table(
    "outbox",
    kernel,
    Column("row_id", RowId, primary_key=True, autoincrement=True),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("stream", String(60), nullable=False),
    Column("type", String(120), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("subject_person", Uuid),
    Column("headers", Document, nullable=False),
    Column("body", Document),
    Column("written_at", Instant, nullable=False),
    Column("position", BigInteger),
    UniqueConstraint("stream", "position"),
    Index(
        "ix_outbox_unpositioned",
        "row_id",
        postgresql_where=text("position IS NULL"),
        sqlite_where=text("position IS NULL"),
    ),
    Index("ix_outbox_subject_person", "subject_person"),
    comment="The service's event log: written in the business transaction, numbered by the relay",
)

streams = Table(
    "streams",
    kernel,
    Column("stream", String(60), primary_key=True),
    Column("epoch", Integer, nullable=False, server_default="1"),
    Column("position", BigInteger, nullable=False, server_default="0"),
    Column("confirmed", BigInteger, nullable=False, server_default="0"),
    comment="Own streams: last position given, last position the transport confirmed",
)

erasures = Table(
    "erasures",
    kernel,
    Column("person_id", Uuid, primary_key=True),
    Column("pseudonym", String(64), nullable=False),
    Column("archive_rewritten", Boolean, nullable=False, server_default=false()),
    comment="Whom our own log tells of by a pseudonym now; its archive is rewritten afterwards",
)

epochs = Table(
    "epochs",
    kernel,
    Column("stream", String(60), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("shared", BigInteger, nullable=False),
    PrimaryKeyConstraint("stream", "epoch"),
    comment="Own streams, restored from a backup: up to where each later epoch is the same as the one before",
)

cursors = Table(
    "cursors",
    kernel,
    Column("stream", String(60), primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("known_position", BigInteger, nullable=False, server_default="0"),
    Column("known_at", Instant),
    Column("again_through", BigInteger, nullable=False, server_default="0"),
    Column("doubt", Text),
    comment="How far this service has applied each publisher, and the last watermark it saw",
)

parked = Table(
    "parked",
    kernel,
    Column("stream", String(60), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("subject", String(120), nullable=False),
    Column("type", String(120), nullable=False),
    Column("reason", Text, nullable=False),
    Column("envelope", Document, nullable=False),
    Column("parked_at", Instant, nullable=False),
    Column("acted", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint("stream", "epoch", "position"),
    Index("ix_parked_subject", "stream", "subject"),
    comment="Events that could not be applied, and those quarantined behind them, in order",
)

known_revisions = Table(
    "known_revisions",
    kernel,
    Column("publisher", String(40), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("revision", BigInteger, nullable=False),
    PrimaryKeyConstraint("publisher", "subject"),
    comment="The newest revision of each foreign aggregate applied here (Wait-For)",
)

idempotency_keys = Table(
    "idempotency_keys",
    kernel,
    Column("actor", String(60), nullable=False),
    Column("key", String(200), nullable=False),
    Column("request_hash", String(64), nullable=False),
    Column("status", Integer),
    Column("headers", Document),
    Column("body", LargeBinary),
    Column("written_at", Instant, nullable=False),
    PrimaryKeyConstraint("actor", "key"),
    Index("ix_idempotency_keys_written_at", "written_at"),
    comment="Answers already given, stored with their effect",
)

clock = Table(
    "clock",
    kernel,
    Column("single", Boolean, primary_key=True, server_default=true()),
    Column("offset_seconds", BigInteger, nullable=False),
    CheckConstraint("single", name="one_row"),
    comment="Development only: how far domain time is from real time",
)

signing_keys = Table(
    "signing_keys",
    kernel,
    Column("key_id", Uuid, primary_key=True),
    Column("jwk", Document, nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("valid_until", Instant, nullable=False),
    comment="Public keys that verify access tokens",
)

revoked_sessions = Table(
    "revoked_sessions",
    kernel,
    Column("session_id", Uuid, primary_key=True),
    Column("expires_at", Instant, nullable=False),
    comment="Sessions whose unexpired access tokens are refused",
)

known_api_keys = Table(
    "known_api_keys",
    kernel,
    Column("key_id", Uuid, primary_key=True),
    Column("secret_hash", String(64), nullable=False),
    Column("scopes", Document, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    comment="Integrators' API keys as membership issued and revoked them; of the secret only its SHA-256",
)

known_people = Table(
    "known_people",
    kernel,
    Column("person_id", Uuid, primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("name", String(200), nullable=False),
    Column("language", String(10), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("profiles", Document, nullable=False),
    Column("administrator", Boolean, nullable=False, server_default=false()),
    comment="Projection of membership's people",
)

known_groups = Table(
    "known_groups",
    kernel,
    Column("group_id", Uuid, primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("kind", String(30), nullable=False),
    Column("name", String(200), nullable=False),
    Column("theme", String(200), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("approving_body_id", Uuid),
    Column("decision_profile", String(50), nullable=False),
    Column("ended", Boolean, nullable=False, server_default=false()),
    Index("ix_known_groups_approving_body_id", "approving_body_id"),
    comment="Projection of membership's groups",
)

known_compositions = Table(
    "known_compositions",
    kernel,
    Column("group_id", Uuid, primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("representative", Boolean, nullable=False),
    Column("coordinators_present", Boolean, nullable=False),
    Column("missing_roles", Document, nullable=False),
    Column("unmet_quotas", Document, nullable=False, server_default="[]"),
    comment="Projection of the health of membership's groups",
)

known_seats = Table(
    "known_seats",
    kernel,
    Column("seat_id", Uuid, primary_key=True),
    Column("group_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("vacated", Boolean, nullable=False, server_default=false()),
    Index("ix_known_seats_group_id", "group_id", "person_id"),
    Index("ix_known_seats_person_id", "person_id"),
    comment="Projection of membership's seats: the roster",
)

known_roles = Table(
    "known_roles",
    kernel,
    Column("group_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("role", String(30), nullable=False),
    PrimaryKeyConstraint("group_id", "person_id", "role"),
    Index("ix_known_roles_person_id", "person_id"),
    comment="Projection of membership's roles in groups",
)
