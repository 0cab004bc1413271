"""The tables of meetings."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
    Uuid,
    false,
    text,
)

from beraad.storage.tables import NAMING, RowId
from beraad.storage.types import Document, Instant

metadata = MetaData(naming_convention=NAMING)

series = Table(
    "series",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("group_id", Uuid, nullable=False),
    Column("title", String(200), nullable=False),
    Column("recurrence", String(500), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("first_starts_on", Date, nullable=False),
    Column("start_time", Time, nullable=False),
    Column("duration_minutes", Integer, nullable=False),
    Column("place", String(500), nullable=False),
    Column("online_link", String(500), nullable=False),
    Column("changed_at", Instant, nullable=False, comment="DTSTAMP"),
    Column("sequence", Integer, nullable=False, comment="SEQUENCE of every component of this UID"),
    Column("revision", Integer, nullable=False),
    Index("ix_series_group_id", "group_id"),
)

meetings = Table(
    "meetings",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("series_id", Uuid, ForeignKey("series.id")),
    Column("group_id", Uuid, nullable=False),
    Column("title", String(200), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("occurs_at", Instant, comment="Of a series: the start by its rule, RECURRENCE-ID"),
    Column("duration_minutes", Integer, nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("place", String(500), nullable=False),
    Column("online_link", String(500), nullable=False),
    Column("local_time_warning", String(40), nullable=False),
    Column("state", String(20), nullable=False),
    Column("opened_at", Instant),
    Column("closed_at", Instant),
    Column("cancelled_reason", Text),
    Column("agenda_published_at", Instant),
    Column("remind_at", Instant, comment="When the reminder falls due; null when there is none to come"),
    Column("reminded_at", Instant),
    Column("changed_at", Instant, nullable=False, comment="DTSTAMP"),
    Column("sequence", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("series_id", "occurs_at"),
    Index("ix_meetings_group_id", "group_id", "starts_at", "id"),
    Index(
        "ix_meetings_remind_at",
        "remind_at",
        postgresql_where=text("remind_at IS NOT NULL"),
        sqlite_where=text("remind_at IS NOT NULL"),
    ),
)

agenda_items = Table(
    "agenda_items",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("meeting_id", Uuid, ForeignKey("meetings.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("title", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("owner_id", Uuid),
    Column("proposal_id", Uuid),
    Index("ix_agenda_items_meeting_id", "meeting_id", "position"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("scope_id", Uuid, nullable=False, comment="The meeting, or the series where no meeting is named"),
    Column("series_id", Uuid, ForeignKey("series.id")),
    Column("meeting_id", Uuid, ForeignKey("meetings.id")),
    Column("group_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("role", String(20), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("withdrawn_at", Instant),
    UniqueConstraint("scope_id", "person_id"),
    Index("ix_invitations_person_id", "person_id", "group_id"),
)

WITH_SERIES = (
    "Given for all of the series: a later answer to the series replaces it, one to the meeting alone stays"
)
answers = Table(
    "answers",
    metadata,
    Column("meeting_id", Uuid, ForeignKey("meetings.id"), nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("invitation_id", Uuid, ForeignKey("invitations.id"), nullable=False),
    Column("answer", String(20), nullable=False),
    Column("comment", Text, nullable=False),
    Column("answered_at", Instant, nullable=False),
    Column("with_series", Boolean, nullable=False, server_default=false(), comment=WITH_SERIES),
    PrimaryKeyConstraint("meeting_id", "person_id"),
    Index("ix_answers_person_id", "person_id"),
    comment="One answer per meeting, also within a series",
)

attendance = Table(
    "attendance",
    metadata,
    Column("row_id", RowId, primary_key=True, autoincrement=True),
    Column("meeting_id", Uuid, ForeignKey("meetings.id"), nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("state", String(20), nullable=False),
    Column("counts", Boolean, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Uuid),
    Index("ix_attendance_meeting_id", "meeting_id", "person_id", "row_id"),
    comment="A log: a person's last line is their state",
)

minutes = Table(
    "minutes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("meeting_id", Uuid, ForeignKey("meetings.id"), nullable=False, unique=True),
    Column("group_id", Uuid, nullable=False),
    Column("title", String(200), nullable=False),
    Column("state", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("proposal_ids", Document, nullable=False),
    Column("circulated_at", Instant),
    Column("approved_at", Instant),
    Column("approved_at_meeting_id", Uuid, ForeignKey("meetings.id")),
    Column("revision", Integer, nullable=False),
    Index("ix_minutes_group_id", "group_id", "state"),
)

minutes_versions = Table(
    "minutes_versions",
    metadata,
    Column("minutes_id", Uuid, ForeignKey("minutes.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("written_by", Uuid),
    Column("written_at", Instant, nullable=False),
    PrimaryKeyConstraint("minutes_id", "version"),
)

calendar_feeds = Table(
    "calendar_feeds",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, nullable=False),
    Column("group_id", Uuid),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Index("ix_calendar_feeds_person_id", "person_id", "group_id"),
)

known_proposals = Table(
    "known_proposals",
    metadata,
    Column("proposal_id", Uuid, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("group_id", Uuid, nullable=False),
    Column("title", String(200), nullable=False),
    Column("stage", String(30), nullable=False),
    Column("version", Integer, nullable=False),
    comment="Projection of deliberation's proposals",
)
