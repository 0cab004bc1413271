"""The glossary defines every word that names a table, an aggregate, an event, a role or a kind."""

import re
from collections.abc import Iterable, Iterator

import pytest

from architecture.tree import ROOT
from beraad.contracts import all_contracts, deliberation, meetings, membership
from beraad.service import find_service, service_names

TEXT = (ROOT / "docs/glossary.md").read_text()
TERMS = {term.lower().replace("-", " ") for term in re.findall(r"\*\*(.+?)\*\*", TEXT)}
SAME_IN_THE_PLURAL = {"series", "minutes", "attendance", "people"}
SINGULAR = {"people": "person"}
# words of a table's name that say how it is kept, not what it is
KEEPING = re.compile(r"^(known|own|seen)_|_(state|states)$")


def term(name: str) -> str:
    """`signing_keys` → `signing key`."""
    words = KEEPING.sub("", name).split("_")
    return " ".join([*words[:-1], _singular(words[-1])])


def _singular(word: str) -> str:
    if word in SAME_IN_THE_PLURAL:
        return SINGULAR.get(word, word)
    if word.endswith("ies"):
        return word.removesuffix("ies") + "y"
    return word.removesuffix("s")


def _used() -> Iterator[tuple[str, str]]:
    for type_, contract in all_contracts().items():
        yield type_, term(contract.aggregate)
        yield type_, type_.split(".")[1].replace("_", " ")
    for name in service_names():
        for table in find_service(name).database.metadata.tables:
            yield f"table {table} of {name}", term(table)
    kinds = (membership.GROUP_KINDS, membership.ROLES, meetings.MEETING_KINDS, deliberation.PROPOSAL_KINDS)
    yield from (
        ("a role or kind in the contracts", kind.replace("_", " ")) for words in kinds for kind in words
    )


def _undefined(used: Iterable[tuple[str, str]]) -> list[str]:
    return sorted({f"{word} ({where})" for where, word in used if word not in TERMS})


def test_every_word_that_names_something_is_defined() -> None:
    assert _undefined(_used()) == [], "define them in docs/glossary.md, or use the word that is defined there"


def test_a_word_that_is_not_defined_is_noticed() -> None:
    used = [("table motions", term("motions")), ("table rounds", term("rounds"))]

    assert _undefined(used) == ["motion (table motions)"]


def test_no_term_is_defined_twice() -> None:
    first_cells = re.findall(r"^\| (\*\*.+?) \|", TEXT, re.MULTILINE)
    headings = [term.lower() for cell in first_cells for term in re.findall(r"\*\*(.+?)\*\*", cell)]

    assert [term for term in set(headings) if headings.count(term) > 1] == []


@pytest.mark.parametrize(
    ("name", "singular"),
    [
        ("signing_keys", "signing key"),
        ("candidacies", "candidacy"),
        ("people", "person"),
        ("known_proposals", "proposal"),
        ("minutes_versions", "minutes version"),
    ],
)
def test_names_are_looked_up_in_the_singular(name: str, singular: str) -> None:
    assert term(name) == singular
