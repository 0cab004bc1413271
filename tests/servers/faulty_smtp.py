"""A mail server in a process of its own that fails by a plan: `python faulty_smtp.py PORT LOG [PLAN [DELAY]]`.

It answers each command after DELAY seconds. What becomes of a recipient's n-th attempt is fixed by the plan alone, so that two runs differ only in who comes when.
Every end of an attempt is one line of the log, written before the client hears of it: `{"to", "id", "fate", "kept", "at"}`.
Imports nothing of ours: it may be measured, too.
"""

import asyncio
import contextlib
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TextIO

REPLIES = {
    "unknown": "550 5.1.1 there is nobody of that name here",
    "closing": "421 4.3.2 closing",
    "busy": "450 4.2.1 the mailbox is busy",
    "full": "452 4.2.2 the mailbox is full",
}
PER_MILLE = {
    "closing": 40,
    "busy": 50,
    "full": 40,
    "silent before DATA": 10,
    "silent after DATA": 5,
    "kept, then silent": 5,
    "cut before DATA": 40,
    "cut after DATA": 15,
    "kept, then cut": 20,
}
"""Of all attempts; together with those who are unknown a quarter."""
UNKNOWN_PER_MILLE = 30
"""Of all recipients, for ever."""
KEPT_IN_DOUBT = {"kept, then silent", "kept, then cut"}
ADDRESS = re.compile(rb"<([^>]*)>")
MESSAGE_ID = re.compile(rb"(?mi)^Message-ID: *(\S+)")
SILENCE = 3600.0


def fate_of(recipient: str, attempt: int, plan: str) -> str:
    """What becomes of it; `taken`, or one of those above. Every plan is another; an empty one takes everything."""
    if not plan:
        return "taken"
    if _dice(f"{plan}/{recipient}") < UNKNOWN_PER_MILLE:
        return "unknown"
    left = _dice(f"{plan}/{recipient}/{attempt}")
    for fate, share in PER_MILLE.items():
        left -= share
        if left < 0:
            return fate
    return "taken"


def _dice(text: str) -> int:
    return int.from_bytes(sha256(text.encode()).digest()[:8]) % 1000


class Conversation:
    """One connection."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        fate: Callable[[str], str],
        log: TextIO,
        delay: float,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._fate_of = fate
        self._log = log
        self._delay = delay
        self._recipient = self._fate = ""

    async def run(self) -> None:
        await self._say("220 a server that fails")
        while line := await self._reader.readline():
            verb = line[:4].upper()
            if verb == b"QUIT":
                await self._say("221 2.0.0 good-bye")
                return
            if not await self._answer(verb, line):
                return

    async def _answer(self, verb: bytes, line: bytes) -> bool:
        """Whether the conversation goes on."""
        if verb in {b"EHLO", b"HELO"}:
            await self._say("250-fails\r\n250-8BITMIME\r\n250 SMTPUTF8")
        elif verb == b"RCPT":
            return await self._recipient_is(ADDRESS.findall(line)[0].decode())
        elif verb == b"DATA":
            return await self._data()
        else:
            await self._say("250 2.0.0 OK")
        return True

    async def _recipient_is(self, recipient: str) -> bool:
        self._recipient, self._fate = recipient, self._fate_of(recipient)
        if self._fate in {"unknown", "closing", "busy"}:
            self._note(b"", kept=False)
            await self._say(REPLIES[self._fate])
            return self._fate != "closing"
        await self._say("250 2.1.5 OK")
        return True

    async def _data(self) -> bool:
        if self._fate in {"silent before DATA", "cut before DATA"}:
            self._note(b"", kept=False)
            return await self._breaks_off()
        await self._say("354 go ahead")
        content = await self._reader.readuntil(b"\r\n.\r\n")
        self._note(content, kept=self._fate in {"taken", *KEPT_IN_DOUBT})
        if self._fate in {"taken", "full"}:
            await self._say(REPLIES.get(self._fate, "250 2.0.0 taken"))
            return True
        return await self._breaks_off()

    async def _breaks_off(self) -> bool:
        if "silent" in self._fate:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._reader.read(1), SILENCE)
        self._writer.transport.abort()
        return False

    def _note(self, content: bytes, *, kept: bool) -> None:
        found = MESSAGE_ID.search(content)
        told = {
            "to": self._recipient,
            "id": found[1].decode() if found else None,
            "fate": self._fate,
            "kept": kept,
            "at": time.time(),
        }
        self._log.write(json.dumps(told) + "\n")
        self._log.flush()

    async def _say(self, reply: str) -> None:
        if self._delay:
            await asyncio.sleep(self._delay)
        self._writer.write(reply.encode() + b"\r\n")
        await self._writer.drain()


async def serve(port: int, log: Path, plan: str, delay: float) -> None:
    """Until it is ended."""
    attempts: Counter[str] = Counter()

    def fate(recipient: str) -> str:
        attempts[recipient] += 1
        return fate_of(recipient, attempts[recipient], plan)

    with log.open("a") as lines:

        async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await Conversation(reader, writer, fate, lines, delay).run()
            writer.close()

        server = await asyncio.start_server(converse, "127.0.0.1", port, limit=1 << 24)
        async with server:
            await server.serve_forever()


if __name__ == "__main__":
    port, log, plan, delay = [*sys.argv[1:], *("", "0")[len(sys.argv) - 3 :]]
    asyncio.run(serve(int(port), Path(log), plan, float(delay)))
