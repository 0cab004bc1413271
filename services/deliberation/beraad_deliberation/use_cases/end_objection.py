"""End an objection. Where it was never answered, what was merged into it stands again: no point is lost."""

from __future__ import annotations

from datetime import datetime

from beraad.record.entries import Sealed
from beraad_deliberation.domain.objection_states import UNANSWERED, ObjectionState
from beraad_deliberation.domain.objections import Objection
from beraad_deliberation.domain.responding import Answer
from beraad_deliberation.use_cases.ports import Work
from beraad_deliberation.use_cases.recording import tell_ended, tell_raised


def end_objection(
    objection: Objection, state: ObjectionState, work: Work, now: datetime, answer: Sealed | None = None
) -> None:
    """It stands no more. `answer`: after the close, the leaf of what its objector answers instead. Raises `ObjectionIsSettled`."""
    work.publish(*objection.end(state, now))
    tell_ended(objection, work, answer)
    if state in UNANSWERED:
        _let_merged_stand_again(objection, work, now)


def _let_merged_stand_again(ended: Objection, work: Work, now: datetime) -> None:
    """Where nobody stands for one of them any more, those merged into that one are asked in its place."""
    for merged in work.objections.merged_into(ended.id):
        last = work.rounds.last_answer(merged.proposal_id, merged.objector_id)
        if last != (merged.round_id, Answer.OBJECT):
            _let_merged_stand_again(merged, work, now)
            continue
        test = work.rounds.objection_test(merged.round_id)
        work.publish(*merged.raise_again(merged.grounds, test, now))
        tell_raised(merged, work)
