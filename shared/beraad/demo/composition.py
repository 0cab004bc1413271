"""Act two, summer 2017: sixty candidates, four groups of twelve, two coordinators each (S3, S4)."""

from __future__ import annotations

from collections import defaultdict

from beraad.demo.cast import CANDIDATES, PROFILES, SEATS, Person
from beraad.demo.http import Refused
from beraad.demo.world import Circle, PlayStopped, World

PER_GROUP = CANDIDATES // 4


def stand(world: World) -> None:
    """Fifteen candidates for each group, of every profile."""
    by_profile: dict[str, list[Person]] = defaultdict(list)
    signed_in = [p for p in world.people if p.email in world.apis and p not in world.board]
    for person in signed_in:
        by_profile[person.profile].append(person)
    for circle in world.circles:
        for profile in PROFILES:
            circle.members += [by_profile[profile].pop(0) for _ in range(PER_GROUP // len(PROFILES))]
    world.together(lambda pair: _stand(world, *pair), [(c, p) for c in world.circles for p in c.members])
    world.expected.add("candidacy_submitted", (p.email for c in world.circles for p in c.members))
    world.say(f"{CANDIDATES} candidates stand")


def _stand(world: World, circle: Circle, person: Person) -> None:
    body = {"profile": person.profile, "motivation": f"I want to help with {circle.mandate.theme}."}
    world.as_(person).post(f"/membership/v1/groups/{circle.id}/candidacies", body)


def appoint(world: World) -> None:
    """The Board appoints twelve of each group's candidates; a thirteenth is refused by the policy."""
    board_member = world.as_(world.board[1])
    for number, circle in enumerate(world.circles):
        candidates = board_member.all(f"/membership/v1/groups/{circle.id}/candidacies")
        if len(candidates) != PER_GROUP:
            raise PlayStopped(f"{circle.mandate.name} has {len(candidates)} candidates")
        by_id = {world.ids[person.email]: person for person in circle.members}
        chosen = _varied([by_id[candidate["person_id"]] for candidate in candidates])
        left_out = next(person for person in circle.members if person not in chosen)
        seats = f"/membership/v1/groups/{circle.id}/seats"
        board_member.post(seats, {"appointees": [{"person_id": world.id_of(person)} for person in chosen]})
        _refuse_thirteenth(world, seats, left_out)
        circle.members = chosen
        circle.board_link = world.board[2 + number]
        roles = {
            "facilitator": circle.facilitator,
            "secretary": circle.secretary,
            "board_link": circle.board_link,
        }
        for role, person in roles.items():
            board_member.put(f"/membership/v1/groups/{circle.id}/roles/{role}/{world.id_of(person)}")
        world.expected.add("seat_filled", circle.addresses)
        world.spread(circle.id)
    world.say("four groups of twelve are composed, each with an animator and a member of the Board")


def _varied(candidates: list[Person]) -> list[Person]:
    """Twelve with every profile among them: taken in turn from each profile."""
    by_profile = [[p for p in candidates if p.profile == profile] for profile in PROFILES]
    turns = [profile[turn] for turn in range(PER_GROUP // len(PROFILES)) for profile in by_profile]
    return turns[:SEATS]


def _refuse_thirteenth(world: World, seats: str, person: Person) -> None:
    try:
        world.as_(world.board[1]).post(seats, {"appointees": [{"person_id": world.id_of(person)}]})
    except Refused as refused:
        if refused.code != "GroupIsFull":
            raise
    else:
        raise PlayStopped("a thirteenth seat was filled")
