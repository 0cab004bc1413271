"""Looking at a worker and draining a service happen every few seconds, or while somebody waits: they import no framework."""

import subprocess
from pathlib import Path

import pytest

from system.running_system import BERAAD, clean_environment

FRAMEWORKS = ("flask", "sqlalchemy", "marshmallow", "kombu", "pika", "gunicorn", "prometheus_client")


@pytest.mark.parametrize("command", [["worker", "membership", "--check"], ["drain", "membership"]])
def test_it_is_quick(command: list[str], tmp_path: Path) -> None:
    environment = clean_environment(PYTHONPROFILEIMPORTTIME="1", BERAAD_RUN_DIR=str(tmp_path))
    told = subprocess.run(
        [BERAAD, *command], env=environment, capture_output=True, text=True, timeout=20, check=False
    )
    imported = {
        line.rpartition("|")[2].strip() for line in told.stderr.splitlines() if line.startswith("import time")
    }

    assert "beraad.run_folder" in imported
    assert imported.isdisjoint(FRAMEWORKS)
