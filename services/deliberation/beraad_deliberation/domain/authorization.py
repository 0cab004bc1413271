"""Who may do what in deliberation: one table, default deny. What a stranger may not know exists is not found."""

from __future__ import annotations

from typing import Any

from beraad.domain import YES, Decision, Policies, Standing, no

COORDINATING = ("facilitator", "board_link", "secretary")


def _else(standing: Standing, code: str, reason: str) -> Decision:
    """Refuse those who belong with the reason; strangers are not told there is anything."""
    return no(code, reason) if standing.belongs else no("NotFound", "no such thing")


def signed_in(standing: Standing, _resource: Any) -> Decision:
    """Every person of the organisation."""
    return YES if standing.person_id else no("PeopleOnly", "only a person may do this")


def belonging(standing: Standing, _resource: Any) -> Decision:
    """Those who take part in the group's life: seats, roles (guests and observers too), approving body, administrators."""
    return YES if standing.belongs else no("NotFound", "no such thing")


def working(standing: Standing, _resource: Any) -> Decision:
    """Seat holders and coordinators of the group, and administrators."""
    if standing.seated or standing.administrator or standing.has(*COORDINATING):
        return YES
    return _else(standing, "MembersOnly", "only members of the group may do this")


def asking(standing: Standing, resource: Any) -> Decision:
    """Members, and the guests and experts the group invited."""
    if standing.has("guest", "expert", "observer"):
        return YES
    return working(standing, resource)


def coordinating(standing: Standing, _resource: Any) -> Decision:
    """Facilitator, board link, secretary, administrators."""
    if standing.administrator or standing.has(*COORDINATING):
        return YES
    return _else(standing, "CoordinatorsOnly", "only the group's coordinators may do this")


def facilitating(standing: Standing, _resource: Any) -> Decision:
    """The facilitator, who moves phases and never decides alone; administrators."""
    if standing.administrator or standing.has("facilitator"):
        return YES
    return _else(standing, "FacilitatorOnly", "only the group's facilitator may do this")


def presiding(standing: Standing, _resource: Any) -> Decision:
    """Who runs a vote: facilitator, secretary, administrators."""
    if standing.administrator or standing.has("facilitator", "secretary"):
        return YES
    return _else(standing, "FacilitatorOnly", "only the group's facilitator or secretary may do this")


def proposing(standing: Standing, proposers: Any) -> Decision:
    """The proposers, who own the text; administrators."""
    if standing.administrator or (standing.person_id in (proposers or ()) and standing.belongs):
        return YES
    return _else(standing, "ProposersOnly", "only the proposers may do this")


def proposing_or_facilitating(standing: Standing, proposers: Any) -> Decision:
    """The proposers, or the facilitator."""
    return YES if facilitating(standing, None).allowed else proposing(standing, proposers)


def oneself(standing: Standing, person: Any) -> Decision:
    """Only the person it is about, as long as they take part in the group's life."""
    if person is not None and standing.person_id == person and standing.belongs:
        return YES
    return _else(standing, "OneselfOnly", "only the person concerned may do this")


def owning(standing: Standing, owner: Any) -> Decision:
    """The person concerned, or a coordinator."""
    return YES if standing.person_id == owner else coordinating(standing, None)


def approving(standing: Standing, _resource: Any) -> Decision:
    """Seat holders of the approving body. The group asked about is that body."""
    if standing.seated:
        return YES
    return no("ApprovingBodyOnly", "only members of the approving body may do this")


def mandating(standing: Standing, is_body: Any) -> Decision:
    """Who sets a group's rules: administrators, and the seat holders of its approving body (the group asked about)."""
    if standing.administrator or (is_body and standing.seated):
        return YES
    return no("ApprovingBodyOnly", "only the group's approving body or an administrator may do this")


def belonging_or_public(standing: Standing, is_public: Any) -> Decision:
    """Anybody signed in where it is public; else those who belong."""
    return YES if is_public and standing.person_id else belonging(standing, None)


POLICIES: Policies = {
    "proposal.draft": working,
    "proposal.list": belonging,
    "proposal.read": belonging,
    "proposal.export": belonging,
    "proposal.edit": proposing,
    "proposal.open": proposing_or_facilitating,
    "proposal.move": facilitating,
    "proposal.withdraw": proposing,
    "proposal.take_over": working,
    "proposal.refer": facilitating,
    "version.publish": proposing,
    "question.ask": asking,
    "question.answer": proposing_or_facilitating,
    "reaction.give": working,
    "amendment.propose": working,
    "amendment.decide": proposing,
    "amendment.edit": proposing,
    "amendment.contest": working,
    "amendment.promote": oneself,
    "amendment.withdraw": oneself,
    "profile.list": signed_in,
    "profile.read": belonging,
    "profile.set": mandating,
    "round.open": facilitating,
    "round.read": belonging,
    "round.respond": signed_in,
    "round.recuse": signed_in,
    "round.record": presiding,
    "round.contest": signed_in,
    "round.depart": facilitating,
    "round.extend": facilitating,
    "round.close": facilitating,
    "objection.read": belonging,
    "objection.opine": working,
    "objection.test": facilitating,
    "objection.appeal": oneself,
    "objection.adopt": working,
    "objection.withdraw": oneself,
    "vote.open": presiding,
    "vote.read": belonging,
    "vote.cast": signed_in,
    "vote.close": presiding,
    "approval.list": signed_in,
    "approval.read": belonging,
    "approval.answer": approving,
    "decision.list": signed_in,
    "decision.read": belonging_or_public,
    "decision.review": coordinating,
    "task.finish": owning,
    "group.export": belonging,
    "record.read": belonging,
    "contribution.add": signed_in,
    "contribution.list": signed_in,
    "contribution.publish": coordinating,
    "me.read": signed_in,
}
