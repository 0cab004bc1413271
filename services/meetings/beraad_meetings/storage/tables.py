"""The tables of meetings."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
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
    Column("avoid", Document, comment="On which days it does not meet, and what happens instead"),
    Column(
        "avoided",
        Document,
        nullable=False,
        server_default="[]",
        comment="What that moved or cancelled: [{meeting_id, on, name, from, to}]",
    ),
    Column(
        "follows_series_id",
        Uuid,
        comment="The series that ends where this one goes on, changed",
    ),
    Column("cancelled_at", Instant),
    Index("ix_series_group_id", "group_id"),
    Index("ix_series_follows_series_id", "follows_series_id"),
)

MOVED_AT = "When its time last changed: answers given before are about another time"
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
    Column(
        "guest_series_id",
        Uuid,
        comment="UID its guests know it by, once a change of the series gave it another",
    ),
    Column("guest_occurs_at", Instant, comment="RECURRENCE-ID its guests know it by then"),
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
    Column("moved_at", Instant, comment=MOVED_AT),
    Column("sequence", Integer, nullable=False),
    Column(
        "quorum",
        Document,
        nullable=False,
        server_default='{"share": "1/2", "coordinator_required": true}',
        comment="The rule: share and coordinator_required",
    ),
    Column(
        "report",
        Text,
        nullable=False,
        server_default="",
        comment="What was done, in short, where it closed without minutes",
    ),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("series_id", "occurs_at"),
    Index("ix_meetings_group_id", "group_id", "starts_at", "id"),
    Index("ix_meetings_starts_at", "starts_at"),
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
    Column("decision_id", Uuid, comment="The decision it looks at again"),
    Column("parent_id", Uuid, comment="The item of the same agenda it is within"),
    Column("started_at", Instant),
    Column("closed_at", Instant),
    Column("inquorate", Boolean, comment="Once closed: there was no quorum at that moment"),
    Index("ix_agenda_items_meeting_id", "meeting_id", "position"),
    Index("ix_agenda_items_decision_id", "decision_id"),
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
    Column("at", Instant, nullable=False, comment="From when on this is their state"),
    Column("counts", Boolean, nullable=False),
    Column(
        "coordinates",
        Boolean,
        nullable=False,
        server_default=false(),
        comment="Was facilitator, secretary or board link",
    ),
    Column("replaces_id", RowId, comment="The line this one corrects"),
    Column("remark", String(500), nullable=False, server_default=""),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Uuid),
    UniqueConstraint("replaces_id"),
    Index("ix_attendance_meeting_id", "meeting_id", "person_id", "row_id"),
    comment="A log: a person's last line is their state",
)

seat_terms = Table(
    "seat_terms",
    metadata,
    Column("seat_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("group_id", Uuid, nullable=False),
    Column("from_at", Instant, nullable=False),
    Column("vacated_at", Instant),
    PrimaryKeyConstraint("seat_id", "person_id", "from_at"),
    Index("ix_seat_terms_group_id", "group_id"),
    comment="Who held a seat when, as membership told: the base of a quorum at an instant",
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
    Column(
        "agreed_ids",
        Document,
        nullable=False,
        server_default="[]",
        comment="Action items that were told to deliberation",
    ),
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
    Column(
        "action_items",
        Document,
        nullable=False,
        server_default="[]",
        comment="id, title, owner_id, due_on, decision_id",
    ),
    PrimaryKeyConstraint("minutes_id", "version"),
)

action_items = Table(
    "action_items",
    metadata,
    Column("item_id", Uuid, primary_key=True),
    Column("minutes_id", Uuid, ForeignKey("minutes.id"), nullable=False),
    comment="In which minutes an id was first written; nowhere else it may be used",
)

files = Table(
    "files",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("meeting_id", Uuid, ForeignKey("meetings.id"), nullable=False),
    Column("agenda_item_id", Uuid, ForeignKey("agenda_items.id"), comment="Null: it is with the minutes"),
    Column("name", String(200), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", Integer, nullable=False, comment="Bytes"),
    Column("sha256", String(64), nullable=False),
    Column("added_by", Uuid),
    Column("added_at", Instant, nullable=False),
    Index("ix_files_meeting_id", "meeting_id", "agenda_item_id"),
    Index("ix_files_agenda_item_id", "agenda_item_id"),
)

file_chunks = Table(
    "file_chunks",
    metadata,
    Column("file_id", Uuid, ForeignKey("files.id"), nullable=False),
    Column("number", Integer, nullable=False, comment="From 0"),
    Column("content", LargeBinary, nullable=False, comment="At most 256 KiB"),
    PrimaryKeyConstraint("file_id", "number"),
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

diaries = Table(
    "diaries",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column(
        "held", Integer, nullable=False, comment="How often: each time the row is locked by being written"
    ),
    comment="Held by whoever looks when these people are free and books them",
)

overridden_conflicts = Table(
    "overridden_conflicts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("meeting_id", Uuid, ForeignKey("meetings.id"), nullable=False),
    Column("people", Integer, nullable=False, comment="How many are in another meeting at that time"),
    Column("reason", Text, nullable=False),
    Column("overridden_by", Uuid),
    Column("overridden_at", Instant, nullable=False),
    Index("ix_overridden_conflicts_meeting_id", "meeting_id", "overridden_at"),
    comment="Double bookings that somebody wanted, and why",
)

registration_lists = Table(
    "registration_lists",
    metadata,
    Column("meeting_id", Uuid, ForeignKey("meetings.id"), primary_key=True),
    Column("capacity", Integer, nullable=False),
    Column("last_number", Integer, nullable=False, comment="The last one given to somebody who came"),
    comment="Meetings that are open to all; written under the meeting's lock",
)

registrations = Table(
    "registrations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("meeting_id", Uuid, ForeignKey("registration_lists.meeting_id"), nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False, comment="The order of arrival"),
    Column("state", String(20), nullable=False),
    Column("invited", Boolean, nullable=False, comment="Registering made them a guest"),
    Column("registered_at", Instant, nullable=False),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("meeting_id", "person_id"),
    UniqueConstraint("meeting_id", "number"),
    Index("ix_registrations_person_id", "person_id"),
)

polls = Table(
    "polls",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("group_id", Uuid, nullable=False),
    Column("title", String(200), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("place", String(500), nullable=False),
    Column("online_link", String(500), nullable=False),
    Column("duration_minutes", Integer, nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("closes_at", Instant, nullable=False),
    Column("remind_at", Instant, comment="When the reminder falls due; null when there is none to come"),
    Column("quorum_percent", Integer, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("opened_by", Uuid),
    Column("state", String(20), nullable=False),
    Column("closed_at", Instant),
    Column("meeting_id", Uuid, ForeignKey("meetings.id")),
    Column("booked_despite", Text, comment="Why a slot was booked that was excluded"),
    Column("booked_by", Uuid, comment="Whose words these are"),
    Column("revision", Integer, nullable=False),
    Index("ix_polls_group_id", "group_id", "state"),
    Index(
        "ix_polls_remind_at",
        "remind_at",
        postgresql_where=text("remind_at IS NOT NULL"),
        sqlite_where=text("remind_at IS NOT NULL"),
    ),
    Index(
        "ix_polls_closes_at",
        "closes_at",
        postgresql_where=text("state = 'open'"),
        sqlite_where=text("state = 'open'"),
    ),
)

poll_slots = Table(
    "poll_slots",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("poll_id", Uuid, ForeignKey("polls.id"), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("local_time_warning", String(40), nullable=False),
    UniqueConstraint("poll_id", "starts_at"),
    Index("ix_poll_slots_starts_at", "starts_at"),
)

poll_answers = Table(
    "poll_answers",
    metadata,
    Column("slot_id", Uuid, ForeignKey("poll_slots.id"), nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("poll_id", Uuid, ForeignKey("polls.id"), nullable=False),
    Column("answer", String(20), nullable=False),
    Column(
        "source",
        String(20),
        nullable=False,
        comment="poll: given there; else known from elsewhere when it closed",
    ),
    Column("answered_at", Instant, nullable=False),
    PrimaryKeyConstraint("slot_id", "person_id"),
    Index("ix_poll_answers_poll_id", "poll_id", "person_id"),
    Index("ix_poll_answers_person_id", "person_id"),
)

poll_participants = Table(
    "poll_participants",
    metadata,
    Column("poll_id", Uuid, ForeignKey("polls.id"), nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("seated", Boolean, nullable=False),
    Column("coordinator", Boolean, nullable=False),
    Column("profiles", Document, nullable=False),
    Column("taken", Document, nullable=False, comment="The slots during which they were in another meeting"),
    PrimaryKeyConstraint("poll_id", "person_id"),
    Index("ix_poll_participants_person_id", "person_id"),
    comment="Whom a poll asked, as it was when it was booked: its result stays what it was",
)

availability = Table(
    "availability",
    metadata,
    Column("row_id", RowId, primary_key=True, autoincrement=True),
    Column("person_id", Uuid, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("answer", String(20), nullable=False),
    Index("ix_availability_person_id", "person_id", "starts_at"),
    comment="When people can come, said once for the polls of all their groups",
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

known_rounds = Table(
    "known_rounds",
    metadata,
    Column("round_id", Uuid, primary_key=True, comment="Of a consent round or a vote"),
    Column("revision", Integer, nullable=False),
    Column("proposal_id", Uuid, nullable=False),
    Column("kind", String(10), nullable=False, comment="round or vote"),
    Column("number", Integer, nullable=False, comment="Of a round; a vote has 0"),
    Column("state", String(10), nullable=False, comment="open or closed"),
    Column("closes_at", Instant, nullable=False),
    Column("electors", Integer, nullable=False),
    Column("outcome", String(30), nullable=False),
    Column("meeting_id", Uuid, comment="Where it is answered together, in a meeting"),
    Index("ix_known_rounds_proposal_id", "proposal_id"),
    comment="Projection of deliberation's consent rounds and votes",
)

known_decisions = Table(
    "known_decisions",
    metadata,
    Column("decision_id", Uuid, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("group_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("title", String(200), nullable=False),
    Column("proposal_id", Uuid, nullable=False),
    Column("review_on", Date),
    Column("review_due", Boolean, nullable=False, comment="Until its proposal leaves the review again"),
    Column("superseded", Boolean, nullable=False),
    Index("ix_known_decisions_group_id", "group_id"),
    comment="Projection of deliberation's decisions",
)

known_approvals = Table(
    "known_approvals",
    metadata,
    Column("approval_id", Uuid, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("proposal_id", Uuid, nullable=False),
    Column("body_id", Uuid, nullable=False),
    Column("title", String(200), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("answered", Boolean, nullable=False),
    Index("ix_known_approvals_body_id", "body_id"),
    comment="Projection of what deliberation asks approving bodies",
)

known_tasks = Table(
    "known_tasks",
    metadata,
    Column("task_id", Uuid, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("owner_id", Uuid, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("state", String(10), nullable=False, comment="assigned, due or done"),
    comment="Projection of deliberation's tasks that came of minutes",
)
