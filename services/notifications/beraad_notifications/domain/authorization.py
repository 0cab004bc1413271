"""Who may do what in notifications: one table, default deny."""

from __future__ import annotations

from typing import Any

from beraad.domain import YES, Decision, Policies, Standing, no


def administrator(standing: Standing, _resource: Any) -> Decision:
    """Only the organisation's administrators."""
    return YES if standing.administrator else no("AdministratorsOnly", "only an administrator may do this")


def signed_in(standing: Standing, _resource: Any) -> Decision:
    """Every person of the organisation, about themselves."""
    return YES if standing.person_id else no("PeopleOnly", "only a person may do this")


def oneself_or_administrator(standing: Standing, person: Any) -> Decision:
    """A person about their own mail, or an administrator about anyone's."""
    if standing.administrator or (person is not None and standing.person_id == person):
        return YES
    return no("OneselfOnly", "people see their own deliveries; administrators see anyone's")


POLICIES: Policies = {
    "delivery.list": oneself_or_administrator,
    "delivery.count": administrator,
    "timeline.read": oneself_or_administrator,
    "preferences.read": signed_in,
    "preferences.change": signed_in,
    "channel.list": administrator,
    "channel.steer": administrator,
    "suppression.list": administrator,
    "suppression.change": administrator,
    "template.preview": administrator,
    "template.test": administrator,
    "overview.read": administrator,
    "me.read": signed_in,
}
