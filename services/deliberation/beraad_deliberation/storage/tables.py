"""The tables of deliberation."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    ScalarSelect,
    String,
    Subquery,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    case,
    false,
    select,
    text,
)

from beraad.storage.tables import NAMING, RowId
from beraad.storage.types import Document, Instant, word
from beraad_deliberation.domain.amendments import AmendmentState
from beraad_deliberation.domain.approvals import ApprovalState
from beraad_deliberation.domain.contributions import ContributionState
from beraad_deliberation.domain.decisions import DecisionState
from beraad_deliberation.domain.objection_states import ObjectionState
from beraad_deliberation.domain.objections import Strategy
from beraad_deliberation.domain.responding import Answer
from beraad_deliberation.domain.rounds import RunState
from beraad_deliberation.domain.stages import Stage
from beraad_deliberation.domain.votes import Choice
from beraad_deliberation.storage.types import ClashesColumn, EditsColumn, IdsColumn, ProfileColumn

metadata = MetaData(naming_convention=NAMING)


def _only(condition: str) -> dict[str, Any]:
    return {"postgresql_where": text(condition), "sqlite_where": text(condition)}


def _leaf() -> tuple[Column[Any], Column[Any]]:
    return (
        Column("prev", LargeBinary, comment="The elector's leaf before; 32 bytes"),
        Column("leaf", LargeBinary, comment="Of this answer in the record; 32 bytes"),
    )


def _answered() -> tuple[Column[Any], ...]:
    """What a response says."""
    return (
        Column("version", Integer, nullable=False),
        Column("answer", word(Answer), nullable=False),
        Column("concern", Text),
        Column("given_at", Instant, nullable=False),
        Column("recorded_by", Uuid, comment="Who wrote down what was spoken"),
        Column("contested_at", Instant),
        Column("contest_reason", Text),
        Column(
            "said", String(64), comment="In the record: what the concern, or why it is contested, is bound by"
        ),
        *_leaf(),
    )


def _cast() -> tuple[Column[Any], ...]:
    """What a ballot says."""
    return (
        Column("version", Integer, nullable=False),
        Column("choice", word(Choice), nullable=False),
        Column("given_at", Instant, nullable=False),
        *_leaf(),
    )


proposals = Table(
    "proposals",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("group_id", Uuid, nullable=False),
    Column("kind", String(30), nullable=False),
    Column("title", String(200), nullable=False),
    Column("driver", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("theme", String(200), nullable=False),
    Column("proposer_ids", IdsColumn, nullable=False),
    Column("responsible_id", Uuid, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("effective_on", Date),
    Column("review_on", Date),
    Column("approval_due_on", Date),
    Column("tasks", Document, nullable=False),
    Column("groups", Document, nullable=False),
    Column("supersedes_id", Uuid),
    Column("stage", word(Stage), nullable=False),
    Column("phase_ends_at", Instant, comment="When the time box of a phase before the rounds is over"),
    Column("withdraws_at", Instant, comment="Withdrawn then, unless somebody takes it over"),
    Column("granted_version", Integer, comment="The text the approving body agreed to beforehand"),
    Column("version", Integer, nullable=False),
    Column("version_hash", String(64)),
    Column("profile", ProfileColumn),
    Column("rounds_held", Integer, nullable=False),
    Column("last_round_version", Integer),
    Column("round_id", Uuid),
    Column("vote_id", Uuid),
    Column("approval_id", Uuid),
    Column("decision_id", Uuid),
    Column("revision", Integer, nullable=False),
    Index("ix_proposals_group_id", "group_id", "id"),
    Index("ix_proposals_withdraws_at", "withdraws_at", **_only("withdraws_at IS NOT NULL")),
    Index("ix_proposals_phase_ends_at", "phase_ends_at", **_only("phase_ends_at IS NOT NULL")),
)

versions = Table(
    "versions",
    metadata,
    Column("proposal_id", Uuid, ForeignKey("proposals.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("previous_hash", String(64)),
    Column("hash", String(64), nullable=False),
    Column("author_id", Uuid),
    Column("amendment_id", Uuid),
    Column("note", Text, nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("editorial", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint("proposal_id", "number"),
)

stage_moves = Table(
    "stage_moves",
    metadata,
    Column("row_id", RowId, primary_key=True, autoincrement=True),
    Column("proposal_id", Uuid, ForeignKey("proposals.id"), nullable=False),
    Column("from_stage", word(Stage), nullable=False),
    Column("to_stage", word(Stage), nullable=False),
    Column("reason", Text, nullable=False),
    Column("moved_by", Uuid),
    Column("moved_at", Instant, nullable=False),
    Index("ix_stage_moves_proposal_id", "proposal_id", "row_id"),
    comment="What a facilitator did by hand, and why",
)

questions = Table(
    "questions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("proposal_id", Uuid, ForeignKey("proposals.id"), nullable=False),
    Column("group_id", Uuid, nullable=False),
    Column("asked_by", Uuid, nullable=False),
    Column("text", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("answer", Text),
    Column("answered_by", Uuid),
    Column("answered_at", Instant),
    Index("ix_questions_proposal_id", "proposal_id", "id"),
    Index("ix_questions_unanswered", "group_id", **_only("answer IS NULL")),
)

reactions = Table(
    "reactions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("proposal_id", Uuid, ForeignKey("proposals.id"), nullable=False),
    Column("group_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("text", Text, nullable=False),
    Column("passes", Boolean, nullable=False),
    Column("given_at", Instant, nullable=False),
    UniqueConstraint("proposal_id", "person_id"),
)

group_profiles = Table(
    "group_profiles",
    metadata,
    Column("group_id", Uuid, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("profile", ProfileColumn, nullable=False),
    Column("reason", Text, nullable=False),
    Column("set_by", Uuid),
    Column("set_at", Instant, nullable=False),
    PrimaryKeyConstraint("group_id", "revision"),
    comment="How groups decide, as set for them; the highest revision counts",
)

amendments = Table(
    "amendments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("proposal_id", Uuid, ForeignKey("proposals.id"), nullable=False),
    Column("group_id", Uuid, nullable=False),
    Column("title", String(200), nullable=False),
    Column("author_id", Uuid, nullable=False),
    Column("base_version", Integer, nullable=False),
    Column("edits", EditsColumn, nullable=False, server_default="[]"),
    Column("original", Text, nullable=False),
    Column("replacement", Text, nullable=False),
    Column("rationale", Text, nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("duplicate_of_id", Uuid),
    Column("state", word(AmendmentState), nullable=False),
    Column("settled_at", Instant),
    Column("accepted_in_version", Integer),
    Column("clashes", ClashesColumn, nullable=False, server_default="[]"),
    Column("editorial", Boolean, nullable=False, server_default=false()),
    Column("takes_effect_at", Instant, comment="An announced editorial change can be contested until then"),
    Column("contested_by", Uuid),
    Column("contest_reason", Text),
    Column("promoted_to_id", Uuid),
    Column("revision", Integer, nullable=False),
    Index("ix_amendments_proposal_id", "proposal_id", "id"),
    Index("ix_amendments_takes_effect_at", "takes_effect_at", **_only("takes_effect_at IS NOT NULL")),
)

rounds = Table(
    "rounds",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("proposal_id", Uuid, ForeignKey("proposals.id"), nullable=False),
    Column("group_id", Uuid, nullable=False),
    Column("title", String(200), nullable=False),
    Column("number", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("profile", ProfileColumn, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closes_at", Instant, nullable=False),
    Column("electors", Integer, nullable=False),
    Column("electorate_hash", String(64), nullable=False),
    Column("electorate_epoch", Integer, nullable=False),
    Column("electorate_position", BigInteger, nullable=False),
    Column("override_reason", Text),
    Column("answers", String(120), nullable=False, comment="The words permitted, each between spaces"),
    Column("silence", Boolean, nullable=False, comment="Declared at the opening to be consent"),
    Column("live", Boolean, nullable=False, server_default=false()),
    Column("live_ended_at", Instant),
    Column("meeting_id", Uuid),
    Column(
        "contested",
        Boolean,
        nullable=False,
        server_default=false(),
        comment="While it runs an answer was contested: from then on answers go the ordinary way",
    ),
    Column(
        "remind_at",
        Instant,
        comment="When those who have not answered are reminded; null when nobody is to be",
    ),
    Column("calls", Integer, nullable=False),
    Column("state", word(RunState), nullable=False),
    Column("closed_at", Instant),
    Column("close_reason", Text),
    Column("outcome", String(30)),
    Column("reasons", Document, nullable=False),
    Column("eligible", Integer),
    Column("present", Integer),
    Column("consents", Integer),
    Column("tacit", Integer),
    Column("objections", Integer),
    Column("responses_root", String(64)),
    Column(
        "judged",
        Document,
        comment="What it was judged by that changes afterwards: calls, and where objections stood",
    ),
    Column("difference", Document, comment="How the roster differed from the electorate at the close"),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("proposal_id", "number"),
    Index("ix_rounds_due", "closes_at", **_only("state = 'open'")),
    Index("ix_rounds_running", "group_id", **_only("state = 'open'")),
    Index("ix_rounds_remind_at", "remind_at", **_only("remind_at IS NOT NULL")),
)

votes = Table(
    "votes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("proposal_id", Uuid, ForeignKey("proposals.id"), nullable=False),
    Column("group_id", Uuid, nullable=False),
    Column("title", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("profile", ProfileColumn, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closes_at", Instant, nullable=False),
    Column("electors", Integer, nullable=False),
    Column("electorate_hash", String(64), nullable=False),
    Column("electorate_epoch", Integer, nullable=False),
    Column("electorate_position", BigInteger, nullable=False),
    Column("override_reason", Text),
    Column("state", word(RunState), nullable=False),
    Column("closed_at", Instant),
    Column("close_reason", Text),
    Column("outcome", String(30)),
    Column("reasons", Document, nullable=False),
    Column("eligible", Integer),
    Column("in_favor", Integer),
    Column("against", Integer),
    Column("abstained", Integer),
    Column(
        "remind_at",
        Instant,
        comment="When those who have not answered are reminded; null when nobody is to be",
    ),
    Column("revision", Integer, nullable=False),
    Index("ix_votes_proposal_id", "proposal_id"),
    Index("ix_votes_due", "closes_at", **_only("state = 'open'")),
    Index("ix_votes_running", "group_id", **_only("state = 'open'")),
    Index("ix_votes_remind_at", "remind_at", **_only("remind_at IS NOT NULL")),
)

electors = Table(
    "electors",
    metadata,
    Column("roll_id", Uuid, nullable=False, comment="The round or vote whose electorate this is"),
    Column("person_id", Uuid, nullable=False),
    Column("departed_at", Instant, comment="Left the group before the close: out of the denominator"),
    Column("departed_reason", String(30)),
    Column(
        "departed_note",
        Text,
        comment="Why, where a person said so: a recusal, or a departure recorded by hand",
    ),
    Column("departed_by", Uuid),
    Column("notified", Boolean, nullable=False, comment="The mail about it was accepted for delivery"),
    Column("present", Boolean, nullable=False, server_default=false(), comment="In a live round: is there"),
    Column("pseudonym", String(64), comment="In the record; null where it was not kept yet"),
    PrimaryKeyConstraint("roll_id", "person_id"),
    Index("ix_electors_person_id", "person_id", "roll_id"),
    comment="Frozen electorates",
)


responses = Table(
    "responses",
    metadata,
    Column("row_id", RowId, primary_key=True, autoincrement=True),
    Column("round_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("ordinal", Integer, nullable=False, comment="The elector's first, second, …; the last counts"),
    *_answered(),
    Column(
        "taken_back",
        Boolean,
        nullable=False,
        server_default=false(),
        comment="Contested while the round ran: from then on the elector has not answered",
    ),
    UniqueConstraint("round_id", "person_id", "ordinal"),
    comment="Every response ever given, with its leaf in the record; only added to",
)

ballots = Table(
    "ballots",
    metadata,
    Column("row_id", RowId, primary_key=True, autoincrement=True),
    Column("vote_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("ordinal", Integer, nullable=False, comment="The elector's first, second, …; the last counts"),
    *_cast(),
    UniqueConstraint("vote_id", "person_id", "ordinal"),
    comment="Every ballot ever cast, with its leaf in the record; only added to",
)


def _current(answers: Table, key: str) -> Subquery:
    """Of each elector's answers the last, unless it takes back what was recorded for them."""
    newer = answers.alias("newer")
    theirs = (newer.c[key] == answers.c[key]) & (newer.c.person_id == answers.c.person_id)
    later = select(newer.c.ordinal).where(theirs, newer.c.ordinal > answers.c.ordinal).limit(1)
    last = select(answers).where(later.scalar_subquery().is_(None))
    if "taken_back" in answers.c:
        last = last.where(~answers.c.taken_back)
    return last.subquery(f"current_{answers.name}")


def _of_elector(answers: Table, key: str, said: str) -> ScalarSelect[Any]:
    """What counts of each elector (of the query around it); null where they have not answered.

    A value looked up for each elector, and not a join: where PostgreSQL's statistics are older than the answers of the last minutes,
    it joins every one with every other, which took more than a minute for 3,000.
    """
    counts: ColumnElement[Any] = answers.c[said]
    if "taken_back" in answers.c:
        counts = case((~answers.c.taken_back, counts))
    theirs = (answers.c[key] == electors.c.roll_id) & (answers.c.person_id == electors.c.person_id)
    last = select(counts).where(theirs).order_by(answers.c.ordinal.desc()).limit(1)
    return last.correlate(electors).scalar_subquery()


current_responses = _current(responses, "round_id")
current_ballots = _current(ballots, "vote_id")
electors_response = _of_elector(responses, "round_id", "answer")
electors_ballot = _of_elector(ballots, "vote_id", "choice")


objections = Table(
    "objections",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("round_id", Uuid, ForeignKey("rounds.id"), nullable=False),
    Column("proposal_id", Uuid, ForeignKey("proposals.id"), nullable=False),
    Column("group_id", Uuid, nullable=False),
    Column("title", String(200), nullable=False),
    Column("objector_id", Uuid, nullable=False),
    Column("raised_by_id", Uuid, nullable=False),
    Column("reason", Text, nullable=False),
    Column("kind", String(30), nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("anchor_start", Integer),
    Column("anchor_end", Integer),
    Column("amendment_id", Uuid),
    Column("state", word(ObjectionState), nullable=False),
    Column("follows_id", Uuid),
    Column("merged_into_id", Uuid),
    Column("ruling_reason", Text),
    Column("appealable_until", Instant),
    Column("appealed_at", Instant),
    Column("integrated_in_version", Integer),
    Column("strategy", word(Strategy)),
    Column("strategy_note", Text, nullable=False, server_default=""),
    Column("strategy_owner_id", Uuid),
    Column("strategy_due_on", Date),
    Column("tested_at", Instant),
    Column("settled_at", Instant),
    Column("orphaned_from", word(ObjectionState)),
    Column("orphaned_until", Instant),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("round_id", "objector_id"),
    Index("ix_objections_proposal_id", "proposal_id", "id"),
    Index("ix_objections_objector_id", "objector_id", "group_id"),
    Index("ix_objections_orphaned_until", "orphaned_until", **_only("state = 'orphaned'")),
    Index("ix_objections_appealable_until", "appealable_until", **_only("appealable_until IS NOT NULL")),
)

opinions = Table(
    "opinions",
    metadata,
    Column("objection_id", Uuid, ForeignKey("objections.id"), nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("qualifies", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("given_at", Instant, nullable=False),
    PrimaryKeyConstraint("objection_id", "person_id"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("proposal_id", Uuid, ForeignKey("proposals.id"), nullable=False),
    Column("group_id", Uuid, nullable=False),
    Column("body_id", Uuid, nullable=False),
    Column("title", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("overdue_at", Instant, nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("proposer_ids", IdsColumn, nullable=False),
    Column("verdict_reasons", Document, nullable=False),
    Column("state", word(ApprovalState), nullable=False),
    Column("reason", Text, nullable=False),
    Column("answered_by", Uuid),
    Column("answered_at", Instant),
    Column("told_overdue", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Index("ix_approvals_body_id", "body_id", "id"),
    Index("ix_approvals_group_id", "group_id", "id"),
    Index("ix_approvals_overdue_at", "overdue_at", **_only("state = 'requested' AND NOT told_overdue")),
)

ledgers = Table(
    "ledgers",
    metadata,
    Column("group_id", Uuid, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("peaks", LargeBinary, nullable=False, comment="Roots of the full subtrees, largest first"),
    Column("last", LargeBinary, comment="The last entry's leaf"),
    Column("sealed_size", Integer, nullable=False, comment="How far a checkpoint was told"),
    Column("sealed_at", Instant, nullable=False),
    Index("ix_ledgers_sealed_at", "sealed_at", **_only("sealed_size < size")),
    comment="How far each group's record goes",
)

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("group_id", Uuid, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("subject", Uuid, nullable=False, comment="The round, objection, … it is about"),
    Column("entry", Text, nullable=False, comment="In its canonical form"),
    Column("leaf", LargeBinary, nullable=False),
    PrimaryKeyConstraint("group_id", "seq"),
    Index("ix_ledger_entries_subject", "group_id", "subject"),
    comment="The records; append-only",
)

record_texts = Table(
    "record_texts",
    metadata,
    Column("commitment", String(64), primary_key=True),
    Column("group_id", Uuid, nullable=False),
    Column("salt", String(64), nullable=False),
    Column("text", Document, nullable=False),
    Column("author_id", Uuid, comment="With whom it is erased"),
    Column("proposal_id", Uuid, comment="Of a version's text"),
    Column("version", Integer),
    UniqueConstraint("proposal_id", "version"),
    Index("ix_record_texts_group_id", "group_id"),
    Index("ix_record_texts_author_id", "author_id"),
    comment="What the records bind and do not hold; deleting a row erases it",
)

pseudonyms = Table(
    "pseudonyms",
    metadata,
    Column("group_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("pseudonym", String(64), nullable=False),
    Column("salt", String(64), comment="Null once the person is erased"),
    Column("name", Text),
    PrimaryKeyConstraint("group_id", "person_id"),
    Index("ix_pseudonyms_person_id", "person_id"),
    comment="People in the records, one name for each group",
)

decision_numbers = Table(
    "decision_numbers",
    metadata,
    Column("group_id", Uuid, primary_key=True),
    Column("last", Integer, nullable=False),
    comment="The last number given in each group: no gaps, because it is given in the decision's transaction",
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("group_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("proposal_id", Uuid, ForeignKey("proposals.id"), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("kind", String(30), nullable=False),
    Column("title", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("reasons", Document, nullable=False),
    Column("adopted_at", Instant, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("effective_at", Instant, nullable=False),
    Column("review_on", Date),
    Column("review_at", Instant),
    Column("expires_on", Date),
    Column("expires_at", Instant),
    Column("questions", Document, nullable=False),
    Column("groups", Document, nullable=False),
    Column("supersedes_id", Uuid),
    Column("superseded_by_id", Uuid),
    Column("state", word(DecisionState), nullable=False),
    Column("review_outcome", String(30)),
    Column("review_note", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("group_id", "number"),
    Index("ix_decisions_effective_at", "effective_at", **_only("state = 'adopted'")),
    Index("ix_decisions_expires_at", "expires_at", **_only("expires_at IS NOT NULL")),
    Index("ix_decisions_review_at", "review_at", **_only("state = 'in_force'")),
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("decision_id", Uuid, ForeignKey("decisions.id"), comment="The decision it carries out, if any"),
    Column("from_minutes_id", Uuid, comment="The minutes it was agreed in, if any"),
    Column("from_meeting_id", Uuid, comment="The meeting it was agreed in, if any"),
    Column("group_id", Uuid, nullable=False),
    Column("owner_id", Uuid, nullable=False),
    Column("title", String(200), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("told_due", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Index("ix_tasks_decision_id", "decision_id"),
    Index("ix_tasks_owner_id", "owner_id", **_only("done_at IS NULL")),
    Index("ix_tasks_due_at", "due_at", **_only("done_at IS NULL AND NOT told_due")),
)

contributions = Table(
    "contributions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("group_id", Uuid, nullable=False),
    Column("theme", String(200), nullable=False),
    Column("title", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("link", String(2000), nullable=False),
    Column("proposal_id", Uuid, ForeignKey("proposals.id")),
    Column("author_id", Uuid, nullable=False),
    Column("author_name", String(200), nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("state", word(ContributionState), nullable=False),
    Column("published_at", Instant),
    Column("revision", Integer, nullable=False),
    Index("ix_contributions_group_id", "group_id", "id"),
)

known_meetings = Table(
    "known_meetings",
    metadata,
    Column("meeting_id", Uuid, primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("group_id", Uuid, nullable=False),
    Column("title", String(200), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column(
        "present_ids",
        IdsColumn,
        comment="Seat holders counted present, as far as they are few enough to list",
    ),
    Index("ix_known_meetings_group_id", "group_id", "starts_at"),
    comment="Projection of meetings, for live rounds",
)

known_minutes = Table(
    "known_minutes",
    metadata,
    Column("minutes_id", Uuid, nullable=False),
    Column("proposal_id", Uuid, nullable=False),
    Column("meeting_id", Uuid, nullable=False),
    Column("title", String(200), nullable=False),
    PrimaryKeyConstraint("minutes_id", "proposal_id"),
    Index("ix_known_minutes_proposal_id", "proposal_id"),
    comment="Approved minutes that speak of a proposal",
)
