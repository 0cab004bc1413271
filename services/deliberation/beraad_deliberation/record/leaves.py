"""Responses and ballots as leaves: each stands alone and names its elector's leaf before, so that nobody waits for anybody.

A leaf's bytes are four pieces with the elector and the leaf before between them. One SQL statement can join and hash them
(`convert_to(…)`, `sha256(…)`), where both are known only while it runs.
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


@dataclass(frozen=True)
class Unsigned:
    """A leaf that lacks its elector (`actor`) and the elector's leaf before (`prev`)."""

    group: str
    type: str
    at: str
    body: Mapping[str, Any]

    def sealed(self, elector: str, prev: bytes | None) -> Sealed:
        """The leaf of that elector, after the leaf `prev` (None: the first). Raises `NotCanonical`."""
        told = {"v": VERSION, "group": self.group, "type": self.type, "at": self.at, "body": dict(self.body)}
        entry = {**told, "actor": elector, "prev": prev.hex() if prev else None}
        return Sealed(entry, leaf_hash(canonical(entry)))

    def pieces(self) -> tuple[bytes, bytes, bytes]:
        """What stands before the elector, between elector and `prev`, and after `prev`, of what is hashed.

        The first begins with the zero byte of a leaf. `prev` goes in as `null` or as hex within quotes.
        Raises `NotCanonical`.
        """
        head = canonical({"at": self.at, "body": dict(self.body), "group": self.group})
        tail = canonical({"type": self.type, "v": VERSION})
        return b'\x00{"actor":"', b'",' + head[1:-1] + b',"prev":', b"," + tail[1:]


def a_response(
    *,
    group: str,
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
    return Unsigned(group, "response.given", instant(at), {**body, "concern": concern, "by": by})


def a_contest(*, group: str, round_id: str, number: int, version: int, at: datetime, reason: str) -> Unsigned:
    """While the round runs: what was recorded for the elector is no answer of theirs. `reason`: a commitment."""
    body = {"round": round_id, "number": number, "version": version, "reason": reason}
    return Unsigned(group, "response.contested", instant(at), body)


def a_ballot(
    *, group: str, vote_id: str, version: int, choice: Choice, at: datetime, by: str | None = None
) -> Unsigned:
    """`by`: the pseudonym of who recorded a spoken vote."""
    body = {"vote": vote_id, "version": version, "choice": str(choice), "by": by}
    return Unsigned(group, "ballot.cast", instant(at), body)


def joined(pieces: tuple[bytes, bytes, bytes], elector: str, prev: bytes | None) -> bytes:
    """The leaf that a statement makes of the pieces; what SQL must equal."""
    before, between, after = pieces
    named = f'"{prev.hex()}"'.encode() if prev else b"null"
    return leaf_hash((before + elector.encode() + between + named + after)[1:])


def tree_of(leaves: Iterable[bytes]) -> Tree:
    """The tree of a round or vote: all leaves, also those replaced later, sorted, so that it tells no order."""
    return Tree(sorted(leaves))
