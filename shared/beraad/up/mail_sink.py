"""A mail server that delivers nothing: it keeps every mail, on the disk before it answers."""

from __future__ import annotations

import asyncio
import signal
import socket
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP

from beraad.up.mailbox import Postman

log = structlog.get_logger()


class Keeping:
    """aiosmtpd's handler."""

    def __init__(self, postman: Postman) -> None:
        self._postman = postman

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, session: Any, _envelope: Any, hostname: str, replies: list[str]
    ) -> list[str]:
        """It takes commands that come together (RFC 2920), as it reads one line after the other, and now says so."""
        session.host_name = hostname
        return [*replies[:-1], "250-PIPELINING", replies[-1]]

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """250 promises that the mail survives a crash, so it is written first."""
        try:
            number = self._postman.keep(envelope.rcpt_tos, envelope.content)
        except OSError as error:
            log.error("mail_not_kept", error=str(error))
            return "451 4.3.0 cannot store it now, try again later"
        return f"250 2.0.0 kept as {number}"


def run_mail_sink(listener: socket.socket, folder: Path) -> None:
    """Until SIGTERM."""
    listener.setsockopt(
        socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
    )  # asyncio does so only where a socket names its protocol
    asyncio.run(_serve(listener, Keeping(Postman(folder))))


async def _serve(listener: socket.socket, handler: Keeping) -> None:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    server = await loop.create_server(
        partial(SMTP, handler, hostname="beraad", enable_SMTPUTF8=True, loop=loop), sock=listener
    )
    async with server:
        await stopped.wait()
