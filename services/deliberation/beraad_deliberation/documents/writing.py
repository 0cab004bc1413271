"""Writing a closed round or vote down as the document it can be judged by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from beraad_deliberation.documents.judged import ROUND_FORMAT, VOTE_FORMAT
from beraad_deliberation.documents.plain import Row, plain

RECUSED = "recused"
ABOUT = [
    "id",
    "proposal_id",
    "group_id",
    "opened_at",
    "closes_at",
    "closed_at",
    "title",
    "version",
    "electorate_hash",
]


def round_document(run: Row, electors: Iterable[Row], proposers: Iterable[Any], about: Row) -> dict[str, Any]:
    """`electors` with `person_id`, `departed_reason`, `notified`, `answer`; `proposers`: of a round that an older release closed."""
    judged = dict(run["judged"] or {})
    own = set(judged.pop("proposers", map(str, proposers)))
    return {
        "format": ROUND_FORMAT,
        "about": dict(about),
        "profile": run["profile"].to_document(),
        "number": run["number"],
        "silence": run["silence"],
        **judged,
        "electors": [
            {
                **_asked(one),
                "proposer": str(one["person_id"]) in own,
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


def about_run(run: Row) -> dict[str, Any]:
    """What is not needed to judge it: which round or vote, when, over what, with what verdict."""
    verdict = {"outcome": run["outcome"], "reasons": run["reasons"]}
    return {**{name: plain(run[name]) for name in ABOUT}, "verdict": verdict}


def _asked(elector: Row) -> dict[str, Any]:
    left = elector["departed_reason"]
    return {
        "id": str(elector["person_id"]),
        "departed": left is not None and left != RECUSED,
        "recused": left == RECUSED,
    }
