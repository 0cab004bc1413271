"""What the play shows at its end: read back from the APIs, for people and as JSON."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from beraad.demo.cast import PROFILES, experts
from beraad.demo.exports import export_path, trails
from beraad.demo.http import SERVICES
from beraad.demo.mail import differences
from beraad.demo.world import Circle, World


def gather(world: World, seconds: float) -> dict[str, Any]:
    """The figures of the run, each read through the APIs or counted in the inbox."""
    admin = world.administrator
    groups = admin.all("/membership/v1/groups", kind="working_group")
    meetings = [
        m for g in (world.assembly_id, *_ids(world)) for m in admin.all("/meetings/v1/meetings", group_id=g)
    ]
    proposals = [
        p
        for g in (world.assembly_id, *_ids(world))
        for p in admin.all("/deliberation/v1/proposals", group_id=g)
    ]
    paths = [f"/deliberation/v1/proposals/{proposal['id']}" for proposal in proposals]
    objections = [o for path in paths for o in admin.all(f"{path}/objections")]
    amendments = [a for path in paths for a in admin.all(f"{path}/amendments")]
    approvals = admin.all("/deliberation/v1/approvals", body_id=world.board_id)
    invitations = [
        i
        for m in meetings
        if m["kind"] != "assembly"
        for i in admin.all(f"/meetings/v1/meetings/{m['id']}/invitations")
    ]
    surroundings = admin.get("/deliberation/readyz")
    return {
        "groups": len(groups),
        "seats": [group["health"]["seats_filled"] for group in groups],
        "groups_drawn": sum(bool(circle.draw) for circle in world.circles),
        "groups_representative": sum(group["health"]["representative"] for group in groups),
        "assembly_electors": admin.get(f"/deliberation/v1/votes/{proposals[0]['vote_id']}")["electors"],
        "meetings": len(meetings),
        "meetings_moved": sum(m["occurs_at"] not in {None, m["starts_at"]} for m in meetings),
        "meetings_cancelled": sum(meeting["state"] == "cancelled" for meeting in meetings),
        "polls_booked": sum(
            len(admin.all("/meetings/v1/polls", group_id=g, state="booked")) for g in _ids(world)
        ),
        "minutes_approved": _approved(world),
        "visits": sum(meeting["kind"] == "visit" for meeting in meetings),
        "expert_guests": sum(invitation["role"] == "expert" for invitation in invitations),
        "proposals": len(proposals),
        "amendments_accepted": sum(a["state"] == "accepted" for a in amendments),
        "objections": len(objections),
        "objections_integrated": sum(o["state"] == "resolved" for o in objections),
        "trails": trails(world),
        "rounds": sum(len(admin.all(f"{path}/rounds")) for path in paths),
        "approvals_granted": sum(a["state"] == "granted" for a in approvals),
        "approvals_returned": sum(a["state"] == "returned" for a in approvals),
        "decisions_in_force": len(admin.all("/deliberation/v1/decisions", in_force="true")),
        "mails_expected": world.expected.total,
        "mails_received": len(world.inbox.messages),
        "mails_duplicated": world.inbox.duplicated(),
        "mails_in_another_language": world.inbox.in_another_language(
            {person.email: person.language for person in (*world.people, *experts())}
        ),
        "mail_differences": differences(world.expected, world.inbox),
        "events_published": sum(admin.get(f"/{s}/v1/events", limit=1)["position"] for s in SERVICES),
        "events_parked": sum(admin.get(f"/{s}/v1/parked")["count"] for s in SERVICES),
        "transport": surroundings["transport"],
        "database": surroundings["database"],
        "seconds": round(seconds, 1),
    }


def _approved(world: World) -> int:
    """Of how many meetings the minutes were approved at a later one."""
    paths = [f"/meetings/v1/meetings/{m['id']}/minutes" for c in world.circles for m in c.meetings[:-1]]
    return sum(world.administrator.get(path)["state"] == "approved" for path in paths)


def _ids(world: World) -> list[str]:
    return [circle.id for circle in world.circles]


def show(world: World, report: dict[str, Any], console: Console) -> None:
    """Four tables and some lines: who sits where, when they met, what became of proposals and objections, who got mail."""
    console.print(_groups(world), _calendar(world), _proposals(world), _mails(world))
    console.print("What became of each objection", style="italic")
    for trail in report["trails"]:
        console.print(f"  {trail}", markup=False, highlight=False)
    console.print(
        f"{report['events_published']} events over {report['transport']}, {report['events_parked']} parked; "
        f"{report['mails_received']} of {report['mails_expected']} expected mails, {report['mails_duplicated']} twice, "
        f"{report['mails_in_another_language']} not in their reader's language; "
        f"{report['database']}; {report['seconds']} s"
    )


def show_exports(world: World, saved: list[Path], draws: list[Path], console: Console) -> None:
    """Where the export of each group can be read, and what was published of the draws."""
    console.print("The export of each group, to read:")
    for circle, page in zip_longest(world.circles, saved):
        where = page or f"{world.nobody.url}{export_path(circle)} (signed in)"
        console.print(f"  {circle.mandate.name}: {where}", markup=False, highlight=False, soft_wrap=True)
    if saved:
        console.print(
            f"Whether a group's record is whole: beraad verify {saved[0].with_suffix('.json')}",
            soft_wrap=True,
        )
    for kept in draws:
        console.print(f"Whether a draw was fair: beraad verify {kept}", soft_wrap=True)


def _groups(world: World) -> Table:
    columns = ("Group", *PROFILES, "composed", "animator", "Board")
    table = Table(*columns, title="Groups by profile", title_justify="left")
    for circle in world.circles:
        counts = [str(sum(person.profile == profile for person in circle.members)) for profile in PROFILES]
        how = f"panel {circle.draw['number']} of 1000" if circle.draw else "appointed"
        table.add_row(circle.mandate.name, *counts, how, circle.facilitator.name, circle.board_link.name)
    return table


def _calendar(world: World) -> Table:
    table = Table("Group", "1", "2", "3", "4", "5", "by poll", title="Meetings (UTC)", title_justify="left")
    for circle in world.circles:
        days = [f"{m['starts_at'][:16].replace('T', ' ')}{_mark(m)}" for m in circle.meetings]
        table.add_row(circle.mandate.name, *days)
    return table


def _mark(meeting: dict[str, Any]) -> str:
    return " visit" if meeting["kind"] == "visit" else ""


def _proposals(world: World) -> Table:
    table = Table(
        "Proposal", "versions", "rounds", "objection", "approval", "state", title="From draft to effect"
    )
    table.title_justify = "left"
    for circle in world.circles:
        table.add_row(circle.mandate.proposal, *_course(world, circle))
    return table


def _course(world: World, circle: Circle) -> list[str]:
    path = f"/deliberation/v1/proposals/{circle.proposal['id']}"
    admin = world.administrator
    rounds = [str(r["verdict"]["outcome"]) for r in admin.all(f"{path}/rounds")]
    objections = [f"{o['kind']}: {o['state']}" for o in admin.all(f"{path}/objections")]
    approvals = admin.all("/deliberation/v1/approvals", body_id=world.board_id)
    answers = [a["state"] for a in approvals if a["proposal_id"] == circle.proposal["id"]]
    state = admin.get(path)
    return [
        str(state["version"]),
        " → ".join(rounds),
        "; ".join(objections),
        " → ".join(answers),
        state["stage"],
    ]


def _mails(world: World) -> Table:
    table = Table("Mail", "expected", "received", title="Mail by kind", title_justify="left")
    received = world.inbox.counts()
    kinds = sorted({kind for _, kind in (world.expected.counts + received)})
    for kind in kinds:
        expected = sum(n for (_, k), n in world.expected.counts.items() if k == kind)
        table.add_row(kind, str(expected), str(sum(n for (_, k), n in received.items() if k == kind)))
    return table
