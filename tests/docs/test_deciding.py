"""The documents docs/deciding.md shows are judged as it says."""

import json
import re

import pytest

from architecture.tree import ROOT
from beraad_deliberation.documents.judging import judge_document
from beraad_deliberation.documents.profiles import ProfileFields
from beraad_deliberation.domain.profiles import PRESETS

PAGE = (ROOT / "docs/deciding.md").read_text()
SHOWN = re.compile(r"```json\n(.*?)```\s+Verdict: `(\w+)`, because of `(\w+)`", re.DOTALL)


def test_the_page_shows_documents() -> None:
    assert len(SHOWN.findall(PAGE)) == 2


@pytest.mark.parametrize(("document", "outcome", "reason"), SHOWN.findall(PAGE))
def test_a_document_that_is_shown_is_judged_as_it_says(document: str, outcome: str, reason: str) -> None:
    verdict = judge_document(json.loads(document))

    assert (verdict.outcome.value, verdict.reasons) == (outcome, (reason,))


@pytest.mark.parametrize("name", [name for name in vars(ProfileFields) if not name.startswith("_")])
def test_every_field_of_a_profile_is_explained(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_named(preset: str) -> None:
    assert preset in PAGE
