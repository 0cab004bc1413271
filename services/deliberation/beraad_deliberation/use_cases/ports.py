"""What the use cases need from storage. `get` locks the row for a change and raises `NotFound`.

Order of locks, so that nobody waits in a circle: proposal, round or vote, response, objection, the rest; the record last.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from beraad.domain import Actor, Event, Standing
from beraad.record.entries import Sealed
from beraad.roster import KnownGroup
from beraad_deliberation.domain.amendments import Amendment
from beraad_deliberation.domain.approvals import Approval
from beraad_deliberation.domain.contributions import Contribution
from beraad_deliberation.domain.decisions import Decision, Task
from beraad_deliberation.domain.group_profiles import GroupProfile
from beraad_deliberation.domain.objections import Objection, Opinion
from beraad_deliberation.domain.profiles import ObjectionTest
from beraad_deliberation.domain.proposals import Proposal
from beraad_deliberation.domain.questions import Question, Reaction
from beraad_deliberation.domain.responding import Answer, Asked, Spoken
from beraad_deliberation.domain.rounds import ConsentRound, Difference, Electorate
from beraad_deliberation.domain.stages import Stage
from beraad_deliberation.domain.tally import Count
from beraad_deliberation.domain.verdict import Elector, Objected
from beraad_deliberation.domain.versions import Version
from beraad_deliberation.domain.votes import Choice, Vote
from beraad_deliberation.record.facts import Fact, Leaves


class Written(Protocol):
    """An answer that was recorded."""

    @property
    def leaf(self) -> Sealed | None:
        """Its leaf, where the group's record knows the electorate."""


class Recorded(Protocol):
    """What the guards of the hot statement saw, and what it did."""

    @property
    def group_id(self) -> UUID:
        """The group of the round or vote."""

    @property
    def asked(self) -> Asked:
        """What is being asked."""

    @property
    def entitled(self) -> bool:
        """Whether the person is an elector who has not left."""

    @property
    def written(self) -> bool:
        """Whether the answer is recorded."""

    @property
    def leaf(self) -> Sealed | None:
        """Its leaf, where the group's record knows the electorate."""


class Groups(Protocol):
    """The groups as far as membership told of them."""

    def get(self, group_id: UUID) -> KnownGroup:
        """Raises `NotYetKnown`."""

    def taking_part(self, group_id: UUID, people: Iterable[UUID]) -> set[UUID]:
        """Those of these people who hold a seat or a role in the group."""

    def expect_people(self, people: Collection[UUID]) -> None:
        """Raises `NotYetKnown`, naming one whom membership has not told of."""

    def present_at(self, meeting_id: UUID | None) -> list[UUID]:
        """Who is counted present at that meeting; nobody, where that is not known."""

    def missing_coordinators(self, group_id: UUID) -> list[str]:
        """The required roles nobody has."""


class GroupProfiles(Protocol):
    """The decision profiles groups set for themselves."""

    def current(self, group_id: UUID) -> GroupProfile | None:
        """Lock and return the one that counts, if one was set."""

    def add(self, profile: GroupProfile) -> None:
        """Remember it."""


class Proposals(Protocol):
    """The proposals and their versions."""

    def get(self, proposal_id: UUID) -> Proposal:
        """Lock and return."""

    def of_round(self, round_id: UUID) -> Proposal:
        """Lock the proposal of a round."""

    def of_vote(self, vote_id: UUID) -> Proposal:
        """Lock the proposal of a vote."""

    def of_amendment(self, amendment_id: UUID) -> Proposal:
        """Lock the proposal of an amendment."""

    def of_objection(self, objection_id: UUID) -> Proposal:
        """Lock the proposal of an objection."""

    def of_approval(self, approval_id: UUID) -> Proposal:
        """Lock the proposal of an approval."""

    def of_decision(self, decision_id: UUID) -> Proposal:
        """Lock the proposal of a decision."""

    def with_due_round(self, now: datetime) -> Proposal | None:
        """Lock one whose round's deadline has passed, skipping those others hold."""

    def with_ended_phase(self, now: datetime) -> Proposal | None:
        """Lock one whose phase has had its time, skipping those others hold."""

    def with_answered_live_round(self, now: datetime) -> Proposal | None:
        """Lock one whose live round nobody present has still to answer, skipping those others hold."""

    def withdrawn_unless_taken_over(self, now: datetime) -> Proposal | None:
        """Lock one that nobody took over in time, skipping those others hold."""

    def with_expiring_decision(self, now: datetime) -> Proposal | None:
        """Lock one whose decision's longest term is over, skipping those others hold."""

    def with_due_vote(self, now: datetime) -> Proposal | None:
        """Lock one whose vote's deadline has passed, skipping those others hold."""

    def with_due_effect(self, now: datetime) -> Proposal | None:
        """Lock one whose decision takes effect, skipping those others hold."""

    def with_due_review(self, now: datetime) -> Proposal | None:
        """Lock one whose decision comes up for review, skipping those others hold."""

    def with_standing_ruling(self, now: datetime) -> Proposal | None:
        """Lock one with a ruling whose time to appeal is over, skipping those others hold."""

    def with_due_edit(self, now: datetime) -> Proposal | None:
        """Lock one with an announced editorial change whose time is over, skipping those others hold."""

    def text_of(self, proposal_id: UUID, version: int) -> str:
        """The text of that version. Raises `NotFound`."""

    def with_lapsing_objection(self, now: datetime) -> Proposal | None:
        """Lock one with an orphaned objection whose 72 hours are over, skipping those others hold."""

    def add(self, proposal: Proposal) -> None:
        """Remember a new proposal."""

    def add_version(self, version: Version) -> None:
        """Remember a version."""

    def note_move(self, proposal_id: UUID, before: Stage, after: Stage, reason: str, at: datetime) -> None:
        """Keep what a facilitator did by hand, and why."""


class Questions(Protocol):
    """Questions and reactions."""

    def get(self, question_id: UUID) -> Question:
        """Lock and return."""

    def unanswered(self, proposal_id: UUID) -> int:
        """How many questions wait for an answer."""

    def all_reacted(self, proposal_id: UUID, group_id: UUID) -> bool:
        """Whether everybody who holds a seat in the group has reacted or passed."""

    def add(self, said: Question | Reaction) -> None:
        """Remember it."""


class Amendments(Protocol):
    """The amendments."""

    def get(self, amendment_id: UUID) -> Amendment:
        """Lock and return."""

    def open_of(self, proposal_id: UUID) -> list[Amendment]:
        """Lock and return those not settled, oldest first."""

    def ids_of(self, proposal_id: UUID) -> set[UUID]:
        """All amendments of a proposal."""

    def touched_since(self, proposal_id: UUID, version: int) -> list[UUID]:
        """Those accepted in, or in conflict with, a later version than that, and those carried over to one."""

    def add(self, amendment: Amendment) -> None:
        """Remember it."""


class Electorates(Protocol):
    """Frozen electorates."""

    def why_behind(self) -> str | None:
        """Why the roster may be incomplete, or None."""

    def freeze(self, roll_id: UUID, group_id: UUID, *, recorded: bool) -> Electorate:
        """Everyone who holds a seat in the group now is an elector of that round or vote, which the record knows or not."""

    def pseudonyms(self, roll_id: UUID, *, notified_only: bool = False) -> list[str]:
        """Of all who were asked; or of those a mail about it reached."""

    def includes(self, roll_id: UUID, person_id: UUID) -> bool:
        """Whether that person is an elector and has not left."""

    def lists(self, roll_id: UUID, person_id: UUID) -> bool:
        """Whether that person is in the electorate, whether or not they left it."""

    def depart(self, person_id: UUID, group_id: UUID, reason: str, at: datetime) -> list[UUID]:
        """Take a person out of the denominator of what runs in the group: the rounds and votes they left."""

    def leave(
        self, roll_id: UUID, person_id: UUID, reason: str, at: datetime, note: str | None = None
    ) -> bool:
        """Take a person out of the denominator of one round or vote; false where they are not in it."""

    def set_present(self, roll_id: UUID, people: Collection[UUID]) -> None:
        """Those of the electorate who are there; everybody, where none of them is named."""

    def note_told(self, roll_id: UUID, person_id: UUID) -> None:
        """The mail that told this elector of it was accepted for delivery."""

    def difference(self, roll_id: UUID, group_id: UUID) -> Difference:
        """How the roster differs from the frozen electorate now."""


class Rounds(Protocol):
    """The consent rounds and their responses."""

    def get(self, round_id: UUID) -> ConsentRound:
        """Lock for a change: no response slips past."""

    def get_for_response(self, round_id: UUID) -> ConsentRound:
        """Lock FOR SHARE: it does not close while a response is recorded."""

    def add(self, consent_round: ConsentRound) -> None:
        """Remember it."""

    def to_remind(self, now: datetime) -> ConsentRound | None:
        """Lock one whose reminder is due, skipping those others hold."""

    def unanswered(self, round_id: UUID) -> list[UUID]:
        """The electors who have not left and have not answered, by id."""

    def answered_by(self, round_id: UUID, at_most: int) -> list[UUID] | None:
        """The electors who have not left and have answered, by id; None where there are more."""

    def record_at_once(
        self, round_id: UUID, number: int, version: int, answer: Answer, at: datetime
    ) -> Written | None:
        """The hot statement as a transaction by itself, as the actor; on PostgreSQL only. None where nothing was written."""

    def record(
        self, round_id: UUID, number: int, version: int, answer: Answer, concern: str | None, at: datetime
    ) -> Recorded | None:
        """The hot statement, as the actor, and the words of a concern."""

    def put_response(
        self,
        consent_round: ConsentRound,
        person_id: UUID,
        answer: Answer,
        concern: str | None,
        at: datetime,
        *,
        recorded_by: UUID | None = None,
    ) -> Sealed | None:
        """Let this be the person's response; the caller holds the locks and has checked the rule. Its leaf, if it is recorded."""

    def all_answered(self, round_id: UUID, *, present_only: bool = False) -> bool:
        """Whether nobody is missing; or nobody of those present."""

    def spoken_of(self, round_id: UUID, person_id: UUID) -> Spoken | None:
        """That person's answer, and who recorded it."""

    def contest(self, consent_round: ConsentRound, person_id: UUID, reason: str, at: datetime) -> None:
        """Keep that it is contested; while the round runs, it is no answer any more."""

    def electors_of(self, round_id: UUID, proposers: Iterable[UUID]) -> list[Elector]:
        """The electors as they stand, with their answers."""

    def leaves(self, round_id: UUID) -> Leaves:
        """The tree of all that was answered in it."""

    def rests_on_contested(self, round_id: UUID) -> bool:
        """Whether one of its answers was contested after it closed."""

    def answers_of(self, round_id: UUID, people: Iterable[UUID]) -> dict[UUID, Answer]:
        """What those of these people answered who have not left."""

    def last_answer(self, proposal_id: UUID, person_id: UUID) -> tuple[UUID, Answer] | None:
        """In which round over the proposal that person answered last, and what.

        None if they left that round, or the group, or say it was not theirs.
        """

    def objection_test(self, round_id: UUID) -> ObjectionTest:
        """How objections raised in it are tested; not locked, it never changes."""

    def concerns(self, round_id: UUID) -> list[str]:
        """The concerns consents were given with."""


class Objections(Protocol):
    """The objections and the opinions on them."""

    def get(self, objection_id: UUID) -> Objection:
        """Lock and return."""

    def origin(self, objection_id: UUID) -> tuple[UUID, UUID]:
        """In which round it was raised and by whom; not locked, it never changes."""

    def add(self, objection: Objection) -> None:
        """Remember it."""

    def raised_in(self, round_id: UUID, objector_id: UUID) -> Objection | None:
        """Lock and return that person's objection in that round."""

    def open_of(self, proposal_id: UUID) -> list[Objection]:
        """Lock and return those that stand, oldest first."""

    def heard_in(self, round_id: UUID, proposal_id: UUID) -> list[Objected]:
        """Those to the proposal that stand, and all that were raised in that round; not locked."""

    def untested_of(self, proposal_id: UUID) -> list[UUID]:
        """Those that stand and were not tested, oldest first."""

    def open_by(self, objector_id: UUID, group_id: UUID) -> list[Objection]:
        """Lock and return those of one person in one group that stand."""

    def merged_into(self, objection_id: UUID) -> list[Objection]:
        """Lock and return those that go on in that one, oldest first."""

    def put_opinion(
        self, objection_id: UUID, person_id: UUID, qualifies: bool, reason: str, at: datetime
    ) -> None:
        """One opinion per person, the latest."""

    def drop_opinions(self, objection_id: UUID) -> None:
        """They were on something else."""

    def opinions(self, objection_id: UUID) -> list[Opinion]:
        """All opinions on it."""


class Votes(Protocol):
    """The majority votes and their ballots."""

    def get(self, vote_id: UUID) -> Vote:
        """Lock for a change: no ballot slips past."""

    def add(self, vote: Vote) -> None:
        """Remember it."""

    def to_remind(self, now: datetime) -> Vote | None:
        """Lock one whose reminder is due, skipping those others hold."""

    def unanswered(self, vote_id: UUID) -> list[UUID]:
        """The electors who have not left and have cast no ballot, by id."""

    def record_at_once(self, vote_id: UUID, version: int, choice: Choice, at: datetime) -> Written | None:
        """The hot statement as a transaction by itself, as the actor; on PostgreSQL only. None where nothing was written."""

    def record(self, vote_id: UUID, version: int, choice: Choice, at: datetime) -> Recorded | None:
        """The hot statement, as the actor."""

    def leaves(self, vote_id: UUID) -> Leaves:
        """The tree of all ballots cast in it."""

    def all_answered(self, vote_id: UUID) -> bool:
        """Whether nobody is missing."""

    def count(self, vote_id: UUID) -> Count:
        """Count the ballots of electors who have not left."""


class Approvals(Protocol):
    """What approving bodies are asked."""

    def get(self, approval_id: UUID) -> Approval:
        """Lock and return."""

    def add(self, approval: Approval) -> None:
        """Remember it."""

    def overdue(self, now: datetime) -> Approval | None:
        """Lock one that is overdue and was not told, skipping those others hold."""


class Decisions(Protocol):
    """The register and its tasks."""

    def get(self, decision_id: UUID) -> Decision:
        """Lock and return."""

    def next_number(self, group_id: UUID) -> int:
        """The group's next number, given back if the transaction fails: there are no gaps."""

    def add(self, decision: Decision) -> None:
        """Remember it."""

    def add_task(self, task: Task) -> None:
        """Remember it."""

    def has_task(self, task_id: UUID) -> bool:
        """Whether there is one of that id."""

    def has(self, decision_id: UUID) -> bool:
        """Whether there is one of that id."""

    def get_task(self, task_id: UUID) -> Task:
        """Lock and return."""

    def due_task(self, now: datetime) -> Task | None:
        """Lock one that is due and was not told, skipping those others hold."""


class Contributions(Protocol):
    """The contributions."""

    def get(self, contribution_id: UUID) -> Contribution:
        """Lock and return."""

    def add(self, contribution: Contribution) -> None:
        """Remember it."""


class Record(Protocol):
    """The group's record (docs/record.md). What is told is written at the end of the transaction."""

    def tell(self, group_id: UUID, fact: Fact) -> None:
        """Append it, unless what it follows began before the record."""

    def knows(self, group_id: UUID, subject: UUID) -> bool:
        """Whether something was, or will be, recorded about it."""

    def text(self, words: Any, *, by: UUID | None = None) -> str:
        """The commitment of a text (any JSON value), which is erased with the person who wrote it."""

    def said(self, words: str | None, *, by: UUID | None = None) -> str | None:
        """The same of a text that may be missing."""

    def version(self, proposal: Proposal) -> str:
        """The commitment of the proposal's text as it stands."""

    def person(self, group_id: UUID, person_id: UUID) -> str:
        """Their pseudonym in that group."""

    def people(self, group_id: UUID, person_ids: Collection[UUID]) -> dict[UUID, str]:
        """Theirs in that group."""

    def seal_due(self, now: datetime, told_before: datetime) -> tuple[UUID, int, str] | None:
        """Seal one record that grew since a checkpoint was told before that moment: whose, how many entries, the note."""


class Work(Protocol):
    """One transaction of deliberation."""

    actor: Actor
    record: Record
    groups: Groups
    group_profiles: GroupProfiles
    proposals: Proposals
    questions: Questions
    amendments: Amendments
    electorates: Electorates
    rounds: Rounds
    objections: Objections
    votes: Votes
    approvals: Approvals
    decisions: Decisions
    contributions: Contributions

    def publish(self, *events: Event) -> None:
        """Write events to the outbox."""

    def standing(self, group_id: UUID | None) -> Standing:
        """What the actor is to that group."""

    def authorize(self, action: str, group_id: UUID | None = None, resource: Any = None) -> None:
        """Raise `NotAllowed` or `NotFound` unless the policy allows the actor."""
