"""The tree as it is, and copies of it that a test may spoil."""

import shutil
import subprocess
import sys
from pathlib import Path

from architecture.lints import SERVICES

ROOT = Path(__file__).parents[2]


def copy_of_the_code(to: Path) -> Path:
    """The code of all five distributions with the tool configuration, and nothing else."""
    for folder in ("shared/beraad", *(f"services/{name}/beraad_{name}" for name in SERVICES)):
        shutil.copytree(ROOT / folder, to / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", to)
    return to


def write_module(root: Path, path: str, text: str) -> None:
    """Write it, adding to what is there, with the packages it needs."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    for package in file.parents:
        if package.name == "beraad" or package.name.startswith("beraad_"):
            break
        (package / "__init__.py").touch()
    with file.open("a") as module:
        module.write(f"\n{text}\n")


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    """import-linter over the tree at `root`, not over the one that is installed."""
    paths = [root / "shared", *(root / "services" / name for name in SERVICES)]
    return subprocess.run(
        [
            Path(sys.executable).parent / "lint-imports",
            "--no-logo",
            "--no-cache",
            "--config",
            root / "pyproject.toml",
        ],
        cwd=root,
        env={"PYTHONPATH": ":".join(map(str, paths)), "PATH": "", "COLUMNS": "400"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
