"""docs/stages.md: the lives of proposals, objections, decisions and meetings, from the tables the code decides by."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TypeVar

from beraad_deliberation.domain import decisions, objection_states, stages
from beraad_meetings.domain import meeting_states
from docs.generate.words import code, listed, table

S = TypeVar("S", bound=str)
INTRODUCTION = """# Stages and states

Drawn from the tables the code decides by. What is not in them is refused by name (`WrongStage`, `ObjectionIsSettled`,
`MeetingIsOver`, …), never passed over in silence."""
PROPOSAL = """## A proposal

[stages.py](../services/deliberation/beraad_deliberation/domain/stages.py). *by hand* marks what a facilitator may do with a reason;
every other step follows from an act: opening, a round or vote that closes, the approving body's answer, a date. What nothing follows is
an end: a new proposal may supersede the old, none is reopened."""
OBJECTION = """## An objection

[objection_states.py](../services/deliberation/beraad_deliberation/domain/objection_states.py). While one of these stands the proposal is not
adopted: {open}."""
DECISION = """## A decision

[decisions.py](../services/deliberation/beraad_deliberation/domain/decisions.py)."""
MEETING = """## A meeting

[meeting_states.py](../services/meetings/beraad_meetings/domain/meeting_states.py). Planned, then open, then closed; or planned, then
cancelled."""


def page() -> str:
    """The whole page."""
    standing = listed(code(state) for state in objection_states.TRANSITIONS if state in objection_states.OPEN)
    return "\n\n".join(
        [
            INTRODUCTION,
            PROPOSAL,
            _drawing(stages.TRANSITIONS, stages.MOVES),
            _possible("Act", "Possible while the proposal is", stages.ACTS, stages.TRANSITIONS),
            OBJECTION.format(open=standing),
            _drawing(objection_states.TRANSITIONS),
            DECISION,
            _drawing(decisions.TRANSITIONS),
            MEETING,
            _possible(
                "Act", "Possible while the meeting is", meeting_states.PERMITTED, meeting_states.REFUSALS
            ),
        ]
    )


def _drawing(transitions: Mapping[S, Collection[S]], by_hand: Mapping[S, Collection[S]] | None = None) -> str:
    lines = "\n".join(f"    {line}" for line in _lines(transitions, by_hand or {}))
    return f"```mermaid\nstateDiagram-v2\n{lines}\n```"


def _lines(transitions: Mapping[S, Collection[S]], by_hand: Mapping[S, Collection[S]]) -> Iterator[str]:
    yield f"[*] --> {next(iter(transitions))}"
    for state, after in transitions.items():
        for next_ in _ordered(after, transitions):
            yield f"{state} --> {next_}" + (": by hand" if next_ in by_hand.get(state, ()) else "")
        if not after:
            yield f"{state} --> [*]"


def _possible(one: str, two: str, acts: Mapping[str, Collection[S]], order: Mapping[S, object]) -> str:
    rows = ([code(act), listed(map(code, _ordered(states, order)))] for act, states in acts.items())
    return table([one, two], rows)


def _ordered(states: Collection[S], order: Mapping[S, object]) -> list[S]:
    return [state for state in order if state in states]
