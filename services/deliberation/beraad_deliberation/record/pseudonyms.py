"""People in the record: a pseudonym per group and person, which is a commitment to their name."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from beraad.record.commitments import Committed


def new_pseudonym(name: str) -> Committed:
    """For a person who first acts, or is first asked, in a group. `commitment` is the pseudonym.

    Kept beside the record with the person's id; erasing the person deletes all but the pseudonym, which then
    leads nowhere. A later change of name does not change it. Raises `NotCanonical`.
    """
    return Committed.to(name)


def electorate_hash(pseudonyms: Iterable[str]) -> str:
    """SHA-256 over the sorted pseudonyms, one a line, in hex."""
    return sha256("\n".join(sorted(pseudonyms)).encode()).hexdigest()
