"""Responses and ballots as leaves: each stands alone and names its elector's leaf before, so that nobody waits for anybody.

A leaf's text is four pieces with the elector, the group and the leaf before between them. One SQL statement can join and hash
them (`convert_to(…)`, `sha256(…)`), where the three are known only while it runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from beraad.record.canonical import canonical
from beraad.record.entries import VERSION, Sealed, instant
from beraad.record.merkle import Tree, leaf_hash
from beraad_deliberation.domain.responding import Answer
from beraad_deliberation.domain.votes import Choice

Pieces = tuple[str, str, str, str]


@dataclass(frozen=True)
class Unsigned:
    """A leaf that lacks its elector (`actor`), its `group`, and the elector's leaf before (`prev`)."""

    type: str
    at: str
    body: Mapping[str, Any]

    def sealed(self, group: str, elector: str, prev: bytes | None) -> Sealed:
        """The leaf of that elector, after the leaf `prev` (None: the first). Raises `NotCanonical`."""
        entry = self.entry(group, elector, prev)
        return Sealed(entry, leaf_hash(canonical(entry)))

    def entry(self, group: str, elector: str, prev: bytes | None) -> dict[str, Any]:
        """The same, not hashed."""
        told = {"v": VERSION, "group": group, "type": self.type, "at": self.at, "body": dict(self.body)}
        return {**told, "actor": elector, "prev": prev.hex() if prev else None}

    def pieces(self) -> Pieces:
        """What stands before the elector, before the group, before `prev`, and after it, of what is hashed after a zero byte.

        `prev` goes in as `null` or as hex within quotes. Raises `NotCanonical`.
        """
        told = canonical({"at": self.at, "body": dict(self.body)}).decode()
        tail = canonical({"type": self.type, "v": VERSION}).decode()
        return '{"actor":"', f'",{told[1:-1]},"group":"', '","prev":', f",{tail[1:]}"


def a_response(
    *,
    round_id: str,
    number: int,
    version: int,
    answer: Answer,
    at: datetime,
    concern: str | None = None,
    by: str | None = None,
) -> Unsigned:
    """`concern`: the commitment of its words. `by`: the pseudonym of who recorded a spoken answer."""
    body = {"round": round_id, "number": number, "version": version, "answer": str(answer)}
    return Unsigned("response.given", instant(at), {**body, "concern": concern, "by": by})


def a_contest(*, round_id: str, number: int, version: int, at: datetime, reason: str) -> Unsigned:
    """While the round runs: what was recorded for the elector is no answer of theirs. `reason`: a commitment."""
    body = {"round": round_id, "number": number, "version": version, "reason": reason}
    return Unsigned("response.contested", instant(at), body)


def a_ballot(*, vote_id: str, version: int, choice: Choice, at: datetime, by: str | None = None) -> Unsigned:
    """`by`: the pseudonym of who recorded a spoken vote."""
    body = {"vote": vote_id, "version": version, "choice": str(choice), "by": by}
    return Unsigned("ballot.cast", instant(at), body)


def joined(pieces: Pieces, group: str, elector: str, prev: bytes | None) -> bytes:
    """The leaf that a statement makes of the pieces; what SQL must equal."""
    before, of_elector, of_group, after = pieces
    named = f'"{prev.hex()}"' if prev else "null"
    return leaf_hash(f"{before}{elector}{of_elector}{group}{of_group}{named}{after}".encode())


def tree_of(leaves: Iterable[bytes]) -> Tree:
    """The tree of a round or vote: all leaves, also those replaced later, sorted, so that it tells no order."""
    return Tree(sorted(leaves))
