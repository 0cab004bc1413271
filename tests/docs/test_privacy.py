"""docs/privacy.md says of every table of every service what becomes of a person in it, and of no other."""

import re

import pytest

from architecture.tree import ROOT
from beraad.service import find_service, service_names
from beraad.storage.tables import kernel

TEXT = (ROOT / "docs/privacy.md").read_text()
SECTIONS = dict(re.findall(r"^### (.+?)\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL))


def tables_told(section: str) -> list[str]:
    firsts = [line.split("|")[1] for line in SECTIONS[section].splitlines() if line.startswith("| `")]
    return sorted(name for first in firsts for name in re.findall(r"`(\w+)`", first))


def test_what_every_service_keeps_is_told() -> None:
    assert tables_told("In every service") == sorted(kernel.tables)


@pytest.mark.parametrize("service", service_names())
def test_what_a_service_keeps_is_told(service: str) -> None:
    kept = find_service(service).database.metadata.tables
    assert tables_told(service.capitalize()) == sorted(kept)
