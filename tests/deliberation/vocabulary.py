"""Deliberation in its own words: a group that meets in a world, its people, and what they do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from beraad.clock import domain_now, real_now
from beraad.messaging.cursors import note_watermark
from beraad.messaging.envelope import Watermark
from beraad.perform import transaction
from worlds.callers import Caller, ok
from worlds.world import World

AUTUMN = datetime(2017, 10, 2, 9, tzinfo=UTC)
TEXT = "We rent one room. We open it on Mondays. We look back in spring."


@dataclass
class Circle:
    """A group in a world: a facilitator and members, all seated."""

    world: World
    id: UUID
    facilitator: Caller
    members: list[Caller]
    seats: dict[UUID | None, UUID]

    @property
    def everyone(self) -> list[Caller]:
        return [self.facilitator, *self.members]

    @property
    def proposer(self) -> Caller:
        return self.members[0]


def the_roster_is_current(world: World) -> None:
    """Membership was heard of a moment ago and nothing is missing."""
    with transaction(world.store) as work:
        note_watermark(work.session, Watermark("membership", 1, 0, real_now()))


def a_circle(world: World, members: int = 3, *, kind: str = "working_group", **facts: Any) -> Circle:
    """A group with a facilitator and so many members, on an autumn morning."""
    world.it_is(AUTUMN)
    the_roster_is_current(world)
    group = world.group(kind=kind, **facts)
    people = [world.person(f"Member {n}") for n in range(members + 1)]
    seats: dict[UUID | None, UUID] = {}
    for person in people:
        assert person.person_id is not None
        seats[person.person_id] = world.seat(group, person.person_id)
    assert people[0].person_id is not None
    world.role(group, people[0].person_id, "facilitator")
    return Circle(world, group, people[0], people[1:], seats)


def a_draft(circle: Circle, **facts: Any) -> dict[str, Any]:
    body = {
        "group_id": str(circle.id),
        "kind": "recommendation",
        "title": "A room of our own",
        "driver": "There is nowhere to work together",
        "text": TEXT,
    }
    draft: dict[str, Any] = ok(circle.proposer.post("/v1/proposals", {**body, **facts}), 201)
    return draft


def an_open_proposal(circle: Circle, **facts: Any) -> dict[str, Any]:
    draft = a_draft(circle, **facts)
    opened: dict[str, Any] = ok(circle.proposer.post(f"/v1/proposals/{draft['id']}/open"))
    return opened


def moved(circle: Circle, proposal: dict[str, Any], stage: str = "tuning") -> dict[str, Any]:
    body = {"stage": stage, "reason": "nobody asks anything more"}
    answer: dict[str, Any] = ok(circle.facilitator.post(f"/v1/proposals/{proposal['id']}/move", body))
    return answer


def a_tuned_proposal(circle: Circle, **facts: Any) -> dict[str, Any]:
    return moved(circle, an_open_proposal(circle, **facts))


def in_days(world: World, days: float) -> str:
    with transaction(world.store) as work:
        return (domain_now(work.session) + timedelta(days=days)).isoformat()


def a_round(circle: Circle, proposal: dict[str, Any] | None = None, days: float = 7) -> dict[str, Any]:
    """A running consent round over the proposal (a fresh one where none is given)."""
    proposal = proposal or a_tuned_proposal(circle)
    body = {"closes_at": in_days(circle.world, days)}
    opened: dict[str, Any] = ok(circle.facilitator.post(f"/v1/proposals/{proposal['id']}/rounds", body), 201)
    return opened


def respond(person: Caller, asked: dict[str, Any], answer: str = "consent", **more: Any) -> Any:
    body = {"round_number": asked["number"], "version": asked["version"], "answer": answer, **more}
    return person.put(f"/v1/rounds/{asked['id']}/responses/me", body)


def object_to(person: Caller, asked: dict[str, Any], reason: str = "the cost falls on one team") -> Any:
    return respond(person, asked, "object", objection={"reason": reason, "kind": "side_effect"})


def all_consent(people: Iterable[Caller], asked: dict[str, Any]) -> None:
    for person in people:
        ok(respond(person, asked))


def closed(circle: Circle, asked: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer: dict[str, Any] = ok(circle.facilitator.post(f"/v1/rounds/{asked['id']}/close", body))
    return answer


def the_proposal(circle: Circle, proposal_id: str) -> dict[str, Any]:
    found: dict[str, Any] = ok(circle.facilitator.get(f"/v1/proposals/{proposal_id}"))
    return found


def recommended(circle: Circle, **facts: Any) -> dict[str, Any]:
    """What awaits the group's approving body."""
    asked = a_round(circle, a_tuned_proposal(circle, **facts))
    all_consent(circle.everyone, asked)
    closed(circle, asked)
    approval_id = the_proposal(circle, asked["proposal_id"])["approval_id"]
    found: dict[str, Any] = ok(circle.facilitator.get(f"/v1/approvals/{approval_id}"))
    return found


def objections_to(circle: Circle, proposal_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(circle.facilitator.get(f"/v1/proposals/{proposal_id}/objections"))[
        "items"
    ]
    return found


def leaves(circle: Circle, person: Caller, reason: str = "resigned") -> None:
    """Membership tells that the person's seat is vacant."""
    term = {"starts_on": "2017-01-01", "ends_on": None}
    circle.world.hears(
        "membership.seat.vacated.v1",
        group_id=circle.id,
        seat_id=circle.seats[person.person_id],
        person_id=person.person_id,
        reason=reason,
        **term,
    )


def set_profile(circle: Circle, revision: int = 0, preset: str = "consent", **different: Any) -> Any:
    """An administrator sets how the circle decides."""
    body = {"preset": preset, "reason": "the assembly asked for it", **different}
    path = f"/v1/groups/{circle.id}/decision-profile"
    return circle.world.administrator().put(path, body, if_match=str(revision))
