"""A year in which somebody chooses anew, moves, mutes and sleeps, and the worker is away now and then: nothing is lost or doubled."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from beraad.perform import perform
from beraad_notifications.use_cases.make_digests import MakeDigests, make_digests
from notifications.vocabulary import MailRoom, address_of, happens, states
from servers.smtp import SmtpSink
from worlds.callers import Caller, ok
from worlds.world import World, WorldMaker

ME = "/v1/me/preferences"
NEW_YEAR = datetime(2024, 1, 1, 6, 30, tzinfo=UTC)
A_YEAR = timedelta(days=366)
LONGEST_AWAY = timedelta(days=4)
LONGEST_WAIT = timedelta(days=8)
"""Until the next weekly digest, wherever its reader moved meanwhile."""
ZONES = ("Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")
NUMBER = re.compile(r"<(\d+)>")


@dataclass
class Year:
    """One person's year, day by day; what happens is numbered."""

    world: World
    room: MailRoom
    anna: Caller
    sink: SmtpSink
    chance: Random
    group: UUID
    now: datetime = NEW_YEAR
    happened_at: dict[int, datetime] = field(default_factory=dict)
    told_at: dict[int, list[datetime]] = field(default_factory=dict)
    read: int = 0
    revision: int = 1

    def passes(self) -> None:
        while self.now < NEW_YEAR + A_YEAR:
            self.chance.choice((self.something_happens, self.something_happens, self.chooses, self.moves))()
            self.time_goes_by(timedelta(minutes=self.chance.randint(5, 48 * 60)))
            if self.chance.random() < 0.1:
                self.time_goes_by(self.chance.random() * LONGEST_AWAY)
            self.worker_runs()
        for _ in range(9):
            self.time_goes_by(timedelta(days=1))
            self.worker_runs()

    def something_happens(self) -> None:
        for _ in range(self.chance.randint(1, 3)):
            number = len(self.happened_at)
            self.happened_at[number] = self.now
            happens(
                self.world,
                "task_assigned",
                owner_id=self.anna.person_id,
                title=f"<{number}>",
                group_id=self.group,
            )
            if self.chance.random() < 0.5:
                self.worker_runs()

    def chooses(self) -> None:
        often = self.chance.choice(("immediate", "daily", "weekly"))
        in_group = self.chance.choice((None, "immediate", "daily", "weekly"))
        quiet = self.chance.choice((None, {"from": "22:00", "to": "07:30"}, {"from": "09:00", "to": "17:00"}))
        wanted: dict[str, Any] = {
            "task_assigned": often,
            "groups": {str(self.group): {"task_assigned": in_group}},
            "quiet_hours": quiet,
            "digests": {"hour": self.chance.randint(0, 23), "weekday": self.chance.randint(1, 7)},
        }
        revision = ok(self.anna.get(ME))["revision"]
        ok(self.anna.put(ME, wanted, if_match=f'"{revision}"'))

    def moves(self) -> None:
        self.revision += 1
        self.world.hears(
            "membership.contact.changed.v1",
            person_id=self.anna.person_id,
            name="Anna",
            email=address_of(self.anna.person_id),
            language="en",
            time_zone=self.chance.choice(ZONES),
            revision=self.revision,
        )

    def time_goes_by(self, by: timedelta) -> None:
        self.now += by
        self.room.moved += by
        self.world.it_is(self.now)

    def worker_runs(self) -> None:
        self.room.works()
        if perform(self.world.store, make_digests, MakeDigests(50, self.room.now())):
            self.room.works()
        for mail in self.sink.messages[self.read :]:
            part = mail.message.get_body(("plain",))
            assert part is not None
            for number in set(NUMBER.findall(f"{mail.message['Subject']} {part.get_content()}")):
                self.told_at.setdefault(int(number), []).append(self.now)
        self.read = len(self.sink.messages)


@pytest.mark.parametrize(
    "seed", [1, pytest.param(2, marks=pytest.mark.long), pytest.param(3, marks=pytest.mark.long)]
)
def test_a_year_of_changing_ones_mind_loses_and_doubles_nothing(
    a_world: WorldMaker, smtp_sink: SmtpSink, seed: int
) -> None:
    world = a_world("notifications", on="sqlite", smtp_url=smtp_sink.url)
    world.it_is(NEW_YEAR)
    anna = world.person("Anna", language="en")
    year = Year(world, MailRoom(world), anna, smtp_sink, Random(seed), world.group())
    year.passes()
    told = {number: len(at) for number, at in year.told_at.items()}
    assert told == dict.fromkeys(range(len(year.happened_at)), 1)
    assert states(world, "task_assigned") == Counter(sent=len(year.happened_at))
    waited = max(year.told_at[number][0] - at for number, at in year.happened_at.items())
    assert waited <= LONGEST_WAIT + LONGEST_AWAY + timedelta(days=2)
