"""Why a mail did or did not come, told of one delivery: what happened, in order, and what happens next.

In English, for whoever asks about a mail: the person themselves, or an administrator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from beraad_notifications.domain.audience_words import audience_in_words
from beraad_notifications.domain.catalogue import ANY_KIND, Promise
from beraad_notifications.domain.channels import Channel
from beraad_notifications.domain.deliveries import GAVE_UP, MAIL, State
from beraad_notifications.domain.holding_back import WAITS
from beraad_notifications.domain.steps import Step, What

WHY_SUPPRESSED = {
    "unsubscribed": "Not sent: they chose to get no mail of this kind.",
    "group_muted": "Not sent: they chose to get no such mail of this group.",
    "erased": "Not sent: the person was erased.",
    "address_refused": "Not sent: their address is suppressed.",
}
"""By the reason that a suppressed delivery has."""
SERVER_SPOKE = {What.CHANNEL_REFUSED, What.DEFERRED, What.IN_DOUBT}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a delivery stands, and what is known around it."""

    kind_name: str
    state: State
    reason: str
    attempts: int
    queued_at: datetime
    due_at: datetime
    give_up_at: datetime
    settled_at: datetime | None
    digest_id: UUID | None
    zone: ZoneInfo
    """By whose clock times are told."""
    address_known: bool = True
    refused: str | None = None
    """Why the address they have now is suppressed: a mail server's words, or an administrator's."""
    due_before: int | None = None
    """How many mails are due before it, where that was counted."""
    channel: Channel = field(default_factory=lambda: Channel(name=MAIL))
    """Whether mail goes out at all."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that happened, or will; `told` are the mail server's words."""

    what: str
    text: str
    at: datetime | None = None
    told: str = ""
    next_at: datetime | None = None


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Such as `Monday 4 September 2017 at 07:00 (Europe/Brussels)`."""
    local = at.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B %Y} at {local:%H:%M} ({zone.key})"


def what_happened(standing: Standing, steps: Sequence[Step]) -> list[Line]:
    """In order, from when it was queued to where it stands."""
    kind = ANY_KIND[standing.kind_name]
    audience = f" It goes to {audience_in_words(kind)}." if kind.event else ""
    queued = Line(what="queued", at=standing.queued_at, text=f"Queued for them.{audience}")
    passed = [_passed(step, standing.zone) for step in steps]
    now = _now(standing)
    return [queued, *passed] if now is None else [queued, *passed, now]


def what_is_next(standing: Standing) -> Line:
    """What happens without anybody doing anything; and what helps, where nothing will."""
    match standing.state:
        case State.QUEUED if not standing.address_known:
            return Line(what="address", text="Sent once membership tells their address. Until then it waits.")
        case State.DEFERRED if standing.reason == WAITS:
            text = f"Comes after quiet hours, {_due(standing)}."
            return Line(what="quiet_hours", text=text, next_at=standing.due_at)
        case State.QUEUED | State.DEFERRED if not standing.channel.is_open:
            return _when_held_up(standing.channel, standing.zone)
        case State.QUEUED:
            return _when_queued(standing)
        case State.DEFERRED:
            return _when_deferred(standing)
        case State.SENDING:
            text = f"What became of it is told within minutes; if its worker is silent, another takes it {_due(standing)}."
            return Line(what="sending", text=text, next_at=standing.due_at)
        case State.COLLECTED if standing.digest_id is None:
            return Line(
                what="digest", text=f"Comes in the digest of {_due(standing)}.", next_at=standing.due_at
            )
        case State.COLLECTED:
            return Line(what="digest", text="Its digest is on its way: what becomes of that becomes of it.")
        case State.SENT:
            text = "Nothing more from here. Where it is not in the inbox: look among spam, then ask whoever runs that mailbox."
            return Line(what="nothing", text=text)
        case _:
            return Line(what="nothing", text=_what_helps(standing))


def _passed(step: Step, zone: ZoneInfo) -> Line:
    then = moment(step.next_at, zone) if step.next_at else ""
    texts = {
        What.HELD_BACK: f"Held back by their quiet hours until {then}.",
        What.COLLECTED: f"They want it together with others: it {step.told}, due {then}.",
        What.BROUGHT_FORWARD: f"They chose otherwise, or moved: its digest is due {then}.",
        What.LOOKED_AT_AGAIN: "They chose otherwise, or moved: it need not wait for quiet hours any more, unless they still are.",
        What.ADDRESS_KNOWN: "Their address became known.",
        What.GIVEN_BACK: f"Not sent ({step.told}), which costs no attempt: to be taken up again from {then}.",
        What.CHANNEL_REFUSED: f"Not sent, which costs no attempt: the mail server takes no mail from us. To be taken up again from {then}.",
        What.DEFERRED: f"Attempt {step.attempt}: the mail server did not take it. To be tried again {then}.",
        What.IN_DOUBT: f"Attempt {step.attempt}: nobody knows whether the mail server has it. To be sent again {then}, so it may come twice.",
        What.LEFT: f"Attempt {step.attempt}: the worker that sent it ended before it could tell what became of it.",
    }
    said = step.told if step.what in SERVER_SPOKE else ""
    return Line(what=step.what.value, at=step.at, text=texts[step.what], told=said, next_at=step.next_at)


def _now(standing: Standing) -> Line | None:
    """What its row alone knows: how it ended, or that it is being sent."""
    at, reason = standing.settled_at, standing.reason
    match standing.state:
        case State.SENDING:
            return Line(what="sending", text=f"Attempt {standing.attempts}: being sent.")
        case State.SENT if standing.digest_id:
            return Line(
                what="accepted", at=at, text="The mail server took the digest over that it was told in."
            )
        case State.SENT:
            text = f"Attempt {standing.attempts}: the mail server took it over."
            return Line(what="accepted", at=at, text=text, told=reason)
        case State.SUPPRESSED:
            return Line(what="suppressed", at=at, text=WHY_SUPPRESSED.get(reason, f"Not sent: {reason}."))
        case State.FAILED | State.UNCERTAIN if standing.digest_id:
            return Line(what=standing.state.value, at=at, text="As the digest it was told in.")
        case State.FAILED:
            given_up = "Given up" if reason.startswith(GAVE_UP) else "Refused for good"
            return Line(what="failed", at=at, text=f"{given_up} (attempt {standing.attempts}).", told=reason)
        case State.UNCERTAIN:
            why = (
                "Of this kind none is sent twice"
                if ANY_KIND[standing.kind_name].promise is Promise.AT_MOST_ONCE
                else "It may have arrived several times"
            )
            text = f"Nobody knows whether the mail server has it. {why}, so it is not sent again."
            return Line(what="uncertain", at=at, text=text, told=reason)
        case State.COLLECTED if standing.digest_id:
            return Line(what="told_in_digest", text="Put into a digest.")
        case _:
            return None


def _when_queued(standing: Standing) -> Line:
    before = standing.due_before
    if before is None:
        return Line(what="turn", text="Sent when its turn comes.", next_at=standing.due_at)
    others = "no other mail is" if before == 0 else "one mail is" if before == 1 else f"{before} mails are"
    text = f"Sent when its turn comes: {others} due before it. See `beraad mail status` if it takes long."
    return Line(what="turn", text=text, next_at=standing.due_at)


def _when_held_up(channel: Channel, zone: ZoneInfo) -> Line:
    ends = (
        f"One is tried again {moment(channel.next_trial_at, zone)}; when that is taken, the others follow."
        if channel.next_trial_at
        else "It is sent once an administrator resumes mail."
    )
    since = f" since {moment(channel.since, zone)}" if channel.since else ""
    said = f": “{channel.reason}”" if channel.reason else ""
    text = f"All mail is held up{since}{said}. {ends}"
    return Line(what="held_up", text=text, next_at=channel.next_trial_at)


def _when_deferred(standing: Standing) -> Line:
    if not (standing.attempts or ANY_KIND[standing.kind_name].secret):
        return Line(what="turn", text=f"Tried {_due(standing)}.", next_at=standing.due_at)
    until = moment(standing.give_up_at, standing.zone)
    text = f"Tried again {_due(standing)}, and given up {until} if it is not taken by then."
    return Line(what="retry", text=text, next_at=standing.due_at)


def _what_helps(standing: Standing) -> str:
    if standing.reason == "erased":
        return "Nothing: nobody writes to who was erased."
    if standing.refused is not None:
        return f"Nothing: mail to their address is held back: “{standing.refused}”. Another address ends that, or an administrator who lifts it."
    if standing.reason in {"unsubscribed", "group_muted"}:
        return "Nothing. What is to come reaches them once they choose otherwise in their preferences."
    return "Nothing: it is not sent again. What is to come is sent as ever."


def _due(standing: Standing) -> str:
    return moment(standing.due_at, standing.zone)
