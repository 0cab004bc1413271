"""Invitations and answers: sets of people, so every act is a Core statement or two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, case, exists, or_, select
from sqlalchemy.orm import Session

from beraad.messaging.cursors import upsert
from beraad.storage.listed import ids_listed
from beraad_meetings.domain.invitations import GUEST, MEMBER, Answer, Invitation
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.storage.tables import answers, invitations, meetings

AT_ONCE = 1000
"""Rows per statement: databases limit the parameters of one."""

STATE = [
    invitations.c[name]
    for name in ["id", "series_id", "meeting_id", "group_id", "person_id", "role", "revision"]
]

STANDS = (answers.c.meeting_id == meetings.c.id) & or_(
    meetings.c.moved_at.is_(None), answers.c.answered_at >= meetings.c.moved_at
)
"""The answers to a meeting that count, as `Answer.stands` says."""


def concerning(meeting_id: UUID, series_id: UUID | None) -> ColumnElement[bool]:
    """Invitations in force to that meeting, or to its series."""
    scopes = [meeting_id] if series_id is None else [meeting_id, series_id]
    return invitations.c.scope_id.in_(scopes) & invitations.c.withdrawn_at.is_(None)


def concerning_series(series_id: UUID) -> ColumnElement[bool]:
    """Invitations in force to the series as a whole."""
    return (invitations.c.scope_id == series_id) & invitations.c.withdrawn_at.is_(None)


class Invitations:
    """Who is invited to what, and what they answered."""

    def __init__(self, session: Session) -> None:
        """Bound to one transaction."""
        self._session = session

    def invite(self, wanted: Iterable[Invitation]) -> list[Invitation]:
        """Keep those that are new or were withdrawn before; returns those."""
        self._session.flush()
        rows = list({(one.scope_id, one.person_id): _row(one) for one in wanted}.values())
        kept: list[Invitation] = []
        for start in range(0, len(rows), AT_ONCE):
            statement = upsert(self._session, invitations).values(rows[start : start + AT_ONCE])
            again = statement.on_conflict_do_update(
                index_elements=["scope_id", "person_id"],
                set_={
                    "withdrawn_at": None,
                    "role": statement.excluded.role,
                    "revision": invitations.c.revision + 1,
                },
                where=invitations.c.withdrawn_at.is_not(None),
            )
            kept.extend(map(_invitation, self._session.execute(again.returning(*STATE))))
        return kept

    def renew(self, meeting: Meeting) -> list[Invitation]:
        """Everyone invited to the meeting or its series, each a revision further; each person once."""
        return _each_once(self._renew(concerning(meeting.id, meeting.series_id)))

    def renew_of(self, meeting: Meeting, people: Sequence[UUID]) -> list[Invitation]:
        """The same, of these people alone."""
        theirs = invitations.c.person_id.in_(ids_listed(self._session, people))
        return _each_once(self._renew(concerning(meeting.id, meeting.series_id) & theirs))

    def to_series(self, series_id: UUID) -> list[Invitation]:
        """Everyone invited to the series."""
        query = select(*STATE).where(concerning_series(series_id))
        return list(map(_invitation, self._session.execute(query)))

    def invites_to_series(self, series_id: UUID, person_id: UUID) -> bool:
        """Whether that person is invited to the series."""
        mine = concerning_series(series_id) & (invitations.c.person_id == person_id)
        return bool(self._session.scalar(select(exists().where(mine))))

    def renew_series(self, series_id: UUID) -> list[Invitation]:
        """Everyone invited to the series, each a revision further."""
        return self._renew(invitations.c.scope_id == series_id)

    def renew_guests(self, meeting_ids: Iterable[UUID], told: Collection[UUID]) -> list[Invitation]:
        """Everyone invited to one of the meetings alone but for those in `told`, each a revision further."""
        alone = invitations.c.scope_id.in_(list(meeting_ids))
        return self._renew(alone & invitations.c.person_id.not_in(ids_listed(self._session, told)))

    def go_over(self, meeting_ids: Iterable[UUID], series_id: UUID) -> None:
        """These meetings are of another series now."""
        alone = invitations.c.meeting_id.in_(list(meeting_ids))
        self._session.execute(invitations.update().where(alone).values(series_id=series_id))

    def _renew(self, which: ColumnElement[bool]) -> list[Invitation]:
        self._session.flush()
        statement = (
            invitations.update()
            .where(which & invitations.c.withdrawn_at.is_(None))
            .values(revision=invitations.c.revision + 1)
            .returning(*STATE)
        )
        found = map(_invitation, self._session.execute(statement))
        return sorted(found, key=lambda one: one.id)

    def of(self, meeting: Meeting, person_id: UUID) -> Invitation | None:
        """That person's invitation: to the meeting itself, else to its series."""
        mine = concerning(meeting.id, meeting.series_id) & (invitations.c.person_id == person_id)
        query = select(*STATE).where(mine).order_by(invitations.c.meeting_id.is_(None)).limit(1)
        row = self._session.execute(query).one_or_none()
        return _invitation(row) if row else None

    def to_each(self, meetings: Sequence[Meeting], person_id: UUID) -> dict[UUID, Invitation]:
        """By meeting, that person's invitation: to the meeting itself, else to its series."""
        scopes = {one.id for one in meetings} | {one.series_id for one in meetings}
        mine = invitations.c.scope_id.in_(scopes) & invitations.c.withdrawn_at.is_(None)
        query = select(*STATE).where(mine, invitations.c.person_id == person_id)
        held = {one.scope_id: one for one in map(_invitation, self._session.execute(query))}
        found = {one.id: held.get(one.id) or held.get(cast("UUID", one.series_id)) for one in meetings}
        return {meeting_id: invitation for meeting_id, invitation in found.items() if invitation}

    def answer(self, said: Answer, invited: Mapping[UUID, Invitation]) -> dict[UUID, Invitation]:
        """Keep the answer to these meetings in place of an earlier one; returns each invitation, a revision further each time."""
        if not invited:
            return {}
        rows = [
            {**vars(said), "meeting_id": meeting_id, "person_id": one.person_id, "invitation_id": one.id}
            for meeting_id, one in invited.items()
        ]
        statement = upsert(self._session, answers).values(rows)
        kept = {name: statement.excluded[name] for name in (*vars(said), "invitation_id")}
        self._session.execute(
            statement.on_conflict_do_update(index_elements=["meeting_id", "person_id"], set_=kept)
        )
        return self._count(invited)

    def _count(self, answered: Mapping[UUID, Invitation]) -> dict[UUID, Invitation]:
        """Each a revision further for each meeting."""
        times = Counter(one.id for one in answered.values())
        further = (
            invitations.update()
            .where(invitations.c.id.in_(times))
            .values(revision=invitations.c.revision + case(times, value=invitations.c.id))
            .returning(invitations.c.id, invitations.c.revision)
        )
        reached = {row.id: row.revision - times[row.id] for row in self._session.execute(further)}
        counted = {}
        for meeting_id, one in answered.items():
            reached[one.id] += 1
            counted[meeting_id] = replace(one, revision=reached[one.id])
        return counted

    def answers_of(self, person_id: UUID, meetings: Iterable[UUID]) -> dict[UUID, Answer]:
        """What that person answered so far, by meeting."""
        names = ("answer", "comment", "answered_at", "with_series")
        query = select(answers.c.meeting_id, *(answers.c[name] for name in names)).where(
            answers.c.person_id == person_id, answers.c.meeting_id.in_(list(meetings))
        )
        return {
            row.meeting_id: Answer(**{name: getattr(row, name) for name in names})
            for row in self._session.execute(query)
        }

    def not_declined(self, meeting: Meeting) -> tuple[UUID, ...]:
        """Those invited who did not decline, by id."""
        self._session.flush()
        declined = (
            select(answers.c.person_id)
            .join_from(answers, meetings, STANDS)
            .where(meetings.c.id == meeting.id, answers.c.answer == "declined")
        )
        query = select(invitations.c.person_id).where(
            concerning(meeting.id, meeting.series_id), invitations.c.person_id.not_in(declined)
        )
        return tuple(sorted(set(self._session.execute(query).scalars())))

    def guests_of(self, meeting_id: UUID) -> set[UUID]:
        """Those invited to the meeting by name: guests and experts."""
        by_name = concerning(meeting_id, None) & (invitations.c.role != MEMBER)
        return set(self._session.execute(select(invitations.c.person_id).where(by_name)).scalars())

    def not_declined_by_meeting(
        self, meeting_ids: Collection[UUID], series_id: UUID
    ) -> dict[UUID, set[UUID]]:
        """For each of these meetings, those invited to it or to the series who did not decline it."""
        self._session.flush()
        said_no = (
            select(answers.c.meeting_id, answers.c.person_id)
            .join_from(answers, meetings, STANDS)
            .where(meetings.c.id.in_(meeting_ids), answers.c.answer == "declined")
        )
        invited = select(invitations.c.scope_id, invitations.c.person_id).where(
            invitations.c.scope_id.in_([series_id, *meeting_ids]), invitations.c.withdrawn_at.is_(None)
        )
        by_scope, declined = self._people_by(invited), self._people_by(said_no)
        nobody: set[UUID] = set()
        members = by_scope.get(series_id, nobody)
        return {one: (members | by_scope.get(one, nobody)) - declined.get(one, nobody) for one in meeting_ids}

    def _people_by(self, query: Select[Any]) -> dict[UUID, set[UUID]]:
        found: dict[UUID, set[UUID]] = {}
        for key, person_id in self._session.execute(query):
            found.setdefault(key, set()).add(person_id)
        return found

    def withdraw_guest(self, meeting_id: UUID, person_id: UUID, at: datetime) -> list[Invitation]:
        """End that person's invitation to the meeting itself; returns it, a revision further."""
        held = (invitations.c.meeting_id == meeting_id) & (invitations.c.person_id == person_id)
        return self._withdraw(held & (invitations.c.role == GUEST), at)

    def hold_by_seat(self, meeting_id: UUID, person_id: UUID) -> None:
        """Whoever was a guest of the meeting is invited to it as a member of the group from now on."""
        held = (invitations.c.meeting_id == meeting_id) & (invitations.c.person_id == person_id)
        guest = held & (invitations.c.role == GUEST) & invitations.c.withdrawn_at.is_(None)
        self._session.execute(invitations.update().where(guest).values(role=MEMBER))

    def withdraw(self, group_id: UUID, person_id: UUID, at: datetime) -> list[Invitation]:
        """End that person's invitations as a member of the group; returns them, each a revision further."""
        held = (invitations.c.person_id == person_id) & (invitations.c.group_id == group_id)
        return self._withdraw(held & (invitations.c.role == MEMBER), at)

    def _withdraw(self, which: ColumnElement[bool], at: datetime) -> list[Invitation]:
        statement = (
            invitations.update()
            .where(which & invitations.c.withdrawn_at.is_(None))
            .values(withdrawn_at=at, revision=invitations.c.revision + 1)
            .returning(*STATE)
        )
        return sorted(map(_invitation, self._session.execute(statement)), key=lambda one: one.id)

    def forget(self, person_id: UUID, at: datetime) -> None:
        """End all invitations of that person; of their answers keep no words."""
        in_force = (invitations.c.person_id == person_id) & invitations.c.withdrawn_at.is_(None)
        self._session.execute(invitations.update().where(in_force).values(withdrawn_at=at))
        self._session.execute(answers.update().where(answers.c.person_id == person_id).values(comment=""))


def _each_once(found: list[Invitation]) -> list[Invitation]:
    """Of who is invited to a meeting and to its series, the invitation to the meeting."""
    by_person = {one.person_id: one for one in found if one.meeting_id is None}
    return list((by_person | {one.person_id: one for one in found if one.meeting_id is not None}).values())


def _row(invitation: Invitation) -> dict[str, Any]:
    return {**vars(invitation), "scope_id": invitation.scope_id}


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(**row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way
