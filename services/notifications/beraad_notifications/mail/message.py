"""One mail, ready to send: headers, text, HTML, and the calendar of an invitation."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import format_datetime

from beraad.clock import real_now
from beraad.settings import Settings
from beraad_notifications.domain.catalogue import TEST
from beraad_notifications.domain.header_text import header_text
from beraad_notifications.mail.calendar import invitation_calendar
from beraad_notifications.mail.header_lines import SMTP, SMTPUTF8, mailbox, phrase
from beraad_notifications.mail.links import thread_of, unsubscribe_link
from beraad_notifications.mail.samples import shown_by
from beraad_notifications.mail.writing import Writer, Written
from beraad_notifications.use_cases.ports import Letter

ENCODING, BOUNDARY = "quoted-printable", "=_beraad"
"""Quoted-printable writes `=` as `=3D`, so no part can hold the boundary (RFC 2045 §6.7)."""


class Composer:
    """Writes letters as messages of one organisation."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._writer = Writer(settings)
        self._domain = settings.smtp_sender.rpartition("@")[2]
        self._organisation = header_text(settings.organisation)

    def compose(self, letter: Letter) -> tuple[str, bytes]:
        """The recipient's address and the message. Raises `ValueError` for an address no mail can go to."""
        recipient = _deliverable(letter.claim.address)
        policy = SMTP if recipient.isascii() else SMTPUTF8
        shown = shown_by(letter)
        written = self._writer.write(shown)
        message = EmailMessage(policy=policy)
        self._address(message, letter, recipient, written)
        self._tell_what_it_is(message, letter)
        message.set_content(written.text, cte=ENCODING)
        message.make_alternative(boundary=BOUNDARY)
        message.add_alternative(written.html, subtype="html", cte=ENCODING)
        if calendar := shown.told.get("calendar"):
            self._invite(message, shown, calendar, recipient)
        return recipient, message.as_bytes(policy=policy)

    def _address(self, message: EmailMessage, letter: Letter, recipient: str, written: Written) -> None:
        message["From"] = mailbox(self._organisation, self._settings.smtp_sender)
        message["To"] = mailbox(header_text(letter.name), recipient)
        marked = "[Test] " if letter.claim.kind is TEST else ""
        message["Subject"] = phrase(marked + header_text(written.subject), "Subject")
        message["Date"] = format_datetime(real_now())
        message["Message-ID"] = f"<{letter.claim.delivery_id}@{self._domain}>"
        if thread := thread_of(letter.told):
            message["In-Reply-To"] = message["References"] = f"<{thread}@{self._domain}>"

    def _tell_what_it_is(self, message: EmailMessage, letter: Letter) -> None:
        message["Auto-Submitted"] = "auto-generated"
        message["X-Beraad-Kind"] = letter.claim.kind_name
        message["X-Beraad-Event"] = str(letter.claim.event_id)
        if letter.group_id is not None:
            name = header_text(letter.group_name).translate({ord(c): None for c in '<>"'})
            message["List-Id"] = f"{phrase(name, 'List-Id')} <{letter.group_id}.{self._domain}>".strip()
        if link := unsubscribe_link(letter, self._settings):
            message["List-Unsubscribe"] = f"<{link}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"

    def _invite(self, message: EmailMessage, letter: Letter, calendar: str, recipient: str) -> None:
        method = letter.told["method"]
        organizer = (self._organisation, self._settings.smtp_sender)
        content = invitation_calendar(calendar, method, organizer, (letter.name, recipient))
        message.add_alternative(content, subtype="calendar", cte=ENCODING, params={"method": method})


def _deliverable(address: str) -> str:
    """The address with its domain in ASCII. Raises `ValueError`."""
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or header_text(address) != address or any(c in address for c in "<>,; "):
        raise ValueError("this is no address mail can go to")
    return f"{local}@{domain.encode('idna').decode()}"
