"""Steps of the story: objections, by the very transitions the service decides by."""

from __future__ import annotations

from collections.abc import Mapping

from beraad_deliberation.domain.objection_states import TRANSITIONS, ObjectionState
from beraad_deliberation.record.history import Entry, History, RecordedObjection, Step, Tell


def _raised(history: History, entry: Entry, tell: Tell) -> None:
    body = entry["body"]
    roll = history.rolls.get(body["round"])
    if roll is None or roll.kind != "round" or roll.closes:
        tell("ObjectionOutsideRound", "objections are raised while a round runs")
        return
    roll.raised_by.add(body["elector"])
    known = history.objections.get(body["objection"])
    if known is not None:
        _raise_again(known, entry, tell)
        return
    state = ObjectionState(body["state"])
    objection = RecordedObjection(body["objection"], body["elector"], roll.id, roll.body["number"], state)
    history.objections[objection.id] = objection
    history.objections_to.setdefault(roll.proposal, []).append(objection)


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
    _move(history, entry, ObjectionState(entry["body"]["state"]), tell)
    response = entry["body"]["response"]
    if response is None:
        return
    if response["round"] not in history.rolls:
        tell("NotOpened", f"no round {response['round']} was opened")
    else:
        history.replacements.setdefault(response["round"], {})[response["leaf"]] = entry["seq"]


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
