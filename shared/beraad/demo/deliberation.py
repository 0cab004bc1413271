"""Act four: contributions, a proposal, an amendment, an objection that improves it, adoption (S7, S10, S11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from beraad.demo.cast import Person, experts
from beraad.demo.http import Refused
from beraad.demo.meetings import DAY_BEFORE, starts_at
from beraad.demo.world import Circle, PlayStopped, World

PROPOSER, AMENDER, OBJECTOR, DOUBTER = 2, 3, 4, 5
ROUND_LASTS = timedelta(days=7)
EFFECTIVE_ON, REVIEW_SOON, REVIEW_LATER = "2018-02-01", "2018-06-05", "2019-02-05"


def contribute(world: World, circle: Circle) -> None:
    """A member and an outside expert share what they know; the expert's waits for the facilitator."""
    path = f"/deliberation/v1/groups/{circle.id}/contributions"
    expert = experts()[world.circles.index(circle)]
    world.sign_in([expert])
    theme = circle.mandate.theme
    world.as_(circle.members[6]).post(
        path, {"theme": theme, "title": "How others do it", "text": "Three examples."}
    )
    offered = world.as_(expert).post(
        path, {"theme": theme, "title": circle.mandate.expert, "text": "A short paper."}
    )
    world.as_(circle.facilitator).post(f"/deliberation/v1/contributions/{offered['id']}/publish")


def draft(world: World, circle: Circle) -> None:
    """A proposal opens, is questioned, reacted to, and takes an amendment over."""
    proposer = world.as_(circle.members[PROPOSER])
    circle.proposal = proposer.post("/deliberation/v1/proposals", _proposal(world, circle))
    path = f"/deliberation/v1/proposals/{circle.proposal['id']}"
    proposer.post(f"{path}/open")
    world.expected.add("proposal_opened", circle.addresses)
    question = world.as_(circle.members[7]).post(
        f"{path}/questions", {"text": "Who decides when members disagree?"}
    )
    proposer.post(f"/deliberation/v1/questions/{question['id']}/answer", {"text": "The group, by consent."})
    _move(world, circle, "reacting")
    for person in circle.members[7:10]:
        world.as_(person).post(f"{path}/reactions", {"text": "This answers what the workshops asked for."})
    _move(world, circle, "tuning")
    amendment = world.as_(circle.members[AMENDER]).post(
        f"{path}/amendments",
        {
            "base_version": 1,
            "original": circle.mandate.passage,
            "replacement": circle.mandate.replacement,
            "rationale": "Otherwise it takes too long to be useful.",
        },
    )
    proposer.post(f"/deliberation/v1/amendments/{amendment['id']}/accept")
    world.expected.add("amendment_proposed", [circle.members[PROPOSER].email])
    world.expected.add("amendment_accepted", [circle.members[AMENDER].email])


def _proposal(world: World, circle: Circle) -> dict[str, Any]:
    owner = world.id_of(circle.members[PROPOSER])
    return {
        "group_id": circle.id,
        "kind": "recommendation",
        "title": circle.mandate.proposal,
        "driver": circle.mandate.driver,
        "text": circle.mandate.text,
        "theme": circle.mandate.theme,
        "responsible_id": owner,
        "effective_on": EFFECTIVE_ON,
        "review_on": REVIEW_SOON if circle is world.circles[0] else REVIEW_LATER,
        "approval_due_on": "2018-01-31",
        "tasks": [
            {
                "title": f"Put into effect: {circle.mandate.proposal}",
                "owner_id": owner,
                "due_on": "2018-03-15",
            }
        ],
    }


def _move(world: World, circle: Circle, stage: str) -> None:
    body = {"stage": stage, "reason": "Everybody has spoken."}
    world.as_(circle.facilitator).post(f"/deliberation/v1/proposals/{circle.proposal['id']}/move", body)


def first_round(world: World, circle: Circle) -> None:
    """Ten consent, one has a concern, one objects; the objection is tested, and the proposal goes back to be integrated."""
    opened = open_round(world, circle, circle.meetings[2])
    objection = {"reason": circle.mandate.objection, "kind": circle.mandate.kind}
    respond(world, opened, circle.members[OBJECTOR], "object", objection=objection)
    world.expected.add("objection_raised", [circle.members[0].email])
    consent(world, circle, opened, [p for n, p in enumerate(circle.members) if n != OBJECTOR])
    path = f"/deliberation/v1/proposals/{circle.proposal['id']}/objections"
    raised = world.as_(circle.facilitator).get(path)["items"][0]
    for person in circle.members[7:9]:
        opinion = {"qualifies": True, "reason": "It would harm people who trust us."}
        world.as_(person).post(f"/deliberation/v1/objections/{raised['id']}/opinions", opinion)
    world.as_(circle.facilitator).post(f"/deliberation/v1/objections/{raised['id']}/test")
    close_round(world, circle, opened, "integrating")
    circle.proposal["objection_id"] = raised["id"]


def second_round(world: World, circle: Circle) -> None:
    """A version integrates the objection; now all consent.

    In one group somebody stays silent, although they are reminded, and the deadline closes the round.
    """
    publish(
        world,
        circle,
        circle.mandate.integrated,
        "Integrates the objection.",
        [circle.proposal["objection_id"]],
    )
    opened = open_round(world, circle, circle.meetings[3])
    silent = circle.members[-1:] if circle is world.circles[2] else []
    consent(world, circle, opened, [p for p in circle.members if p not in silent])
    if silent:
        _remind(world, circle, silent)
        world.move_clock(starts_at(circle.meetings[3]) + ROUND_LASTS)
        _wait_for_close(world, circle, opened, "awaiting_approval")
    else:
        close_round(world, circle, opened, "awaiting_approval")
    world.expected.add("approval_requested", (person.email for person in world.board))


def _remind(world: World, circle: Circle, silent: list[Person]) -> None:
    """A day before the deadline those who have not answered are reminded, and nobody else."""
    world.move_clock(starts_at(circle.meetings[3]) + ROUND_LASTS - DAY_BEFORE)
    world.expect_at_once("round_reminder", (person.email for person in silent))


def publish(world: World, circle: Circle, sentence: str, note: str, integrates: list[str]) -> None:
    """The proposer adds a sentence to the text as a new version."""
    proposer = world.as_(circle.members[PROPOSER])
    path = f"/deliberation/v1/proposals/{circle.proposal['id']}"
    now = proposer.get(path)
    body = {
        "text": f"{now['text']}\n{sentence}\n",
        "base_version": now["version"],
        "note": note,
        "objection_ids": integrates,
    }
    proposer.post(f"{path}/versions", body)


def open_round(world: World, circle: Circle, meeting: dict[str, Any]) -> Any:
    """The facilitator opens a consent round on the present text."""
    closes_at = (starts_at(meeting) + ROUND_LASTS).isoformat()
    path = f"/deliberation/v1/proposals/{circle.proposal['id']}/rounds"
    opened = world.as_(circle.facilitator).post(path, {"closes_at": closes_at})
    world.expected.add("round_opened", circle.addresses)
    return opened


def respond(world: World, opened: Any, person: Person, answer: str, **more: Any) -> None:
    """One elector answers the round and version they have read."""
    body = {"round_number": opened["number"], "version": opened["version"], "answer": answer, **more}
    world.as_(person).put(f"/deliberation/v1/rounds/{opened['id']}/responses/me", body)


def consent(world: World, circle: Circle, opened: Any, people: list[Person]) -> None:
    """These consent, all at the same time; one of them with a concern that the review shall look at."""

    def answer(person: Person) -> None:
        if person is circle.members[DOUBTER]:
            respond(world, opened, person, "consent_with_concern", concern="Will it still work in two years?")
        else:
            respond(world, opened, person, "consent")

    world.together(answer, people)


def close_round(world: World, circle: Circle, opened: Any, outcome: str) -> None:
    """Everybody has answered: the facilitator closes."""
    world.as_(circle.facilitator).post(f"/deliberation/v1/rounds/{opened['id']}/close")
    _wait_for_close(world, circle, opened, outcome)


def _wait_for_close(world: World, circle: Circle, opened: Any, outcome: str) -> None:
    path = f"/deliberation/v1/rounds/{opened['id']}"

    def verdict() -> Any:
        state = world.as_(circle.facilitator).get(path)
        return state["verdict"] if state["closed_at"] else None

    reached = world.until("the round closes", verdict)
    if reached["outcome"] != outcome:
        raise PlayStopped(f"{circle.mandate.name}: {reached} instead of {outcome}")
    world.expected.add("round_closed", circle.addresses)


def need_coordinators(world: World, circle: Circle) -> None:
    """Without its member of the Board a group cannot open a round (S4); then the role is given back."""
    path = f"/membership/v1/groups/{circle.id}/roles/board_link/{world.id_of(circle.board_link)}"
    board = world.as_(world.board[1])
    board.delete(path)
    world.spread(circle.id)
    try:
        open_round(world, circle, circle.meetings[2])
    except Refused as refused:
        if refused.code != "CoordinatorsMissing":
            raise
    else:
        raise PlayStopped("a round opened without the board link")
    board.put(path)
    for kind in ("meeting_uninvited", "meeting_invited", "role_assigned"):
        world.expected.add(kind, [circle.board_link.email])
    world.spread(circle.id)
