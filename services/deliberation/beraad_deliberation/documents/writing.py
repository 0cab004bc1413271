"""Writing a closed round or vote down as the document it can be judged by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from beraad_deliberation.documents.judged import ROUND_FORMAT, VOTE_FORMAT

RECUSED = "recused"
Row = Mapping[str, Any]


def round_document(run: Row, electors: Iterable[Row], proposers: Iterable[Any], about: Row) -> dict[str, Any]:
    """`electors` with `person_id`, `departed_reason`, `notified`, `answer`."""
    own = set(proposers)
    return {
        "format": ROUND_FORMAT,
        "about": dict(about),
        "profile": run["profile"].to_document(),
        "number": run["number"],
        "silence": run["silence"],
        **(run["judged"] or {}),
        "electors": [
            {
                **_asked(one),
                "proposer": one["person_id"] in own,
                "notified": one["notified"],
                "answer": one["answer"],
            }
            for one in electors
        ],
    }


def vote_document(run: Row, electors: Iterable[Row], about: Row) -> dict[str, Any]:
    """`electors` with `person_id`, `departed_reason`, `choice`."""
    return {
        "format": VOTE_FORMAT,
        "about": dict(about),
        "profile": run["profile"].to_document(),
        "electors": [{**_asked(one), "choice": one["choice"]} for one in electors],
    }


def _asked(elector: Row) -> dict[str, Any]:
    left = elector["departed_reason"]
    return {
        "id": str(elector["person_id"]),
        "departed": left is not None and left != RECUSED,
        "recused": left == RECUSED,
    }
