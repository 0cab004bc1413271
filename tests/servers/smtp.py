"""A mail server that keeps what it gets in memory, and fails as real ones do when a test says so."""

import asyncio
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from servers.processes import free_port, wait_until

OK = "250 OK"


@dataclass(frozen=True)
class ReceivedMail:
    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


@dataclass
class SmtpSink:
    """`smtp://127.0.0.1:<port>`. Failures last until `recover`."""

    port: int = field(default_factory=free_port)
    messages: list[ReceivedMail] = field(default_factory=list)
    attempts: int = 0
    asked: int = 0
    """How often RCPT was asked."""
    _controller: Controller | None = None
    _answers: dict[str, str] = field(default_factory=dict)
    _answer_to_all: str | None = None
    _answer_to_senders: str | None = None
    _drop: str | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        if self._controller is None:
            self._controller = Controller(
                _Handler(self), hostname="127.0.0.1", port=self.port, ready_timeout=10
            )
            self._controller.start()

    def stop(self) -> None:
        """Connections are refused until `start`; what was received stays."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    def answer(self, recipient: str, reply: str) -> None:
        """Answer RCPT of this recipient so: `450 4.2.1 mailbox busy`, `550 5.1.1 unknown`."""
        self._answers[recipient.lower()] = reply

    def answer_all(self, reply: str) -> None:
        """Answer every RCPT so."""
        self._answer_to_all = reply

    def answer_senders(self, reply: str) -> None:
        """Answer every MAIL so."""
        self._answer_to_senders = reply

    def drop_after_data(self, *, kept: bool) -> None:
        """Cut the connection instead of answering DATA: with the message `kept` (only the answer is lost) or not."""
        self._drop = "kept" if kept else "lost"

    def recover(self) -> None:
        """Accept everything again."""
        self._answers.clear()
        self._answer_to_all = self._answer_to_senders = self._drop = None
        self.start()

    def to(self, recipient: str) -> list[ReceivedMail]:
        return [mail for mail in self.messages if recipient.lower() in map(str.lower, mail.recipients)]

    def wait_for(self, count: int, *, within: float = 10) -> list[ReceivedMail]:
        """The messages, once there are at least `count`; fails after the deadline."""
        assert wait_until(lambda: len(self.messages) >= count, within=within), (
            f"{len(self.messages)} of {count} mails within {within} s"
        )
        return self.messages


class _Handler:
    def __init__(self, sink: SmtpSink) -> None:
        self._sink = sink

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._sink._answer_to_senders is not None:
            return self._sink._answer_to_senders
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return OK

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        self._sink.asked += 1
        reply = self._sink._answers.get(address.lower()) or self._sink._answer_to_all or OK
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self._sink.attempts += 1
        if self._sink._drop != "lost":
            message = message_from_bytes(cast("bytes", envelope.content), policy=policy.default)
            self._sink.messages.append(
                ReceivedMail(envelope.mail_from or "", tuple(envelope.rcpt_tos), message)
            )
        if self._sink._drop:
            cast("asyncio.Transport", server.transport).abort()
        return OK
