"""Reading polls with their result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select

from beraad.domain import YES, NotFound, can
from beraad.http import page_of
from beraad.roster import groups_of
from beraad.storage.tables import known_roles, known_seats
from beraad_meetings.domain.availability import AVAILABLE, IF_NEED_BE, UNAVAILABLE, Asked
from beraad_meetings.domain.poll_results import Exclusion, SlotResult
from beraad_meetings.domain.polls import OPEN, Poll, permitted
from beraad_meetings.storage.polls import ALSO_ASKED
from beraad_meetings.storage.tables import polls
from beraad_meetings.storage.work import Work
from beraad_meetings.use_cases.poll_result import PollResult, poll_result

ACTIONS = ("poll.answer", "poll.close", "poll.book")
MOST_NAMED, MOST_PENDING = 100, 50
"""A poll names who said what where at most so many are asked; it always counts."""


def one_poll(work: Work, poll_id: UUID) -> dict[str, Any]:
    """A poll with what is known of each slot. Raises `NotFound`."""
    group_id = work.session.scalar(select(polls.c.group_id).where(polls.c.id == poll_id))
    work.authorize("poll.read", group_id)
    if group_id is None:
        raise NotFound("no such poll")
    ports: Any = work
    poll = work.polls.read(poll_id)
    result = poll_result(poll, ports, work.now)
    return {
        **_summary(poll),
        "asked": len(result.basis.asked),
        "answered": len(result.basis.asked) - len(result.unanswered),
        "unanswered": [_person(one) for one in result.unanswered[:MOST_NAMED]],
        "slots": [_slot(one, poll, result, work.actor.person_id) for one in result.slots],
        "first_slot_id": next((one.slot.id for one in result.slots if one.rank == 1), None),
        "allowed_actions": _allowed(work, poll, result),
    }


def list_polls(
    work: Work, group_id: UUID | None, state: str | None, limit: int, cursor: str | None
) -> list[dict[str, Any]]:
    """The polls of the caller's groups, in the order they were opened."""
    work.authorize("poll.list")
    query = select(polls)
    if not work.actor.administrator:
        query = query.where(polls.c.group_id.in_(groups_of(work.session, work.actor)))
    if group_id is not None:
        query = query.where(polls.c.group_id == group_id)
    if state is not None:
        query = query.where(polls.c.state == state)
    return [_summary(row) for row in page_of(work.session, query, (polls.c.id,), limit, cursor)]


def polls_to_answer(work: Work) -> list[Row[Any]]:
    """Open polls that ask the caller and that nothing they said anywhere answers, the first to close first."""
    me = work.actor.person_id
    seats = select(known_seats.c.group_id).where(
        known_seats.c.person_id == me, known_seats.c.vacated.is_(False)
    )
    roles = select(known_roles.c.group_id).where(
        known_roles.c.person_id == me, known_roles.c.role.in_(ALSO_ASKED)
    )
    query: Select[Any] = select(polls.c.id, polls.c.title, polls.c.group_id, polls.c.closes_at).where(
        polls.c.state == OPEN, polls.c.closes_at > work.now, polls.c.group_id.in_(seats.union(roles))
    )
    rows = list(work.session.execute(query.order_by(polls.c.closes_at, polls.c.id).limit(MOST_PENDING)))
    if me is None or not rows:
        return []
    answered = work.polls.answered_by(me, [row.id for row in rows])
    return [row for row in rows if row.id not in answered]


def my_availability(work: Work) -> dict[str, Any]:
    """What the caller said of when they can come, by start."""
    work.authorize("availability.state")
    me = work.actor.person
    ranges = work.polls.availability_of([me]).get(me, [])
    return {"ranges": [{**vars(one.span), "answer": one.answer} for one in ranges]}


def _summary(poll: Poll | Row[Any]) -> dict[str, Any]:
    names = (
        "id revision group_id title kind place online_link duration_minutes time_zone closes_at remind_at quorum_percent "
        "state opened_at opened_by closed_at meeting_id booked_despite"
    )
    return {name: getattr(poll, name) for name in names.split()}


def _slot(one: SlotResult, poll: Poll, result: PollResult, me: UUID | None) -> dict[str, Any]:
    mine = one.said.get(me) if me is not None else None
    return {
        "id": one.slot.id,
        **vars(poll.span_of(one.slot)),
        "local_time_warning": one.slot.local_time_warning,
        "yes": one.count(AVAILABLE),
        "if_need_be": one.count(IF_NEED_BE),
        "no": one.count(UNAVAILABLE),
        "unanswered": len(result.basis.asked) - len(one.said),
        "excluded": bool(one.exclusions),
        "reasons": [_reason(exclusion) for exclusion in one.exclusions],
        "rank": one.rank,
        "answers": _answers(one, result.basis.asked),
        "my_answer": {**vars(mine)} if mine else None,
    }


def _answers(one: SlotResult, asked: Sequence[Asked]) -> list[dict[str, Any]]:
    if len(asked) > MOST_NAMED:
        return []
    return [
        {**_person(person), **vars(one.said[person.person_id])}
        for person in asked
        if person.person_id in one.said
    ]


def _reason(exclusion: Exclusion) -> dict[str, Any]:
    return {
        "code": exclusion.code,
        "reason": exclusion.reason,
        "people": [_person(person) for person in exclusion.people[:MOST_NAMED]],
        "profiles": list(exclusion.profiles),
    }


def _person(person: Asked) -> dict[str, Any]:
    return {"person_id": person.person_id, "name": person.name}


def _allowed(work: Work, poll: Poll, result: PollResult) -> dict[str, Any]:
    standing = work.standing(poll.group_id)
    is_asked = any(person.person_id == work.actor.person_id for person in result.basis.asked)
    resources = {"poll.answer": is_asked, "poll.book": poll.kind}
    decisions = {}
    for action in ACTIONS:
        decision = can(work.policies, standing, action, resources.get(action))
        decisions[action] = vars(permitted(action, poll.state) if decision == YES else decision)
    return decisions
