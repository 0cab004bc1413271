"""Act five, January and February 2018: the Board answers, decisions take effect, one comes back for review (S8, S9, S11)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from beraad.demo.deliberation import PROPOSER, close_round, consent, open_round, publish
from beraad.demo.world import Circle, PlayStopped, World

BOARD_MEETS = datetime(2018, 1, 16, 18, 0, tzinfo=UTC)
SECOND_LOOK = BOARD_MEETS + timedelta(days=9)
IN_EFFECT = datetime(2018, 1, 31, 23, 30, tzinfo=UTC)
REVIEW = datetime(2018, 6, 5, 8, 0, tzinfo=UTC)
RETURNED = 2


def board_answers(world: World) -> None:
    """The Board grants three recommendations and returns one with reasons."""
    world.move_clock(BOARD_MEETS)
    member = world.as_(world.board[0])
    for circle in world.circles:
        approval = _awaiting(world, circle)
        if circle is world.circles[RETURNED]:
            reason = "Say who may see the dashboard before it is published."
            member.post(f"/deliberation/v1/approvals/{approval['id']}/return", {"reason": reason})
            world.expected.add("approval_returned", circle.addresses)
        else:
            _grant(world, circle, approval)
    world.say("the Board approves three recommendations and returns one with reasons")


def answer_the_board(world: World) -> None:
    """The group changes what the Board asked for, consents again, and the Board approves."""
    circle = world.circles[RETURNED]
    publish(world, circle, "Associates see the dashboard after signing in.", "Answers the Board.", [])
    opened = open_round(world, circle, {"starts_at": BOARD_MEETS.isoformat()})
    consent(world, circle, opened, circle.members)
    close_round(world, circle, opened, "awaiting_approval")
    world.expected.add("approval_requested", (person.email for person in world.board))
    world.move_clock(SECOND_LOOK)
    _grant(world, circle, _awaiting(world, circle))
    world.say("the returned one comes back changed and is approved")


def _awaiting(world: World, circle: Circle) -> dict[str, Any]:
    waiting = world.as_(world.board[0]).get(
        "/deliberation/v1/approvals", body_id=world.board_id, state="requested"
    )
    return next(item for item in waiting["items"] if item["proposal_id"] == circle.proposal["id"])


def _grant(world: World, circle: Circle, approval: dict[str, Any]) -> None:
    note = {"note": "Approved as recommended."}
    world.as_(world.board[0]).post(f"/deliberation/v1/approvals/{approval['id']}/grant", note)
    world.expected.add("approval_granted", circle.addresses)
    world.expected.add("task_assigned", [circle.members[PROPOSER].email])


def take_effect(world: World) -> None:
    """On 1 February 2018 the decisions are in force; two tasks are done."""
    world.move_clock(IN_EFFECT)
    world.until("four decisions are in force", lambda: len(_in_force(world)) == len(world.circles))
    for circle in world.circles:
        world.expected.add("decision_in_force", circle.addresses)
    for circle in world.circles[:2]:
        decision = next(d for d in _in_force(world) if d["group_id"] == circle.id)
        owner = world.as_(circle.members[PROPOSER])
        task = owner.get(f"/deliberation/v1/decisions/{decision['id']}")["tasks"][0]
        owner.post(f"/deliberation/v1/tasks/{task['id']}/done")
    world.say("1 February 2018: the decisions of all four groups are in force")


def review(world: World) -> None:
    """In June the ethics charter comes up for review, with the concern raised at adoption, and is kept."""
    circle = world.circles[0]
    world.move_clock(REVIEW)
    decision = next(d for d in _in_force(world) if d["group_id"] == circle.id)
    path = f"/deliberation/v1/decisions/{decision['id']}"
    facilitator = world.as_(circle.facilitator)
    due = world.until("the review is due", lambda: _under_review(facilitator.get(path)))
    if not due["questions"]:
        raise PlayStopped("the concern recorded in the round should be a question of the review")
    world.expected.add("review_due", circle.addresses)
    world.expected.add("task_due", (undone.members[PROPOSER].email for undone in world.circles[2:]))
    facilitator.post(
        f"{path}/review", {"outcome": "keep", "note": "It works.", "next_review_on": "2019-06-04"}
    )
    world.say("June 2018: the first decision is reviewed and kept")


def _under_review(decision: dict[str, Any]) -> dict[str, Any] | None:
    return decision if decision["state"] == "under_review" else None


def _in_force(world: World) -> list[dict[str, Any]]:
    groups = {circle.id for circle in world.circles}
    decisions = world.administrator.all("/deliberation/v1/decisions", in_force="true")
    return [decision for decision in decisions if decision["group_id"] in groups]
