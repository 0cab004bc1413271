"""February 2018: each group looks back together, on an evening its members chose in a date poll."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from beraad.demo.meetings import LAST_MEETING, come_together, starts_at
from beraad.demo.world import Circle, PlayStopped, World

ANSWER_WITHIN = timedelta(days=5)
ANIMATOR, OTHERS = ("no", "yes", "yes"), (("yes", "yes", "if_need_be"), ("yes", "yes", "yes"))
"""What the animator and, by turns, the others say of the three evenings."""
BEST = 1


def call_off_february(world: World, circle: Circle) -> None:
    """The work is done: the last meeting of the series is cancelled."""
    meeting = circle.meetings[LAST_MEETING]
    reason = {
        "reason": "The recommendation is with the Board. We look back together on an evening of our choice."
    }
    world.as_(circle.facilitator).post(f"/meetings/v1/meetings/{meeting['id']}/cancel", reason)
    world.expected.add("meeting_cancelled", circle.invited)


def find_evenings(world: World) -> None:
    """Each group is asked which of three evenings suits; the best is booked, though one more could come on another."""
    for place, circle in enumerate(world.circles):
        poll = _ask(world, circle, place)
        slots = [slot["id"] for slot in poll["slots"]]

        def answer(number: int, circle: Circle = circle, poll: Any = poll, slots: Any = slots) -> None:
            said = OTHERS[number % 2] if number else ANIMATOR
            answers = [{"slot_id": slot, "answer": one} for slot, one in zip(slots, said, strict=True)]
            path = f"/meetings/v1/polls/{poll['id']}/answers/me"
            world.as_(circle.members[number]).put(path, {"answers": answers})

        world.together(answer, range(len(circle.members)))
        _book(world, circle, poll["id"], slots)
    world.say("a date poll in each group; the evening that suits most is booked")
    for circle in sorted(world.circles, key=lambda one: str(one.meetings[LAST_MEETING]["starts_at"])):
        _hold(world, circle)
    world.say("each group looked back together, and approved the minutes of January")


def _ask(world: World, circle: Circle, place: int) -> Any:
    first = starts_at(circle.meetings[LAST_MEETING]) + timedelta(days=7 + 7 * place)
    facilitator = world.as_(circle.facilitator)
    poll = facilitator.post(
        "/meetings/v1/polls",
        {
            "group_id": circle.id,
            "title": "Looking back together",
            "duration_minutes": 90,
            "place": "Coenraetsstraat 72, Brussels",
            "closes_at": (first - ANSWER_WITHIN + timedelta(days=3)).isoformat(),
            "slots": [{"starts_at": (first + timedelta(days=day)).isoformat()} for day in range(3)],
        },
    )
    world.expected.add("poll_opened", circle.invited)
    return poll


def _book(world: World, circle: Circle, poll_id: str, slots: list[str]) -> None:
    facilitator = world.as_(circle.facilitator)
    path = f"/meetings/v1/polls/{poll_id}"
    told = {slot["id"]: slot for slot in facilitator.get(path)["slots"]}
    if told[slots[BEST]]["rank"] != 1 or not told[slots[0]]["excluded"]:
        raise PlayStopped(f"the poll should exclude the first evening and rank the second first: {told}")
    meeting_id = facilitator.post(f"{path}/book", {})["meeting_id"]
    circle.meetings[LAST_MEETING] = facilitator.get(f"/meetings/v1/meetings/{meeting_id}")
    world.expected.add("meeting_invited", circle.invited)


def _hold(world: World, circle: Circle) -> None:
    come_together(world, circle, LAST_MEETING)
    meeting = circle.meetings[LAST_MEETING]
    report = {"report": "We looked back: what we would do again, and what not."}
    world.as_(circle.secretary).post(f"/meetings/v1/meetings/{meeting['id']}/close", report)
