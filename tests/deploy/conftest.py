import subprocess
from pathlib import Path

import pytest

from architecture.tree import ROOT


@pytest.fixture(scope="session")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The secrets of an installation, as `init-secrets` makes them."""
    folder = tmp_path_factory.mktemp("secrets")
    subprocess.run([ROOT / "deploy/bin/init-secrets", folder], check=True, capture_output=True, timeout=60)
    return folder
