"""Our own lints hold, each can fail, and none cries wolf."""

from pathlib import Path

import pytest

from architecture.lints import EXCEPTIONS, LINTS
from architecture.tree import ROOT, write_module

DOMAIN = "services/deliberation/beraad_deliberation/domain/rounds.py"
USE_CASE = "services/deliberation/beraad_deliberation/use_cases/close_round.py"
STORAGE = "services/deliberation/beraad_deliberation/storage/rounds.py"

CAUGHT = [
    ("commits", STORAGE, "session.commit()"),
    ("commits", STORAGE, "with engine.begin() as connection:\n    pass"),
    ("commits", "shared/beraad/http/problems.py", "work.session.commit()"),
    ("clocks", DOMAIN, "now = datetime.now(UTC)"),
    ("clocks", DOMAIN, "now = datetime.datetime.now()"),
    ("clocks", USE_CASE, "now = datetime.utcnow()"),
    ("clocks", USE_CASE, "field(default_factory=datetime.now)"),
    ("clocks", USE_CASE, "today = date.today()"),
    ("clocks", USE_CASE, "import time\nstarted = time.time()"),
    ("clocks", USE_CASE, "from time import time"),
    ("clocks", USE_CASE, "from beraad.clock import now"),
    ("clocks", "services/notifications/beraad_notifications/domain.py", "now = datetime.now(UTC)"),
    ("package_names", "shared/beraad/utils/words.py", ""),
    ("package_names", "shared/beraad/common.py", ""),
    ("package_names", "services/meetings/beraad_meetings/base.py", ""),
    ("package_names", "services/meetings/beraad_meetings/api/helpers.py", ""),
    ("package_names", "services/meetings/beraad_meetings/manager/__init__.py", ""),
    *(
        ("class_names", STORAGE, f"class Round{suffix}:\n    pass")
        for suffix in ("Manager", "Helper", "Utils", "Base", "Data", "Info", "Service")
    ),
    ("domain_imports", DOMAIN, "import requests"),
    ("domain_imports", DOMAIN, "from sqlalchemy import select"),
    ("domain_imports", DOMAIN, "from beraad import perform"),
    ("domain_imports", DOMAIN, "from beraad.clock import now"),
    ("domain_imports", DOMAIN, "from beraad_deliberation.storage import rounds"),
    ("domain_imports", DOMAIN, "from . import ballots"),
    ("domain_imports", "shared/beraad/domain.py", "import attrs"),
]

HARMLESS = [
    ("commits", STORAGE, "session.begin_nested()\ncommitted = transaction.committed"),
    ("commits", STORAGE, "# session.commit() is for perform"),
    ("clocks", STORAGE, "now = datetime.now(UTC)"),
    (
        "clocks",
        DOMAIN,
        "def close(self, at: datetime) -> None:\n    self.closed_at = at\n    self.now = self.time",
    ),
    ("package_names", "services/meetings/beraad_meetings/api/database.py", ""),
    (
        "class_names",
        STORAGE,
        "class Rounds:\n    pass\n\nclass InfoEvening:\n    pass\n\nclass Basement:\n    pass",
    ),
    (
        "domain_imports",
        DOMAIN,
        "from datetime import datetime\nimport collections.abc\nfrom __future__ import annotations",
    ),
    (
        "domain_imports",
        DOMAIN,
        "from beraad.domain import Event\nfrom beraad import domain\nimport beraad.domain",
    ),
    ("domain_imports", DOMAIN, "from beraad_deliberation.domain.ballots import Ballot"),
    ("domain_imports", USE_CASE, "from beraad.perform import Work"),
]


@pytest.mark.parametrize("lint", LINTS)
def test_the_tree_is_clean(lint: str) -> None:
    findings = [str(found) for found in LINTS[lint](ROOT) if (lint, found.subject) not in EXCEPTIONS]

    assert findings == []


@pytest.mark.parametrize(("lint", "path", "text"), CAUGHT)
def test_the_lint_catches(lint: str, path: str, text: str, tmp_path: Path) -> None:
    write_module(tmp_path, path, text)

    assert path in [str(found).partition(":")[0] for found in LINTS[lint](tmp_path)]


@pytest.mark.parametrize(("lint", "path", "text"), HARMLESS)
def test_the_lint_lets_pass(lint: str, path: str, text: str, tmp_path: Path) -> None:
    write_module(tmp_path, path, text)

    assert list(LINTS[lint](tmp_path)) == []


def test_every_lint_is_seen_to_fail() -> None:
    assert {lint for lint, _, _ in CAUGHT} == set(LINTS)


@pytest.mark.parametrize(("lint", "subject"), EXCEPTIONS)
def test_an_exception_is_still_needed(lint: str, subject: str) -> None:
    assert subject in {found.subject for found in LINTS[lint](ROOT)}, "remove it from EXCEPTIONS"
