"""When people are taken: by meetings they are invited to and did not decline."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from beraad.domain import Actor
from beraad.messaging.cursors import upsert
from beraad.roster import names_of
from beraad.storage.listed import ids_listed
from beraad_meetings.domain.double_booking import MOST_TOLD, Conflict, OverriddenConflict, Span
from beraad_meetings.domain.meeting_states import OPEN, PLANNED
from beraad_meetings.storage.invitations import STANDS
from beraad_meetings.storage.tables import answers, diaries, invitations, meetings, overridden_conflicts
from beraad_meetings.storage.visible import visible_meetings_of

AT_ONCE = 1000
LONGEST = timedelta(days=14)
"""No meeting takes longer, so what began before does not last until now."""


class Bookings:
    """Who is where when, and the locks that let one person be booked by one at a time."""

    def __init__(self, session: Session, actor: Actor) -> None:
        """Bound to one transaction; what is told of other meetings is what the actor may see."""
        self._session = session
        self._actor = actor

    def hold(self, people: Sequence[UUID]) -> None:
        """Lock the diaries of these people, who are in order of their ids; a diary begins when it is first needed."""
        for start in range(0, len(people), AT_ONCE):
            rows = [{"person_id": person, "held": 1} for person in people[start : start + AT_ONCE]]
            statement = upsert(self._session, diaries).values(rows)
            self._session.execute(
                statement.on_conflict_do_update(
                    index_elements=["person_id"], set_={"held": diaries.c.held + statement.excluded.held}
                )
            )

    def conflicts(
        self, wanted: Mapping[Span, Collection[UUID]], without: Sequence[UUID] = ()
    ) -> list[Conflict]:
        """Everybody who is wanted for a span and in another meeting then, earliest first; at most six statements.

        `without`: meetings that do not count, such as the one that moves. The first twenty are told with names and,
        where the actor may see the other meeting, its title.
        """
        people = set().union(*wanted.values())
        if not people:
            return []
        crossing = [
            (span, row, overlap)
            for row in self._taken(people, wanted, without)
            for span in wanted
            if (overlap := span.shared_with(_span_of(row)))
        ]
        there = self._who_is_in({row.id for _span, row, _overlap in crossing}, people)
        found = [
            Conflict(
                span=span,
                person_id=person,
                meeting_id=row.id,
                overlap=overlap,
                title=row.title,
                group_id=row.group_id,
            )
            for span, row, overlap in crossing
            for person in there.get(row.id, set()).intersection(wanted[span])
        ]
        found.sort(key=lambda one: (one.overlap.starts_at, one.person_id, one.meeting_id))
        return [*self._told(found[:MOST_TOLD]), *found[MOST_TOLD:]]

    def keep(self, overridden: Iterable[OverriddenConflict]) -> None:
        """Remember why a meeting was booked all the same; those that concern nobody are left out, and one does not."""
        self._session.flush()
        rows = [vars(one) for one in overridden if one.people]
        self._session.execute(overridden_conflicts.insert(), rows)

    def forget(self, person_id: UUID) -> None:
        """Of why that person overrode a conflict keep no words."""
        theirs = overridden_conflicts.c.overridden_by == person_id
        self._session.execute(overridden_conflicts.update().where(theirs).values(reason=""))

    def _taken(
        self, people: Collection[UUID], spans: Collection[Span], without: Sequence[UUID]
    ) -> list[Row[Any]]:
        """Meetings one of them is invited to, from the first span to the last."""
        scopes = select(invitations.c.scope_id).where(
            invitations.c.person_id.in_(ids_listed(self._session, people)),
            invitations.c.withdrawn_at.is_(None),
        )
        first, last = min(one.starts_at for one in spans), max(one.ends_at for one in spans)
        columns = [meetings.c[name] for name in ("id", "title", "group_id", "starts_at", "duration_minutes")]
        query = select(*columns).where(
            meetings.c.state.in_([PLANNED, OPEN]),
            meetings.c.starts_at < last,
            meetings.c.starts_at > first - LONGEST,
            meetings.c.id.not_in(ids_listed(self._session, without)),
            or_(meetings.c.id.in_(scopes), meetings.c.series_id.in_(scopes)),
        )
        return [row for row in self._session.execute(query) if _span_of(row).ends_at > first]

    def _who_is_in(self, meeting_ids: set[UUID], people: set[UUID]) -> dict[UUID, set[UUID]]:
        """By meeting, those of the people who are invited to it or its series and did not decline."""
        if not meeting_ids:
            return {}
        invited = invitations.c.scope_id.in_([meetings.c.id, meetings.c.series_id])
        said = STANDS & (answers.c.person_id == invitations.c.person_id)
        query = (
            select(meetings.c.id, invitations.c.person_id)
            .join(invitations, invited & invitations.c.withdrawn_at.is_(None))
            .outerjoin(answers, said)
            .where(
                meetings.c.id.in_(ids_listed(self._session, meeting_ids)),
                answers.c.answer.is_distinct_from("declined"),
            )
        )
        found: dict[UUID, set[UUID]] = {}
        for row in self._session.execute(query):
            if row.person_id in people:
                found.setdefault(row.id, set()).add(row.person_id)
        return found

    def _told(self, conflicts: list[Conflict]) -> list[Conflict]:
        if not conflicts:
            return []
        named = {one.meeting_id for one in conflicts}
        seen = select(meetings.c.id).where(
            meetings.c.id.in_(named), visible_meetings_of(self._session, self._actor)
        )
        visible = set(self._session.execute(seen).scalars())
        names = names_of(self._session, {one.person_id for one in conflicts})
        return [
            replace(one, name=names.get(one.person_id), visible=one.meeting_id in visible)
            for one in conflicts
        ]


def _span_of(row: Row[Any]) -> Span:
    return Span(row.starts_at, row.starts_at + timedelta(minutes=row.duration_minutes))
