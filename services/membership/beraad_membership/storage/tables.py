"""The tables of membership."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.types import TypeDecorator

from beraad.storage.tables import NAMING
from beraad.storage.types import Document, Instant, word
from beraad_membership.domain.composition import CompositionPolicy
from beraad_membership.domain.profiles import ProfileTerm, Terms
from beraad_membership.domain.selections import UNDER_WAY, SelectionState

UNDER_WAY_SQL = f"state IN ({', '.join(sorted(repr(str(one)) for one in UNDER_WAY))})"
metadata = MetaData(naming_convention=NAMING)


class PolicyColumn(TypeDecorator[CompositionPolicy]):
    """A composition policy as a JSON document."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """JSONB on PostgreSQL."""
        return dialect.type_descriptor(Document.dialect_impl(dialect))

    def process_bind_param(self, value: CompositionPolicy | None, _dialect: Dialect) -> Any:
        """To a document."""
        return value.to_document() if value is not None else None

    def process_result_value(self, value: Any, _dialect: Dialect) -> CompositionPolicy | None:
        """From a document."""
        return CompositionPolicy.from_document(value) if value is not None else None


def _only(condition: str) -> dict[str, Any]:
    return {"postgresql_where": text(condition), "sqlite_where": text(condition)}


class TermsColumn(TypeDecorator[Terms]):
    """Profile terms as a JSON list."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """JSONB on PostgreSQL."""
        return dialect.type_descriptor(Document.dialect_impl(dialect))

    def process_bind_param(self, value: Terms | None, _dialect: Dialect) -> Any:
        """To documents."""
        return [term.to_document() for term in value] if value is not None else None

    def process_result_value(self, value: Any, _dialect: Dialect) -> Terms | None:
        """From documents."""
        return tuple(map(ProfileTerm.from_document, value)) if value is not None else None


people = Table(
    "people",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("email", String(254), comment="Null once the person is erased"),
    Column("language", String(10), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("profiles", Document, nullable=False),
    Column("profile_terms", TermsColumn, nullable=False, server_default="[]"),
    Column("profiles_change_on", Date, comment="The next day on which one of them starts or ends"),
    Column("external_id", String(100)),
    Column("administrator", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("erasure_asked_at", Instant),
    Column("erased_at", Instant),
    Column("erasure_finished_at", Instant),
    Index("uq_people_email", "email", unique=True),
    Index(
        "ix_people_erased_at", "erased_at", **_only("erased_at IS NOT NULL AND erasure_finished_at IS NULL")
    ),
    Index("uq_people_external_id", "external_id", unique=True),
    Index("ix_people_profiles_change_on", "profiles_change_on"),
)

groups = Table(
    "groups",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", String(30), nullable=False),
    Column("name", String(200), nullable=False),
    Column("theme", String(200), nullable=False),
    Column("aim", Text, nullable=False),
    Column("deliverables", Text, nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("approving_body_id", Uuid, ForeignKey("groups.id")),
    Column("decision_id", Uuid),
    Column("decision_profile", String(50), nullable=False),
    Column("policy", PolicyColumn, nullable=False),
    Column("ended_on", Date),
    Column("revision", Integer, nullable=False),
    Index("uq_groups_decision_id_name", "decision_id", "name", unique=True),
)

seats = Table(
    "seats",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("group_id", Uuid, ForeignKey("groups.id"), nullable=False),
    Column("person_id", Uuid, ForeignKey("people.id"), nullable=False),
    Column("profile", String(100), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("vacated_on", Date),
    Column("vacated_reason", String(30)),
    Column("attributes", Document, nullable=False, server_default="{}"),
    Column("warned_on", Date),
    Index(
        "uq_seats_filled",
        "group_id",
        "person_id",
        unique=True,
        postgresql_where=text("vacated_on IS NULL"),
        sqlite_where=text("vacated_on IS NULL"),
    ),
    Index("ix_seats_person_id", "person_id"),
    Index("ix_seats_ends_on", "ends_on"),
)

roles = Table(
    "roles",
    metadata,
    Column("group_id", Uuid, ForeignKey("groups.id"), primary_key=True),
    Column("person_id", Uuid, ForeignKey("people.id"), primary_key=True),
    Column("role", String(30), primary_key=True),
    Index("ix_roles_person_id", "person_id"),
)

candidacies = Table(
    "candidacies",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("group_id", Uuid, ForeignKey("groups.id"), nullable=False),
    Column("person_id", Uuid, ForeignKey("people.id"), nullable=False),
    Column("profile", String(100), nullable=False),
    Column("motivation", Text, nullable=False),
    Column("submitted_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Column("attributes", Document, nullable=False, server_default="{}"),
    Column("consented_to", String(100)),
    Column("revision", Integer, nullable=False),
    Index(
        "uq_candidacies_standing",
        "group_id",
        "person_id",
        unique=True,
        postgresql_where=text("withdrawn_at IS NULL"),
        sqlite_where=text("withdrawn_at IS NULL"),
    ),
)

selections = Table(
    "selections",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("group_id", Uuid, ForeignKey("groups.id"), nullable=False),
    Column("size", Integer, nullable=False),
    Column("randomness", String(500), nullable=False),
    Column("draws_at", Instant, nullable=False),
    Column("requested_by", Uuid, ForeignKey("people.id")),
    Column("requested_at", Instant, nullable=False),
    Column("state", word(SelectionState), nullable=False),
    Column("progress", Integer, nullable=False, comment="Per mille of the work of preparing it"),
    Column("attempts", Integer, nullable=False, server_default="0", comment="How many workers began"),
    Column("lease_until", Instant, comment="Real time: when another worker may take over"),
    Column("commitment", Document, comment="What was published and hashed"),
    Column("commitment_sha256", String(64)),
    Column("committed_at", Instant),
    Column("draw", Document),
    Column("drawn_at", Instant),
    Column("failure", Document),
    Column("revision", Integer, nullable=False),
    Index("ix_selections_group_id", "group_id"),
    Index(
        "uq_selections_under_way",
        "group_id",
        unique=True,
        postgresql_where=text(UNDER_WAY_SQL),
        sqlite_where=text(UNDER_WAY_SQL),
    ),
    comment="Selections by lot: prepared, committed to, drawn",
)

reserves = Table(
    "reserves",
    metadata,
    Column("candidacy_id", Uuid, ForeignKey("candidacies.id"), primary_key=True),
    Column("group_id", Uuid, ForeignKey("groups.id"), nullable=False),
    Column("selection_id", Uuid, ForeignKey("selections.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Index("ix_reserves_group_id", "group_id", "position"),
    comment="Who was not drawn, in the order of the draw",
)

vacancies = Table(
    "vacancies",
    metadata,
    Column("seat_id", Uuid, ForeignKey("seats.id"), primary_key=True),
    Column("group_id", Uuid, ForeignKey("groups.id"), nullable=False),
    Column("size", Integer, nullable=False),
    Column("ends_on", Date),
    Column("opened_at", Instant, nullable=False),
    Column("filled_by", Uuid, ForeignKey("seats.id")),
    Column("filled_at", Instant),
    Column("skipped", Document, nullable=False),
    Column("blocking", Document, nullable=False),
    Index("ix_vacancies_group_id", "group_id", "opened_at"),
    comment="Seats that were left, and how the reserve was looked through",
)

conflicts = Table(
    "conflicts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("people.id"), nullable=False),
    Column("group_id", Uuid, ForeignKey("groups.id")),
    Column("theme", String(200)),
    Column("reason", Text, nullable=False),
    Column("declared_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("revision", Integer, nullable=False),
    Index("ix_conflicts_person_id", "person_id"),
    comment="Conflicts of interest, as people declared them",
)

consents = Table(
    "consents",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("people.id"), nullable=False),
    Column("purpose", String(50), nullable=False),
    Column("text_version", String(50), nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Index("ix_consents_person_id", "person_id", "purpose"),
)

people_imports = Table(
    "people_imports",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("dry_run", Boolean, nullable=False),
    Column("created_by", Uuid, ForeignKey("people.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("state", String(20), nullable=False),
    Column("rows_total", Integer, nullable=False),
    Column("rows_done", Integer, nullable=False),
    Column("registered", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("attempts", Integer, nullable=False),
    Column("failure", Text),
    Column("revision", Integer, nullable=False),
)

people_import_rows = Table(
    "people_import_rows",
    metadata,
    Column("import_id", Uuid, ForeignKey("people_imports.id"), primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("email", String(254)),
    Column("external_id", String(100)),
    Column("person", Document, comment="What the row says; forgotten when the import ends"),
    Column("reasons", Document),
    Column("result", String(20)),
    Column("person_id", Uuid, ForeignKey("people.id")),
    Index("ix_people_import_rows_result", "import_id", "result", "line"),
    Index("ix_people_import_rows_email", "import_id", "email", "result"),
    Index("ix_people_import_rows_external_id", "import_id", "external_id", "result"),
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("people.id")),
    Column("email", String(254), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("code_hash", String(64), nullable=False),
    Column("nonce_hash", String(64)),
    Column("requested_from", String(64), nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("attempts", Integer, nullable=False),
    Index("ix_sign_in_links_email", "email", "requested_at"),
    Index("ix_sign_in_links_requested_from", "requested_from", "requested_at"),
    Index("ix_sign_in_links_nonce_hash", "nonce_hash"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("people.id"), nullable=False),
    Column("refresh_hash", String(64), nullable=False, unique=True),
    Column("started_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
)

person_exports = Table(
    "person_exports",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("people.id"), nullable=False, unique=True),
    Column("requested_by", Uuid),
    Column("requested_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index("ix_person_exports_expires_at", "expires_at"),
    comment="Of whom everything that is held was asked for",
)

person_export_parts = Table(
    "person_export_parts",
    metadata,
    Column("export_id", Uuid, ForeignKey("person_exports.id"), primary_key=True),
    Column("service", String(40), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("parts", Integer, nullable=False),
    Column("content", Document, nullable=False),
    comment="What each service answered: table, and rows as it keeps them",
)

own_signing_keys = Table(
    "own_signing_keys",
    metadata,
    Column("key_id", Uuid, primary_key=True),
    Column(
        "sealed_jwk", Text, nullable=False, comment="The private key, encrypted with the service's secret"
    ),
    Column("valid_from", Instant, nullable=False),
    Column("valid_until", Instant, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("scopes", Document, nullable=False),
    Column("secret_hash", String(64), nullable=False),
    Column("created_by", Uuid, ForeignKey("people.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    Column("revision", Integer, nullable=False),
)
