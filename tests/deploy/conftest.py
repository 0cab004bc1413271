import os
import subprocess
from pathlib import Path

import pytest

from architecture.tree import ROOT
from deploy.composition import INTEGRATORS


@pytest.fixture(scope="session")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The secrets of an installation, as `init-secrets` makes them."""
    folder = tmp_path_factory.mktemp("secrets")
    environment = {"PATH": os.environ["PATH"], "INTEGRATORS": " ".join(INTEGRATORS)}
    command = [ROOT / "deploy/bin/init-secrets", folder]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)
    return folder
