"""Invitations and answers: sets of people, so every act is a Core statement or two."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from beraad.messaging.cursors import upsert
from beraad.storage.listed import ids_listed
from beraad_meetings.domain.invitations import Answer, Invitation
from beraad_meetings.domain.meetings import Meeting
from beraad_meetings.storage.tables import answers, invitations

AT_ONCE = 1000
"""Rows per statement: databases limit the parameters of one."""

STATE = [
    invitations.c[name]
    for name in ["id", "series_id", "meeting_id", "group_id", "person_id", "role", "revision"]
]


def concerning(meeting_id: UUID, series_id: UUID | None) -> ColumnElement[bool]:
    """Invitations in force to that meeting, or to its series."""
    scopes = [meeting_id] if series_id is None else [meeting_id, series_id]
    return invitations.c.scope_id.in_(scopes) & invitations.c.withdrawn_at.is_(None)


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
        mine = (invitations.c.scope_id == series_id) & invitations.c.withdrawn_at.is_(None)
        return list(map(_invitation, self._session.execute(select(*STATE).where(mine))))

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

    def answer(
        self,
        invitation: Invitation,
        meeting: Meeting,
        answer: str,
        comment: str,
        at: datetime,
        *,
        with_series: bool = False,
    ) -> Invitation:
        """Keep the answer, replacing an earlier one; returns the invitation a revision further."""
        values = {"answer": answer, "comment": comment, "answered_at": at, "invitation_id": invitation.id}
        values["with_series"] = with_series
        statement = upsert(self._session, answers).values(
            meeting_id=meeting.id, person_id=invitation.person_id, **values
        )
        self._session.execute(
            statement.on_conflict_do_update(index_elements=["meeting_id", "person_id"], set_=values)
        )
        further = (
            invitations.update()
            .where(invitations.c.id == invitation.id)
            .values(revision=invitations.c.revision + 1)
            .returning(invitations.c.revision)
        )
        return replace(invitation, revision=self._session.execute(further).scalar_one())

    def answers_of(self, person_id: UUID, meetings: Iterable[UUID]) -> dict[UUID, Answer]:
        """What that person answered so far, by meeting."""
        names = ("meeting_id", "answer", "answered_at", "with_series")
        query = select(*(answers.c[name] for name in names)).where(
            answers.c.person_id == person_id, answers.c.meeting_id.in_(list(meetings))
        )
        found = [Answer(**row._mapping) for row in self._session.execute(query)]  # noqa: SLF001 - documented
        return {one.meeting_id: one for one in found}

    def not_declined(self, meeting: Meeting) -> tuple[UUID, ...]:
        """Those invited who did not decline, by id."""
        declined = select(answers.c.person_id).where(
            answers.c.meeting_id == meeting.id, answers.c.answer == "declined"
        )
        query = select(invitations.c.person_id).where(
            concerning(meeting.id, meeting.series_id), invitations.c.person_id.not_in(declined)
        )
        return tuple(sorted(set(self._session.execute(query).scalars())))

    def withdraw_guest(self, meeting_id: UUID, person_id: UUID, at: datetime) -> None:
        """End that person's invitation to the meeting itself."""
        held = (invitations.c.meeting_id == meeting_id) & (invitations.c.person_id == person_id)
        in_force = held & (invitations.c.role == "guest") & invitations.c.withdrawn_at.is_(None)
        self._session.execute(invitations.update().where(in_force).values(withdrawn_at=at))

    def withdraw(self, group_id: UUID, person_id: UUID, at: datetime) -> None:
        """End that person's invitations as a member of the group."""
        held = (invitations.c.person_id == person_id) & (invitations.c.group_id == group_id)
        in_force = held & (invitations.c.role == "member") & invitations.c.withdrawn_at.is_(None)
        self._session.execute(invitations.update().where(in_force).values(withdrawn_at=at))

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
