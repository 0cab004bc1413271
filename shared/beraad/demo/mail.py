"""Mail in the play: what each person should receive, counted independently of the system, and what the inbox holds."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from beraad.demo.http import Api

TOKEN = re.compile(r"[?&]token=([A-Za-z0-9_-]{20,})")
PAGE = 500


class MailMissing(Exception):
    """A mail that the play waits for did not arrive in time."""


@dataclass
class Expected:
    """(address, kind) → how many mails. Written by the script from its own knowledge of who is concerned."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, kind: str, addresses: Iterable[str]) -> None:
        """Everyone named should receive one more mail of that kind."""
        self.counts.update((address, kind) for address in addresses)

    @property
    def total(self) -> int:
        """How many mails in all."""
        return self.counts.total()


@dataclass
class Inbox:
    """Reads the readable inbox of the stack, remembering how far it has read."""

    api: Api
    after: int = 0
    links_after: int = 0
    messages: list[dict[str, Any]] = field(default_factory=list)

    def read(self) -> list[dict[str, Any]]:
        """The messages that are new since the last call, one for each address."""
        fresh: list[dict[str, Any]] = []
        while page := self.api.get("/inbox/messages", after=self.after, limit=PAGE, brief=1)["messages"]:
            self.after = max(message["id"] for message in page)
            fresh.extend({**message, "to": address} for message in page for address in message["to"])
        self.messages.extend(fresh)
        return fresh

    def wait_for_tokens(self, addresses: Iterable[str], seconds: float = 60) -> dict[str, str]:
        """Address → the token of its newest sign-in mail. Raises `MailMissing`."""
        wanted = set(addresses)
        deadline = time.monotonic() + seconds
        found: dict[str, str] = {}
        while True:
            found.update(self._new_tokens())
            if wanted <= found.keys():
                return found
            if time.monotonic() > deadline:
                raise MailMissing(
                    f"no sign-in mail for {sorted(wanted - found.keys())[:5]} in {seconds:.0f} s"
                )
            time.sleep(0.1)

    def _new_tokens(self) -> dict[str, str]:
        query = {"kind": "sign_in_link", "after": self.links_after, "limit": PAGE}
        page = self.api.get("/inbox/messages", **query)["messages"]
        self.links_after = max((message["id"] for message in page), default=self.links_after)
        tokens = ((message["to"][0], TOKEN.search(message["text"])) for message in page)
        return {address: match[1] for address, match in tokens if match}

    def wait_until(self, expected: Expected, seconds: float = 120, quiet: float = 1.0) -> None:
        """Read until as many mails are there as expected and none has come for a moment, or time is over."""
        deadline = time.monotonic() + seconds
        last = time.monotonic()
        while time.monotonic() < deadline:
            if self.read():
                last = time.monotonic()
            if len(self.messages) >= expected.total and time.monotonic() - last > quiet:
                return
            time.sleep(0.1)

    def has(self, kind: str, addresses: Iterable[str], expected: Expected) -> bool:
        """Whether they have all mails of that kind that they should have received by now."""
        self.read()
        received = self.counts()
        return all(received[address, kind] >= expected.counts[address, kind] for address in addresses)

    def counts(self) -> Counter[tuple[str, str]]:
        """(address, kind) → how many mails were received."""
        return Counter((message["to"], message["kind"]) for message in self.messages)

    def in_another_language(self, spoken: Mapping[str, str]) -> int:
        """Mails that were not written in the language of who got them. `spoken`: address → language."""
        return sum(m["language"] != spoken[m["to"]] for m in self.messages if m["to"] in spoken)

    def duplicated(self) -> int:
        """Mails beyond the first for one person, one event and one kind."""
        seen = Counter((m["to"], m["kind"], m["event"] or m["message_id"]) for m in self.messages)
        return sum(count - 1 for count in seen.values())


def differences(expected: Expected, inbox: Inbox) -> dict[str, tuple[int, int]]:
    """Kind → (missing, superfluous), where any."""
    received = inbox.counts()
    missing = expected.counts - received
    superfluous = received - expected.counts
    kinds = sorted({kind for _, kind in (missing + superfluous)})
    return {
        kind: (
            sum(n for (_, k), n in missing.items() if k == kind),
            sum(n for (_, k), n in superfluous.items() if k == kind),
        )
        for kind in kinds
    }
