"""Act one, spring 2017: the cooperative enters, and its General Assembly creates four working groups (S1, S2)."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

from beraad.demo.cast import (
    ASSOCIATES,
    BOARD_SIZE,
    MANDATES,
    PROFILES,
    SEATS,
    Mandate,
    Person,
    associates,
    experts,
)
from beraad.demo.meetings import DAY_BEFORE
from beraad.demo.world import Circle, PlayStopped, World

ENROLMENT = datetime(2017, 5, 22, 8, 0, tzinfo=UTC)
ASSEMBLY_STARTS = datetime(2017, 6, 20, 16, 0, tzinfo=UTC)
VOTE_CLOSES = datetime(2017, 6, 20, 18, 0, tzinfo=UTC)
IN_FAVOR, AGAINST, ABSTAINED = 212, 31, 17
COPIED_INTO_ANNEX = ("name", "theme", "aim", "deliverables")


def enrol(world: World) -> None:
    """People by CSV (first a dry run that names a bad row), then the General Assembly and the Board."""
    world.move_clock(ENROLMENT)
    world.people = associates()
    everyone = world.people + experts()
    trial = _import(world, [*everyone, Person("Nobody", "not-an-address", "fr", "user")], dry_run=True)
    refused = _rows(world, trial, "refused")
    if [row["line"] for row in refused] != [len(everyone) + 2]:
        raise PlayStopped(f"the dry run should have refused one line: {refused}")
    ids = [row["person_id"] for row in _rows(world, _import(world, everyone, dry_run=False), "registered")]
    world.ids = {person.email: id_ for person, id_ in zip(everyone, ids, strict=True)}
    world.assembly_id = _group(world, "assembly", "General Assembly", {"size_max": 1000})
    world.board_id = _group(world, "board", "Board", {"size_max": BOARD_SIZE})
    world.board = [person for person in world.people if person.profile == "user"][:BOARD_SIZE]
    _appoint(world, world.assembly_id, world.people)
    _appoint(world, world.board_id, world.board)
    chair = world.id_of(world.board[0])
    world.administrator.put(f"/membership/v1/groups/{world.assembly_id}/roles/facilitator/{chair}")
    world.expected.add("role_assigned", [world.board[0].email])
    world.expected.add("seat_filled", (person.email for person in world.board))
    world.spread(world.assembly_id)
    world.spread(world.board_id)
    world.say(f"{ASSOCIATES} associates and 4 experts enrolled; the Assembly and the Board are composed")


def call_assembly(world: World) -> None:
    """Everyone is invited, and signs in with a mailed link."""
    chair, everyone = world.board[0], [person.email for person in world.people]
    world.sign_in([*world.people[: IN_FAVOR + AGAINST + ABSTAINED], *world.board])
    world.as_(chair).post(
        "/meetings/v1/meetings",
        {
            "group_id": world.assembly_id,
            "title": "General Assembly",
            "kind": "assembly",
            "starts_at": ASSEMBLY_STARTS.isoformat(),
            "duration_minutes": 180,
            "time_zone": "Europe/Brussels",
            "place": "Coenraetsstraat 72, Brussels",
        },
    )
    world.expected.add("meeting_invited", everyone)
    world.move_clock(ASSEMBLY_STARTS - DAY_BEFORE)
    world.expect_at_once("meeting_reminder", everyone)
    world.say(
        f"{len(world.apis)} people signed in through their mail; {len(everyone)} are invited to the Assembly"
    )


def vote(world: World) -> None:
    """The Assembly votes on 20 June 2017; its decision constitutes the four groups."""
    chair, everyone = world.as_(world.board[0]), [person.email for person in world.people]
    world.move_clock(ASSEMBLY_STARTS)
    proposal = chair.post("/deliberation/v1/proposals", _founding_proposal(world))
    chair.post(f"/deliberation/v1/proposals/{proposal['id']}/open")
    opened = chair.post(
        f"/deliberation/v1/proposals/{proposal['id']}/votes", {"closes_at": VOTE_CLOSES.isoformat()}
    )
    world.expected.add("vote_opened", everyone)
    choices = ["for"] * IN_FAVOR + ["against"] * AGAINST + ["abstain"] * ABSTAINED
    ballots = list(zip(world.people, choices, strict=False))

    def cast(ballot: tuple[Person, str]) -> None:
        path = f"/deliberation/v1/votes/{opened['id']}/ballots/me"
        world.as_(ballot[0]).put(path, {"version": opened["version"], "choice": ballot[1]})

    world.together(cast, ballots)
    world.move_clock(VOTE_CLOSES)
    outcome = world.until("the vote closes by its deadline", lambda: _closed(world, opened["id"]))
    if (outcome["in_favor"], outcome["against"], outcome["abstained"]) != (IN_FAVOR, AGAINST, ABSTAINED):
        raise PlayStopped(f"the count is off: {outcome}")
    world.expected.add("vote_closed", everyone)
    world.expected.add("decision_in_force", everyone)
    world.say(f"the Assembly voted: {IN_FAVOR} for, {AGAINST} against, {ABSTAINED} abstained")
    _find_groups(world)


def _closed(world: World, vote_id: str) -> Any:
    state = world.administrator.get(f"/deliberation/v1/votes/{vote_id}")
    return state if state["closed_at"] else None


def _find_groups(world: World) -> None:
    """The decision reached membership, which created the groups."""
    found = world.until("four groups exist", lambda: _working_groups(world))
    world.circles = [Circle(mandate, found[mandate.name]) for mandate in MANDATES]
    for circle in world.circles:
        world.spread(circle.id)
    world.say("the decision created four working groups: " + ", ".join(found))


def _working_groups(world: World) -> dict[str, str] | None:
    groups = world.administrator.all("/membership/v1/groups", kind="working_group")
    return {group["name"]: group["id"] for group in groups} if len(groups) == len(MANDATES) else None


def _founding_proposal(world: World) -> dict[str, Any]:
    return {
        "group_id": world.assembly_id,
        "kind": "constitute_group",
        "title": "Four participatory working groups",
        "driver": "The workshops of 2015 and 2016 asked for four bodies in the cooperative.",
        "text": "The General Assembly creates four working groups and gives each its mandate.",
        "responsible_id": world.id_of(world.board[0]),
        "effective_on": "2017-06-20",
        "review_on": "2019-06-20",
        "groups": [_annex(world, mandate) for mandate in MANDATES],
    }


def _annex(world: World, mandate: Mandate) -> dict[str, Any]:
    return {
        **{name: getattr(mandate, name) for name in COPIED_INTO_ANNEX},
        "starts_on": "2017-06-20",
        "ends_on": "2019-06-20",
        "approving_body_id": world.board_id,
        "decision_profile": "consent",
        "policy": {
            "size_min": 10,
            "size_max": SEATS,
            "quotas": {profile: {"min": 1, "max": 4} for profile in PROFILES},
            "attribute_quotas": {"language": {"nl": {"min": 2, "max": 8}, "fr": {"min": 2, "max": 8}}},
            "required_roles": ["facilitator", "board_link"],
            "term_months": 24,
        },
    }


def _import(world: World, people: list[Person], *, dry_run: bool) -> str:
    """The address of the import, when it is done."""
    sheet = io.StringIO()
    rows = csv.writer(sheet)
    rows.writerow(["name", "email", "language", "profiles"])
    rows.writerows([person.name, person.email, person.language, person.profile] for person in people)
    path = f"/membership/v1/people-imports?dry_run={str(dry_run).lower()}"
    accepted = world.administrator.send(
        "POST", path, raw=sheet.getvalue().encode(), headers={"Content-Type": "text/csv"}
    ).body
    address = f"/membership/v1/people-imports/{accepted['id']}"
    world.until("the import is done", lambda: world.administrator.get(address)["state"] == "done")
    return address


def _rows(world: World, address: str, result: str) -> list[dict[str, Any]]:
    return world.administrator.all(f"{address}/rows", result=result)


def _group(world: World, kind: str, name: str, policy: dict[str, int]) -> str:
    body = {
        "kind": kind,
        "name": name,
        "starts_on": "2013-01-01",
        "decision_profile": "majority",
        "policy": policy,
    }
    return str(world.administrator.post("/membership/v1/groups", body)["id"])


def _appoint(world: World, group_id: str, people: list[Person]) -> None:
    appointees = [{"person_id": world.id_of(person)} for person in people]
    world.administrator.post(f"/membership/v1/groups/{group_id}/seats", {"appointees": appointees})
