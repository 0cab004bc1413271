"""What an SMTP reply means for a delivery (RFC 5321, enhanced codes of RFC 3463)."""

from __future__ import annotations

import re
from enum import StrEnum

from beraad_notifications.domain.deliveries import GAVE_UP, Said

ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
PERMANENT = 500
ADDRESS, CONTENT, POLICY = "1", "6", "7"
OF_THE_CHANNEL = {530, 535}
OUR_SENDER = {"5.1.7", "5.1.8"}
NOT_THE_RECIPIENT = {"5.1.9"}
"""In spite of the 1: it is about a server further on."""
MAILBOX_DISABLED = "5.2.1"
TOO_BIG, UNKNOWN_PARAMETER = 552, 555
TOO_LONG = {"5.2.3", "5.3.4"}
"""MAIL is refused so where it announced the message's size, or an address that is not ASCII."""
NO_CODE = "none"
CODE = re.compile(r"([2-5]\d\d)\b")
CODES = {
    *(250, 251, 252, 421, 450, 451, 452, 454, 455, 500, 501, 502, 503, 504),
    *(521, 530, 534, 535, 538, 550, 551, 552, 553, 554, 555, 556),
}
SUBJECTS = {"0", "1", "2", "3", "4", "5", "6", "7"}


class Stage(StrEnum):
    """At which command the server answered."""

    MAIL = "MAIL"
    RECIPIENT = "RCPT"
    CONTENT = "DATA"


def meaning(stage: Stage, code: int, text: str) -> Said:
    """What is about us (530, 535, refusals of MAIL and of our address) or may be (5.7.x) makes no recipient pay.

    5.1.x and 5.2.1 at RCPT are about the address.
    """
    if 200 <= code < 300:  # noqa: PLR2004 - the server took it
        return Said.ACCEPTED
    if code < PERMANENT:
        return Said.LATER
    found = ENHANCED.search(text)
    enhanced = found[0] if found else ""
    subject = found[2] if found else ""
    if code in OF_THE_CHANNEL or enhanced in OUR_SENDER:
        return Said.CHANNEL_REFUSED
    if stage is Stage.MAIL:
        return Said.REFUSED if _about_the_message(code, enhanced, subject) else Said.CHANNEL_REFUSED
    if subject == POLICY:
        return Said.POLICY_REFUSED
    if stage is Stage.RECIPIENT and _about_the_address(enhanced, subject):
        return Said.ADDRESS_REFUSED
    return Said.REFUSED


def _about_the_message(code: int, enhanced: str, subject: str) -> bool:
    return code in {TOO_BIG, UNKNOWN_PARAMETER} or enhanced in TOO_LONG or subject == CONTENT


def _about_the_address(enhanced: str, subject: str) -> bool:
    return enhanced == MAILBOX_DISABLED or (subject == ADDRESS and enhanced not in NOT_THE_RECIPIENT)


def code_of(told: str) -> tuple[str, str]:
    """The reply's code and the class and subject of its enhanced code (`550`, `5.1`), to count by: there are few of either.

    `none` where no server said anything, `other` for codes no standard has.
    """
    code, enhanced = CODE.match(told.removeprefix(GAVE_UP)), ENHANCED.search(told)
    subject = f"{enhanced[1]}.{enhanced[2]}" if enhanced and enhanced[2] in SUBJECTS else ""
    if code is None:
        return NO_CODE, ""
    return code[1] if int(code[1]) in CODES else "other", subject
