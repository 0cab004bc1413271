"""The link by which one person answers one invitation without signing in. It proves itself.

What it opens ends with the meeting, and with the seat where somebody is invited for holding one.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from uuid import UUID

ANSWERS = ("accepted", "tentative", "declined")
MEETING, SERIES = b"m", b"s"
BY_SEAT, BY_NAME = b"h", b"n"
ID, SIGNATURE = 16, 16
LENGTH = 2 * ID + 2 + SIGNATURE


@dataclass(frozen=True)
class Invited:
    """Whom the link was sent to, and what it answers: one meeting, or all of a series still to come.

    `by_seat`: as a member of the group, so only as long as they hold a seat in it, or coordinate it.
    """

    person_id: UUID
    scope_id: UUID
    is_series: bool
    by_seat: bool


def reply_token(invited: Invited, secret: str) -> str:
    """All of it and an HMAC-SHA-256 over it (its first 128 bits), as base64url."""
    kind = (SERIES if invited.is_series else MEETING) + (BY_SEAT if invited.by_seat else BY_NAME)
    told = invited.person_id.bytes + invited.scope_id.bytes + kind
    return base64.urlsafe_b64encode(told + _signature(told, secret)).decode().rstrip("=")


def read_reply_token(token: str, secret: str) -> Invited | None:
    """None for a token that is not ours."""
    try:
        content = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    told, signature = content[:-SIGNATURE], content[-SIGNATURE:]
    if len(content) != LENGTH or not hmac.compare_digest(signature, _signature(told, secret)):
        return None
    return Invited(
        person_id=UUID(bytes=told[:ID]),
        scope_id=UUID(bytes=told[ID : 2 * ID]),
        is_series=told[-2:-1] == SERIES,
        by_seat=told[-1:] == BY_SEAT,
    )


def _signature(told: bytes, secret: str) -> bytes:
    return hmac.digest(b"reply:" + secret.encode(), told, "sha256")[:SIGNATURE]
