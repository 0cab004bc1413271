"""Choose which mail one wants; end one kind by the link in a mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beraad_notifications.domain.catalogue import DIGEST
from beraad_notifications.domain.events import PreferenceChanged
from beraad_notifications.domain.recipients import OFF, Recipient
from beraad_notifications.use_cases.ports import Work


@dataclass(frozen=True)
class ChoosePreferences:
    """The caller's choices by kind; what is not named stays. `expected_revision` is the one that was read."""

    wanted: Mapping[str, str]
    expected_revision: int


@dataclass(frozen=True)
class Unsubscribe:
    """Proven by the token of the link, not by signing in."""

    person_id: UUID
    kind: str


def choose_preferences(command: ChoosePreferences, work: Work, _now: datetime) -> None:
    """Raises `Stale`, `InvalidRequest`."""
    work.authorize("preferences.change")
    recipient = work.recipients.get(work.actor.person)
    _keep(recipient, recipient.choose(command.wanted, command.expected_revision), work)


def unsubscribe(command: Unsubscribe, work: Work, _now: datetime) -> None:
    """The same however often it is asked. Ending the digest ends what was told in it."""
    recipient = work.recipients.get(command.person_id)
    ended = recipient.end_digests() if command.kind == DIGEST.name else recipient.choose({command.kind: OFF})
    _keep(recipient, ended, work)


def _keep(recipient: Recipient, changed: list[PreferenceChanged], work: Work) -> None:
    if changed:
        work.recipients.put(recipient)
        work.publish(*changed)
