"""No link leads nowhere, and nothing tracked names the machine it was written on."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from architecture.tree import ROOT
from docs.pages import name_of, pages, prose, tracked

LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)>\s]+)>?\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
FILE = re.compile(r"`([\w./<>-]+\.(?:py|toml|yml|lock|svg|md))`")
OUTSIDE = ("https://", "http://", "mailto:")
MACHINE = re.compile(
    "|".join(
        (
            r"(?<![\w.])/" + "(?:work|root|farm|home)/",
            "/Us" + "ers/",
            "pypi" + r"\.org",
            "python" + r"hosted\.org",
            "--(?:extra-)?index" + "-url",
            "simple/?" + r"\"?$",
        )
    ),
    re.MULTILINE,
)


def anchors(page: Path) -> set[str]:
    """As the repository's host makes them of headings."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in HEADING.findall(page.read_text())
    }


def broken(page: Path, text: str) -> list[str]:
    found = []
    for target in LINK.findall(text):
        if target.startswith(OUTSIDE):
            continue
        path, _, anchor = unquote(target).partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            found.append(target)
    return found


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken(page, prose(page)) == []


@pytest.mark.parametrize(
    "target", ["nowhere.md", "docs/glossary.md#nothing-of-the-kind", "#nothing-of-the-kind"]
)
def test_a_broken_link_is_noticed(target: str) -> None:
    assert broken(ROOT / "README.md", f"see [this]({target})") == [target]


def unnamed(text: str) -> list[str]:
    """The files that code spans name and that are not there; `<name>` stands for any."""
    missing = []
    for name in FILE.findall(text):
        pattern = re.compile("(.*/)?" + re.sub(r"<[^>]+>", "[^/]+", re.escape(name).replace(r"\<", "<")))
        if not any(pattern.fullmatch(name_of(path)) for path in tracked()):
            missing.append(name)
    return missing


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_every_file_that_is_named_exists(page: Path) -> None:
    assert unnamed(prose(page)) == []


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("see `raise_objection.py`", []),
        ("see `shared/beraad/contracts/<publisher>.py`", []),
        ("see `raise_eyebrows.py`", ["raise_eyebrows.py"]),
        ("see `services/<name>/RAEDME.md`", ["services/<name>/RAEDME.md"]),
    ],
)
def test_a_file_that_is_not_there_is_noticed(text: str, missing: list[str]) -> None:
    assert unnamed(text) == missing


def test_every_page_can_be_reached_from_the_first() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        seen.add(page)
        for target in LINK.findall(prose(page)):
            path = target.partition("#")[0]
            file = (page.parent / path).resolve()
            if not target.startswith(OUTSIDE) and file.suffix == ".md" and file.exists() and file not in seen:
                waiting.append(file)

    assert sorted(name_of(page) for page in set(pages()) - seen) == []


@pytest.mark.parametrize("folder", sorted({path.relative_to(ROOT).parts[0] for path in tracked()}))
def test_no_file_names_a_machine_or_an_index(folder: str) -> None:
    named = []
    for path in tracked():
        if path.relative_to(ROOT).parts[0] != folder:
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        named += [f"{name_of(path)}: {found[0]}" for found in MACHINE.finditer(text)]

    assert named == []


@pytest.mark.parametrize(
    "text",
    ["see /wo" + "rk/main", "'/ro" + "ot/x'", "https://py" + "pi.org/simple", "pip --index" + "-url x"],
)
def test_an_address_is_noticed(text: str) -> None:
    assert MACHINE.search(text)
