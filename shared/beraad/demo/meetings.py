"""Act three, September 2017 to February 2018: the groups meet once a month, visit, and hear experts (S5, S6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from beraad.demo import digests
from beraad.demo.cast import experts
from beraad.demo.world import Circle, World

FIRST_WEEK = {"MO": 4, "TU": 5, "WE": 6, "TH": 7}
EXPERT_MEETING, VISIT_MEETING, MOVED_MEETING, DECLINED_MEETING, LAST_MEETING = 1, 2, 4, 3, 5
DAY_BEFORE = timedelta(hours=23)


def starts_at(meeting: dict[str, Any]) -> datetime:
    """When the meeting starts, UTC."""
    return datetime.fromisoformat(meeting["starts_at"])


def schedule(world: World) -> None:
    """A monthly series for each group in Europe/Brussels; one occurrence becomes a visit, one is moved."""
    for circle in world.circles:
        facilitator = world.as_(circle.facilitator)
        series = world.patiently(partial(facilitator.post, "/meetings/v1/series", _series(circle)))
        circle.meetings = sorted(series["meetings"], key=lambda meeting: meeting["starts_at"])
        world.expected.add("meeting_invited", circle.invited)
        visit = circle.meetings[VISIT_MEETING]
        change(world, circle, VISIT_MEETING, {"kind": "visit", "place": circle.mandate.visit})
        world.expected.add("meeting_updated", circle.invited)
        facilitator.post(
            f"/meetings/v1/meetings/{visit['id']}/agenda-items",
            {"title": circle.mandate.visit, "kind": "exploration", "minutes": 60},
        )
    world.say("four monthly series are scheduled in Europe/Brussels, a visit in each")


def _series(circle: Circle) -> dict[str, Any]:
    return {
        "group_id": circle.id,
        "title": circle.mandate.name,
        "recurrence": f"FREQ=MONTHLY;BYDAY=1{circle.mandate.weekday};COUNT=6",
        "first_starts_on": f"2017-09-{FIRST_WEEK[circle.mandate.weekday]:02d}",
        "start_time": "18:00",
        "duration_minutes": 120,
        "time_zone": "Europe/Brussels",
        "place": "Coenraetsstraat 72, Brussels",
    }


def change(world: World, circle: Circle, number: int, changes: dict[str, Any]) -> None:
    """Change one occurrence, naming the revision that was read."""
    facilitator = world.as_(circle.facilitator)
    path = f"/meetings/v1/meetings/{circle.meetings[number]['id']}"
    revision = facilitator.get(path)["revision"]
    circle.meetings[number] = facilitator.patch(path, changes, if_match=str(revision))


def invite_expert(world: World, circle: Circle) -> None:
    """An outside expert comes to the second meeting, without a vote."""
    expert = experts()[world.circles.index(circle)]
    meeting = circle.meetings[EXPERT_MEETING]
    facilitator = world.as_(circle.facilitator)
    facilitator.post(
        f"/meetings/v1/meetings/{meeting['id']}/guests",
        {"person_id": world.ids[expert.email], "role": "expert"},
    )
    facilitator.post(
        f"/meetings/v1/meetings/{meeting['id']}/agenda-items",
        {"title": circle.mandate.expert, "kind": "exploration", "minutes": 45},
    )
    world.expected.add("meeting_invited", [expert.email])


def postpone_january(world: World, circle: Circle) -> None:
    """The first week of January is a holiday: that meeting moves by a week."""
    later = starts_at(circle.meetings[MOVED_MEETING]) + timedelta(days=7)
    change(world, circle, MOVED_MEETING, {"starts_at": later.isoformat()})
    world.expected.add("meeting_moved", circle.invited)


def decline(world: World, circle: Circle) -> None:
    """One member cannot come to the fourth meeting, and says so."""
    meeting = circle.meetings[DECLINED_MEETING]
    path = f"/meetings/v1/meetings/{meeting['id']}/invitations/me"
    world.as_(circle.members[-1]).put(path, {"answer": "declined"})


def come_together(world: World, circle: Circle, number: int) -> None:
    """Reminder a day before; then the meeting opens, attendance is taken, last month's minutes are approved."""
    meeting = circle.meetings[number]
    last = circle.members[-1]
    absent = circle is world.circles[0] and number == DECLINED_MEETING
    world.move_clock(starts_at(meeting) - DAY_BEFORE)
    coming = [one for one in circle.invited if not (absent and one == last.email)]
    if number == EXPERT_MEETING:
        coming.append(experts()[world.circles.index(circle)].email)
    world.expect_at_once("meeting_reminder", coming)
    world.move_clock(starts_at(meeting))
    secretary = world.as_(circle.secretary)
    path = f"/meetings/v1/meetings/{meeting['id']}"
    secretary.post(f"{path}/open")
    for person in circle.members:
        state = "excused" if absent and person is last else "present"
        secretary.put(f"{path}/attendance/{world.id_of(person)}", {"state": state})
    if circle.minutes:
        secretary.post(f"/meetings/v1/minutes/{circle.minutes[-1]}/approve", {"at_meeting_id": meeting["id"]})


def part(world: World, circle: Circle, number: int) -> None:
    """The meeting closes and its minutes go round."""
    meeting = circle.meetings[number]
    secretary = world.as_(circle.secretary)
    path = f"/meetings/v1/meetings/{meeting['id']}"
    secretary.post(f"{path}/close", {"report": f"We worked on: {circle.mandate.aim}"})
    secretary.put(
        f"{path}/minutes", {"text": f"## Meeting {number + 1}\n\nWe worked on: {circle.mandate.aim}"}
    )
    digests.wait_until_told(world, circle)
    circle.minutes.append(secretary.post(f"{path}/minutes/circulate")["id"])
    digested = digests.readers(world, circle)
    world.expected.add("minutes_circulated", [p.email for p in circle.members if p not in digested])
    world.expected.add("digest", [p.email for p in digested])
    digests.wait_until_collected(world, circle, number + 1)
