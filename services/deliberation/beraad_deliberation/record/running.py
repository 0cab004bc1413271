"""Steps of the story: rounds and votes open, move, and close."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from beraad_deliberation.domain.verdict import Outcome
from beraad_deliberation.record.history import Close, Entry, History, RecordedRoll, Standing, Step, Tell
from beraad_deliberation.record.kinds import PROPOSING

RECONSIDERED = frozenset({Outcome.INTEGRATING, Outcome.DEADLOCKED})
"""What a round may be judged again from (the stages of `reconsider_round`)."""


def _opened(kind: Literal["round", "vote"], history: History, entry: Entry, tell: Tell) -> None:
    body = entry["body"]
    if body[kind] in history.rolls:
        tell("OpenedTwice", f"this {kind} was opened before")
        return
    roll = RecordedRoll(
        kind=kind,
        id=body[kind],
        seq=entry["seq"],
        body=body,
        closes_at=body["closes_at"],
        version=body["version"],
        text=body["text"],
        versions={body["version"]},
        proposers=set(body.get("proposers", ())),
    )
    history.rolls[roll.id] = history.latest[roll.proposal] = roll


def _running(history: History, roll_id: str, kinds: str, tell: Tell) -> RecordedRoll | None:
    """That round or vote, if it runs."""
    roll = history.rolls.get(roll_id)
    if roll is None or roll.kind not in kinds:
        tell("NotOpened", f"no {kinds} {roll_id} was opened")
    elif roll.closes:
        tell("AlreadyClosed", f"{roll.kind} {roll_id} closed with entry {roll.closes[-1].seq}")
    else:
        return roll
    return None


def _round_extended(history: History, entry: Entry, tell: Tell) -> None:
    body = entry["body"]
    roll = _running(history, body["round"], "round", tell)
    if roll is None:
        return
    if body["closes_at"] <= roll.closes_at:
        tell("DeadlineMovedBack", f"it closes at {roll.closes_at}, and deadlines only extend")
    roll.closes_at = max(roll.closes_at, body["closes_at"])
    roll.calls += body["automatic"]


def _electorate_changed(history: History, entry: Entry, tell: Tell) -> None:
    body = entry["body"]
    roll = history.rolls.get(body["roll"])
    if body["change"] not in PROPOSING or roll is None or not _may_be_judged_again(history, roll):
        roll = _running(history, body["roll"], "round or vote", tell)
    if roll is None:
        return
    if body["change"] == "proposing":
        roll.proposers.add(body["elector"])
    elif body["change"] == "stopped_proposing":
        roll.proposers.discard(body["elector"])
    else:
        roll.changes.setdefault(body["change"], set()).add(body["elector"])


def _round_closed(history: History, entry: Entry, tell: Tell) -> None:
    roll = history.rolls.get(entry["body"]["round"])
    if roll is None or not _may_be_judged_again(history, roll):
        roll = _running(history, entry["body"]["round"], "round", tell)
    if roll is not None:
        _close(history, roll, entry, judged=True)


def _may_be_judged_again(history: History, roll: RecordedRoll) -> bool:
    """Closed with an objection standing, and since then no other text and nothing else opened over the proposal."""
    again = bool(roll.closes) and roll.closes[-1].outcome in RECONSIDERED and not roll.outdated
    return again and history.latest[roll.proposal] is roll


def _round_abandoned(history: History, entry: Entry, tell: Tell) -> None:
    roll = _running(history, entry["body"]["round"], "round", tell)
    if roll is not None:
        _close(history, roll, entry, judged=False)


def _round_contested(history: History, entry: Entry, tell: Tell) -> None:
    roll = history.rolls.get(entry["body"]["round"])
    if roll is None or roll.kind != "round" or not roll.closes:
        tell("NotOpened", "while a round runs, a contested answer is a leaf")


def _vote_closed(history: History, entry: Entry, tell: Tell) -> None:
    roll = _running(history, entry["body"]["vote"], "vote", tell)
    if roll is not None:
        _close(history, roll, entry, judged=True)


def _close(history: History, roll: RecordedRoll, entry: Entry, *, judged: bool) -> None:
    close = Close(
        seq=entry["seq"],
        body=entry["body"],
        judged=judged,
        calls=roll.calls,
        closes_at=roll.closes_at,
        standing=_standing(history, roll),
        proposers=frozenset(roll.proposers),
        again=bool(roll.closes),
    )
    roll.closes.append(close)
    decided = (roll.version, roll.text)
    granted = history.granted.get(roll.proposal) == decided
    if close.outcome == Outcome.ADOPTED or (close.outcome == Outcome.AWAITING_APPROVAL and granted):
        history.adopted[roll.proposal] = decided
    elif close.outcome == Outcome.AWAITING_APPROVAL:
        history.awaiting[roll.proposal] = decided


def _standing(history: History, roll: RecordedRoll) -> tuple[Standing, ...]:
    """Those raised in this round, whatever became of them, and earlier ones that still stand."""
    return tuple(
        (objection.elector, objection.number, str(objection.state), objection.raised_by)
        for objection in history.objections_to.get(roll.proposal, ())
        if objection.roll_id == roll.id or objection.is_open
    )


def _version_published(history: History, entry: Entry, tell: Tell) -> None:
    body = entry["body"]
    roll = history.latest.get(body["proposal"])
    if roll is None or roll.outdated:
        return
    if not body["editorial"]:
        roll.outdated = True
        return
    if body["version"] <= roll.version:
        tell("VersionIsWrong", f"version {roll.version} is asked about already")
    roll.version, roll.text = body["version"], body["text"]
    roll.versions.add(roll.version)


STEPS: Mapping[str, Step] = {
    "version.published": _version_published,
    "round.opened": lambda history, entry, tell: _opened("round", history, entry, tell),
    "round.extended": _round_extended,
    "round.closed": _round_closed,
    "round.abandoned": _round_abandoned,
    "round.contested": _round_contested,
    "vote.opened": lambda history, entry, tell: _opened("vote", history, entry, tell),
    "vote.closed": _vote_closed,
    "electorate.changed": _electorate_changed,
}
