"""Why there is no delivery: what was asked about did not happen here, was not told, or not to that person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select

from beraad.clock import real_now
from beraad.storage.tables import cursors, known_people, known_seats, parked
from beraad_notifications.domain.audience_words import audience_in_words
from beraad_notifications.domain.catalogue import ANY_KIND, CATALOGUE, KINDS, NOT_TOLD
from beraad_notifications.domain.frequencies import OFF, how_often
from beraad_notifications.domain.stories import moment
from beraad_notifications.storage.audience import people_told
from beraad_notifications.storage.notices import LONGEST_WAIT
from beraad_notifications.storage.tables import contacts, notices
from beraad_notifications.storage.work import Work

if TYPE_CHECKING:
    from beraad_notifications.queries.timeline import Asked

Reason = dict[str, str]


def why_none(work: Work, asked: Asked, person_id: UUID | None, notice: Row[Any] | None) -> list[Reason]:
    """Every reason there is, the weightiest first."""
    return [{"code": code, "text": text} for code, text in _reasons(work, asked, person_id, notice)]


def _reasons(
    work: Work, asked: Asked, person_id: UUID | None, notice: Row[Any] | None
) -> Iterator[tuple[str, str]]:
    if person_id is not None:
        yield from _about_person(work, person_id)
    if asked.event_id is not None and notice is None:
        yield from _event_missing(work, asked.event_id)
    if asked.event_type is not None and notice is None:
        yield from _of_type(asked.event_type)
    if notice is not None:
        yield from _about_notice(work, asked, person_id, notice)
    elif asked.event_id is None and asked.event_type is None and person_id is not None:
        yield from _about_kind(work, asked.kind, person_id)


def _about_person(work: Work, person_id: UUID) -> Iterator[tuple[str, str]]:
    contact = work.session.execute(select(contacts).where(contacts.c.person_id == person_id)).one_or_none()
    known = select(known_people.c.person_id).where(known_people.c.person_id == person_id)
    if contact is not None and contact.erased:
        yield "PersonErased", "This person was erased: nobody writes to them."
    elif contact is None and work.session.execute(known).first() is None:
        yield "PersonUnknown", "Membership has told nothing of such a person."
    elif contact is None:
        yield (
            "AddressUnknown",
            "Membership has not told their address yet; mail for them waits until it does.",
        )


def _event_missing(work: Work, event_id: UUID) -> Iterator[tuple[str, str]]:
    for row in work.session.execute(
        select(parked.c.stream, parked.c.type, parked.c.reason, parked.c.envelope)
    ):
        if row.envelope.get("id") == str(event_id):
            why = f"The event is parked here ({row.type} of {row.stream}): `beraad bus replay notifications` tells it once its cause is mended."
            yield "EventParked", why
            return
    yield (
        "EventNotHere",
        "No event of that id that is told by mail has come here. Most events are not told: name its type to learn why.",
    )
    behind = select(cursors.c.stream).where(cursors.c.position < cursors.c.known_position)
    for stream in work.session.execute(behind.order_by(cursors.c.stream)).scalars():
        yield (
            "PublisherBehind",
            f"Not all events of {stream} have been read here yet: look again in a moment, or at `beraad bus lag notifications`.",
        )


def _of_type(event_type: str) -> Iterator[tuple[str, str]]:
    kinds = [kind for kind in CATALOGUE if kind.event == event_type]
    if event_type in NOT_TOLD:
        yield "EventIsNotTold", f"No mail tells {event_type}: {NOT_TOLD[event_type]}."
    elif not kinds:
        yield "UnknownEventType", f"There is no event {event_type}."
    elif all(kind.where for kind in kinds):
        wheres = " or ".join(
            " and ".join(f"{name} is {value}" for name, value in kind.where.items()) for kind in kinds
        )
        yield "ToldInPart", f"{event_type} is told by mail only where {wheres}."
    else:
        yield (
            "NoSuchEventYet",
            f"{event_type} is told by mail, to {audience_in_words(kinds[0])}; none of it led to a mail that fits.",
        )


def _about_notice(
    work: Work, asked: Asked, person_id: UUID | None, notice: Row[Any]
) -> Iterator[tuple[str, str]]:
    kind = ANY_KIND[notice.kind]
    audience = audience_in_words(kind)
    if asked.kind is not None and asked.kind != kind.name:
        yield "OtherKind", f"This event becomes a mail of the kind {kind.name}, not {asked.kind}."
    elif notice.spread_at is None:
        yield "NotSpreadYet", _unspread(notice)
    elif person_id is None:
        yield "NobodyInAudience", f"It goes to {audience}; that was nobody when it was told."
    elif _is_in_audience(work, notice, person_id):
        yield "JoinedLater", f"It went to {audience}. They are among them now, and were not when it was told."
    else:
        yield "NotInAudience", f"It goes to {audience}. They are not among them."
        if notice.group_id is not None and _seat_ended(work, notice.group_id, person_id):
            yield "SeatEnded", "They held a seat in that group, which has ended."


def _unspread(notice: Row[Any]) -> str:
    if real_now() - notice.noticed_at > 2 * LONGEST_WAIT:
        return "The event is here, and nobody has been told of it for a minute: the worker of notifications is away or behind."
    return "The event came a moment ago; people are told as soon as it is sure that all seats and roles are known, in half a minute at most."


def _is_in_audience(work: Work, notice: Row[Any], person_id: UUID) -> bool:
    if not notice.told:  # it was a secret, and is forgotten
        return False
    people = people_told(ANY_KIND[notice.kind].audience, notice.told).subquery()
    return work.session.execute(select(people).where(people.c.person_id == person_id)).first() is not None


def _seat_ended(work: Work, group_id: UUID, person_id: UUID) -> bool:
    held = (known_seats.c.group_id == group_id) & (known_seats.c.person_id == person_id)
    seats = list(work.session.execute(select(known_seats.c.vacated).where(held)).scalars())
    return bool(seats) and all(seats)


def _about_kind(work: Work, kind_name: str | None, person_id: UUID) -> Iterator[tuple[str, str]]:
    if kind_name is None:
        yield "NothingYet", "Nothing has happened that they are told of by mail."
        return
    kind = ANY_KIND[kind_name]
    recipient = work.recipients.seen(person_id)
    if kind_name in KINDS and how_often(kind, recipient.chosen_for(kind, None)) == OFF:
        yield "KindIsOff", "They chose to get no mail of this kind."
    last = (
        select(notices.c.noticed_at).where(notices.c.kind == kind_name).order_by(notices.c.noticed_at.desc())
    )
    noticed_at = work.session.execute(last.limit(1)).scalar()
    if noticed_at is None:
        yield "NothingYet", "Nothing has happened yet that a mail of this kind tells."
    else:
        when = moment(noticed_at, _zone(work))
        yield (
            "NotInAudience",
            f"Such mail goes to {audience_in_words(kind)}. They never were among them; the last was about something on {when}.",
        )


def _zone(work: Work) -> ZoneInfo:
    return ZoneInfo(work.settings.time_zone)
