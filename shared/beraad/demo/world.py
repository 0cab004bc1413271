"""The play's world: the running system, everyone signed in, the clock, and what the script has learned so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from beraad.demo.cast import Mandate, Person
from beraad.demo.http import SERVICES, Api, Refused
from beraad.demo.mail import Expected, Inbox

T = TypeVar("T")
R = TypeVar("R")
HANDS = 4
NOBODY = Person("", "", "", "")


class PlayStopped(Exception):
    """Something the play needs did not happen in time."""


@dataclass
class Circle:
    """A working group as the play goes on."""

    mandate: Mandate
    id: str
    members: list[Person] = field(default_factory=list)
    board_link: Person = NOBODY
    meetings: list[dict[str, Any]] = field(default_factory=list)
    proposal: dict[str, Any] = field(default_factory=dict)
    minutes: list[str] = field(default_factory=list)
    draw: dict[str, Any] = field(default_factory=dict)
    """What was published of the draw by lot; empty where the group was appointed."""

    @property
    def facilitator(self) -> Person:
        """The animator: the first of the members."""
        return self.members[0]

    @property
    def secretary(self) -> Person:
        """Who writes the minutes: the second."""
        return self.members[1]

    @property
    def addresses(self) -> list[str]:
        """Where the seat holders receive mail."""
        return [person.email for person in self.members]

    @property
    def invited(self) -> list[str]:
        """Where those receive mail whom meetings and polls ask: the member of the Board has no seat."""
        return [*self.addresses, self.board_link.email]


@dataclass
class World:
    """Everything the acts share."""

    nobody: Api
    inbox: Inbox
    say: Callable[[str], None]
    expected: Expected = field(default_factory=Expected)
    ids: dict[str, str] = field(default_factory=dict)
    """E-mail address → person id."""
    apis: dict[str, Api] = field(default_factory=dict)
    """E-mail address → the system as that person."""
    administrator: Api = field(init=False)
    people: list[Person] = field(default_factory=list)
    board: list[Person] = field(default_factory=list)
    assembly_id: str = ""
    board_id: str = ""
    circles: list[Circle] = field(default_factory=list)

    def as_(self, person: Person) -> Api:
        """The system as that person sees it."""
        return self.apis[person.email]

    def id_of(self, person: Person) -> str:
        """The person's id."""
        return self.ids[person.email]

    def together(self, do: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """Several people act at the same time; the first error is raised."""
        with ThreadPoolExecutor(HANDS) as pool:
            return list(pool.map(do, items))

    def sign_in(self, people: Sequence[Person]) -> None:
        """Each asks for a link, opens their mail, and follows it in the browser that asked."""
        wanted = list({p.email: p for p in people if p.email not in self.apis}.values())
        jars = self.together(self._ask_for_link, wanted)
        self.expected.add("sign_in_link", (person.email for person in wanted))
        tokens = self.inbox.wait_for_tokens([person.email for person in wanted])

        def follow(pair: tuple[Person, str]) -> tuple[str, Api]:
            person, jar = pair
            headers = {"Cookie": jar}
            reply = self.nobody.send(
                "POST", "/membership/v1/auth/sessions", {"token": tokens[person.email]}, headers=headers
            )
            return person.email, self.nobody.signed_in(reply.body["access_token"])

        self.apis.update(self.together(follow, list(zip(wanted, jars, strict=True))))

    def _ask_for_link(self, person: Person) -> str:
        return self.nobody.send("POST", "/membership/v1/auth/sign-in-links", {"email": person.email}).cookies

    def move_clock(self, to: datetime) -> None:
        """Domain time goes on from there, in all four services."""
        for service in SERVICES:
            self.administrator.put(f"/{service}/v1/development/clock", {"now": to.isoformat()})

    def spread(self, group_id: str) -> None:
        """Wait until every service knows the group as it is now (membership answers its revision)."""
        revision = self.administrator.get(f"/membership/v1/groups/{group_id}")["revision"]
        named = {"Wait-For": f"membership/groups/{group_id}@{revision}"}
        for service in SERVICES[1:]:
            self.patiently(
                partial(self.administrator.send, "GET", f"/{service}/v1/me/pending", headers=named)
            )

    def patiently(self, ask: Callable[[], R], seconds: float = 20) -> R:
        """Ask again while the answer is `NotYetKnown`. Raises it after that time."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                return ask()
            except Refused as refused:
                if refused.code not in {"NotYetKnown", "SignInRequired"} or time.monotonic() > deadline:
                    raise
            time.sleep(0.1)

    def expect_at_once(self, kind: str, addresses: Iterable[str]) -> None:
        """Each should receive one more mail of that kind before the clock moves on: nobody is reminded of what is over."""
        reached = list(addresses)
        self.expected.add(kind, reached)
        self.until(f"{kind} has arrived", lambda: self.inbox.has(kind, reached, self.expected))

    def until(self, what: str, ask: Callable[[], R | None], seconds: float = 60) -> R:
        """Ask until the answer is true. Raises `PlayStopped` after that time."""
        deadline = time.monotonic() + seconds
        while not (answer := ask()):
            if time.monotonic() > deadline:
                raise PlayStopped(f"{what}: not within {seconds:.0f} s")
            time.sleep(0.05)
        return answer
