"""The conversation with the mail server: one kept-open connection per worker, and what each message came to."""

from __future__ import annotations

import re
import smtplib
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import random
from urllib.parse import unquote, urlsplit

import structlog

from beraad.settings import SettingsError
from beraad_notifications.domain.deliveries import Said
from beraad_notifications.domain.replies import Stage, meaning

TIMEOUT = 20.0
MOST_PER_CONNECTION = 100
LONGEST_IDLE = 30.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
GO_AHEAD, CLOSING = 354, 421
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
LEADING_DOT = re.compile(rb"(?m)^\.")
FAULTS = (OSError, ValueError)
"""smtplib's own exceptions are `OSError`s."""
log = structlog.get_logger()


@dataclass(frozen=True)
class MailServer:
    """Where mail goes: `smtp://` (no TLS), `smtps://` (TLS from the start) or `smtp+starttls://` (TLS or nothing)."""

    scheme: str
    host: str
    port: int
    user: str | None
    password: str


def mail_server(url: str) -> MailServer:
    """Read `scheme://[user:password@]host[:port]`. Raises `SettingsError`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SettingsError(f"BERAAD_SMTP_URL: {error}") from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise SettingsError(f"BERAAD_SMTP_URL begins with one of {', '.join(PORTS)}, then ://host")
    user = unquote(parts.username) if parts.username else None
    return MailServer(
        parts.scheme, parts.hostname, port or PORTS[parts.scheme], user, unquote(parts.password or "")
    )


class Post:
    """Hands messages over, one at a time. Used by one thread."""

    def __init__(self, server: MailServer, sender: str, *, timeout: float = TIMEOUT) -> None:
        """`sender` is the envelope's; nothing is opened yet."""
        self._server = server
        self._sender = sender
        self._timeout = timeout
        self._smtp: smtplib.SMTP | None = None
        self._sent = 0
        self._used_at = 0.0
        self._not_before = 0.0
        self._pause = FIRST_PAUSE

    def open(self) -> bool:
        """Whether there is a working connection. After a failure it is not tried again for a moment (full jitter)."""
        if self._smtp is not None and not self._alive(self._smtp):
            self.close()
        if self._smtp is not None:
            return True
        if time.monotonic() < self._not_before:
            return False
        try:
            self._smtp = self._connect()
        except FAULTS as error:
            self._not_before = time.monotonic() + self._pause * random()  # noqa: S311 - to spread the retries
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            log.warning("mail_server_away", host=self._server.host, error=repr(error))
            return False
        self._pause = FIRST_PAUSE
        self._sent = 0
        return True

    def send(self, recipient: str, content: bytes, sender: str | None = None) -> tuple[Said, str]:
        """What the server said to one message, and in which words. `sender` is the envelope's, where it is another."""
        if self._smtp is None:
            self.open()
        if self._smtp is None:
            return Said.NOT_TRIED, "the mail server is away"
        said, told = self._converse(self._smtp, sender or self._sender, recipient, content)
        self._used_at = time.monotonic()
        self._sent += 1
        if self._sent >= MOST_PER_CONNECTION:
            self.close()
        return said, told

    def rest(self) -> None:
        """Close the connection if it was not used for half a minute."""
        if self._smtp is not None and time.monotonic() - self._used_at > LONGEST_IDLE:
            self.close()

    def close(self) -> None:
        """Say good-bye, if anybody still listens."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            smtp.quit()
        except FAULTS:
            smtp.close()

    def _converse(self, smtp: smtplib.SMTP, sender: str, recipient: str, content: bytes) -> tuple[Said, str]:
        try:
            refused = self._offer(smtp, sender, recipient)
        except FAULTS as error:
            self._drop()
            return Said.LATER, f"the connection was lost before the message: {error!r}"
        if refused is not None:
            return refused
        try:
            smtp.send(LEADING_DOT.sub(b"..", content) + b".\r\n")
            code, text = smtp.getreply()
        except FAULTS as error:
            self._drop()
            return Said.UNCERTAIN, f"the connection was lost after the message: {error!r}"
        if code == CLOSING:
            self._drop()
        return meaning(Stage.CONTENT, code, _text(text)), f"{code} {_text(text)}"

    def _offer(self, smtp: smtplib.SMTP, sender: str, recipient: str) -> tuple[Said, str] | None:
        """Sender, recipient, DATA. None when the server waits for the message."""
        wide = not recipient.isascii()
        if wide and not smtp.has_extn("smtputf8"):
            return Said.REFUSED, "the mail server takes no address that is not ASCII (SMTPUTF8)"
        steps: list[tuple[Stage, Callable[[], tuple[int, bytes]]]] = [
            (Stage.MAIL, lambda: smtp.mail(sender, ["SMTPUTF8"] if wide else [])),
            (Stage.RECIPIENT, lambda: smtp.rcpt(recipient)),
            (Stage.CONTENT, lambda: smtp.docmd("DATA")),
        ]
        for stage, ask in steps:
            code, text = ask()
            if code == GO_AHEAD:
                return None
            if not 200 <= code < 300:  # noqa: PLR2004 - refused
                self._after_refusal(smtp, code)
                return meaning(stage, code, _text(text)), f"{code} {_text(text)}"
        self._drop()
        return Said.LATER, "the mail server does not wait for the message"

    def _after_refusal(self, smtp: smtplib.SMTP, code: int) -> None:
        if code == CLOSING:
            self._drop()
        else:
            smtp.rset()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None

    def _alive(self, smtp: smtplib.SMTP) -> bool:
        if time.monotonic() - self._used_at > LONGEST_IDLE:
            return False
        try:
            return 200 <= smtp.rset()[0] < 300  # noqa: PLR2004 - it answers
        except FAULTS:
            return False

    def _connect(self) -> smtplib.SMTP:
        where = (self._server.host, self._server.port)
        name = self._sender.rpartition("@")[2] or "localhost"
        secure = ssl.create_default_context()
        if self._server.scheme == "smtps":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                *where, local_hostname=name, timeout=self._timeout, context=secure
            )
        else:
            smtp = smtplib.SMTP(*where, local_hostname=name, timeout=self._timeout)
        try:
            if self._server.scheme == "smtp+starttls":
                smtp.starttls(context=secure)
            smtp.ehlo_or_helo_if_needed()
            if self._server.user is not None:
                smtp.login(self._server.user, self._server.password)
        except BaseException:
            smtp.close()
            raise
        self._used_at = time.monotonic()
        return smtp


def _text(told: bytes) -> str:
    return told.decode("utf-8", "replace").replace("\n", " ")[:500]
