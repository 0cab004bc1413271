"""The catalogue: which event becomes which kind of mail, for whom, and how much it matters.

Adding a kind of mail is one line here and one folder in `mail/templates`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import Any


class Promise(StrEnum):
    """What is done when nobody knows whether the mail server has the message."""

    AT_LEAST_ONCE = "at_least_once"
    AT_MOST_ONCE = "at_most_once"


class Urgency(IntEnum):
    """What is sent first, and what quiet hours hold back: not what comes at once, nor what is near its end within a day."""

    AT_ONCE = 0
    WHEN_NEAR = 3
    NORMAL = 5


@dataclass(frozen=True)
class OnePerson:
    """The person the event names, where the group is of these kinds (any, if none is named)."""

    named_in: str
    group_kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class SeatHolders:
    """Everyone holding a seat in the group, where it is of these kinds (any, if none is named); and these roles, seat or not."""

    of: str = "group_id"
    group_kinds: tuple[str, ...] = ()
    and_roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class RoleHolders:
    """Everyone holding one of the roles in the group."""

    roles: tuple[str, ...]
    of: str = "group_id"


@dataclass(frozen=True)
class NamedPeople:
    """The people the event lists; an empty list means nobody where `always`, else everyone holding a seat in the group.

    The latter only for what earlier releases published: whoever publishes a list now lists everybody, in several events.
    """

    named_in: str
    of: str = "group_id"
    always: bool = False
    """They always were listed."""


Audience = OnePerson | SeatHolders | RoleHolders | NamedPeople


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of mail."""

    name: str
    event: str
    audience: Audience
    where: Mapping[str, str] = field(default_factory=dict)
    """Fields the event must have, where one event type becomes several kinds."""
    urgency: Urgency = Urgency.NORMAL
    until: str = ""
    """The field of the event that tells when it is over: within a day of it, mail that is urgent when near is urgent."""
    promise: Promise = Promise.AT_LEAST_ONCE
    patience: timedelta = timedelta(hours=48)
    """How long it is tried."""
    first_pause: timedelta = timedelta(minutes=1)
    essential: bool = False
    """Cannot be unsubscribed from, and is tried at a refused address too: the person asked for it."""
    outlasts_muting: bool = False
    """Comes from a muted group too: about what is the person's own (a seat, a place, a task), or a meeting in their calendar."""
    secret: bool = False
    """What it tells is forgotten once the mail is settled."""

    @property
    def from_elsewhere(self) -> bool:
        """Its audience is known from another publisher's stream than the event: membership must be up to date."""
        return not self.event.startswith("membership.")


def _invitation(name: str, change: str, **where: str) -> Kind:
    """Only an invitation to something new can be muted: whoever has it in their calendar hears what becomes of it."""
    return Kind(
        name=name,
        event="meetings.invitation.issued.v1",
        where={"change": change, **where},
        audience=OnePerson("person_id"),
        urgency=Urgency.WHEN_NEAR,
        until="starts_at",
        outlasts_muting=name != "meeting_invited",
    )


def _registration(what: str) -> Kind:
    return Kind(
        name=f"registration_{what}",
        event=f"meetings.registration.{what}.v1",
        audience=OnePerson("person_id"),
        urgency=Urgency.WHEN_NEAR,
        until="starts_at",
        outlasts_muting=True,
    )


def _of_ones_own(name: str, event: str, audience: Audience, **where: str) -> Kind:
    return Kind(name=name, event=event, audience=audience, where=where, outlasts_muting=True)


def _to_answer(name: str, event: str, audience: Audience) -> Kind:
    """What asks for an answer before it closes, or says until when it may be given."""
    return Kind(name=name, event=event, audience=audience, urgency=Urgency.WHEN_NEAR, until="closes_at")


def _to_answer_still(name: str, event: str) -> Kind:
    """To those who have not answered, shortly before it closes."""
    audience = NamedPeople("unanswered_ids", always=True)
    return replace(_to_answer(name, event, audience), promise=Promise.AT_MOST_ONCE)


GROUP = SeatHolders()
COORDINATING = ("facilitator", "board_link", "secretary")
ASKED_IN_POLLS = SeatHolders(and_roles=COORDINATING)
"""As meetings asks them: coordinators need not hold a seat."""
COORDINATORS = RoleHolders(("facilitator", "board_link"))
CATALOGUE: tuple[Kind, ...] = (
    Kind(
        name="sign_in_link",
        event="membership.sign_in_link.issued.v1",
        audience=OnePerson("person_id"),
        urgency=Urgency.AT_ONCE,
        patience=timedelta(minutes=15),
        first_pause=timedelta(seconds=5),
        essential=True,
        secret=True,
    ),
    _of_ones_own(
        "seat_filled",
        "membership.seat.filled.v1",
        OnePerson("person_id", group_kinds=("working_group", "board")),
    ),
    _of_ones_own("seat_ending", "membership.seat.expiring.v1", OnePerson("person_id")),
    _of_ones_own("role_assigned", "membership.role.assigned.v1", OnePerson("person_id")),
    _of_ones_own("candidacy_submitted", "membership.candidacy.submitted.v1", OnePerson("person_id")),
    _of_ones_own("draw_prepared", "membership.candidacy.entered.v1", OnePerson("person_id")),
    _of_ones_own("draw_cancelled", "membership.candidacy.released.v1", OnePerson("person_id")),
    _of_ones_own("in_reserve", "membership.candidacy.settled.v1", OnePerson("person_id"), outcome="reserve"),
    Kind(name="seat_vacated", event="membership.seat.vacated.v1", audience=COORDINATORS),
    _of_ones_own("group_ended", "membership.group.ended.v1", NamedPeople("member_ids", always=True)),
    _invitation("registration_confirmed", "invited", occasion="registered"),
    _invitation("registration_promoted", "invited", occasion="promoted"),
    _invitation("meeting_invited", "invited"),
    _invitation("meeting_moved", "moved"),
    _invitation("meeting_updated", "updated"),
    _invitation("meeting_uninvited", "cancelled", occasion="uninvited"),
    _invitation("meeting_cancelled", "cancelled"),
    Kind(
        name="meeting_reminder",
        event="meetings.meeting.reminder_due.v1",
        audience=NamedPeople("invitee_ids"),
        urgency=Urgency.WHEN_NEAR,
        until="starts_at",
        promise=Promise.AT_MOST_ONCE,
    ),
    _registration("waitlisted"),
    _registration("rescheduled"),
    _registration("lapsed"),
    _to_answer("poll_opened", "meetings.poll.opened.v1", ASKED_IN_POLLS),
    _to_answer_still("poll_reminder", "meetings.poll.reminder_due.v1"),
    Kind(
        name="poll_expired",
        event="meetings.poll.closed.v1",
        where={"outcome": "expired"},
        audience=COORDINATORS,
    ),
    Kind(
        name="poll_closed",
        event="meetings.poll.closed.v1",
        where={"outcome": "closed"},
        audience=ASKED_IN_POLLS,
    ),
    Kind(name="minutes_circulated", event="meetings.minutes.circulated.v1", audience=GROUP),
    Kind(
        name="proposal_opened",
        event="deliberation.proposal.opened.v1",
        audience=SeatHolders(group_kinds=("working_group",)),
    ),
    Kind(
        name="amendment_proposed",
        event="deliberation.amendment.proposed.v1",
        audience=NamedPeople("asked_ids", always=True),
    ),
    Kind(
        name="amendment_accepted",
        event="deliberation.amendment.accepted.v1",
        audience=OnePerson("author_id"),
    ),
    Kind(
        name="amendment_conflicted",
        event="deliberation.amendment.conflicted.v1",
        audience=OnePerson("author_id"),
    ),
    _to_answer("round_opened", "deliberation.round.opened.v1", GROUP),
    _to_answer("round_extended", "deliberation.round.extended.v1", GROUP),
    _to_answer_still("round_reminder", "deliberation.round.reminder_due.v1"),
    Kind(name="round_closed", event="deliberation.round.closed.v1", audience=GROUP),
    Kind(
        name="objection_raised",
        event="deliberation.objection.raised.v1",
        audience=RoleHolders(("facilitator",)),
    ),
    _to_answer("vote_opened", "deliberation.vote.opened.v1", GROUP),
    _to_answer_still("vote_reminder", "deliberation.vote.reminder_due.v1"),
    Kind(name="vote_closed", event="deliberation.vote.closed.v1", audience=GROUP),
    Kind(
        name="approval_requested",
        event="deliberation.approval.requested.v1",
        audience=SeatHolders(of="body_id"),
        outlasts_muting=True,  # asked of the body, about another group
    ),
    Kind(
        name="approval_overdue",
        event="deliberation.approval.overdue.v1",
        audience=SeatHolders(of="body_id"),
        promise=Promise.AT_MOST_ONCE,
        outlasts_muting=True,  # asked of the body, about another group
    ),
    Kind(name="approval_granted", event="deliberation.approval.granted.v1", audience=GROUP),
    Kind(name="approval_returned", event="deliberation.approval.returned.v1", audience=GROUP),
    Kind(name="approval_refused", event="deliberation.approval.refused.v1", audience=GROUP),
    Kind(name="decision_in_force", event="deliberation.decision.in_force.v1", audience=GROUP),
    Kind(name="review_due", event="deliberation.decision.review_due.v1", audience=GROUP),
    _of_ones_own("task_assigned", "deliberation.task.assigned.v1", OnePerson("owner_id")),
    Kind(
        name="task_due",
        event="deliberation.task.due.v1",
        audience=OnePerson("owner_id"),
        promise=Promise.AT_MOST_ONCE,
        outlasts_muting=True,
    ),
)

IN_INVITATIONS = "those invited are told by their invitations, with the calendar"
IN_ROUNDS = "the mail about the round or vote that brought it tells it"
IN_PUBLIC = "concerns no one person; the group sees it where it works"
WITH_PROPOSAL = "read with the proposal while it is worked on; the next round tells the text"
OWN_DOING = "one's own doing, seen at once"
OF_THE_GROUP = "about the group and not a person; whoever changes it tells the group"
BETWEEN_SERVICES = "only for the services"
OF_MAIL = (
    "about mail itself: a mail about it would cause the next one; administrators see deliveries and alerts"
)
NOT_TOLD: Mapping[str, str] = {
    "membership.person.registered.v1": "whoever registers somebody tells them; they sign in by a link they ask for",
    "membership.person.updated.v1": OWN_DOING,
    "membership.person.erased.v1": "the address is gone then",
    "membership.contact.changed.v1": BETWEEN_SERVICES,
    "membership.person_export.requested.v1": BETWEEN_SERVICES,
    "membership.session.revoked.v1": OWN_DOING,
    "membership.signing_key.published.v1": BETWEEN_SERVICES,
    "membership.api_key.issued.v1": OWN_DOING,
    "membership.api_key.revoked.v1": OWN_DOING,
    "membership.group.created.v1": OF_THE_GROUP,
    "membership.group.updated.v1": OF_THE_GROUP,
    "membership.policy.changed.v1": OF_THE_GROUP,
    "membership.composition.changed.v1": OF_THE_GROUP,
    "membership.role.withdrawn.v1": "roles end with their group too, which is told; else whoever withdraws it tells why",
    "membership.candidacy.withdrawn.v1": OWN_DOING,
    "membership.selection.committed.v1": "each candidate is told their own chance",
    "membership.selection.drawn.v1": "each candidate is told their seat or their place in the reserve",
    "membership.selection.cancelled.v1": "each candidate is told",
    "meetings.meeting.scheduled.v1": IN_INVITATIONS,
    "meetings.meeting.moved.v1": IN_INVITATIONS,
    "meetings.meeting.updated.v1": IN_INVITATIONS,
    "meetings.meeting.cancelled.v1": IN_INVITATIONS,
    "meetings.meeting.opened.v1": "those who take part are there",
    "meetings.meeting.closed.v1": "those who take part are there; the minutes are told",
    "meetings.series.created.v1": IN_INVITATIONS,
    "meetings.series.changed.v1": IN_INVITATIONS,
    "meetings.agenda.changed.v1": "the reminder leads to the agenda",
    "meetings.agenda.published.v1": "the reminder leads to the agenda",
    "meetings.attendance.recorded.v1": "those who take part are there",
    "meetings.invitation.answered.v1": OWN_DOING,
    "meetings.registration.confirmed.v1": IN_INVITATIONS,
    "meetings.registration.withdrawn.v1": OWN_DOING,
    "meetings.poll.answered.v1": OWN_DOING,
    "meetings.minutes.drafted.v1": "a draft is told when it is circulated",
    "meetings.minutes.approved.v1": "the group approves them itself, in its meeting",
    "meetings.action_item.agreed.v1": "told as a task once the minutes are circulated",
    "deliberation.contribution.added.v1": IN_PUBLIC,
    "deliberation.decision.superseded.v1": "the decision in its place is told",
    "deliberation.objection.tested.v1": IN_ROUNDS,
    "deliberation.objection.resolved.v1": IN_ROUNDS,
    "deliberation.proposal.moved.v1": IN_ROUNDS,
    "deliberation.proposal.adopted.v1": IN_ROUNDS,
    "deliberation.proposal.rejected.v1": IN_ROUNDS,
    "deliberation.proposal.deadlocked.v1": IN_ROUNDS,
    "deliberation.proposal.lapsed.v1": IN_ROUNDS,
    "deliberation.proposal.withdrawn.v1": "the proposer's own doing; whoever opens it sees why",
    "deliberation.proposal.version_published.v1": WITH_PROPOSAL,
    "deliberation.record.sealed.v1": BETWEEN_SERVICES,
    "deliberation.task.done.v1": OWN_DOING,
    "deliberation.person_export.answered.v1": BETWEEN_SERVICES,
    "meetings.person_export.answered.v1": BETWEEN_SERVICES,
    "notifications.person_export.answered.v1": BETWEEN_SERVICES,
    "notifications.address.lifted.v1": OF_MAIL,
    "notifications.address.suppressed.v1": OF_MAIL,
    "notifications.delivery.accepted.v1": OF_MAIL,
    "notifications.delivery.failed.v1": OF_MAIL,
    "notifications.preference.changed.v1": OWN_DOING,
    "notifications.reply.given.v1": OWN_DOING,
}
"""Every other event, and why no mail tells it."""

DIGEST = Kind(name="digest", event="", audience=OnePerson("person_id"), promise=Promise.AT_MOST_ONCE)
"""Tells together what a person wants once a day or once a week: made of other mails, not of one event."""

TEST = Kind(
    name="test",
    event="",
    audience=OnePerson("person_id"),
    urgency=Urgency.AT_ONCE,
    promise=Promise.AT_MOST_ONCE,
    patience=timedelta(hours=1),
    essential=True,
)
"""Shows the administrator who asked for it what a mail of another kind looks like."""

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (*CATALOGUE, DIGEST)}
ANY_KIND: Mapping[str, Kind] = {**KINDS, TEST.name: TEST}
"""Whatever a delivery can be of."""
OPTIONAL_KINDS = tuple(kind.name for kind in CATALOGUE if not kind.essential)
"""What a person may have at once, in a digest, or not at all."""


def events_from(publisher: str) -> tuple[str, ...]:
    """The event types of that publisher that are told by mail."""
    return tuple(dict.fromkeys(k.event for k in CATALOGUE if k.event.startswith(f"{publisher}.")))


def kind_of(event: str, fields: Mapping[str, Any]) -> Kind | None:
    """The kind of mail this event becomes, if any."""
    for kind in CATALOGUE:
        if kind.event == event and all(fields[name] == value for name, value in kind.where.items()):
            return kind
    return None
