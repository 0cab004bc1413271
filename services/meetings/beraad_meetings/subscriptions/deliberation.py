"""Deliberation's proposals, rounds, approvals, decisions and tasks: what they are at stands on agendas and minutes."""

from __future__ import annotations

from typing import Any

from beraad.messaging.cursors import upsert
from beraad.messaging.subscriptions import Projection, Received, Subscriptions
from beraad.storage.gathering import put
from beraad_meetings.storage.tables import (
    known_approvals,
    known_decisions,
    known_proposals,
    known_rounds,
    known_tasks,
)

known = Projection(known_proposals, known_rounds, known_approvals, known_decisions, known_tasks)


@known.on(
    "deliberation.proposal.opened.v1",
    "deliberation.proposal.moved.v1",
    "deliberation.proposal.version_published.v1",
    "deliberation.proposal.withdrawn.v1",
    "deliberation.proposal.adopted.v1",
    "deliberation.proposal.lapsed.v1",
    "deliberation.proposal.rejected.v1",
    "deliberation.proposal.deadlocked.v1",
)
def remember_proposal(event: Received, work: Any) -> None:
    """Keep the newest title and stage; every proposal event carries them, so rounds and approvals need no handler."""
    values = {column.name: event[column.name] for column in known_proposals.c}
    statement = upsert(work.session, known_proposals).values(**values)
    work.session.execute(
        statement.on_conflict_do_update(
            index_elements=["proposal_id"],
            set_={name: statement.excluded[name] for name in values if name != "proposal_id"},
            where=known_proposals.c.revision < statement.excluded.revision,
        )
    )


@known.on(
    "deliberation.round.opened.v1",
    "deliberation.round.extended.v1",
    "deliberation.round.closed.v1",
)
def remember_round(event: Received, work: Any) -> None:
    """Where a consent round stands."""
    run = {name: event[name] for name in ("round_id", "number", "meeting_id")}
    _remember_run(event, work, kind="round", **run)


@known.on("deliberation.vote.opened.v1", "deliberation.vote.closed.v1")
def remember_vote(event: Received, work: Any) -> None:
    """Where a majority vote stands."""
    _remember_run(event, work, kind="vote", round_id=event["vote_id"], number=0)


def _remember_run(event: Received, work: Any, **run: Any) -> None:
    told = {name: event[name] for name in ("revision", "proposal_id", "closes_at", "electors")}
    closed = event.type.endswith(".closed.v1")
    outcome = event["outcome"] if closed else ""
    values = {**run, **told, "state": "closed" if closed else "open", "outcome": outcome}
    put(work.session, known_rounds, values, newer="revision")


@known.on(
    "deliberation.approval.requested.v1",
    "deliberation.approval.overdue.v1",
    "deliberation.approval.granted.v1",
    "deliberation.approval.returned.v1",
    "deliberation.approval.refused.v1",
)
def remember_approval(event: Received, work: Any) -> None:
    """What an approving body is asked, and whether it answered."""
    names = ("approval_id", "revision", "proposal_id", "body_id", "title", "due_on")
    asked = event.type.split(".")[2] in {"requested", "overdue"}
    values = {**{name: event[name] for name in names}, "answered": not asked}
    put(work.session, known_approvals, values, newer="revision")


@known.on(
    "deliberation.decision.in_force.v1",
    "deliberation.decision.review_due.v1",
    "deliberation.decision.superseded.v1",
)
def remember_decision(event: Received, work: Any) -> None:
    """A decision, and whether it is to be looked at again."""
    names = ("decision_id", "revision", "group_id", "proposal_id", "number", "title", "review_on")
    values = {
        **{name: event[name] for name in names},
        "review_due": event.type == "deliberation.decision.review_due.v1",
        "superseded": event.type == "deliberation.decision.superseded.v1",
    }
    put(work.session, known_decisions, values, newer="revision")


@known.on("deliberation.task.assigned.v1", "deliberation.task.due.v1", "deliberation.task.done.v1")
def remember_task(event: Received, work: Any) -> None:
    """Where a task stands that minutes agreed on."""
    if event["minutes_id"] is None:
        return
    names = ("task_id", "revision", "owner_id", "due_on")
    values = {**{name: event[name] for name in names}, "state": event.type.split(".")[2]}
    put(work.session, known_tasks, values, newer="revision")


deliberation = Subscriptions("deliberation", known)
