"""The tables of notifications."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
)

from beraad.storage.tables import NAMING, RowId
from beraad.storage.types import Document, Instant

metadata = MetaData(naming_convention=NAMING)

contacts = Table(
    "contacts",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("name", String(200), nullable=False),
    Column("email", String(254), nullable=False),
    Column("language", String(10), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("erased", Boolean, nullable=False),
    comment="Where people receive mail (private exchange); an erased person leaves an empty row",
)

recipients = Table(
    "recipients",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("quiet_hours", Document, comment="From when to when, on which days; null where there are none"),
    Column("digest_hour", SmallInteger, nullable=False, server_default="7"),
    Column("digest_weekday", SmallInteger, nullable=False, server_default="1", comment="1 is Monday"),
    Column("refused_address", String(254)),
    Column("refused_reason", Text),
    Column("refused_at", Instant),
    comment="What people chose, and addresses that were refused; a new address lifts the suppression",
)

preferences = Table(
    "preferences",
    metadata,
    Column("person_id", Uuid, nullable=False),
    Column("kind", String(50), nullable=False),
    Column("frequency", String(20), nullable=False),
    PrimaryKeyConstraint("person_id", "kind"),
    comment="How often a person wants mail of a kind; no row means immediately",
)

UNSPREAD = text("spread_at IS NULL")
group_preferences = Table(
    "group_preferences",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("group_id", Uuid, primary_key=True),
    Column("kind", String(50), primary_key=True, comment="all: every kind of mail of the group"),
    Column("frequency", String(20), nullable=False),
    comment="How often a person wants mail of a group; weighed in domain/frequencies.py",
)

notices = Table(
    "notices",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("kind", String(50), nullable=False),
    Column("event_type", String(120), nullable=False),
    Column("group_id", Uuid),
    Column("told", Document, nullable=False),
    Column("from_elsewhere", Boolean, nullable=False),
    Column("noticed_at", Instant, nullable=False),
    Column("spread_at", Instant),
    Index("ix_notices_unspread", "noticed_at", postgresql_where=UNSPREAD, sqlite_where=UNSPREAD),
    comment="Events to tell; spread over their audience once the roster is known to be up to date",
)

OPEN = text("state IN ('queued', 'deferred', 'sending')")
WAITING = text("state = 'collected' AND digest_id IS NULL")
TOLD_IN = text("digest_id IS NOT NULL")
DUE_AT = "While sending: when the lease ends; collected: when its digest is due, in domain time"
DOUBTED = "The mail server's policy refused it, or others of the same event: once more is for itself"
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("kind", String(50), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("urgency", SmallInteger, nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("uncertain", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("queued_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False, comment=DUE_AT),
    Column("give_up_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("digest_id", Uuid, comment="The digest it is told in (what stands as the event of that mail)"),
    Column("doubted", Boolean, nullable=False, server_default=false(), comment=DOUBTED),
    UniqueConstraint("person_id", "event_id", "kind", "channel"),
    Index("ix_deliveries_open", "urgency", "due_at", postgresql_where=OPEN, sqlite_where=OPEN),
    Index("ix_deliveries_waiting", "due_at", postgresql_where=WAITING, sqlite_where=WAITING),
    Index("ix_deliveries_told_in", "digest_id", postgresql_where=TOLD_IN, sqlite_where=TOLD_IN),
    comment="One mail to one person about one event",
)

delivery_steps = Table(
    "delivery_steps",
    metadata,
    Column("row_id", RowId, primary_key=True, autoincrement=True),
    Column("delivery_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("at", Instant, nullable=False),
    Column("what", String(30), nullable=False),
    Column("told", Text, nullable=False, comment="The mail server's words, or the reason"),
    Column("next_at", Instant, comment="When it is looked at again; of a digest, in domain time"),
    Column("attempt", Integer, nullable=False),
    Index("ix_delivery_steps_delivery_id", "delivery_id"),
    Index("ix_delivery_steps_person_id", "person_id"),
    comment="What a delivery's row forgets of its way; only ever added",
)

channels = Table(
    "channels",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", Instant),
    Column("failures", Integer, nullable=False),
    Column("next_trial_at", Instant),
    Column("trial", Uuid, comment="The delivery that is being tried"),
    Column("refused", Uuid, comment="The delivery whose refusal paused it"),
    comment="Whether mail goes out, for all workers; domain/channels.py tells what follows what",
)

mail_domains = Table(
    "mail_domains",
    metadata,
    Column("domain", String(255), primary_key=True),
    Column("window_at", Instant, nullable=False),
    Column("sent", Integer, nullable=False, comment="Since then, within a minute"),
    Column("turns_until", Instant, nullable=False),
    comment="How much goes to which domain, where that is limited; forgotten after an hour",
)

KNOWN_MEETINGS = "Projection of meetings: what the links in invitations ask about"
known_meetings = Table(
    "known_meetings",
    metadata,
    Column("meeting_id", Uuid, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("series_id", Uuid),
    Column("group_id", Uuid, nullable=False),
    Column("title", String(200), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Index("ix_known_meetings_series_id", "series_id", "starts_at"),
    comment=KNOWN_MEETINGS,
)
