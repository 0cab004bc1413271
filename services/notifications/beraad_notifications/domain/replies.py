"""What an SMTP reply means for a delivery (RFC 5321, enhanced codes of RFC 3463)."""

from __future__ import annotations

import re
from enum import StrEnum

from beraad_notifications.domain.deliveries import Said

ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
PERMANENT = 500
ADDRESS, POLICY = "1", "7"
OF_THE_CHANNEL = {530, 535}


class Stage(StrEnum):
    """At which command the server answered."""

    MAIL = "MAIL"
    RECIPIENT = "RCPT"
    CONTENT = "DATA"


def meaning(stage: Stage, code: int, text: str) -> Said:
    """5.1.x at RCPT is about the address; 5.7.x, 530, 535 and refusals of MAIL are about us: no recipient pays for them."""
    if 200 <= code < 300:  # noqa: PLR2004 - the server took it
        return Said.ACCEPTED
    enhanced = ENHANCED.search(text)
    subject = enhanced[2] if enhanced else ""
    if code < PERMANENT or stage is Stage.MAIL or code in OF_THE_CHANNEL or subject == POLICY:
        return Said.LATER
    if stage is Stage.RECIPIENT and subject == ADDRESS:
        return Said.ADDRESS_REFUSED
    return Said.REFUSED
