"""Meetings in their own words: a group with its members, meetings, series."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from beraad.identifiers import new_id
from beraad_meetings.domain.agenda import AgendaItem
from beraad_meetings.domain.meetings import Meeting
from meetings.readers.strict import read_strictly
from worlds.callers import Caller, ok
from worlds.world import World

SUMMER = datetime(2017, 8, 1, 12, tzinfo=UTC)
FIRST_TUESDAY = datetime(2017, 9, 5, 16, tzinfo=UTC)
GROUP = UUID(int=0x6)
ANNA, BRAM = UUID(int=0xA), UUID(int=0xB)

MONTHLY = {
    "title": "Ethics",
    "recurrence": "FREQ=MONTHLY;BYDAY=1TU;COUNT=5",
    "first_starts_on": "2017-09-05",
    "start_time": "18:00",
    "duration_minutes": 120,
    "time_zone": "Europe/Brussels",
    "place": "Coenraetsstraat 72",
}
MONTHLY_RULE = {
    name: MONTHLY[name]
    for name in ("recurrence", "first_starts_on", "start_time", "duration_minutes", "time_zone")
}
EVENING = {
    "title": "Visit to a bakery",
    "kind": "visit",
    "starts_at": "2017-10-10T16:00:00+00:00",
    "duration_minutes": 60,
    "place": "The bakery",
}
POLL = {
    "title": "Visit to a mill",
    "kind": "visit",
    "duration_minutes": 60,
    "closes_at": "2017-09-01T12:00:00+00:00",
    "slots": [
        {"starts_at": "2017-09-12T16:00:00+00:00"},
        {"starts_on": "2017-09-13", "start_time": "18:00"},
        {"starts_at": "2017-09-14T16:00:00+00:00"},
    ],
}
ANYWAY = {"despite_conflicts": "this test is about something else"}
"""Several meetings at one time, where the test does not ask whether people are in two of them."""


@dataclass(frozen=True)
class Circle:
    """A group of three: a facilitator, a secretary and a member, all seated; an expert and a stranger outside."""

    world: World
    group_id: UUID
    facilitator: Caller
    secretary: Caller
    member: Caller
    expert: Caller
    stranger: Caller

    @property
    def seated(self) -> list[Caller]:
        return [self.facilitator, self.secretary, self.member]

    def series(self, **changes: Any) -> dict[str, Any]:
        body = {**MONTHLY, **ANYWAY, "group_id": str(self.group_id), **changes}
        series: dict[str, Any] = ok(self.facilitator.post("/v1/series", body), 201)
        return series

    def meeting(self, **changes: Any) -> dict[str, Any]:
        body = {**EVENING, **ANYWAY, "group_id": str(self.group_id), **changes}
        meeting: dict[str, Any] = ok(self.facilitator.post("/v1/meetings", body), 201)
        return meeting

    def poll(self, **changes: Any) -> dict[str, Any]:
        body = {**POLL, "group_id": str(self.group_id), **changes}
        poll: dict[str, Any] = ok(self.facilitator.post("/v1/polls", body), 201)
        return poll

    def change(self, meeting: dict[str, Any], **changes: Any) -> dict[str, Any]:
        path = f"/v1/meetings/{meeting['id']}"
        revision = ok(self.facilitator.get(path))["revision"]
        changed: dict[str, Any] = ok(self.facilitator.patch(path, changes, if_match=revision))
        return changed

    def change_series(self, series: dict[str, Any], **changes: Any) -> dict[str, Any]:
        path = f"/v1/series/{series['id']}"
        revision = ok(self.facilitator.get(path))["revision"]
        changed: dict[str, Any] = ok(self.facilitator.patch(path, changes, if_match=revision))
        return changed

    def opened(self, **changes: Any) -> dict[str, Any]:
        """A meeting that was opened at the moment it was planned for."""
        meeting = self.meeting(**changes)
        self.world.it_is(datetime.fromisoformat(meeting["starts_at"]))
        opened: dict[str, Any] = ok(self.secretary.post(f"/v1/meetings/{meeting['id']}/open"))
        return opened

    def attends(self, meeting: dict[str, Any], person: Caller, state: str = "present", **more: Any) -> Any:
        path = f"/v1/meetings/{meeting['id']}/attendance/{person.id}"
        return ok(self.secretary.put(path, {"state": state, **more}))

    def item(self, meeting: dict[str, Any], title: str, **more: Any) -> dict[str, Any]:
        """An item put on the agenda."""
        body = {"title": title, "kind": "exploration", "minutes": 10, **more}
        changed = ok(self.facilitator.post(f"/v1/meetings/{meeting['id']}/agenda-items", body), 201)
        added: dict[str, Any] = next(one for one in changed["agenda"] if one["title"] == title)
        return added

    def invited(self, *changes: str) -> list[dict[str, Any]]:
        issued = self.world.published("meetings.invitation.issued.v1")
        for calendar in {event["calendar"] for event in issued}:
            read_strictly(calendar)
        return [event for event in issued if not changes or event["change"] in changes]


def a_circle(world: World, approving_body_id: UUID | None = None) -> Circle:
    """It is summer 2017."""
    world.it_is(SUMMER)
    group_id = world.group("Ethics", approving_body_id=approving_body_id)
    names = ("Fatima", "Sam", "Mo", "Eva", "Stan")
    circle = Circle(world, group_id, *(world.person(name) for name in names))
    for person in circle.seated:
        assert person.person_id is not None
        world.seat(group_id, person.person_id)
    for person, role in ((circle.facilitator, "facilitator"), (circle.secretary, "secretary")):
        assert person.person_id is not None
        world.role(group_id, person.person_id, role)
    return circle


def a_meeting(**changes: Any) -> Meeting:
    """Two hours on the first Tuesday of September, planned in summer."""
    facts: dict[str, Any] = {
        "id": new_id(),
        "series_id": None,
        "group_id": GROUP,
        "title": "Ethics",
        "kind": "working_meeting",
        "starts_at": FIRST_TUESDAY,
        "duration_minutes": 120,
        "time_zone": "Europe/Brussels",
        "place": "Coenraetsstraat 72",
        "online_link": "",
        "changed_at": SUMMER,
    }
    meeting = Meeting(**{**facts, **changes})
    meeting.scheduled(SUMMER)
    return meeting


def an_item(meeting: Meeting, minutes: int = 30, **changes: Any) -> AgendaItem:
    facts: dict[str, Any] = {
        "id": new_id(),
        "meeting_id": meeting.id,
        "position": 0,
        "title": "A charter",
        "kind": "decision",
        "minutes": minutes,
    }
    return AgendaItem(**{**facts, **changes})


def later(days: float) -> datetime:
    return FIRST_TUESDAY + timedelta(days=days)
