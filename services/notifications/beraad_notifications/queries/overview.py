"""What whoever looks after mail wants to know at a glance. Counts every delivery: for people, not for every second."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from beraad.clock import real_now
from beraad_notifications.domain.deliveries import CLAIMABLE, MAIL, State
from beraad_notifications.domain.smtp_codes import code_of
from beraad_notifications.domain.steps import What
from beraad_notifications.storage.tables import contacts, deliveries, delivery_steps, notices, recipients
from beraad_notifications.storage.work import Work

DAY = timedelta(hours=24)
LONGEST_CODE = len("gave up: 451 ")
TALKED = (What.DEFERRED.value, What.IN_DOUBT.value)
OPEN = deliveries.c.state.in_([state.value for state in CLAIMABLE])
ADDRESSED = deliveries.c.person_id.in_(select(contacts.c.person_id))


def overview(work: Work) -> dict[str, Any]:
    """As of now, by real time; `codes` are of the last 24 hours."""
    work.authorize("overview.read")
    at = real_now()
    return {
        "at": at,
        "channel": _channel(work),
        "queue": _queue(work, at),
        "states": _counted(work, deliveries.c.state),
        "codes": _codes(work, at - DAY),
        "uncertain": _count(work, deliveries.c.uncertain > 0),
        "suppressed": _counted(work, deliveries.c.reason, deliveries.c.state == State.SUPPRESSED.value),
        "refused_addresses": _refused_addresses(work),
        "digests": _digests(work),
        "untold": work.session.execute(
            select(func.count()).select_from(notices).where(notices.c.spread_at.is_(None))
        ).scalar_one(),
    }


def _channel(work: Work) -> dict[str, Any]:
    """Whether mail goes out, and if not why."""
    channel = work.channels.seen(MAIL)
    return {name: getattr(channel, name) for name in ("state", "reason", "since", "next_trial_at")}


def _queue(work: Work, at: datetime) -> dict[str, Any]:
    """Ages in seconds since a mail was due: of the oldest, and of the one that 95 of 100 are younger than."""
    due = OPEN & ADDRESSED & (deliveries.c.due_at <= at)
    count = _count(work, due)
    dues = select(deliveries.c.due_at).where(due).order_by(deliveries.c.due_at)
    oldest, p95 = (work.session.execute(dues.offset(n).limit(1)).scalar() for n in (0, count // 20))
    return {
        "due": count,
        "oldest_seconds": None if oldest is None else (at - oldest).total_seconds(),
        "p95_seconds": None if p95 is None else (at - p95).total_seconds(),
        "later": _count(work, OPEN & ADDRESSED & (deliveries.c.due_at > at)),
        "without_address": _count(work, OPEN & ~ADDRESSED),
    }


def _codes(work: Work, since: datetime) -> list[dict[str, Any]]:
    """How often mail servers answered with which code; `none` where there was no answer."""
    ended = (deliveries.c.settled_at >= since) & deliveries.c.digest_id.is_(None)
    said = deliveries.c.state.in_([State.SENT.value, State.FAILED.value, State.UNCERTAIN.value])
    talked = delivery_steps.c.what.in_(TALKED) & (delivery_steps.c.at >= since)
    codes: Counter[str] = Counter()
    for words, where in ((deliveries.c.reason, ended & said), (delivery_steps.c.told, talked)):
        beginning = func.substr(words, 1, LONGEST_CODE).label("beginning")
        query = select(beginning, func.count()).where(where).group_by("beginning")
        for told, count in work.session.execute(query):
            codes[code_of(told)] += count
    return [{"code": code, "count": count} for code, count in sorted(codes.items())]


def _digests(work: Work) -> dict[str, Any]:
    waits = (deliveries.c.state == State.COLLECTED.value) & deliveries.c.digest_id.is_(None)
    next_at = work.session.execute(select(func.min(deliveries.c.due_at)).where(waits)).scalar()
    return {"waiting": _count(work, waits), "next_at": next_at}


def _refused_addresses(work: Work) -> int:
    """Whom nothing reaches until they have another address."""
    same = recipients.c.refused_address == contacts.c.email
    joined = recipients.join(contacts, contacts.c.person_id == recipients.c.person_id)
    return work.session.execute(select(func.count()).select_from(joined).where(same)).scalar_one()


def _count(work: Work, condition: ColumnElement[bool]) -> int:
    return work.session.execute(select(func.count()).select_from(deliveries).where(condition)).scalar_one()


def _counted(work: Work, by: ColumnElement[str], *conditions: ColumnElement[bool]) -> list[dict[str, Any]]:
    query = select(by.label("name"), func.count().label("count")).where(*conditions).group_by(by).order_by(by)
    return [{"name": name, "count": count} for name, count in work.session.execute(query)]
