"""One mail, ready to send: headers, text, HTML, and the calendar of an invitation."""

from __future__ import annotations

from email.utils import format_datetime

from beraad.clock import real_now
from beraad.settings import Settings
from beraad_notifications.domain.catalogue import TEST
from beraad_notifications.domain.header_text import header_text
from beraad_notifications.mail.calendar import invitation_calendar
from beraad_notifications.mail.header_lines import header_line, mailbox, phrase
from beraad_notifications.mail.links import thread_of
from beraad_notifications.mail.mime_parts import alternatives, part
from beraad_notifications.mail.samples import shown_by
from beraad_notifications.mail.writing import Writer, Written
from beraad_notifications.use_cases.ports import Letter

PLAIN, HTML = 'text/plain; charset="utf-8"', 'text/html; charset="utf-8"'
NO_MAILBOX = {ord(character): None for character in '<>"'}


class Composer:
    """Writes letters as messages of one organisation."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._writer = Writer(settings)
        self._domain = settings.smtp_sender.rpartition("@")[2]
        self._organisation = header_text(settings.organisation)
        self._from = mailbox(self._organisation, settings.smtp_sender)

    def compose(self, letter: Letter) -> tuple[str, bytes]:
        """The recipient's address and the message. Raises `ValueError` for an address no mail can go to."""
        recipient = _deliverable(letter.claim.address)
        shown = shown_by(letter)
        written = self._writer.write(shown)
        headers = {**self._address(letter, recipient, written), **self._tell_what_it_is(letter, written)}
        wide = not recipient.isascii()
        head = b"".join(header_line(name, value, wide=wide) for name, value in headers.items())
        parts = [part(PLAIN, written.text), part(HTML, written.html), *self._invitation(shown, recipient)]
        return recipient, head + alternatives(parts)

    def _address(self, letter: Letter, recipient: str, written: Written) -> dict[str, str]:
        marked = "[Test] " if letter.claim.kind is TEST else ""
        headers = {
            "From": self._from,
            "To": mailbox(header_text(letter.name), recipient),
            "Subject": phrase(marked + header_text(written.subject), "Subject"),
            "Date": format_datetime(real_now()),
            "Message-ID": f"<{letter.claim.delivery_id}@{self._domain}>",
        }
        if thread := thread_of(letter.told):
            headers["In-Reply-To"] = headers["References"] = f"<{thread}@{self._domain}>"
        return headers

    def _tell_what_it_is(self, letter: Letter, written: Written) -> dict[str, str]:
        headers = {
            "Auto-Submitted": "auto-generated",
            "Content-Language": written.language,
            "X-Beraad-Kind": letter.claim.kind_name,
            "X-Beraad-Event": str(letter.claim.event_id),
        }
        if letter.group_id is not None:
            name = header_text(letter.group_name).translate(NO_MAILBOX)
            headers["List-Id"] = f"{phrase(name, 'List-Id')} <{letter.group_id}.{self._domain}>".strip()
        if written.unsubscribe and letter.claim.kind is not TEST:
            headers["List-Unsubscribe"] = f"<{written.unsubscribe}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return headers

    def _invitation(self, letter: Letter, recipient: str) -> list[bytes]:
        """The calendar of an invitation, if it is one."""
        calendar = letter.told.get("calendar")
        if not calendar:
            return []
        method = letter.told["method"]
        organizer = (self._organisation, self._settings.smtp_sender)
        content = invitation_calendar(calendar, method, organizer, (letter.name, recipient))
        return [part(f'text/calendar; charset="utf-8"; method="{method}"', content)]


def _deliverable(address: str) -> str:
    """The address with its domain in ASCII. Raises `ValueError`."""
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or header_text(address) != address or any(c in address for c in "<>,; "):
        raise ValueError("this is no address mail can go to")
    return f"{local}@{domain.encode('idna').decode()}"
