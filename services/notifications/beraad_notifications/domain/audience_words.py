"""Who is told of a kind of mail, in words."""

from __future__ import annotations

from collections.abc import Iterable

from beraad_notifications.domain.catalogue import (
    Audience,
    Kind,
    NamedPeople,
    OnePerson,
    RoleHolders,
)

ABOUT = {
    "person_id": "the person it is about",
    "owner_id": "the owner of the task",
    "invitee_ids": "the invited who have not declined",
    "member_ids": "those who held a seat until then",
    "unanswered_ids": "those asked who have not answered",
    "author_id": "the author of the amendment",
    "asked_ids": "the proposers, but for its author",
    "group_id": "the group",
    "body_id": "the approving body",
}


def audience_in_words(kind: Kind) -> str:
    """Such as `facilitator or board link of the group`."""
    return _words(kind.audience)


def _words(audience: Audience) -> str:
    match audience:
        case OnePerson(named_in, group_kinds):
            return ABOUT[named_in] + _in(group_kinds)
        case RoleHolders(roles, of):
            return f"{_either(roles)} of {ABOUT[of]}"
        case NamedPeople(named_in, of, always):
            return (
                ABOUT[named_in]
                if always
                else f"{ABOUT[named_in]} (where they are too many to list, all who hold a seat in {ABOUT[of]})"
            )
    coordinating = f", and its {_either(audience.and_roles, 'and')}" if audience.and_roles else ""
    seated = f"everyone who holds a seat in {ABOUT[audience.of]}{_in(audience.group_kinds)}"
    return seated + coordinating


def _in(group_kinds: tuple[str, ...]) -> str:
    return f", where the group is a {_either(group_kinds)}" if group_kinds else ""


def _either(names: Iterable[str], joined_by: str = "or") -> str:
    *others, last = (name.replace("_", " ") for name in names)
    return f"{', '.join(others)} {joined_by} {last}" if others else last
