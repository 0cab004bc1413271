"""What every service says when membership collects what is held of a person."""

from __future__ import annotations

from beraad.contracts import Payload
from beraad.contracts.fields import PERSONAL, counter, document, identifier


class ExportPart(Payload):
    """Part `part` of `parts`, counted from 1; `revision` is the part's number.

    `content`: table → rows as they are stored, without what proves who somebody is.
    """

    export_id = identifier()
    revision = counter()
    person_id = identifier()
    part = counter()
    parts = counter()
    content = document(**PERSONAL)
