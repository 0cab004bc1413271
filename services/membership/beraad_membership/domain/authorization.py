"""Who may do what in membership: one table, default deny."""

from __future__ import annotations

from typing import Any

from beraad.domain import YES, Decision, Policies, Standing, no


def administrator(standing: Standing, _resource: Any) -> Decision:
    """Only the organisation's administrators."""
    return YES if standing.administrator else no("AdministratorsOnly", "only an administrator may do this")


def signed_in(standing: Standing, _resource: Any) -> Decision:
    """Every person of the organisation."""
    return YES if standing.person_id else no("PeopleOnly", "only a person may do this")


def mandating(standing: Standing, _resource: Any) -> Decision:
    """Administrators, and seat holders of the group's approving body."""
    if standing.administrator or standing.approver:
        return YES
    return no("ApprovingBodyOnly", "only the group's approving body or an administrator may do this")


def coordinating(standing: Standing, _resource: Any) -> Decision:
    """Those who compose the group, and its coordinators."""
    if standing.administrator or standing.approver or standing.has("facilitator", "board_link", "secretary"):
        return YES
    return no("CoordinatorsOnly", "only the group's coordinators may see this")


def oneself_or_administrator(standing: Standing, person: Any) -> Decision:
    """A person about themselves, or an administrator."""
    if standing.administrator or (person is not None and standing.person_id == person):
        return YES
    return no("OneselfOnly", "people change their own entry; administrators change anyone's")


def oneself(standing: Standing, person: Any) -> Decision:
    """A person about themselves, and nobody in their name."""
    if person is not None and standing.person_id == person:
        return YES
    return no("InOnesOwnNameOnly", "everybody consents for themselves")


def holder_or_mandating(standing: Standing, holder: Any) -> Decision:
    """Whoever holds the seat (resigning), or who may appoint it (removing)."""
    return YES if standing.person_id == holder else mandating(standing, None)


POLICIES: Policies = {
    "person.register": administrator,
    "person.import": administrator,
    "import.read": administrator,
    "import.cancel": administrator,
    "person.list": signed_in,
    "person.read": signed_in,
    "person.update": oneself_or_administrator,
    "person.export": oneself_or_administrator,
    "export.read": oneself_or_administrator,
    "person.erase": oneself_or_administrator,
    "erasure.read": oneself_or_administrator,
    "erasure.withdraw": oneself_or_administrator,
    "consent.list": oneself_or_administrator,
    "consent.give": oneself,
    "consent.withdraw": oneself,
    "group.create": administrator,
    "group.list": signed_in,
    "group.read": signed_in,
    "group.update": administrator,
    "group.end": administrator,
    "policy.change": mandating,
    "seat.appoint": mandating,
    "seat.list": signed_in,
    "seat.vacate": holder_or_mandating,
    "role.assign": mandating,
    "role.withdraw": mandating,
    "candidacy.submit": signed_in,
    "candidacy.withdraw": oneself_or_administrator,
    "candidacy.list": coordinating,
    "composition.check": signed_in,
    "feasibility.read": coordinating,
    "selection.prepare": mandating,
    "selection.cancel": mandating,
    "selection.draw": mandating,
    "selection.list": signed_in,
    "selection.read": signed_in,
    "reserve.list": coordinating,
    "vacancy.list": signed_in,
    "vacancy.fill": mandating,
    "conflict.declare": oneself_or_administrator,
    "conflict.end": oneself_or_administrator,
    "conflict.list": oneself_or_administrator,
    "api_key.issue": administrator,
    "api_key.list": administrator,
    "api_key.revoke": administrator,
    "session.end": signed_in,
    "me.read": signed_in,
}
