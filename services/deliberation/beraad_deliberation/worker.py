"""The worker side of deliberation: what it listens to, and what falls due."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from beraad.perform import Store, perform
from beraad.service import DueWork, Worker
from beraad.settings import Settings
from beraad_deliberation.storage.database import DATABASE
from beraad_deliberation.subscriptions.meetings import meetings
from beraad_deliberation.subscriptions.membership import membership
from beraad_deliberation.subscriptions.notifications import notifications
from beraad_deliberation.use_cases.answer_approval import TellOverdueApproval, tell_overdue_approval
from beraad_deliberation.use_cases.close_round import (
    CloseDueRound,
    CloseLiveRound,
    close_due_round,
    close_live_round,
)
from beraad_deliberation.use_cases.close_vote import CloseDueVote, close_due_vote
from beraad_deliberation.use_cases.conclude_objection_test import LetRulingStand, let_ruling_stand
from beraad_deliberation.use_cases.edit_text import MakeDueEdit, make_due_edit
from beraad_deliberation.use_cases.finish_task import TellDueTask, tell_due_task
from beraad_deliberation.use_cases.move_proposal import EndDuePhase, end_due_phase
from beraad_deliberation.use_cases.record_departure import LapseOrphan, lapse_orphan
from beraad_deliberation.use_cases.remind_electors import (
    RemindOfRound,
    RemindOfVote,
    remind_of_round,
    remind_of_vote,
)
from beraad_deliberation.use_cases.review_decision import (
    CallDueReview,
    ExpireDecision,
    call_due_review,
    expire_decision,
)
from beraad_deliberation.use_cases.seal_record import SealRecord, seal_record
from beraad_deliberation.use_cases.take_effect import TakeDueEffect, take_due_effect
from beraad_deliberation.use_cases.withdraw_proposal import EndWithdrawn, end_withdrawn


def _due(name: str, handler: Callable[..., bool], command: object) -> DueWork:
    """One piece per transaction, claimed by its row."""

    def once(store: Store[Any], _settings: Settings) -> bool:
        return perform(store, handler, command)

    return DueWork(name, once)


worker = Worker(
    name="deliberation",
    database=DATABASE,
    subscriptions=(membership, meetings, notifications),
    due_work=(
        _due("end_phases", end_due_phase, EndDuePhase()),
        _due("make_edits", make_due_edit, MakeDueEdit()),
        _due("close_rounds", close_due_round, CloseDueRound()),
        _due("close_live_rounds", close_live_round, CloseLiveRound()),
        _due("close_votes", close_due_vote, CloseDueVote()),
        _due("remind_of_rounds", remind_of_round, RemindOfRound()),
        _due("remind_of_votes", remind_of_vote, RemindOfVote()),
        _due("take_effect", take_due_effect, TakeDueEffect()),
        _due("call_reviews", call_due_review, CallDueReview()),
        _due("expire_decisions", expire_decision, ExpireDecision()),
        _due("end_withdrawn", end_withdrawn, EndWithdrawn()),
        _due("tell_overdue_approvals", tell_overdue_approval, TellOverdueApproval()),
        _due("tell_due_tasks", tell_due_task, TellDueTask()),
        _due("let_rulings_stand", let_ruling_stand, LetRulingStand()),
        _due("lapse_orphans", lapse_orphan, LapseOrphan()),
        _due("seal_records", seal_record, SealRecord()),
    ),
)
