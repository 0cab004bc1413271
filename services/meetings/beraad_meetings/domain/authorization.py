"""Who may do what in meetings: one table, default deny. What one may not see does not exist for them."""

from __future__ import annotations

from typing import Any

from beraad.domain import YES, Decision, Policies, Standing, no

UNKNOWN = no("NotFound", "there is no such thing, or you may not see it")


def signed_in(standing: Standing, _resource: Any) -> Decision:
    """Every person; lists show only what each may see."""
    return YES if standing.person_id else no("PeopleOnly", "only a person may do this")


def belonging(standing: Standing, _resource: Any) -> Decision:
    """Whoever takes part in the group: by seat, role, as its approving body, or administrators."""
    return YES if standing.belongs else UNKNOWN


def belonging_or_invited(standing: Standing, invited: Any) -> Decision:
    """The group, and the guests of this one meeting; everybody where it is open to all."""
    return YES if standing.belongs or invited else UNKNOWN


def belonging_or_own(standing: Standing, _resource: Any) -> Decision:
    """A calendar of everything one takes part in, or of one group one belongs to."""
    if standing.group_id is None:
        return signed_in(standing, None)
    return belonging(standing, None)


def coordinating(standing: Standing, _resource: Any) -> Decision:
    """The group's coordinators, and administrators."""
    if standing.administrator or standing.has("facilitator", "secretary", "board_link"):
        return YES
    return _refused(
        standing, "CoordinatorsOnly", "only the group's facilitator, secretary or board link may do this"
    )


def scheduling(standing: Standing, kind: Any) -> Decision:
    """Coordinators; an assembly is called by its facilitator or secretary."""
    if kind != "assembly":
        return coordinating(standing, None)
    return recording(standing, None)


def recording(standing: Standing, _resource: Any) -> Decision:
    """Those who lead a meeting and write its record."""
    if standing.administrator or standing.has("facilitator", "secretary"):
        return YES
    return _refused(
        standing, "FacilitatorOrSecretaryOnly", "only the group's facilitator or secretary may do this"
    )


def reading_file(standing: Standing, file: Any) -> Decision:
    """Whoever reads what it belongs to: a guest reads those of the agenda, not those of the minutes."""
    return YES if standing.belongs or (file and file.invited and file.on_agenda) else UNKNOWN


def keeping_file(standing: Standing, file: Any) -> Decision:
    """Coordinators on the agenda; with the minutes, those who write them."""
    if file and not file.on_agenda:
        return recording(standing, None)
    return coordinating(standing, None)


def invited(standing: Standing, is_invited: Any) -> Decision:
    """Whoever is invited answers for themselves."""
    if is_invited:
        return YES
    return _refused(standing, "NotInvited", "only those who are invited answer")


def registering(standing: Standing, offered: Any) -> Decision:
    """Every person of the organisation, where the meeting is open to all."""
    return signed_in(standing, None) if offered or standing.belongs else UNKNOWN


def asked(standing: Standing, is_asked: Any) -> Decision:
    """Whoever a poll asks answers for themselves."""
    if is_asked:
        return YES
    return _refused(standing, "NotAsked", "only seat holders and coordinators of the group are asked")


def owning(standing: Standing, owner: Any) -> Decision:
    """Only one's own."""
    return YES if owner is not None and standing.person_id == owner else UNKNOWN


def _refused(standing: Standing, code: str, reason: str) -> Decision:
    return no(code, reason) if standing.belongs else UNKNOWN


POLICIES: Policies = {
    "series.create": coordinating,
    "series.list": signed_in,
    "series.read": belonging,
    "series.preview": signed_in,
    "series.change": scheduling,
    "series.cancel": scheduling,
    "series.answer": invited,
    "meeting.schedule": scheduling,
    "meeting.list": signed_in,
    "meeting.read": belonging_or_invited,
    "meeting.change": scheduling,
    "meeting.cancel": scheduling,
    "meeting.open": recording,
    "meeting.close": recording,
    "agenda.change": coordinating,
    "agenda.publish": coordinating,
    "agenda.run": recording,
    "running.read": belonging,
    "quorum.read": belonging,
    "guest.invite": coordinating,
    "invitation.list": belonging,
    "invitation.answer": invited,
    "registration.open": coordinating,
    "registration.join": registering,
    "registration.list": coordinating,
    "poll.open": scheduling,
    "poll.list": signed_in,
    "poll.read": belonging,
    "poll.answer": asked,
    "poll.book": scheduling,
    "poll.close": coordinating,
    "availability.state": signed_in,
    "attendance.list": belonging,
    "attendance.record": recording,
    "minutes.read": belonging,
    "minutes.write": recording,
    "minutes.circulate": recording,
    "minutes.approve": recording,
    "file.read": reading_file,
    "file.remove": keeping_file,
    "calendar_feed.create": belonging_or_own,
    "calendar_feed.list": signed_in,
    "calendar_feed.revoke": owning,
    "me.read": signed_in,
}
