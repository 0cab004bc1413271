"""The conversation with the mail server over one connection that is kept open, and what each message came to."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import random
from urllib.parse import unquote, urlsplit

import structlog

from beraad.settings import SettingsError
from beraad_notifications.domain.deliveries import Said
from beraad_notifications.domain.header_text import UNSAFE
from beraad_notifications.domain.replies import PERMANENT, Stage, meaning

TIMEOUT = 20.0
CONTENT_TIMES = 3
"""So many times as long it may take to answer a message as anything else: it filters it first, and what is sent again comes twice."""
MOST_PER_CONNECTION = 100
LONGEST_IDLE = 30.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
GO_AHEAD, CLOSING = 354, 421
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
UNREADABLE = (
    "BERAAD_SMTP_URL cannot be read: in user and password, write / : @ % and the like as %2F %3A %40 %25"
)
NO_ADDRESS = re.compile(r"[\s<>\x00-\x1f\x7f]")
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
    password: str = field(repr=False)
    ca: str = ""
    """The file of certificates to trust; the system's where it is empty."""


def mail_server(url: str, ca: str = "") -> MailServer:
    """Read `scheme://[user:password@]host[:port]`. Raises `SettingsError`, which repeats nothing of it: it holds a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SettingsError(UNREADABLE) from None
    if ca and not Path(ca).is_file():
        raise SettingsError(f"BERAAD_SMTP_CA: there is no file {ca}")
    if parts.scheme not in PORTS or not parts.hostname:
        raise SettingsError(f"BERAAD_SMTP_URL begins with one of {', '.join(PORTS)}, then ://host")
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password or "")
    return MailServer(parts.scheme, parts.hostname, port or PORTS[parts.scheme], user, password, ca)


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
        self._secure: ssl.SSLContext | None = None
        self.refusal: str | None = None
        """With which words the server last refused us at the door (5xx): greeting us, or our password."""

    @property
    def connected(self) -> bool:
        """Whether there is a connection; whether it works, `open` tells."""
        return self._smtp is not None

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
            self.refusal = _refusal(error)
            if self.refusal is None:  # else the channel is paused, for all workers
                self._wait_a_moment()
            log.warning("mail_server_away", host=self._server.host, error=repr(error))
            return False
        self.refusal = None
        self._sent = 0
        return True

    def ready(self) -> bool:
        """As `open`, but a connection that is there is believed to work."""
        return self._smtp is not None or self.open()

    def send(self, recipient: str, content: bytes, sender: str | None = None) -> tuple[Said, str]:
        """What the server said to one message, and in which words. `sender` is the envelope's, where it is another."""
        if not self.ready() or self._smtp is None:
            return no_connection(self.refusal)
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
            self._allow(smtp, self._timeout * CONTENT_TIMES)
            code, text = smtp.getreply()
            self._allow(smtp, self._timeout)
        except FAULTS as error:
            self._drop()
            return Said.UNCERTAIN, f"the connection was lost after the message: {error!r}"
        if code == CLOSING:
            self._drop()
        self._pause = FIRST_PAUSE
        return meaning(Stage.CONTENT, code, _text(text)), f"{code} {_text(text)}"

    @staticmethod
    def _allow(smtp: smtplib.SMTP, seconds: float) -> None:
        """For each answer from now on."""
        if smtp.sock is not None:  # always
            smtp.sock.settimeout(seconds)

    def _offer(self, smtp: smtplib.SMTP, sender: str, recipient: str) -> tuple[Said, str] | None:
        """Sender, recipient, DATA; all at once where the server takes them so. None when it waits for the message."""
        wide = not (sender + recipient).isascii()
        if wide and not smtp.has_extn("smtputf8"):
            return Said.REFUSED, "the mail server takes no address that is not ASCII (SMTPUTF8)"
        commands = _commands(sender, recipient, wide=wide)
        at_once = smtp.has_extn("pipelining")
        if at_once:
            smtp.send(b"".join(commands.values()))
        for number, (stage, command) in enumerate(commands.items(), start=1):
            if not at_once:
                smtp.send(command)
            code, text = smtp.getreply()
            if code == GO_AHEAD:
                return None
            if not 200 <= code < 300:  # noqa: PLR2004 - refused
                return self._refused(
                    smtp, stage, (code, _text(text)), len(commands) - number if at_once else 0
                )
        self._drop()
        return Said.LATER, "the mail server does not wait for the message"

    def _refused(
        self, smtp: smtplib.SMTP, stage: Stage, reply: tuple[int, str], unread: int
    ) -> tuple[Said, str]:
        """What follows from it; so many more replies are to come. Who closes when greeted again has nothing against the mail."""
        code, text = reply
        if code == CLOSING:
            self._drop()
            if stage is Stage.MAIL:
                self._wait_a_moment()
                return Said.NOT_TRIED, f"{code} {text}"
        elif GO_AHEAD in [smtp.getreply()[0] for _ in range(unread)]:
            self._drop()  # it waits for a message to nobody
        else:
            smtp.rset()
        return meaning(stage, code, text), f"{code} {text}"

    def _wait_a_moment(self) -> None:
        self._not_before = time.monotonic() + self._pause * random()  # noqa: S311 - to spread the retries
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

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
        if self._server.scheme == "smtps":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                *where, local_hostname=name, timeout=self._timeout, context=self._trust()
            )
        else:
            smtp = smtplib.SMTP(*where, local_hostname=name, timeout=self._timeout)
        try:
            if self._server.scheme == "smtp+starttls":
                smtp.starttls(context=self._trust())
            smtp.ehlo_or_helo_if_needed()
            if self._server.user is not None:
                smtp.login(self._server.user, self._server.password)
            if smtp.sock is not None:  # always; a mail's last part waits for nothing
                smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            smtp.close()
            raise
        self._used_at = time.monotonic()
        return smtp

    def _trust(self) -> ssl.SSLContext:
        if self._secure is None:
            self._secure = ssl.create_default_context(cafile=self._server.ca or None)
        return self._secure


def _commands(sender: str, recipient: str, *, wide: bool) -> dict[Stage, bytes]:
    """Raises `ValueError` for an address that would be more than one command, or another's."""
    if NO_ADDRESS.search(sender + recipient):
        raise ValueError("an address is one word on one line")
    lines = {
        Stage.MAIL: f"MAIL FROM:<{sender}>{' SMTPUTF8' if wide else ''}\r\n",
        Stage.RECIPIENT: f"RCPT TO:<{recipient}>\r\n",
        Stage.CONTENT: "DATA\r\n",
    }
    return {stage: line.encode() for stage, line in lines.items()}


def no_connection(refusal: str | None) -> tuple[Said, str]:
    """What becomes of a letter for which there is no connection: the server is away, or refused us in these words."""
    return (Said.NOT_TRIED, "the mail server is away") if refusal is None else (Said.CHANNEL_REFUSED, refusal)


def _refusal(error: Exception) -> str | None:
    """What was said at the door, if it was for good."""
    if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= PERMANENT:
        told = error.smtp_error
        return f"{error.smtp_code} {told if isinstance(told, str) else _text(told)}"
    return None


def _text(told: bytes) -> str:
    """On one line, without control characters: a database takes no NUL, and what cannot be recorded holds up everything."""
    return UNSAFE.sub(" ", told.decode("utf-8", "replace"))[:500]
