"""Frozen electorates, consent rounds with their responses, majority votes with their ballots."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, String, exists, func, insert, literal, null, select, true

from beraad.domain import NotFound
from beraad.messaging.cursors import read_cursor, why_behind
from beraad.record.commitments import Committed
from beraad.record.entries import Sealed
from beraad.record.merkle import root_of
from beraad.roster import seat_holders
from beraad.storage.tables import known_seats
from beraad_deliberation.domain.profiles import DecisionProfile, ObjectionTest
from beraad_deliberation.domain.responding import Answer, Spoken
from beraad_deliberation.domain.rounds import ConsentRound, Difference, Electorate, RunState
from beraad_deliberation.domain.tally import Count
from beraad_deliberation.domain.verdict import Elector
from beraad_deliberation.domain.votes import Choice, Vote
from beraad_deliberation.record.facts import Leaves
from beraad_deliberation.record.leaves import a_ballot, a_contest, a_response
from beraad_deliberation.storage.answers import ROUND, VOTE, Author, Given, Shape, Written, keep
from beraad_deliberation.storage.hot_statements import Recorded, record, record_at_once
from beraad_deliberation.storage.pseudonyms import pseudonyms_of
from beraad_deliberation.storage.repositories import Repository
from beraad_deliberation.storage.tables import (
    current_responses,
    electors,
    electors_ballot,
    electors_response,
    pseudonyms,
    record_texts,
    responses,
    rounds,
    votes,
)

MEMBERSHIP = "membership"
LEAFLESS = {"said": None, "prev": None, "leaf": None}


def _committed(words: str | None) -> Committed | None:
    return Committed.to(words) if words else None


def _named(said: Committed | None) -> str | None:
    return said.commitment if said else None


class Electorates(Repository):
    """Frozen electorates."""

    def why_behind(self) -> str | None:
        """Why the roster may be incomplete, or None."""
        return why_behind(self._session, MEMBERSHIP)

    def freeze(self, roll_id: UUID, group_id: UUID, *, recorded: bool) -> Electorate:
        """Everyone who holds a seat in the group now is an elector. One INSERT … SELECT, however many."""
        seated, named = known_seats.c, pseudonyms.c
        holding = (seated.group_id == group_id) & seated.vacated.is_(False)
        if recorded:
            holders = self._session.execute(select(seated.person_id).where(holding).distinct()).scalars()
            pseudonyms_of(self._session, group_id, holders.all())
        theirs = known_seats.outerjoin(
            pseudonyms, (named.group_id == seated.group_id) & (named.person_id == seated.person_id)
        )
        pseudonym = named.pseudonym if recorded else null().cast(String)
        columns = (
            literal(roll_id, type_=electors.c.roll_id.type),
            seated.person_id,
            literal(False),
            pseudonym,
        )
        rows = select(*columns).select_from(theirs).where(holding).distinct()
        if recorded:  # whoever sat down this very moment is asked the next time
            rows = rows.where(named.pseudonym.is_not(None))
        into = ["roll_id", "person_id", "notified", "pseudonym"]
        self._session.execute(insert(electors).from_select(into, rows))
        query = select(electors.c.person_id).where(electors.c.roll_id == roll_id)
        people = sorted(str(person_id) for person_id in self._session.execute(query).scalars())
        read = read_cursor(self._session, MEMBERSHIP)
        digest = sha256("\n".join(people).encode()).hexdigest()
        return Electorate(len(people), digest, read.epoch, read.position)

    def pseudonyms(self, roll_id: UUID, *, notified_only: bool = False) -> list[str]:
        """Of all who were asked; or of those a mail about it reached. None of those the record does not know."""
        mine = (electors.c.roll_id == roll_id) & electors.c.pseudonym.is_not(None)
        query = select(electors.c.pseudonym).where(mine)
        return list(
            self._session.execute(query.where(electors.c.notified) if notified_only else query).scalars()
        )

    def includes(self, roll_id: UUID, person_id: UUID) -> bool:
        """Whether that person is an elector and has not left."""
        query = select(electors.c.person_id).where(
            electors.c.roll_id == roll_id,
            electors.c.person_id == person_id,
            electors.c.departed_at.is_(None),
        )
        return self._session.execute(query).first() is not None

    def lists(self, roll_id: UUID, person_id: UUID) -> bool:
        """Whether that person is in the electorate, whether or not they left it."""
        mine = (electors.c.roll_id == roll_id) & (electors.c.person_id == person_id)
        return bool(self._session.execute(select(exists().where(mine))).scalar())

    def depart(self, person_id: UUID, group_id: UUID, reason: str, at: datetime) -> list[UUID]:
        """Take a person out of the denominator of what runs in the group; a close under way wins. Which rounds and votes."""
        left = []
        for run in (rounds, votes):
            running = select(run.c.id).where(run.c.group_id == group_id, run.c.state == RunState.OPEN)
            held = self._session.execute(running.with_for_update(read=True)).scalars().all()
            left += [roll_id for roll_id in held if self.leave(roll_id, person_id, reason, at)]
        return left

    def leave(
        self, roll_id: UUID, person_id: UUID, reason: str, at: datetime, note: str | None = None
    ) -> bool:
        """Take a person out of the denominator of one round or vote; false where they are not in it."""
        mine = (electors.c.roll_id == roll_id) & (electors.c.person_id == person_id)
        left = electors.update().where(mine, electors.c.departed_at.is_(None))
        by = self._actor.person_id if note else None
        values = {"departed_at": at, "departed_reason": reason, "departed_note": note, "departed_by": by}
        return bool(self._session.execute(left.values(**values).returning(electors.c.person_id)).all())

    def set_present(self, roll_id: UUID, people: Collection[UUID]) -> None:
        """Those of the electorate who are there; everybody, where none of them is named."""
        mine = electors.c.roll_id == roll_id
        named = select(electors.c.person_id).where(mine, electors.c.person_id.in_(list(people)))
        there = set(self._session.execute(named).scalars())
        present = electors.c.person_id.in_(there) if there else true()
        self._session.execute(electors.update().where(mine).values(present=present))

    def note_told(self, roll_id: UUID, person_id: UUID) -> None:
        """The mail that told this elector of it was accepted for delivery. Who hears of a round after its close was not told."""
        running = select(rounds.c.id).where(rounds.c.id == roll_id, rounds.c.state == RunState.OPEN)
        if self._session.execute(running.with_for_update(read=True)).first() is not None:
            mine = (electors.c.roll_id == roll_id) & (electors.c.person_id == person_id)
            self._session.execute(electors.update().where(mine).values(notified=True))

    def difference(self, roll_id: UUID, group_id: UUID) -> Difference:
        """How the roster differs from the frozen electorate now."""
        frozen = select(electors.c.person_id).where(electors.c.roll_id == roll_id)
        seated = set(seat_holders(self._session, group_id))
        return Difference.between(set(self._session.execute(frozen).scalars()), seated)


class _Runs(Repository):
    """What rounds and votes share: electors, of whom some have answered, each answer with its leaf."""

    def _leaves(self, shape: Shape, run_id: UUID) -> Leaves:
        """All leaves there are, also of answers replaced since. Linear in their number."""
        answers = shape.answers.c
        query = select(answers.leaf).where(answers[shape.key] == run_id, answers.leaf.is_not(None))
        leaves = sorted(self._session.execute(query).scalars())
        return Leaves(root_of(leaves), len(leaves))

    def _author_of(self, roll_id: UUID, group_id: UUID, person_id: UUID) -> Author:
        mine = (electors.c.roll_id == roll_id) & (electors.c.person_id == person_id)
        return Author(group_id, self._session.execute(select(electors.c.pseudonym).where(mine)).scalar())

    def _all_answered(self, run_id: UUID, said: ScalarSelect[Any], *, present_only: bool = False) -> bool:
        missing = (electors.c.roll_id == run_id) & electors.c.departed_at.is_(None) & said.is_(None)
        if present_only:
            missing &= electors.c.present
        return not self._session.execute(select(exists().where(missing))).scalar()

    def _unanswered(self, run_id: UUID, said: ScalarSelect[Any]) -> list[UUID]:
        missing = (electors.c.roll_id == run_id) & electors.c.departed_at.is_(None) & said.is_(None)
        query = select(electors.c.person_id).where(missing).order_by(electors.c.person_id)
        return list(self._session.execute(query).scalars())

    def _eligible(self, run_id: UUID) -> int:
        staying = (electors.c.roll_id == run_id) & electors.c.departed_at.is_(None)
        return self._session.execute(select(func.count()).select_from(electors).where(staying)).scalar_one()


class Rounds(_Runs):
    """The consent rounds and their responses."""

    def get(self, round_id: UUID) -> ConsentRound:
        """Lock for a change: no response slips past. Raises `NotFound`."""
        return self._get(ConsentRound, round_id, "no such round")

    def get_for_response(self, round_id: UUID) -> ConsentRound:
        """Lock FOR SHARE: it does not close while a response is recorded. Raises `NotFound`."""
        found = self._session.get(
            ConsentRound, round_id, with_for_update={"read": True}, populate_existing=True
        )
        if found is None:
            raise NotFound("no such round")
        return found

    def add(self, consent_round: ConsentRound) -> None:
        """Remember it."""
        self._keep(consent_round)

    def to_remind(self, now: datetime) -> ConsentRound | None:
        """Lock one whose reminder is due, skipping those others hold: also for a moment those somebody answers."""
        due = rounds.c.remind_at
        return self._claimed(ConsentRound, rounds, due <= now, due)

    def unanswered(self, round_id: UUID) -> list[UUID]:
        """The electors who have not left and have not answered, by id. One statement, linear in the number of electors."""
        return self._unanswered(round_id, electors_response)

    def answered_by(self, round_id: UUID, at_most: int) -> list[UUID] | None:
        """The electors who have not left and have answered, by id; None where there are more."""
        given = (electors.c.roll_id == round_id) & electors.c.departed_at.is_(None)
        query = select(electors.c.person_id).where(given, electors_response.is_not(None))
        people = (
            self._session.execute(query.order_by(electors.c.person_id).limit(at_most + 1)).scalars().all()
        )
        return list(people) if len(people) <= at_most else None

    def record_at_once(
        self, round_id: UUID, number: int, version: int, answer: Answer, at: datetime
    ) -> Written | None:
        """The hot statement as a transaction by itself, as the actor. None where nothing was written."""
        given = self._given(round_id, number, version, answer, None, None, at)
        return record_at_once(self._engine, ROUND, given)

    def record(
        self, round_id: UUID, number: int, version: int, answer: Answer, concern: str | None, at: datetime
    ) -> Recorded | None:
        """The hot statement, as the actor, and the words of a concern."""
        said = _committed(concern)
        given = self._given(round_id, number, version, answer, concern, said, at)
        seen = record(self._session, ROUND, given)
        if said is not None and seen is not None and seen.leaf is not None:
            self._keep_text(seen.group_id, given.person_id, said)
        return seen

    def _given(
        self,
        round_id: UUID,
        number: int,
        version: int,
        answer: Answer,
        concern: str | None,
        said: Committed | None,
        at: datetime,
    ) -> Given:
        told = a_response(
            round_id=str(round_id), number=number, version=version, answer=answer, at=at, concern=_named(said)
        )
        values = {"answer": answer, "concern": concern, "said": _named(said)}
        return Given(round_id, self._actor.person, number, version, values, at, told)

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
        run, said = consent_round, _committed(concern)
        author = self._author_of(run.id, run.group_id, person_id)
        by = None
        if recorded_by is not None and author.pseudonym is not None:
            by = pseudonyms_of(self._session, run.group_id, [recorded_by])[recorded_by]
        asked: dict[str, Any] = {"round_id": str(run.id), "number": run.number, "version": run.version}
        told = a_response(**asked, answer=answer, at=at, concern=_named(said), by=by)
        who = {"recorded_by": recorded_by, "said": _named(said)}
        values = {"answer": answer, "concern": concern, **who}
        given = Given(run.id, person_id, run.number, run.version, values, at, told)
        sealed = keep(self._session, ROUND, given, author)
        if said is not None and sealed is not None:
            self._keep_text(run.group_id, person_id, said)
        return sealed

    def _keep_text(self, group_id: UUID, author_id: UUID, said: Committed) -> None:
        told = {"commitment": said.commitment, "salt": said.salt, "text": said.text}
        self._session.execute(record_texts.insert().values(group_id=group_id, author_id=author_id, **told))

    def all_answered(self, round_id: UUID, *, present_only: bool = False) -> bool:
        """Whether nobody is missing; or nobody of those present."""
        return self._all_answered(round_id, electors_response, present_only=present_only)

    def spoken_of(self, round_id: UUID, person_id: UUID) -> Spoken | None:
        """That person's answer, and who recorded it."""
        told = current_responses.c
        query = select(told.answer, told.given_at, told.recorded_by, told.contested_at)
        row = self._session.execute(
            query.where(told.round_id == round_id, told.person_id == person_id)
        ).one_or_none()
        return Spoken(*row) if row else None

    def contest(self, consent_round: ConsentRound, person_id: UUID, reason: str, at: datetime) -> None:
        """Keep that it is contested; while the round runs it is no answer any more. What was recorded stays, before it."""
        run, running = consent_round, consent_round.state is RunState.OPEN
        mine = select(responses).where(responses.c.round_id == run.id, responses.c.person_id == person_id)
        last = (
            mine.order_by(responses.c.ordinal.desc()).limit(1).with_for_update()
        )  # erasing waits, or is seen
        row = dict(self._session.execute(last).mappings().one())
        leaf = self._take_back(run, row, reason, at) if running else LEAFLESS
        del row["row_id"]
        said = {
            "ordinal": row["ordinal"] + 1,
            "contested_at": at,
            "contest_reason": reason,
            "taken_back": running,
        }
        self._session.execute(responses.insert().values({**row, **said, **leaf}))
        if running:
            self._session.execute(rounds.update().where(rounds.c.id == run.id).values(contested=True))

    def _take_back(
        self, consent_round: ConsentRound, row: dict[str, Any], reason: str, at: datetime
    ) -> dict[str, Any]:
        """The leaf that follows what was recorded for somebody and takes it back."""
        author = self._author_of(consent_round.id, consent_round.group_id, row["person_id"])
        said = Committed.to(reason)
        told = a_contest(
            round_id=str(consent_round.id),
            number=consent_round.number,
            version=row["version"],
            at=at,
            reason=said.commitment,
        )
        sealed = author.sealed(told, row["leaf"])
        if sealed is None:
            return LEAFLESS
        self._keep_text(consent_round.group_id, row["person_id"], said)
        return {"said": said.commitment, "prev": row["leaf"], "leaf": sealed.leaf}

    def rests_on_contested(self, round_id: UUID) -> bool:
        """Whether one of its answers was contested after it closed."""
        told = current_responses.c
        contested = exists().where(told.round_id == round_id, told.contested_at.is_not(None))
        return bool(self._session.execute(select(contested)).scalar())

    def electors_of(self, round_id: UUID, proposers: Iterable[UUID]) -> list[Elector]:
        """The electors as they stand, with their answers. Linear in their number."""
        query = select(
            electors.c.person_id,
            electors.c.departed_at,
            electors.c.notified,
            electors_response.label("answer"),
        )
        own = set(proposers)
        return [
            Elector(
                id=row.person_id,
                answer=row.answer,
                proposer=row.person_id in own,
                left=row.departed_at is not None,
                notified=row.notified,
            )
            for row in self._session.execute(query.where(electors.c.roll_id == round_id))
        ]

    def leaves(self, round_id: UUID) -> Leaves:
        """The tree of all that was answered in it."""
        return self._leaves(ROUND, round_id)

    def answers_of(self, round_id: UUID, people: Iterable[UUID]) -> dict[UUID, Answer]:
        """What those of these people answered who have not left."""
        query = select(electors.c.person_id, electors_response.label("answer")).where(
            electors.c.roll_id == round_id,
            electors.c.person_id.in_(list(people)),
            electors.c.departed_at.is_(None),
        )
        answered = self._session.execute(query)
        return {row.person_id: row.answer for row in answered if row.answer is not None}

    def last_answer(self, proposal_id: UUID, person_id: UUID) -> tuple[UUID, Answer] | None:
        """In which round over the proposal that person answered last, and what.

        None if they left that round, or the group, or say it was not theirs.
        """
        seat = (known_seats.c.group_id == rounds.c.group_id) & (known_seats.c.person_id == person_id)
        seated = exists().where(seat, known_seats.c.vacated.is_(False))
        mine = (electors.c.roll_id == rounds.c.id) & (electors.c.person_id == person_id)
        theirs = electors.c.departed_at.is_(None) & current_responses.c.contested_at.is_(None) & seated
        query = select(rounds.c.id, current_responses.c.answer, theirs)
        query = query.join_from(current_responses, rounds, current_responses.c.round_id == rounds.c.id).join(
            electors, mine
        )
        query = query.where(rounds.c.proposal_id == proposal_id, current_responses.c.person_id == person_id)
        last = self._session.execute(query.order_by(rounds.c.number.desc()).limit(1)).one_or_none()
        return (last[0], last[1]) if last is not None and last[2] else None

    def objection_test(self, round_id: UUID) -> ObjectionTest:
        """How objections raised in it are tested; not locked, it never changes."""
        profile: DecisionProfile = self._session.execute(
            select(rounds.c.profile).where(rounds.c.id == round_id)
        ).scalar_one()
        return profile.objection_test

    def concerns(self, round_id: UUID) -> list[str]:
        """The concerns consents were given with, oldest first."""
        query = select(current_responses.c.concern).where(
            current_responses.c.round_id == round_id,
            current_responses.c.answer == Answer.CONSENT_WITH_CONCERN,
        )
        return list(self._session.execute(query.order_by(current_responses.c.given_at)).scalars())


class Votes(_Runs):
    """The majority votes and their ballots."""

    def get(self, vote_id: UUID) -> Vote:
        """Lock for a change: no ballot slips past. Raises `NotFound`."""
        return self._get(Vote, vote_id, "no such vote")

    def add(self, vote: Vote) -> None:
        """Remember it."""
        self._keep(vote)

    def to_remind(self, now: datetime) -> Vote | None:
        """Lock one whose reminder is due, skipping those others hold: also for a moment those somebody votes in."""
        due = votes.c.remind_at
        return self._claimed(Vote, votes, due <= now, due)

    def unanswered(self, vote_id: UUID) -> list[UUID]:
        """The electors who have not left and have cast no ballot, by id. One statement, linear in the number of electors."""
        return self._unanswered(vote_id, electors_ballot)

    def record_at_once(self, vote_id: UUID, version: int, choice: Choice, at: datetime) -> Written | None:
        """The hot statement as a transaction by itself, as the actor. None where nothing was written."""
        return record_at_once(self._engine, VOTE, self._given(vote_id, version, choice, at))

    def record(self, vote_id: UUID, version: int, choice: Choice, at: datetime) -> Recorded | None:
        """The hot statement, as the actor."""
        return record(self._session, VOTE, self._given(vote_id, version, choice, at))

    def _given(self, vote_id: UUID, version: int, choice: Choice, at: datetime) -> Given:
        told = a_ballot(vote_id=str(vote_id), version=version, choice=choice, at=at)
        return Given(vote_id, self._actor.person, 1, version, {"choice": choice}, at, told)

    def leaves(self, vote_id: UUID) -> Leaves:
        """The tree of all ballots cast in it."""
        return self._leaves(VOTE, vote_id)

    def all_answered(self, vote_id: UUID) -> bool:
        """Whether nobody is missing."""
        return self._all_answered(vote_id, electors_ballot)

    def count(self, vote_id: UUID) -> Count:
        """Count the ballots of electors who have not left."""
        staying = (electors.c.roll_id == vote_id) & electors.c.departed_at.is_(None)
        cast = select(electors_ballot.label("choice")).where(staying).subquery("cast")
        query = select(cast.c.choice, func.count().label("cast")).group_by(cast.c.choice)
        cast_for = {row.choice: row.cast for row in self._session.execute(query)}
        return Count(
            eligible=self._eligible(vote_id),
            in_favor=cast_for.get(Choice.FOR, 0),
            against=cast_for.get(Choice.AGAINST, 0),
            abstained=cast_for.get(Choice.ABSTAIN, 0),
        )
