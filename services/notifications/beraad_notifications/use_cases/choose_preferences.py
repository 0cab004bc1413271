"""Choose which mail one wants, by the API or by the pages that mails lead to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad.domain import InvalidRequest
from beraad_notifications.domain.catalogue import DIGEST
from beraad_notifications.domain.events import PreferenceChanged
from beraad_notifications.domain.frequencies import OFF
from beraad_notifications.domain.recipients import Choices, Recipient
from beraad_notifications.use_cases.bring_forward import bring_forward
from beraad_notifications.use_cases.ports import Work


@dataclass(frozen=True)
class ChoosePreferences:
    """The caller's choices; what is not named stays. `expected_revision` is the one that was read."""

    choices: Choices
    expected_revision: int


@dataclass(frozen=True)
class ChooseByLink:
    """The same, proven by the token of the link in a mail."""

    person_id: UUID
    choices: Choices
    expected_revision: int


@dataclass(frozen=True)
class Unsubscribe:
    """Proven by the token of the link, not by signing in."""

    person_id: UUID
    kind: str


@dataclass(frozen=True)
class UndoUnsubscribe:
    """Proven by the same token: what it ended comes as it came before."""

    person_id: UUID
    kind: str
    as_before: Choices


def choose_preferences(command: ChoosePreferences, work: Work, now: datetime) -> None:
    """Raises `Stale`, `InvalidRequest`."""
    work.authorize("preferences.change")
    _take_over(work.recipients.get(work.actor.person), command.choices, command.expected_revision, work, now)


def choose_by_link(command: ChooseByLink, work: Work, now: datetime) -> bool:
    """False for somebody who is unknown or erased, of whom nothing is kept. Raises `Stale`, `InvalidRequest`."""
    if not work.contacts.reachable(command.person_id):
        return False
    _take_over(work.recipients.get(command.person_id), command.choices, command.expected_revision, work, now)
    return True


def unsubscribe(command: Unsubscribe, work: Work, now: datetime) -> Choices | None:
    """The same however often it is asked. Ending the digest ends what was told in it.

    Answers what undoes it; None for somebody who is unknown or erased.
    """
    if not work.contacts.reachable(command.person_id):
        return None
    recipient = work.recipients.get(command.person_id)
    kinds, groups = recipient.chosen, {group: dict(of) for group, of in recipient.groups.items()}
    ended = recipient.end_digests() if command.kind == DIGEST.name else recipient.choose({command.kind: OFF})
    _keep(recipient, ended, work, now)
    return Choices(
        kinds={one.kind: kinds[one.kind] for one in ended if one.group_id is None},
        groups=_of_groups(ended, groups),
    )


def undo_unsubscribe(command: UndoUnsubscribe, work: Work, now: datetime) -> bool:
    """What was ended by this link and is still off comes again; what was chosen anew meanwhile stays as it is."""
    if not work.contacts.reachable(command.person_id):
        return False
    recipient = work.recipients.get(command.person_id)
    wanted = command.as_before
    kinds = {kind: often for kind, often in wanted.kinds.items() if recipient.chosen.get(kind) == OFF}
    if command.kind != DIGEST.name:
        kinds = {kind: often for kind, often in kinds.items() if kind == command.kind}
    groups = {
        group: {kind: often for kind, often in of.items() if recipient.groups.get(group, {}).get(kind) == OFF}
        for group, of in wanted.groups.items()
        if command.kind == DIGEST.name
    }
    _keep(recipient, recipient.take_over(Choices(kinds=kinds, groups=groups)), work, now)
    return True


def _of_groups(
    ended: list[PreferenceChanged], before: Mapping[UUID, Mapping[str, str]]
) -> dict[UUID, dict[str, str | None]]:
    undone: dict[UUID, dict[str, str | None]] = {}
    for one in ended:
        if one.group_id is not None:
            undone.setdefault(one.group_id, {})[one.kind] = before[one.group_id][one.kind]
    return undone


def _take_over(recipient: Recipient, choices: Choices, expected: int, work: Work, now: datetime) -> None:
    changed = recipient.take_over(choices, expected)
    for group_id in work.recipients.unknown_groups(choices.groups):
        raise InvalidRequest("there is no such group", pointer=f"/groups/{group_id}")
    _keep(recipient, changed, work, now)


def _keep(recipient: Recipient, changed: list[PreferenceChanged], work: Work, now: datetime) -> None:
    if changed:
        work.recipients.put(recipient)
        work.publish(*changed)
        bring_forward(recipient, work, now)
