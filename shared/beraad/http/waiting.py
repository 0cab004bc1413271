"""Read your writes across services: `Wait-For: membership/groups/<id>@<revision>`.

The revision is the ETag the write answered. The request waits up to two seconds for it to have been
applied here, else 409 `NotYetKnown` with Retry-After.
"""

from __future__ import annotations

import re
import time

from flask import request

from beraad.domain import InvalidRequest, NotYetKnown
from beraad.http.context import current_store
from beraad.messaging.cursors import known_revision
from beraad.perform import reading

GRACE = 2.0
STEP = 0.02
NAMED = re.compile(r'([a-z]{1,40})/([a-z_]{1,40}/[0-9a-f-]{36})@"?(\d{1,18})"?')


def wait_for_named() -> None:
    """Wait until everything the request names has been applied here. Raises `NotYetKnown`."""
    deadline = time.monotonic() + GRACE
    for wanted in filter(None, (part.strip() for part in request.headers.get("Wait-For", "").split(","))):
        match = NAMED.fullmatch(wanted)
        if match is None:
            raise InvalidRequest(
                "Wait-For reads <publisher>/<aggregates>/<id>@<revision>", pointer="Wait-For"
            )
        _wait(match[1], match[2], int(match[3]), deadline)


def _wait(publisher: str, subject: str, revision: int, deadline: float) -> None:
    while True:
        with reading(current_store()) as work:
            known = known_revision(work.session, publisher, subject)
        if known >= revision:
            return
        if time.monotonic() > deadline:
            raise NotYetKnown(f"{publisher}/{subject} is known here at revision {known}, not yet {revision}")
        time.sleep(STEP)
