"""The deliveries: queued by one INSERT … SELECT, claimed with SKIP LOCKED, settled in one statement per batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Integer, Update, bindparam, case, exists, func, literal, select
from sqlalchemy.orm import Session

from beraad.messaging.cursors import upsert
from beraad.storage.tables import known_groups
from beraad_notifications.domain.catalogue import ANY_KIND, Kind
from beraad_notifications.domain.deliveries import CLAIMABLE, LEASE, MAIL, OPEN, Claim, Outcome, State
from beraad_notifications.domain.digests import Collected, Waiting
from beraad_notifications.domain.frequencies import EVERY_KIND, Chosen, how_often, why_off
from beraad_notifications.domain.holding_back import WAITS
from beraad_notifications.domain.mail_domains import ITS_TURN
from beraad_notifications.domain.mornings import MORNINGS, Rhythm
from beraad_notifications.storage.audience import people_told
from beraad_notifications.storage.fresh_ids import fresh_ids
from beraad_notifications.storage.quiet_hours import quiet_hours_of
from beraad_notifications.storage.tables import (
    contacts,
    deliveries,
    group_preferences,
    notices,
    preferences,
    recipients,
)
from beraad_notifications.use_cases.ports import Letter, Notice, Told

log = structlog.get_logger()


class Deliveries:
    """Bound to one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def queue(self, notice: Notice, kind: Kind, at: datetime) -> int:
        """One delivery for everyone the notice is for; who has one keeps it. Returns how many are new."""
        people = people_told(kind.audience, notice.told).subquery("people")
        values: dict[str, Any] = {
            "id": fresh_ids(),
            "person_id": people.c.person_id,
            "event_id": _value("event_id", notice.event_id),
            "kind": _value("kind", kind.name),
            "channel": _value("channel", MAIL),
            "urgency": _value("urgency", kind.urgency.value),
            "state": _value("state", State.QUEUED.value),
            "reason": _value("reason", ""),
            "attempts": _value("attempts", 0),
            "uncertain": _value("uncertain", 0),
            "revision": _value("revision", 0),
            "queued_at": _value("queued_at", at),
            "due_at": _value("due_at", at),
            "give_up_at": _value("give_up_at", at + kind.patience),
        }
        erased = exists().where(contacts.c.person_id == people.c.person_id, contacts.c.erased)
        rows = select(*values.values()).select_from(people).where(~erased)
        statement = upsert(self._session, deliveries).from_select(list(values), rows)
        return int(self._session.execute(statement.on_conflict_do_nothing()).rowcount)  # type: ignore[attr-defined]

    def any_due(self, at: datetime) -> bool:
        """Whether there is something to claim."""
        return self._session.execute(ANY_DUE, {"at": at}).first() is not None

    def claim(self, limit: int, at: datetime, *, for_trial: bool = False) -> list[Letter]:
        """Lease the most urgent that are due and whose recipient's address is known; other workers skip them.

        For a trial what nobody doubts comes first.
        """
        pick = PICK_FOR_TRIAL if for_trial else PICK
        picked = self._session.execute(pick, {"at": at, "limit": limit}).all()
        if not picked:
            return []
        these = [row.id for row in picked]
        until = at + LEASE
        self._session.execute(LEASED, {"these": these, "until": until})
        told = {row.id: row for row in self._session.execute(PARTICULARS, {"these": these})}
        return [_letter(row, told[row.id], until) for row in picked if _readable(row, told)]

    def still_held(self, claims: Sequence[Claim], *, lock: bool = False) -> dict[UUID, Claim]:
        """Those of them that are still to be sent, with what is known of their recipients now."""
        held = {claim.delivery_id: claim for claim in claims}
        rows = self._session.execute(STILL_HELD_LOCKED if lock else STILL_HELD, {"these": list(held)})
        return {
            row.id: replace(
                held[row.id], address=row.email, erased=row.erased, refused_address=row.refused_address
            )
            for row in rows
            if (row.attempts, row.due_at) == (held[row.id].attempts, held[row.id].leased_until)
        }

    def end_leases(self, at: datetime) -> None:
        """Whatever is being sent is due at that time; its state still says that somebody had it."""
        held = deliveries.c.state == State.SENDING.value
        self._session.execute(deliveries.update().where(held).values(due_at=at))

    def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Record what became of them. They are locked: `still_held`."""
        if outcomes:
            self._session.execute(SETTLE, [_settled(outcome) for outcome in outcomes])

    def people_with_digests(self, limit: int, now: datetime) -> list[UUID]:
        """Whose digest is due, by domain time."""
        query = select(deliveries.c.person_id).where(_waits_for_digest(now)).distinct()
        people = query.order_by(deliveries.c.person_id).limit(limit)
        return list(self._session.execute(people).scalars())

    def collected(self, person_id: UUID, limit: int, now: datetime) -> list[Collected]:
        """What that person's digest has to tell, oldest first."""
        query = COLLECTED.where(deliveries.c.person_id == person_id, _waits_for_digest(now))
        rows = self._session.execute(query.order_by(deliveries.c.queued_at, deliveries.c.id).limit(limit))
        return [Collected(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented way

    def any_waiting(self, person_id: UUID) -> bool:
        """Whether something waits for that person's digest or the end of their quiet hours."""
        waits = _waits() | (deliveries.c.reason == WAITS)
        query = select(deliveries.c.id).where(deliveries.c.person_id == person_id, waits).limit(1)
        return self._session.execute(query).first() is not None

    def waiting(self, person_id: UUID) -> list[Waiting]:
        """What waits for that person's next digests."""
        columns = (deliveries.c.id.label("delivery_id"), deliveries.c.kind.label("kind_name"))
        query = select(*columns, notices.c.group_id, deliveries.c.due_at).join(
            notices, notices.c.event_id == deliveries.c.event_id
        )
        rows = self._session.execute(query.where(deliveries.c.person_id == person_id, _waits()))
        return [Waiting(**row._mapping) for row in rows]  # noqa: SLF001 - as above

    def bring_forward(self, these: Sequence[UUID], due_at: datetime) -> None:
        """They are told at that time (domain time)."""
        chosen = deliveries.c.id.in_(these) & _waits()
        self._session.execute(deliveries.update().where(chosen).values(due_at=due_at))

    def wake(self, person_id: UUID, reason: str, at: datetime) -> None:
        """What waits for that reason is due at that (real) time."""
        held = (deliveries.c.person_id == person_id) & (deliveries.c.reason == reason)
        asleep = held & (deliveries.c.state == State.DEFERRED.value)
        self._session.execute(deliveries.update().where(asleep).values(due_at=at))

    def put_into(self, digest: UUID, these: Sequence[UUID]) -> None:
        """They are told in that digest, and share its fate."""
        values = {"digest_id": digest, "reason": f"told in the digest {digest}"}
        self._session.execute(deliveries.update().where(deliveries.c.id.in_(these)).values(**values))

    def drop(self, these: Sequence[UUID], reason: str, at: datetime) -> None:
        """They are not told after all."""
        self._session.execute(_suppressing(reason, at).where(deliveries.c.id.in_(these)))

    def settle_told_in(self, digest: UUID, outcome: Outcome) -> list[Told]:
        """What was told in that digest has come to the same end; where it was not sent, for the same reason."""
        told = (deliveries.c.digest_id == digest) & (deliveries.c.state == State.COLLECTED.value)
        state, at = outcome.state, outcome.at
        ended: dict[str, Any] = {
            "state": state.value,
            "settled_at": at,
            "revision": deliveries.c.revision + 1,
        }
        if state is State.SUPPRESSED:
            ended["reason"] = outcome.reason
        columns = (deliveries.c.id.label("delivery_id"), deliveries.c.revision, deliveries.c.person_id)
        more = (deliveries.c.kind.label("kind_name"), deliveries.c.event_id)
        statement = deliveries.update().where(told).values(**ended).returning(*columns, *more)
        return [Told(**row._mapping) for row in self._session.execute(statement)]  # noqa: SLF001 - as above

    def address_known(self, person_id: UUID, at: datetime) -> None:
        """What waited for the address is tried from now on, as long as any other mail; a secret is worth no more time."""
        waiting = (deliveries.c.person_id == person_id) & (deliveries.c.state == State.QUEUED.value)
        names = self._session.execute(select(deliveries.c.kind).where(waiting).distinct()).scalars()
        for kind in [ANY_KIND[name] for name in names if name in ANY_KIND]:
            until = {} if kind.secret else {"give_up_at": at + kind.patience}
            of_kind = deliveries.update().where(waiting, deliveries.c.kind == kind.name)
            self._session.execute(of_kind.values(due_at=at, **until))

    def drop_all_for(self, person_id: UUID, reason: str, at: datetime) -> None:
        """Nothing that is still open for this person is sent."""
        still_open = (deliveries.c.person_id == person_id) & deliveries.c.state.in_(OPEN)
        self._session.execute(_suppressing(reason, at).where(still_open))

    def forget_reasons(self, person_id: UUID, instead: str) -> None:
        """Of why this person's mails were not sent keep that word: a mail server names the address."""
        told = (deliveries.c.person_id == person_id) & (deliveries.c.reason != "")
        self._session.execute(deliveries.update().where(told).values(reason=instead))


THESE = deliveries.c.id.in_(bindparam("these", expanding=True))
KNOWN = deliveries.c.kind.in_(bindparam("kinds", sorted(ANY_KIND), expanding=True, literal_execute=True))
"""Not what a newer release queued: that waits for it, and holds up nothing."""
DUE = (
    deliveries.c.state.in_(
        bindparam("claimable", [state.value for state in CLAIMABLE], expanding=True, literal_execute=True)
    )
    & (deliveries.c.due_at <= bindparam("at"))
    & KNOWN
)
"""The states and the number of rows are part of the statement's text: else PostgreSQL keeps no plan with the index of what is open."""
REACHABLE = deliveries.join(contacts, contacts.c.person_id == deliveries.c.person_id)
ANY_DUE = select(deliveries.c.id).select_from(REACHABLE).where(DUE).limit(1)
PICKED = (
    select(deliveries)
    .select_from(REACHABLE)
    .where(DUE)
    .limit(bindparam("limit", type_=Integer, literal_execute=True))
    .with_for_update(of=deliveries, skip_locked=True)
)
"""Few tables, so that who has seen no statistics of them yet does not read all that is due for each claim."""
PICK = PICKED.order_by(deliveries.c.urgency, deliveries.c.due_at)
doubtful = deliveries.alias("doubtful")
PICK_FOR_TRIAL = PICKED.order_by(
    deliveries.c.doubted,
    exists().where(
        doubtful.c.event_id == deliveries.c.event_id,
        doubtful.c.doubted,
        doubtful.c.state.in_(CLAIMABLE),
    ),
    deliveries.c.urgency,
    deliveries.c.due_at,
)
LEFT = case((deliveries.c.state == State.SENDING.value, 1), else_=0)
"""Whoever held it ended without a word: of what is claimed so nobody knows whether it was sent."""
LEASED = (
    deliveries.update()
    .where(THESE)
    .values(
        state=State.SENDING.value,
        due_at=bindparam("until"),
        attempts=deliveries.c.attempts + 1,
        uncertain=deliveries.c.uncertain + LEFT,
    )
)
in_group, of_group = group_preferences.alias("in_group"), group_preferences.alias("of_group")
PARTICULARS = (
    select(
        deliveries.c.id,
        contacts.c.name,
        contacts.c.email,
        contacts.c.language,
        contacts.c.time_zone,
        contacts.c.erased,
        notices.c.event_type,
        notices.c.told,
        notices.c.group_id,
        known_groups.c.name.label("group_name"),
        known_groups.c.time_zone.label("group_time_zone"),
        preferences.c.frequency.label("often_of_kind"),
        in_group.c.frequency.label("often_in_group"),
        of_group.c.frequency.label("often_of_group"),
        recipients.c.refused_address,
        recipients.c.quiet_hours,
        recipients.c.digest_hour,
        recipients.c.digest_weekday,
    )
    .join(contacts, contacts.c.person_id == deliveries.c.person_id)
    .join(notices, notices.c.event_id == deliveries.c.event_id)
    .outerjoin(known_groups, known_groups.c.group_id == notices.c.group_id)
    .outerjoin(recipients, recipients.c.person_id == deliveries.c.person_id)
    .outerjoin(
        preferences,
        (preferences.c.person_id == deliveries.c.person_id) & (preferences.c.kind == deliveries.c.kind),
    )
    .outerjoin(
        in_group,
        (in_group.c.person_id == deliveries.c.person_id)
        & (in_group.c.group_id == notices.c.group_id)
        & (in_group.c.kind == deliveries.c.kind),
    )
    .outerjoin(
        of_group,
        (of_group.c.person_id == deliveries.c.person_id)
        & (of_group.c.group_id == notices.c.group_id)
        & (of_group.c.kind == EVERY_KIND),
    )
    .where(THESE)
)
STILL_HELD = (
    select(
        deliveries.c.id,
        deliveries.c.attempts,
        deliveries.c.due_at,
        contacts.c.email,
        contacts.c.erased,
        recipients.c.refused_address,
    )
    .join(contacts, contacts.c.person_id == deliveries.c.person_id)
    .outerjoin(recipients, recipients.c.person_id == deliveries.c.person_id)
    .where(THESE, deliveries.c.state == State.SENDING.value)
)
STILL_HELD_LOCKED = STILL_HELD.order_by(deliveries.c.id).with_for_update(of=deliveries)
SETTLE = (
    deliveries.update()
    .where(deliveries.c.id == bindparam("of"))
    .values(
        state=bindparam("to"),
        reason=bindparam("because"),
        due_at=bindparam("next_at"),
        give_up_at=bindparam("until"),
        settled_at=bindparam("ended_at"),
        uncertain=deliveries.c.uncertain + bindparam("doubt"),
        revision=deliveries.c.revision + bindparam("step"),
        attempts=deliveries.c.attempts - bindparam("untried"),
        doubted=bindparam("doubted_now"),
    )
)


COLLECTED = (
    select(
        deliveries.c.id.label("delivery_id"),
        deliveries.c.kind.label("kind_name"),
        notices.c.event_type,
        notices.c.told,
        notices.c.group_id,
        func.coalesce(known_groups.c.name, "").label("group_name"),
        func.coalesce(known_groups.c.time_zone, contacts.c.time_zone).label("group_time_zone"),
    )
    .join(notices, notices.c.event_id == deliveries.c.event_id)
    .join(contacts, contacts.c.person_id == deliveries.c.person_id)
    .outerjoin(known_groups, known_groups.c.group_id == notices.c.group_id)
)


def _waits_for_digest(now: datetime) -> ColumnElement[bool]:
    return _waits() & (deliveries.c.due_at <= now)


def _waits() -> ColumnElement[bool]:
    return KNOWN & (deliveries.c.state == State.COLLECTED.value) & deliveries.c.digest_id.is_(None)


def _suppressing(reason: str, at: datetime) -> Update:
    values = {"state": State.SUPPRESSED.value, "reason": reason, "settled_at": at}
    return deliveries.update().values(**values)


def _readable(row: Any, told: dict[UUID, Any]) -> bool:
    """Not what has no notice, which somebody took out by hand: that holds up no other, and is logged each time."""
    if row.id in told:
        return True
    log.error("delivery_not_readable", delivery=str(row.id), kind=row.kind)
    return False


def _letter(row: Any, told: Any, leased_until: datetime) -> Letter:
    chosen = Chosen(
        of_kind=told.often_of_kind, of_kind_in_group=told.often_in_group, of_group=told.often_of_group
    )
    claim = Claim(
        delivery_id=row.id,
        person_id=row.person_id,
        event_id=row.event_id,
        kind_name=row.kind,
        revision=row.revision,
        attempts=row.attempts + 1,
        doubts=row.uncertain + (row.state == State.SENDING.value),
        left_sending=row.state == State.SENDING.value,
        give_up_at=row.give_up_at,
        address=told.email,
        erased=told.erased,
        frequency=how_often(ANY_KIND[row.kind], chosen),
        why_off=why_off(chosen),
        quiet_hours=quiet_hours_of(told.quiet_hours),
        rhythm=_rhythm(told),
        refused_address=told.refused_address,
        doubted=row.doubted,
        due_at=row.due_at,
        leased_until=leased_until,
        reason=row.reason,
        had_turn=row.reason == ITS_TURN,
    )
    return Letter(
        claim=claim,
        name=told.name,
        language=told.language,
        time_zone=told.time_zone,
        event_type=told.event_type,
        told=told.told,
        group_id=told.group_id,
        group_name=told.group_name or "",
        group_time_zone=told.group_time_zone or told.time_zone,
    )


def _rhythm(told: Any) -> Rhythm:
    if told.digest_hour is None:  # nothing was ever chosen
        return MORNINGS
    return Rhythm(hour=told.digest_hour, weekday=told.digest_weekday)


def _settled(outcome: Outcome) -> dict[str, Any]:
    return {
        "of": outcome.claim.delivery_id,
        "to": outcome.state.value,
        "because": outcome.reason[:2000],
        "next_at": outcome.next_at or outcome.at,
        "until": outcome.give_up_at or outcome.claim.give_up_at,
        "ended_at": outcome.at if outcome.settled else None,
        "doubt": int(outcome.uncertain),
        "step": int(outcome.settled),
        "untried": int(outcome.untried),
        "doubted_now": outcome.doubted or (outcome.untried and outcome.claim.doubted),
    }


def _value(column: str, value: Any) -> Any:
    return literal(value, deliveries.c[column].type)
