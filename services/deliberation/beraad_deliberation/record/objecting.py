"""Steps of the story: objections, by the very transitions the service decides by."""

from __future__ import annotations

from collections.abc import Mapping

from beraad_deliberation.domain.objection_states import TRANSITIONS, UNANSWERED, ObjectionState
from beraad_deliberation.record.history import Entry, History, RecordedObjection, Step, Tell


def _raised(history: History, entry: Entry, tell: Tell) -> None:
    body = entry["body"]
    roll = history.rolls.get(body["round"])
    known = history.objections.get(body["objection"])
    over = roll is None or roll.kind != "round" or (roll.closes and not _was_left_unanswered(history, known))
    if roll is None or over:
        tell("ObjectionOutsideRound", "objections are raised while a round runs")
        return
    roll.raised_by.add(body["elector"])
    if known is not None:
        _raise_again(known, entry, tell)
        return
    state = ObjectionState(body["state"])
    objection = RecordedObjection(body["objection"], body["elector"], roll.id, roll.body["number"], state)
    history.objections[objection.id] = objection
    history.objections_to.setdefault(roll.proposal, []).append(objection)


def _was_left_unanswered(history: History, known: RecordedObjection | None) -> bool:
    """It was merged into one that was withdrawn or lapsed (itself, or what that one had been merged into)."""
    while known is not None and known.state is ObjectionState.MERGED and known.into is not None:
        known = history.objections[known.into]
        if known.state in UNANSWERED:
            return True
    return False


def _raise_again(known: RecordedObjection, entry: Entry, tell: Tell) -> None:
    body = entry["body"]
    if (known.elector, known.roll_id) != (body["elector"], body["round"]):
        tell("ObjectionOutOfOrder", "an objection is raised again by its objector, in its round")
    elif not known.is_open:
        _enter(known, ObjectionState.RAISED, tell)
        known.state = ObjectionState(body["state"])


def _tested(history: History, entry: Entry, tell: Tell) -> None:
    _move(history, entry, ObjectionState(entry["body"]["state"]), tell)


def _integrating(history: History, entry: Entry, tell: Tell) -> None:
    _move(history, entry, ObjectionState.INTEGRATING, tell)


def _testing(history: History, entry: Entry, tell: Tell) -> None:
    """A ruling may be given anew while it is tested."""
    objection = _known(history, entry, tell)
    if objection is not None and objection.state is not ObjectionState.TESTING:
        _enter(objection, ObjectionState.TESTING, tell)


def _appealed(history: History, entry: Entry, tell: Tell) -> None:
    objection = _known(history, entry, tell)
    if objection is not None and objection.state is not ObjectionState.TESTING:
        tell("ObjectionOutOfOrder", f"only a ruling is appealed; it is {objection.state}")


def _orphaned(history: History, entry: Entry, tell: Tell) -> None:
    objection = _known(history, entry, tell)
    if objection is not None:
        objection.orphaned_from = objection.state
        _enter(objection, ObjectionState.ORPHANED, tell)


def _adopted(history: History, entry: Entry, tell: Tell) -> None:
    objection = _known(history, entry, tell)
    if objection is None:
        return
    if objection.state is not ObjectionState.ORPHANED:
        tell("ObjectionOutOfOrder", f"only what is orphaned is adopted; it is {objection.state}")
        return
    objection.state, objection.elector = objection.orphaned_from, entry["body"]["elector"]
    history.rolls[objection.roll_id].adopted_by.add(objection.elector)


def _ended(history: History, entry: Entry, tell: Tell) -> None:
    _merge(history, entry, tell)
    _move(history, entry, ObjectionState(entry["body"]["state"]), tell)
    response = entry["body"]["response"]
    if response is None:
        return
    if response["round"] not in history.rolls:
        tell("NotOpened", f"no round {response['round']} was opened")
    else:
        history.replacements.setdefault(response["round"], {})[response["leaf"]] = entry["seq"]


def _merge(history: History, entry: Entry, tell: Tell) -> None:
    """Each is merged before what it is merged into ends, so that following them comes to an end."""
    one, into = (history.objections.get(entry["body"][name]) for name in ("objection", "into"))
    if one is None:
        return
    one.into = entry["body"]["into"]
    if one.into is not None and not (into and into.is_open and _may_take_in(history, into, one)):
        tell("ObjectionOutOfOrder", "it goes on in another objection to the same proposal that stands")
        one.into = None


def _may_take_in(history: History, other: RecordedObjection, one: RecordedObjection) -> bool:
    return other is not one and history.rolls[other.roll_id].proposal == history.rolls[one.roll_id].proposal


def _move(history: History, entry: Entry, state: ObjectionState, tell: Tell) -> None:
    objection = _known(history, entry, tell)
    if objection is not None:
        _enter(objection, state, tell)


def _known(history: History, entry: Entry, tell: Tell) -> RecordedObjection | None:
    objection = history.objections.get(entry["body"]["objection"])
    if objection is None:
        tell("ObjectionOutOfOrder", "this objection was never raised")
    return objection


def _enter(objection: RecordedObjection, state: ObjectionState, tell: Tell) -> None:
    if state not in TRANSITIONS[objection.state]:
        tell("ObjectionOutOfOrder", f"{state} does not follow {objection.state}")
    objection.state = state


STEPS: Mapping[str, Step] = {
    "objection.raised": _raised,
    "objection.testing": _testing,
    "objection.appealed": _appealed,
    "objection.tested": _tested,
    "objection.integrating": _integrating,
    "objection.orphaned": _orphaned,
    "objection.adopted": _adopted,
    "objection.ended": _ended,
}
