"""Membership's roster decides who is invited and who may see what; seats and roles also open and close invitations."""

from __future__ import annotations

from typing import Any

from beraad.identity import IDENTITY
from beraad.messaging.erasing import erase_from_log
from beraad.messaging.subscriptions import Received, Subscriptions
from beraad.roster import ROSTER
from beraad_meetings.queries.held import export_answers
from beraad_meetings.storage.polls import ALSO_ASKED
from beraad_meetings.use_cases.end_meetings import EndMeetings, end_meetings
from beraad_meetings.use_cases.forget_person import ForgetPerson, forget_person
from beraad_meetings.use_cases.invite_newcomer import InviteNewcomer, invite_newcomer
from beraad_meetings.use_cases.note_seat import (
    NoteSeatFilled,
    NoteSeatVacated,
    note_seat_filled,
    note_seat_vacated,
)
from beraad_meetings.use_cases.release_member import ReleaseMember, release_member

membership = Subscriptions("membership", ROSTER, IDENTITY)


@membership.on("membership.person.erased.v1")
def on_person_erased(event: Received, work: Any) -> None:
    """What we keep and published about them tells nothing of them any more."""
    erase_from_log(work.session, event["person_id"], event["pseudonym"])
    forget_person(ForgetPerson(event["person_id"]), work, work.now)


@membership.on("membership.group.ended.v1")
def on_group_ended(event: Received, work: Any) -> None:
    """What it had still planned is cancelled."""
    end_meetings(EndMeetings(event["group_id"]), work, work.now)


@membership.on("membership.seat.filled.v1")
def on_seat_filled(event: Received, work: Any) -> None:
    """The seat counts for quorums from now on, and the newcomer is invited to what is still to come."""
    told = {name: event[name] for name in ("group_id", "seat_id", "person_id", "starts_on")}
    note_seat_filled(NoteSeatFilled(**told, told_at=event.envelope.time), work, work.now)
    invite_newcomer(InviteNewcomer(event["group_id"], event["person_id"]), work, work.now)


@membership.on("membership.seat.vacated.v1")
def on_seat_vacated(event: Received, work: Any) -> None:
    """The seat counts no more, invitations end, the group's calendar answers no more."""
    vacated = NoteSeatVacated(event["seat_id"], event["person_id"], event.envelope.time)
    note_seat_vacated(vacated, work, work.now)
    release_member(ReleaseMember(event["group_id"], event["person_id"]), work, work.now)


@membership.on("membership.role.assigned.v1")
def on_role_assigned(event: Received, work: Any) -> None:
    """Who coordinates is invited to what is still to come, also without a seat."""
    invite_newcomer(InviteNewcomer(event["group_id"], event["person_id"]), work, work.now)


@membership.on("membership.role.withdrawn.v1")
def on_role_withdrawn(event: Received, work: Any) -> None:
    """Who coordinated without a seat is released; whoever observed was not invited by that."""
    if event["role"] in ALSO_ASKED:
        release_member(ReleaseMember(event["group_id"], event["person_id"]), work, work.now)


@membership.on("membership.person_export.requested.v1")
def on_person_export_requested(event: Received, work: Any) -> None:
    """Tell membership, in private, what we hold of that person."""
    work.publish(*export_answers(work.session, event["export_id"], event["person_id"]))
