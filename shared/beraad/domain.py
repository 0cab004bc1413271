"""The vocabulary every service's domain speaks. Standard library only.

A domain changes state and *returns* what happened (`Event`); a rule that forbids the change is raised by
name (`RuleBroken`, `NotFound`, `NotAllowed`). The name of the exception is the API's error code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact one aggregate caused, in the past tense, carrying the state after the change.

    `topic` is the published type, for instance ``deliberation.proposal.adopted.v1``; the fields are those of
    the contract of that name. `revision` is the aggregate's counter after the change: it rises by one with
    every event of the aggregate, so whoever has seen a revision has seen all before it.
    """

    topic: ClassVar[str]
    revision: int


class DomainError(Exception):
    """Something the domain refuses. `code` is what a client may rely on."""

    def __init__(self, detail: str = "", **facts: Any) -> None:
        super().__init__(detail or (type(self).__doc__ or "").strip().splitlines()[0])
        self.detail = str(self)
        self.facts = facts

    @property
    def code(self) -> str:
        """The rule's name, stable across releases."""
        return type(self).__name__


class RuleBroken(DomainError):
    """A rule of the domain forbids this now (409)."""


class InvalidRequest(DomainError):
    """The request contradicts itself or names a value outside its range (422)."""

    def __init__(self, detail: str = "", *, pointer: str = "", **facts: Any) -> None:
        super().__init__(detail, **facts)
        self.pointer = pointer


class NotFound(DomainError):
    """There is no such thing, or the caller may not know that there is (404)."""


class NoLongerKept(DomainError):
    """It was here and is kept elsewhere now, or not at all (410)."""


class NotAllowed(DomainError):
    """The caller is known and may not do this (403)."""


class PeopleOnly(NotAllowed):
    """Only a person may do this, not a service or an integration."""


class Stale(DomainError):
    """The resource changed since it was read: read it again (412)."""


class NotSignedIn(DomainError):
    """What should prove who is asking does not (401)."""


class TooOften(DomainError):
    """Asked too often: wait (429)."""


class NotYetKnown(DomainError):
    """What the request refers to has not reached this service yet: ask again shortly (409)."""


class ProjectionBehind(RuleBroken):
    """What another service published has not fully arrived, so nothing may be frozen from it yet."""


def expect_revision(current: int, expected: int | None) -> None:
    """Raise `Stale` when the caller read another revision than the one in force."""
    if expected is not None and expected != current:
        raise Stale(f"revision {expected} was named, {current} is in force", revision=current)


@dataclass(frozen=True)
class Actor:
    """Who is asking: a signed-in person, a service, an integrator by API key, or nobody.

    What proves who it is says nothing of rights, but for an API key: its scopes are all it may do.
    """

    person_id: UUID | None = None
    session_id: UUID | None = None
    administrator: bool = False
    service: str | None = None
    api_key_id: UUID | None = None
    scopes: frozenset[str] = frozenset()

    @property
    def is_anonymous(self) -> bool:
        """Nobody signed in, no service key and no API key."""
        return self.subject is None

    @property
    def subject(self) -> str | None:
        """Whose limits and idempotency keys count for this request; None for nobody. Never a secret."""
        if self.api_key_id is not None:
            return f"api_keys/{self.api_key_id}"
        return str(self.person_id) if self.person_id is not None else self.service

    @property
    def person(self) -> UUID:
        """The person asking. Raises `PeopleOnly` where nobody, a service or an integrator asks."""
        if self.person_id is None:
            raise PeopleOnly
        return self.person_id


ANONYMOUS = Actor()


@dataclass(frozen=True)
class Standing:
    """What an actor is to one group: the facts every authorization rule decides on."""

    actor: Actor
    group_id: UUID | None = None
    seated: bool = False
    approver: bool = False
    roles: frozenset[str] = field(default_factory=frozenset)

    @property
    def person_id(self) -> UUID | None:
        """The person asking, if it is one."""
        return self.actor.person_id

    @property
    def administrator(self) -> bool:
        """The organisation's administrator, who may do what a group's coordinators may."""
        return self.actor.administrator

    @property
    def belongs(self) -> bool:
        """Takes part in the group's life: by a seat, a role (guests and observers too), or as its approving body."""
        return self.seated or bool(self.roles) or self.approver or self.administrator

    def has(self, *roles: str) -> bool:
        """Holds at least one of these roles in the group."""
        return bool(self.roles.intersection(roles))


@dataclass(frozen=True)
class Decision:
    """The answer of an authorization rule: allowed, or not and why (a stable code and a sentence)."""

    allowed: bool
    code: str = ""
    reason: str = ""


YES = Decision(allowed=True)


def no(code: str, reason: str) -> Decision:
    """Refuse with a code the frontend can rely on and a sentence a person can read."""
    return Decision(allowed=False, code=code, reason=reason)


Rule = Callable[[Standing, Any], Decision]
Policies = Mapping[str, Rule]
OPEN_TO_API_KEYS = frozenset({"feed.read"})
"""The actions whose rule looks at scopes. A key is refused everything else, whatever the rule would say."""


def can(policies: Policies, standing: Standing, action: str, resource: Any = None) -> Decision:
    """Decide one action by the service's table. What the table does not name is refused."""
    rule = policies.get(action)
    if rule is None:
        return no("NotAllowed", f"nobody may {action}")
    if standing.actor.api_key_id is not None and action not in OPEN_TO_API_KEYS:
        return no("OutsideScope", "an API key may read the feeds its scopes name, and nothing else")
    return rule(standing, resource)
