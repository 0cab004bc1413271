"""The calendar part: what meetings sent, completed with who organizes and who is invited (RFC 5546)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from icalendar import Calendar, vCalAddress, vText
from icalendar.parser import Contentline, Parameters

from beraad_notifications.domain.header_text import header_text

BEGIN = b"\r\nBEGIN:VEVENT\r\n"
"""A line of its own: a title may say the same, but what is folded begins with a space."""


def invitation_calendar(
    calendar: str, method: str, organizer: tuple[str, str], attendee: tuple[str, str]
) -> str:
    """Both people are (name, address). The attendee stands in every VEVENT, as do organizer and METHOD."""
    name, address = header_text(attendee[0]), attendee[1]
    parameters = Parameters(
        {
            "CN": name,
            "CUTYPE": "INDIVIDUAL",
            "ROLE": "REQ-PARTICIPANT",
            "PARTSTAT": "NEEDS-ACTION",
            "RSVP": "FALSE",
        }
    )
    line = Contentline.from_parts("ATTENDEE", parameters, vCalAddress(f"mailto:{address}")).to_ical()
    return _organized(calendar, method, *organizer).replace(BEGIN, BEGIN + line + b"\r\n").decode()


@lru_cache(maxsize=64)
def _organized(calendar: str, method: str, name: str, address: str) -> bytes:
    """The same for everyone invited: parsed and written once."""
    document = cast("Any", Calendar.from_ical(calendar))
    document["METHOD"] = vText(method)
    for event in document.walk("VEVENT"):
        organizer = vCalAddress(f"mailto:{address}")
        organizer.params["CN"] = vText(header_text(name))
        event["ORGANIZER"] = organizer
    return bytes(document.to_ical())
